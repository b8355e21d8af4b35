"""The three-way view of a conflict: when you started, yours, theirs, and what each answer leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.lifecycle import transition_problem
from maintenance_desktop.domain.records import SPECS, Fields, Value


class Undecided(ValueError):
    """Both sides changed a field, and nobody said which value stays; `names` are those fields."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"both sides changed {', '.join(names)}")
        self.names = tuple(names)


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

    @property
    def overlaps(self) -> bool:
        """Whether both changed it, and not to the same: then somebody has to choose."""
        return self.changed_by_me and self.changed_by_them and self.mine != self.theirs

    @property
    def kept_by_combine(self) -> Value:
        """What *Combine* leaves where nobody has to choose."""
        return self.mine if self.changed_by_me else self.theirs


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


def combined(fields: Sequence[FieldConflict], chosen: Fields) -> dict[str, Value]:
    """What *Combine* leaves in these fields; `chosen` says it where both changed one. Raises Undecided."""
    open_names = [one.name for one in fields if one.overlaps and one.name not in chosen]
    if open_names:
        raise Undecided(open_names)
    return {one.name: chosen.get(one.name, one.kept_by_combine) for one in fields}


def combine_problem(chain: Sequence[Edit]) -> str | None:
    """Why there is nothing to combine; None when there is."""
    server = chain[0].server
    if chain[-1].kind is EditKind.DELETE:
        return "You deleted it, so there is nothing of yours to combine."
    if server is None or server.record is None:
        return "It was deleted on the server, so there is nothing to combine it with."
    return None


def combination_problem(chain: Sequence[Edit], record: Fields, role: str) -> str | None:
    """Why the server would refuse this combination; None when it can be tried."""
    server = chain[0].server
    if chain[0].type != "work_order" or server is None or not server.record:
        return None
    status = record.get("status", server.record.get("status"))
    return transition_problem(str(server.record.get("status")), str(status), role)
