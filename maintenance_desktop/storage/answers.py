"""The person's answers to conflicts and errors, in `work.db`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maintenance_desktop.domain.edits import (
    Edit,
    EditKind,
    EditState,
    Ending,
    Way,
    combining,
    line_of,
    overwriting,
)
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.trouble import Outdated
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.dependence import dependants_of, ordered
from maintenance_desktop.storage.subjects import Lookup, subject_of
from maintenance_desktop.storage.work import WorkFile, end_edit, insert_edit, put_on_ground, update_edit


class Answers:
    """The `DecisionStore` port over `work.db`: each answer is one transaction."""

    def __init__(self, work: WorkFile, shown: Lookup) -> None:
        self._work = work
        self._shown = shown

    def overwrite(self, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
        """Queue base + mine against `version`. Raises Outdated, StorageTrouble."""
        with self._work.database.write() as db:
            chain = self._on_screen(edit_id, version)
            return self._replace_chain(db, chain, overwriting(chain, new_id=replacement_id, made_at=at), at)

    def combine(self, chain: Sequence[Edit], record: Fields, replacement_id: str, at: str, way: Way) -> Edit:
        """Queue `record` as what stays of both, in place of `chain`. Raises Outdated, StorageTrouble."""
        shown, server = [edit.id for edit in chain], chain[0].server
        with self._work.database.write() as db:
            chain = self._on_screen(shown[0], server.version if server else 0)
            if [edit.id for edit in chain] != shown:
                raise Outdated("You changed it once more yourself. Look at it again before you decide.")
            return self._replace_chain(
                db, chain, combining(chain, record, new_id=replacement_id, made_at=at, way=way), at
            )

    def resend(self, edit_id: str, newer: Edit, first: Sequence[Edit], at: str) -> Edit:
        """Queue `newer` in place of a refused edit, and `first` before it. Raises Outdated, StorageTrouble.

        Those `first` are creates that it may depend on. What is queued behind the refused edit, or depends
        on it, stays behind the new one.
        """
        with self._work.database.write() as db:
            edit, rows = self._refused(edit_id), self._work.database.rows
            behind = self._work.edits("record_id = ? AND seq > ?", (edit.record_id, edit.seq))
            held = {one.id: one for one in (*behind, *dependants_of(rows, edit))}
            message = edit.refusal.message if edit.refusal else ""
            end_edit(
                db, edit, Ending.REPLACED, at,
                subject=subject_of(edit, self._shown), message=message, replaced_by=newer.id,
            )  # fmt: skip
            for one in first:
                insert_edit(db, self._work.numbered(db, ordered(rows, one, also=one.after)))
            newer = ordered(rows, newer, also=newer.after)
            is_moved = bool(
                self._work.edits(
                    "seq > ? AND id IN (SELECT value FROM json_each(?))",
                    (edit.seq, encode_text(sorted(newer.after))),
                )
            )
            inserted = insert_edit(db, replace(newer, seq=0 if is_moved else edit.seq))
            for one in sorted(held.values(), key=lambda held_one: held_one.seq) if is_moved else ():
                db.execute("DELETE FROM edit WHERE id = ?", (one.id,))
                insert_edit(db, replace(one, seq=0))
            successors = self._work.edits("record_id = ? AND seq > ?", (edit.record_id, inserted.seq))
            put_on_ground(db, successors, None, newer.mine)
            self._work.point_to(db, {edit.id}, newer.id)
            return inserted

    def send_anyway(self, edit_id: str) -> Edit:
        """Let a held edit go: its doubts are answered. Raises Outdated, StorageTrouble."""
        with self._work.database.write() as db:
            edit = self._work.edit(edit_id)
            if edit is None or edit.state is not EditState.HELD:
                raise Outdated("This was answered already.")
            answered = tuple(replace(doubt, is_answered=True) for doubt in edit.doubts)
            update_edit(db, replace(edit, state=EditState.QUEUED, doubts=answered))
            return edit

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

    def acknowledge(self, edit_id: str, at: str, also: Sequence[Edit] = ()) -> list[Edit]:
        """Drop a refused edit and what depends on it, and queue creates instead: `also`.

        Raises Outdated, StorageTrouble.
        """
        with self._work.database.write() as db:
            edit = self._refused(edit_id)
            for one in also:
                insert_edit(db, ordered(self._work.database.rows, one))
            rest = dependants_of(self._work.database.rows, edit)
            message = edit.refusal.message if edit.refusal else ""
            end_edit(
                db, edit, Ending.ACKNOWLEDGED, at, subject=subject_of(edit, self._shown), message=message
            )
            self._end_with_parent(db, rest, at)
            if edit.kind is not EditKind.CREATE:
                successors = self._work.edits("record_id = ? AND seq > ?", (edit.record_id, edit.seq))
                put_on_ground(db, successors, version_without(edit), edit.ground or edit.base or {})
            return [edit, *rest]

    def not_again(self, edit_id: str, at: str) -> None:
        """Offer this refused edit no more; it stays in the history. Raises StorageTrouble."""
        with self._work.database.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO notice VALUES (?, 'again', ?, '{}', ?)", (f"again:{edit_id}", at, at)
            )

    def _replace_chain(self, db: Transaction, chain: list[Edit], newer: Edit, at: str) -> Edit:
        """End a chain in favour of one edit that takes its place."""
        old = {edit.id for edit in chain}
        after = frozenset().union(*(edit.after for edit in chain)) - old
        for edit in chain:
            end_edit(
                db, edit, Ending.REPLACED, at,
                subject=subject_of(edit, self._shown), theirs=chain[0].server, replaced_by=newer.id,
            )  # fmt: skip
        inserted = insert_edit(db, replace(newer, seq=chain[0].seq, after=after))
        self._work.point_to(db, old, newer.id)
        return inserted

    def _on_screen(self, edit_id: str, version: int) -> list[Edit]:
        """The chain, if the server's copy on screen is still the newest. Raises Outdated."""
        chain = self._conflicted(edit_id)
        server = chain[0].server
        if server is None or server.version != version:
            raise Outdated("It was changed once more on the server. Look at it again before you decide.")
        return chain

    def _refused(self, edit_id: str) -> Edit:
        edit = self._work.edit(edit_id)
        if edit is None or edit.state is not EditState.REFUSED:
            raise Outdated("This was answered already.")
        return edit

    def _conflicted(self, edit_id: str) -> list[Edit]:
        """The chain that is decided at once: the conflicted edit and all behind it on the record."""
        asked = self._work.edit(edit_id)
        if asked is None or asked.state is not EditState.CONFLICTED:
            raise Outdated("This was answered already.")
        chain = line_of(self._work.edits("record_id = ?", (asked.record_id,)), asked.id)
        return chain[next(n for n, edit in enumerate(chain) if edit.server is not None) :]

    def _end_with_parent(self, db: Transaction, edits: list[Edit], at: str) -> None:
        for edit in edits:
            end_edit(db, edit, Ending.ENDED_WITH_PARENT, at, subject=subject_of(edit, self._shown))


def version_without(refused: Edit) -> int | None:
    """What comes after a refused edit is sent against; never a version that would undo a deletion unasked."""
    if refused.overwrites and refused.overwrites.record is None and refused.base_version:
        return refused.base_version - 1
    return refused.base_version
