"""The three-way view of a conflict: when you started, yours, theirs, and what each answer leaves."""

from __future__ import annotations

from dataclasses import dataclass

from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.lifecycle import transition_problem
from maintenance_desktop.domain.records import SPECS, Value


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field that is not the same on all three sides."""

    name: str
    base: Value
    mine: Value
    theirs: Value

    @property
    def changed_by_me(self) -> bool:
        return self.base != self.mine

    @property
    def changed_by_them(self) -> bool:
        return self.base != self.theirs


def differing_fields(chain: list[Edit]) -> list[FieldConflict]:
    """Every field that differs between the base, mine and theirs, in the order of the record's fields.

    A record that was deleted on the server has no theirs: the fields that the person changed are listed.
    """
    first, last = chain[0], chain[-1]
    base = first.base or {}
    theirs = (first.server.record if first.server else None) or {}
    gone = not theirs
    found = []
    for spec in SPECS[first.type].writable():
        one = FieldConflict(spec.name, base.get(spec.name), last.mine.get(spec.name), theirs.get(spec.name))
        if one.changed_by_me or (one.changed_by_them and not gone):
            found.append(one)
    return found


def overwrite_problem(chain: list[Edit], role: str) -> str | None:
    """Why *Overwrite* would be refused for this person; None when it can be tried."""
    first, last = chain[0], chain[-1]
    if last.kind is EditKind.DELETE or first.type != "work_order":
        return None
    server = first.server.record if first.server else None
    if not server:
        return None
    return transition_problem(str(server.get("status")), str(last.mine.get("status")), role)
