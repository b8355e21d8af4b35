"""The outbox: what the sync round does to pending edits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from maintenance_desktop.domain.edits import Edit, EditState, Ending, Refusal, ServerCopy
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.storage.subjects import Lookup, subject_of
from maintenance_desktop.storage.work import WorkFile, end_edit, insert_edit, put_on_ground, update_edit

_EPOCH: Final = "epoch"
_NO_VERSION: Final = 2**53 - 1
"""A version that no record reaches: an edit that stands on it always conflicts."""


class Outbox:
    """The `Outbox` port over `work.db`."""

    def __init__(self, work: WorkFile, shown: Lookup) -> None:
        self._work = work
        self._shown = shown

    def pending(self) -> list[Edit]:
        return self._work.edits()

    def freeze(self, edit_ids: Sequence[str], at: datetime) -> list[Edit]:
        found = []
        with self._work.database.write() as db:
            for edit_id in edit_ids:
                edit = self._work.edit(edit_id)
                if edit is None or edit.state is not EditState.QUEUED:
                    continue
                if not edit.is_frozen:
                    edit = replace(edit, first_sent_at=write_time(at))
                    db.execute(
                        "UPDATE edit SET first_sent_at = ? WHERE id = ?", (edit.first_sent_at, edit_id)
                    )
                found.append(edit)
        return found

    def epoch(self) -> str | None:
        return self._work.meta(_EPOCH)

    def lose_ground(self) -> None:
        standing = "state = 'queued' AND kind <> 'create' AND base_version < ?"
        with self._work.database.write() as db:
            for edit in self._work.edits(standing, (_NO_VERSION,)):
                groundless = replace(edit, base_version=_NO_VERSION)
                if edit.is_frozen:  # it has been sent with that version, so it becomes another one
                    groundless = replace(groundless, id=str(uuid.uuid4()), first_sent_at="")
                    subject = subject_of(edit, self._shown)
                    end_edit(
                        db, edit, Ending.REPLACED, edit.made_at, subject=subject, replaced_by=groundless.id
                    )
                    insert_edit(db, groundless)
                    self._work.point_to(db, {edit.id}, groundless.id)
                else:
                    update_edit(db, groundless)

    def keep_epoch(self, epoch: str) -> None:
        self._work.set_meta(_EPOCH, epoch)

    def settle(self, edit: Edit, version: int, record: Fields | None, at: datetime) -> None:
        result = record if record is not None else edit.mine
        with self._work.database.write() as db:
            current = self._work.edit(edit.id)
            if current is None:
                return
            end_edit(
                db,
                current,
                Ending.OVERWROTE if current.overwrites else Ending.APPLIED,
                write_time(at),
                subject=subject_of(replace(current, mine=result), self._shown),
                theirs=current.overwrites,
                result=record,
                result_version=version,
            )
            put_on_ground(db, self._chain(edit), version, result)

    def park_conflict(self, edit: Edit, server: ServerCopy, at: datetime) -> None:
        del at
        with self._work.database.write() as db:
            for joined in self._chain(edit):
                is_head = joined.id == edit.id
                update_edit(
                    db, replace(joined, state=EditState.CONFLICTED, server=server if is_head else None)
                )

    def park_refusal(self, edit: Edit, refusal: Refusal, at: datetime) -> None:
        del at
        with self._work.database.write() as db:
            current = self._work.edit(edit.id)
            if current is not None:
                update_edit(db, replace(current, state=EditState.REFUSED, refusal=refusal))

    def renew_conflicts(self, changes: Iterable[Change]) -> set[str]:
        newer = {change.id: change for change in changes}
        touched = set()
        with self._work.database.write() as db:
            for edit in self._work.edits("state = ? AND server IS NOT NULL", (EditState.CONFLICTED.value,)):
                change = newer.get(edit.record_id)
                if change is None or edit.server is None or change.version <= edit.server.version:
                    continue
                update_edit(db, replace(edit, server=_newer(edit.server, change)))
                touched.add(edit.id)
        return touched

    def _chain(self, edit: Edit) -> list[Edit]:
        return self._work.edits("record_id = ?", (edit.record_id,))


def _newer(known: ServerCopy, change: Change) -> ServerCopy:
    return ServerCopy(
        version=change.version,
        record=change.record,
        changed_at=change.changed_at,
        changed_by=change.changed_by,
        changes=known.changes + change.version - known.version,
    )
