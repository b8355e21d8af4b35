"""Saving and undoing: where an edit goes when the person presses Save."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from maintenance_desktop.domain.double_work import merged
from maintenance_desktop.domain.edits import Edit, EditKind, EditState, Ending, Way, fold
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import HistoryEntry, RecordView
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.dependence import dependants_of, ordered
from maintenance_desktop.storage.subjects import Lookup, subject_of
from maintenance_desktop.storage.work import (
    WorkFile,
    end_edit,
    insert_edit,
    mark_restored,
    put_on_ground,
    update_edit,
)

_UNSENT: Final = (EditState.QUEUED, EditState.HELD)


class EditSaver:
    """The `EditStore` port over `work.db`: one transaction per save, and nothing else is written."""

    def __init__(self, work: WorkFile, shown: Lookup) -> None:
        self._work = work
        self._shown = shown

    def save(self, edit: Edit, seen: RecordView | None) -> Edit:
        """Fold into a waiting edit, queue behind it, or queue. Raises StorageTrouble, NotSaved."""
        with self._work.database.write() as db:
            if edit.origin is not None and edit.origin.way is Way.RESTORE:
                mark_restored(db, edit)
            if edit.kind is EditKind.CREATE:
                return insert_edit(db, self._work.numbered(db, ordered(self._work.database.rows, edit)))
            chain = self._work.edits("record_id = ?", (edit.record_id,))
            if not chain:
                return insert_edit(db, ordered(self._work.database.rows, self._on_server_copy(edit, seen)))
            last = chain[-1]
            if last.kind is EditKind.DELETE:
                raise NotSaved("You deleted this already.")
            _check_seen(edit, seen, chain)
            if edit.kind is EditKind.DELETE and self._takes_back(db, chain[0], edit.made_at):
                return chain[0]
            successor = replace(edit, base=last.mine, base_version=None, mine={**last.mine, **edit.patch})
            if last.state is EditState.CONFLICTED:
                return insert_edit(db, replace(successor, state=EditState.CONFLICTED))
            successor = ordered(self._work.database.rows, successor)
            if self._can_fold(last, successor):
                return self._fold(db, last, successor)
            return insert_edit(db, successor)

    def undo(self, edit_id: str, at: str) -> list[Edit]:
        """Take an unsent edit back, with what depends on it. Empty when it may have been sent."""
        with self._work.database.write() as db:
            edit = self._work.edit(edit_id)
            if edit is None or edit.is_frozen or edit.state not in _UNSENT:
                return []
            ended = [edit, *dependants_of(self._work.database.rows, edit)]
            if any(one.is_frozen for one in ended):
                return []
            for one in reversed(ended):
                ending = Ending.UNDONE if one.id == edit_id else Ending.ENDED_WITH_PARENT
                end_edit(db, one, ending, at, subject=subject_of(one, self._shown))
            if edit.kind is not EditKind.CREATE:
                rest = self._work.edits("record_id = ? AND seq > ?", (edit.record_id, edit.seq))
                put_on_ground(db, rest, edit.base_version, edit.ground or {})
            return ended

    def _fold(self, db: Transaction, waiting: Edit, newer: Edit) -> Edit:
        if newer.kind is EditKind.UPDATE:
            folded = replace(
                fold(waiting, newer.patch),
                after=waiting.after | newer.after,
                doubts=merged(waiting.doubts, newer.doubts),
            )
            update_edit(db, folded)
            self._end(db, newer, Ending.FOLDED, waiting.id)
            return folded
        self._end(db, waiting, Ending.FOLDED, newer.id, at=newer.made_at)
        deleting = replace(
            newer, seq=waiting.seq, base=waiting.base, base_version=waiting.base_version,
            overwrites=waiting.overwrites, after=waiting.after,
        )  # fmt: skip
        return insert_edit(db, deleting)

    def _takes_back(self, db: Transaction, first: Edit, at: str) -> bool:
        """Whether deleting a record ends its create, which nobody saw yet, and what belongs to the record.

        Where other work names it, that work is not the person's to lose by this: create and delete are sent.
        """
        if first.kind is not EditKind.CREATE:
            return False
        ended = [first, *dependants_of(self._work.database.rows, first)]
        was_seen = any(one.is_frozen or one.state not in _UNSENT for one in ended)
        if was_seen or any(first.record_id not in (one.record_id, one.parent_id) for one in ended):
            return False
        for one in reversed(ended):
            self._end(db, one, Ending.UNDONE, "", at=at)
        return True

    def _end(self, db: Transaction, edit: Edit, ending: Ending, into: str, at: str = "") -> None:
        end_edit(
            db, edit, ending, at or edit.made_at, subject=subject_of(edit, self._shown), replaced_by=into
        )

    def _on_server_copy(self, edit: Edit, seen: RecordView | None) -> Edit:
        """Base the edit on what the person saw, or on the answer to the edit that was seen pending."""
        answered = self._newest_answer(seen.edits) if seen is not None else None
        if answered is not None and answered.edit.kind is EditKind.DELETE:
            raise NotSaved("You deleted this already.")
        if answered is not None:
            base = answered.result or {}
            mine = {**base, **edit.patch}
            return replace(edit, base=base, base_version=answered.result_version, mine=mine)
        if edit.base_version is None or edit.base is None:
            raise NotSaved("This was taken back meanwhile, so there is nothing to change.")
        return replace(edit, mine={**edit.base, **edit.patch})

    def _newest_answer(self, seen: Sequence[Edit]) -> HistoryEntry | None:
        """What the server made of the last of these edits that it did; others may have been undone since."""
        for edit in reversed(seen):
            found = self._work.ending_of(edit.id)
            while found is not None and found.ending in (Ending.FOLDED, Ending.REPLACED):
                found = self._work.ending_of(found.replaced_by)
            if found is not None and found.result_version is not None:
                return found
        return None

    def _can_fold(self, last: Edit, newer: Edit) -> bool:
        """Whether nobody can have seen the waiting edit, and the order of the queue stays right."""
        if last.is_frozen or last.state is not EditState.QUEUED or self._is_named_later(last):
            return False
        return all(one.seq < last.seq for one in map(self._work.edit, newer.after) if one is not None)

    def _is_named_later(self, edit: Edit) -> bool:
        """Whether something queued after this edit counts on the record as it leaves it."""
        rows = self._work.database.rows
        child = "SELECT 1 FROM main.edit WHERE parent_id = ? AND seq > ? LIMIT 1"
        if rows(child, (edit.record_id, edit.seq)):
            return True
        # Only what is not found by its parent is looked for row by row: a save may not wait for the queue
        types = _naming_otherwise(edit.type)
        named = (
            f"SELECT 1 FROM main.edit WHERE seq > ? AND type IN ({', '.join('?' * len(types))})"
            " AND record_id <> ? AND instr(mine, ?) LIMIT 1"
        )
        return bool(types and rows(named, (edit.seq, *types, edit.record_id, edit.record_id)))


def _check_seen(edit: Edit, seen: RecordView | None, chain: list[Edit]) -> None:
    """What somebody else changed is never written over by a form that does not show it. Raises NotSaved."""
    base = chain[0].ground or chain[0].base
    if seen is None or seen.server is None or base is None or seen.edits:
        return
    if any(seen.fields.get(name) != base.get(name) for name in edit.patch):
        raise NotSaved(
            "Somebody else changed this after you opened it, and another change of yours waits. "
            "Open it again to see both, then save."
        )


def _naming_otherwise(record_type: str) -> list[str]:
    """The types whose records can name one of this type in a field that does not make them its children."""
    return [
        spec.type
        for spec in SPECS.values()
        if any(one.refers_to == record_type and one.name not in spec.parents for one in spec.fields)
    ]
