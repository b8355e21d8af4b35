"""The person's answers to conflicts and errors, in `work.db`."""

from __future__ import annotations

from dataclasses import replace

from maintenance_desktop.domain.edits import Edit, EditKind, EditState, Ending, overwriting
from maintenance_desktop.domain.trouble import Outdated
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.dependence import dependants_of
from maintenance_desktop.storage.subjects import Lookup, subject_of
from maintenance_desktop.storage.work import WorkFile, end_edit, insert_edit, put_on_ground


class Answers:
    """The `DecisionStore` port over `work.db`: each answer is one transaction."""

    def __init__(self, work: WorkFile, shown: Lookup) -> None:
        self._work = work
        self._shown = shown

    def overwrite(self, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
        """Queue base + mine against `version`. Raises Outdated, StorageTrouble."""
        with self._work.database.write() as db:
            chain = self._conflicted(edit_id)
            server = chain[0].server
            if server is None or server.version != version:
                raise Outdated("It was changed once more on the server. Look at it again before you decide.")
            newer = replace(overwriting(chain, new_id=replacement_id, made_at=at), seq=chain[0].seq)
            after = frozenset().union(*(edit.after for edit in chain)) - {edit.id for edit in chain}
            for edit in chain:
                end_edit(
                    db, edit, Ending.REPLACED, at,
                    subject=subject_of(edit, self._shown), theirs=server, replaced_by=replacement_id,
                )  # fmt: skip
            inserted = insert_edit(db, replace(newer, after=after))
            self._work.point_to(db, {edit.id for edit in chain}, replacement_id)
            return inserted

    def discard(self, edit_id: str, at: str) -> list[Edit]:
        """Drop a conflicted chain and what depends on it. Raises Outdated, StorageTrouble."""
        with self._work.database.write() as db:
            chain = self._conflicted(edit_id)
            rest = dependants_of(self._work.database.rows, *chain)
            for edit in chain:
                end_edit(
                    db, edit, Ending.DISCARDED, at,
                    subject=subject_of(edit, self._shown), theirs=chain[0].server,
                )  # fmt: skip
            self._end_with_parent(db, rest, at)
            return [*chain, *rest]

    def acknowledge(self, edit_id: str, at: str) -> list[Edit]:
        """Drop a refused edit and what depends on it. Raises Outdated, StorageTrouble."""
        with self._work.database.write() as db:
            edit = self._work.edit(edit_id)
            if edit is None or edit.state is not EditState.REFUSED:
                raise Outdated("This was answered already.")
            rest = dependants_of(self._work.database.rows, edit)
            message = edit.refusal.message if edit.refusal else ""
            end_edit(
                db, edit, Ending.ACKNOWLEDGED, at, subject=subject_of(edit, self._shown), message=message
            )
            self._end_with_parent(db, rest, at)
            if edit.kind is not EditKind.CREATE:
                successors = self._work.edits("record_id = ?", (edit.record_id,))
                put_on_ground(db, successors, _version_without(edit), edit.ground or edit.base or {})
            return [edit, *rest]

    def _conflicted(self, edit_id: str) -> list[Edit]:
        """The chain that is decided at once: the conflicted edit and all behind it on the record."""
        asked = self._work.edit(edit_id)
        if asked is None or asked.state is not EditState.CONFLICTED:
            raise Outdated("This was answered already.")
        chain = self._work.edits("record_id = ?", (asked.record_id,))
        return chain[next(n for n, edit in enumerate(chain) if edit.server is not None) :]

    def _end_with_parent(self, db: Transaction, edits: list[Edit], at: str) -> None:
        for edit in edits:
            end_edit(db, edit, Ending.ENDED_WITH_PARENT, at, subject=subject_of(edit, self._shown))


def _version_without(refused: Edit) -> int | None:
    """What comes after a refused edit is sent against; never a version that would undo a deletion unasked."""
    if refused.overwrites and refused.overwrites.record is None and refused.base_version:
        return refused.base_version - 1
    return refused.base_version
