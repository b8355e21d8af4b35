"""The queue on its way to another computer: marked before it leaves, and joined to the one that is there."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from maintenance_desktop.domain.carried import Brought, Carried, CarriedEdit, LeftOut
from maintenance_desktop.domain.edits import Edit, EditKind, EditState, Ending, line_of, rebase
from maintenance_desktop.domain.planning import finishes_work
from maintenance_desktop.domain.records import SPECS, Fields
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.answers import version_without
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.outbox import EPOCH, NO_VERSION
from maintenance_desktop.storage.subjects import Lookup, subject_of
from maintenance_desktop.storage.work import WorkFile, end_edit, insert_edit

_PROVISIONAL: Final = re.compile(r"New-(\d{1,9})")
_NEWER_HERE: Final = "You changed it here too, after the change that this builds on. Sync, then import again."
_DROPPED_HERE: Final = "What it belongs to was taken back or dropped here."


class QueueCarrier:
    """The `QueueStore` port over `work.db`: each call is one transaction."""

    def __init__(self, work: WorkFile, shown: Lookup) -> None:
        self._work = work
        self._shown = shown

    def take_along(self, at: str) -> tuple[tuple[CarriedEdit, ...], str | None]:
        """Everything that waits, and the epoch. Nothing in it changes any more: others may send it."""
        with self._work.database.write() as db:
            db.execute("UPDATE edit SET first_sent_at = ? WHERE first_sent_at = ''", (at,))
            edits = self._work.edits()
        items = tuple(CarriedEdit(replace(one, seq=0), subject_of(one, self._shown)) for one in edits)
        return items, self._work.meta(EPOCH)

    def known(self, edit_ids: Iterable[str]) -> set[str]:
        """Those of these edits that are in the queue here, or ended here."""
        named = encode_text(list(edit_ids))
        return {
            str(row[0])
            for row in self._work.database.rows(
                "SELECT id FROM main.edit WHERE id IN (SELECT value FROM json_each(?))"
                " UNION SELECT edit_id FROM main.history WHERE edit_id IN (SELECT value FROM json_each(?))",
                (named, named),
            )
        }

    def bring(self, carried: Carried, at: str) -> Brought:
        """Queue what is not known here, behind all that waits here."""
        with self._work.database.write() as db:
            epoch = self._work.meta(EPOCH)
            if epoch is None and carried.epoch is not None:
                db.execute("INSERT INTO meta VALUES (?, ?)", (EPOCH, carried.epoch))
            bringing = _Bringing(
                self._work, db, self._shown, at, is_restored=epoch not in (None, carried.epoch)
            )
            known = self.known(item.edit.id for item in carried.edits)
            for item in carried.edits:
                bringing.add(item, is_known=item.edit.id in known)
            bringing.keep_order()
        return Brought(tuple(bringing.brought), len(known), tuple(bringing.left_out))


class _Bringing:
    """One import, inside of its transaction. `is_restored`: the versions in the file are of another epoch."""

    def __init__(self, work: WorkFile, db: Transaction, shown: Lookup, at: str, *, is_restored: bool) -> None:
        self._work = work
        self._db = db
        self._shown = shown
        self._at = at
        self._is_restored = is_restored
        self._last_of_record: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self.brought: list[Edit] = []
        self.left_out: list[LeftOut] = []

    def add(self, item: CarriedEdit, *, is_known: bool) -> None:
        """Queue one edit of the file, unless it is here already or has nothing to stand on."""
        edit = item.edit
        before = self._last_of_record.get(edit.record_id)
        self._last_of_record[edit.record_id] = edit.id
        if is_known:
            return
        placed = self._standing(edit) if edit.stands_alone else self._behind(edit, before)
        if isinstance(placed, str):
            self.left_out.append(LeftOut(item, placed))
            return
        placed = replace(placed, after=frozenset(map(self._newest_id, placed.after)))
        self.brought.append(insert_edit(self._db, self._numbered(placed)))

    def keep_order(self) -> None:
        """What was brought onto a work order goes before the edit here that finishes that work order."""
        parents = {one.parent_id for one in self.brought if SPECS[one.type].locked_when_finished}
        first = min((one.seq for one in self.brought), default=0)
        for parent_id in sorted(filter(None, parents)):
            chain = self._work.edits("record_id = ? AND seq < ?", (parent_id, first))
            finishing = next((edit for edit in chain if finishes_work(edit)), None)
            for edit in chain[_first_moved(chain, finishing) :] if finishing else ():
                self._db.execute("DELETE FROM edit WHERE id = ?", (edit.id,))
                insert_edit(self._db, replace(edit, seq=0))

    def _standing(self, edit: Edit) -> Edit:
        if not self._is_restored or edit.kind is EditKind.CREATE:
            return edit
        # Its version may mean another content now, so it must conflict. That makes it another edit
        newer = replace(
            edit, id=str(uuid.uuid4()), base_version=NO_VERSION, server=None, refusal=None,
            state=EditState.HELD if edit.state is EditState.HELD else EditState.QUEUED,
        )  # fmt: skip
        subject = subject_of(edit, self._shown)
        end_edit(self._db, edit, Ending.REPLACED, self._at, subject=subject, replaced_by=newer.id)
        return newer

    def _behind(self, edit: Edit, before: str | None) -> Edit | str:
        """Put an edit on the one that it builds on; or why that cannot be."""
        pending, ended = self._now(before) if before else (None, None)
        if pending is not None:
            return self._behind_pending(edit, pending)
        state = EditState.QUEUED if edit.state is EditState.CONFLICTED else edit.state
        if ended is None:
            return _DROPPED_HERE
        gone = ended.edit
        if ended.result_version is not None and gone.kind is not EditKind.DELETE:
            return replace(rebase(edit, ended.result_version, ended.result or {}), state=state)
        ground, version = gone.ground or gone.base or {}, version_without(gone)
        if gone.kind is EditKind.CREATE or version is None or ended.result_version is not None:
            return _DROPPED_HERE
        return replace(rebase(edit, version, ground), state=state)

    def _behind_pending(self, edit: Edit, pending: Edit) -> Edit | str:
        last = self._work.edits("record_id = ?", (edit.record_id,))[-1]
        if last.id != pending.id:
            return _NEWER_HERE
        if pending.kind is EditKind.DELETE:
            return _DROPPED_HERE
        if EditState.CONFLICTED in (pending.state, edit.state):
            is_open = pending.state is EditState.CONFLICTED
            edit = replace(edit, state=EditState.CONFLICTED if is_open else EditState.QUEUED)
        return replace(edit, base=pending.mine, mine={**pending.mine, **edit.patch})

    def _now(self, edit_id: str) -> tuple[Edit | None, HistoryEntry | None]:
        """What became of an edit here: what is pending in its place, or how that ended."""
        while True:
            pending = self._work.edit(edit_id)
            ended = None if pending else self._work.ending_of(edit_id)
            if ended is None or ended.ending not in (Ending.FOLDED, Ending.REPLACED):
                return pending, ended
            edit_id = ended.replaced_by

    def _newest_id(self, edit_id: str) -> str:
        pending, _ = self._now(edit_id)
        return pending.id if pending else edit_id

    def _numbered(self, edit: Edit) -> Edit:
        """A number that was only given for the time being may be another work order's here."""
        number = edit.mine.get("number")
        if edit.type != "work_order" or _provisional(number) is None:
            return edit
        if edit.kind is EditKind.CREATE:
            self._numbers[edit.record_id] = self._free_number(edit)
        known = self._numbers.get(edit.record_id)
        if known is None:
            return edit
        return replace(edit, mine={**edit.mine, "number": known}, base=_renumbered(edit.base, known))

    def _free_number(self, edit: Edit) -> str:
        wanted, last = (
            _provisional(edit.mine.get("number")) or 0,
            int(self._work.meta("provisional_number") or 0),
        )
        if wanted <= last:
            return str(self._work.numbered(self._db, edit).mine["number"])
        self._db.execute("INSERT OR REPLACE INTO meta VALUES ('provisional_number', ?)", (str(wanted),))
        return f"New-{wanted}"


def _first_moved(chain: list[Edit], finishing: Edit) -> int:
    """What is one piece of work stays together, or a part of a conflict would wait for an answer to nothing.

    A create stays where it is: what names it is behind it.
    """
    first = line_of(chain, finishing.id)[0]
    if first.kind is not EditKind.CREATE:
        return chain.index(first)
    is_open = finishing.state is EditState.CONFLICTED
    return len(chain) if is_open else chain.index(finishing)


def _provisional(number: object) -> int | None:
    found = _PROVISIONAL.fullmatch(number) if isinstance(number, str) else None
    return int(found[1]) if found else None


def _renumbered(base: Fields | None, number: str) -> Fields | None:
    return {**base, "number": number} if base and _provisional(base.get("number")) is not None else base
