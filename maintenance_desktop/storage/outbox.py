"""The outbox: what the sync round does to pending edits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from maintenance_desktop.domain.double_work import merged
from maintenance_desktop.domain.edits import (
    Doubt,
    Edit,
    EditKind,
    EditState,
    Ending,
    Refusal,
    ServerCopy,
    ending_of_applied,
    line_of,
)
from maintenance_desktop.domain.outcomes import Applied, Change, Conflicted, Outcome, Rejected
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.edit_rows import EDIT_SELECT, edit_of
from maintenance_desktop.storage.subjects import Lookup, subject_of
from maintenance_desktop.storage.work import WorkFile, end_edit, insert_edit, put_on_ground, update_edit

EPOCH: Final = "epoch"
NO_VERSION: Final = 2**53 - 1
"""A version that no record reaches: an edit that stands on it always conflicts."""


class Outbox:
    """The `Outbox` port over `work.db`."""

    def __init__(self, work: WorkFile, shown: Lookup) -> None:
        self._work = work
        self._shown = shown

    def pending(self) -> list[Edit]:
        return self._work.edits()

    def freeze(self, edit_ids: Sequence[str], at: datetime) -> list[Edit]:
        waiting = "id IN (SELECT value FROM json_each(?)) AND state = 'queued'"
        named = encode_text(list(edit_ids))
        with self._work.database.write() as db:
            db.execute(
                f"UPDATE edit SET first_sent_at = ? WHERE {waiting} AND first_sent_at = ''",
                (write_time(at), named),
            )
            rows = self._work.database.rows(f"{EDIT_SELECT} WHERE {waiting} ORDER BY seq", (named,))
        return [edit_of(row) for row in rows]  # a save need not wait for this

    def put_off(self, edit: Edit, reason: Refusal) -> None:
        with self._work.database.write() as db:
            current = self._work.edit(edit.id)
            if current is not None and current.refusal != reason:
                update_edit(db, replace(current, refusal=reason))

    def hold(self, doubts: Mapping[str, Sequence[Doubt]]) -> list[Edit]:
        if not doubts:
            return []
        held = []
        with self._work.database.write() as db:
            for edit_id, found in doubts.items():
                edit = self._work.edit(edit_id)
                if edit is None or edit.is_frozen or edit.state is not EditState.QUEUED:
                    continue
                held.append(replace(edit, state=EditState.HELD, doubts=merged(edit.doubts, found)))
                update_edit(db, held[-1])
        return held

    def newest(self) -> int:
        found = self._work.database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'edit'")
        return int(found[0][0]) if found else 0

    def epoch(self) -> str | None:
        return self._work.meta(EPOCH)

    def lose_ground(self) -> None:
        standing = "state IN ('queued', 'held') AND kind <> 'create' AND base_version < ?"
        with self._work.database.write() as db:
            for edit in self._work.edits(standing, (NO_VERSION,)):
                groundless = replace(edit, base_version=NO_VERSION)
                if edit.is_frozen:  # it has been sent with that version, so it becomes another one
                    groundless = replace(groundless, id=str(uuid.uuid4()), first_sent_at="", refusal=None)
                    subject = subject_of(edit, self._shown)
                    end_edit(
                        db, edit, Ending.REPLACED, edit.made_at, subject=subject, replaced_by=groundless.id
                    )
                    insert_edit(db, groundless)
                    self._work.point_to(db, {edit.id}, groundless.id)
                else:
                    update_edit(db, groundless)

    def keep_epoch(self, epoch: str) -> None:
        self._work.set_meta(EPOCH, epoch)

    def take(self, answers: Sequence[tuple[Edit, Outcome]], at: datetime) -> None:
        named = encode_text(sorted({edit.record_id for edit, _ in answers}))
        with self._work.database.write() as db:
            chains: dict[str, list[Edit]] = {}
            for one in self._work.edits("record_id IN (SELECT value FROM json_each(?))", (named,)):
                chains.setdefault(one.record_id, []).append(one)
            for edit, outcome in answers:
                chain = chains.pop(edit.record_id, None) or self._chain(edit)
                match outcome:
                    case Applied(version, record):
                        gone = edit.kind is EditKind.DELETE
                        self._settle(db, edit, chain, version, None if gone else record, at)
                    case Conflicted(server):
                        _park_conflict(db, edit, chain, server)
                    case Rejected(refusal):
                        _park_refusal(db, edit, chain, refusal)

    def _settle(
        self,
        db: Transaction,
        edit: Edit,
        chain: list[Edit],
        version: int,
        record: Fields | None,
        at: datetime,
    ) -> None:
        """The server did it: to history, and the next edit of the record is put on its answer."""
        current = next((one for one in chain if one.id == edit.id), None)
        if current is None:
            return
        result = record if record is not None else edit.mine
        end_edit(
            db,
            replace(current, refusal=None),
            ending_of_applied(current),
            write_time(at),
            subject=subject_of(replace(current, mine=result), self._shown),
            theirs=current.overwrites,
            result=record,
            result_version=version,
        )
        put_on_ground(db, [one for one in chain if one.seq > current.seq], version, result)

    def renew_conflicts(self, changes: Iterable[Change]) -> set[str]:
        newer: dict[tuple[str, str], Change] = {}
        for change in sorted(changes, key=lambda one: one.version):
            newer[change.type, change.id] = change
        touched: set[str] = set()
        unanswered = ("state = ? AND server IS NOT NULL", (EditState.CONFLICTED.value,))
        if not self._work.edits(*unanswered):
            return touched  # mostly: a person's save need not wait for the writer's turn to end
        with self._work.database.write() as db:
            for edit in self._work.edits(*unanswered):
                news = newer.get((edit.type, edit.record_id))
                if news is None or edit.server is None or news.version <= edit.server.version:
                    continue
                update_edit(db, replace(edit, server=_newer(edit.server, news)))
                touched.add(edit.id)
        return touched

    def _chain(self, edit: Edit) -> list[Edit]:
        return self._work.edits("record_id = ?", (edit.record_id,))


def _park_conflict(db: Transaction, edit: Edit, chain: list[Edit], server: ServerCopy) -> None:
    """Somebody was faster: it waits for the person, with the rest of its chain."""
    for joined in line_of(chain, edit.id):
        theirs = server if joined.id == edit.id else None
        update_edit(db, replace(joined, state=EditState.CONFLICTED, server=theirs, refusal=None))


def _park_refusal(db: Transaction, edit: Edit, chain: list[Edit], refusal: Refusal) -> None:
    """It can't be done: it waits for the person's *Okay*."""
    for current in chain:
        if current.id == edit.id:
            update_edit(db, replace(current, state=EditState.REFUSED, refusal=refusal))


def _newer(known: ServerCopy, change: Change) -> ServerCopy:
    return ServerCopy(
        version=change.version,
        record=change.record,
        changed_at=change.changed_at,
        changed_by=change.changed_by,
        changes=known.changes + change.version - known.version,
    )
