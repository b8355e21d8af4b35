"""What somebody else's decision dropped of what this person had done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maintenance_desktop.domain.edits import EditKind, Ending
from maintenance_desktop.domain.ledger import LedgerEntry
from maintenance_desktop.domain.records import Fields, Value, known_writable
from maintenance_desktop.domain.views import HistoryEntry

APPLIED = frozenset({Ending.APPLIED, Ending.OVERWROTE, Ending.COMBINED})
"""The endings of what the server did."""


@dataclass(frozen=True, slots=True)
class Overwritten:
    """One change of this person that somebody overwrote; `edit_id` is that change in the history.

    `fields` are those that lost this person's value: `mine` then, `theirs` now. `is_gone`: the record was
    deleted by it. Without fields, a deletion was undone.
    """

    id: str
    edit_id: str
    type: str
    record_id: str
    number: str
    title: str
    who: str
    happened_at: str
    choice: str
    fields: tuple[str, ...]
    mine: Fields
    theirs: Fields
    is_gone: bool = False

    def shows(self, changes: Mapping[str, tuple[Value, Value]]) -> bool:
        """Whether these changes, field → (now, then), undo nothing but what the notice tells of."""
        return all(name in self.theirs and self.theirs[name] == now for name, (now, _) in changes.items())


def is_overturned(entries: Sequence[HistoryEntry], record: Fields | None) -> bool:
    """Whether the record is not any more as this person's edits of it, oldest first, left it."""
    last = entries[-1].edit
    if last.kind is EditKind.DELETE or record is None:
        return (last.kind is EditKind.DELETE) != (record is None)
    return any(record.get(name) != value for name, (value, _) in _set_by(entries).items())


def overwritten_by(entries: Sequence[HistoryEntry], decision: LedgerEntry, me: str) -> list[Overwritten]:
    """What of this person's edits of one record, oldest first, that decision dropped."""
    before = [entry for entry in entries if (entry.result_version or 0) <= decision.version]
    if decision.person_id == me or not decision.is_change_of_record or not before:
        return []
    if decision.theirs is None:
        last = before[-1]
        is_mine = last.edit.kind is EditKind.DELETE and last.result_version == decision.version
        return [_notice(last, decision, {}, {})] if is_mine and decision.result is not None else []
    left = decision.result or {}
    dropped: dict[str, dict[str, Value]] = {}
    by_id = {entry.edit.id: entry for entry in before}
    for name, (value, entry) in _set_by(before).items():
        if decision.theirs.get(name) == value != left.get(name):
            dropped.setdefault(entry.edit.id, {})[name] = value
    return [
        _notice(by_id[edit_id], decision, mine, {name: left.get(name) for name in mine})
        for edit_id, mine in dropped.items()
    ]


def _set_by(entries: Sequence[HistoryEntry]) -> dict[str, tuple[Value, HistoryEntry]]:
    """For each field what this person set it to last, as the server kept it, and with which edit."""
    found: dict[str, tuple[Value, HistoryEntry]] = {}
    for entry in entries:
        edit, result = entry.edit, entry.result or {}
        said = {name: one for name, one in edit.mine.items() if one not in (None, "")}
        for name in known_writable(edit.type, said if edit.kind is EditKind.CREATE else edit.patch):
            found[name] = (result.get(name, edit.mine.get(name)), entry)
    return found


def _notice(entry: HistoryEntry, decision: LedgerEntry, mine: Fields, theirs: Fields) -> Overwritten:
    return Overwritten(
        id=f"overwritten {decision.person_id} {decision.edit_id} {entry.edit.id}",
        edit_id=entry.edit.id,
        type=entry.edit.type,
        record_id=entry.edit.record_id,
        number=decision.number or entry.subject.number,
        title=decision.title or entry.subject.title,
        who=decision.person_name,
        happened_at=decision.happened_at,
        choice=decision.choice or decision.kind,
        fields=tuple(mine),
        mine=mine,
        theirs=theirs,
        is_gone=decision.result is None,
    )
