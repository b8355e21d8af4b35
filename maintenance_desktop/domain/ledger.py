"""The ledger of a site: conflicts, choices and refusals across people, and what each of them lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maintenance_desktop.domain.edits import Edit, EditKind, Way
from maintenance_desktop.domain.records import SPECS, Fields


class DecisionKind(StrEnum):
    """What the ledger has an entry for."""

    CONFLICT = "conflict"
    REFUSAL = "refusal"
    OVERWRITE = "overwrite"
    COMBINE = "combine"


class Choice(StrEnum):
    """What was chosen; nothing while the person has not answered."""

    OVERWRITE = "overwrite"
    COMBINE = "combine"
    COMBINE_BY_ITSELF = "combine_by_itself"
    DISCARD = "discard"
    ACKNOWLEDGE = "acknowledge"
    RESEND = "resend"
    FOLLOW_UP = "follow_up"


SENT_AS: Final = {
    Way.OVERWRITE: Choice.OVERWRITE,
    Way.COMBINE: Choice.COMBINE,
    Way.COMBINE_BY_ITSELF: Choice.COMBINE_BY_ITSELF,
}
"""Of which edits the server is told that they are a decision, and how."""

_DROPS_MINE: Final = frozenset({Choice.DISCARD, Choice.ACKNOWLEDGE})


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry as the server tells it. Kinds and choices that a newer server knows are kept as they came.

    `place` is its running number: an entry that changes gets a new one. `base`, `mine`, `theirs` and `result`
    are records: when the person started, what they sent, what it met on the server, and what that became.
    `changed_by` made `theirs`. `lost` names the fields of which a value was dropped.
    """

    place: int
    person_id: str
    person_name: str
    edit_id: str
    kind: str
    edit_kind: str
    type: str
    record_id: str
    number: str = ""
    title: str = ""
    happened_at: str = ""
    code: str = ""
    message: str = ""
    base: Fields | None = None
    mine: Fields | None = None
    theirs: Fields | None = None
    result: Fields | None = None
    version: int = 0
    changed_by: str = ""
    changed_by_name: str = ""
    changed_at: str = ""
    choice: str = ""
    chosen_at: str = ""
    lost: tuple[str, ...] = ()

    @property
    def is_change_of_record(self) -> bool:
        """Whether something on the server was replaced, and not only something refused."""
        return self.kind in (DecisionKind.OVERWRITE, DecisionKind.COMBINE)

    @property
    def dropped(self) -> Fields | None:
        """The record whose values in `lost` were dropped: theirs where they were replaced, else mine."""
        return self.theirs if self.is_change_of_record else self.mine


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some entries; `more`: there are others beyond the last of them."""

    entries: tuple[LedgerEntry, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceReport:
    """A choice that a person took, with everything that it was about, for a server that does not know."""

    edit_id: str
    kind: DecisionKind
    edit_kind: str
    type: str
    record_id: str
    choice: Choice
    chosen_at: str
    base: Fields | None = None
    mine: Fields | None = None
    theirs: Fields | None = None
    version: int = 0
    changed_by: str = ""
    changed_at: str = ""
    code: str = ""
    message: str = ""


def lost_fields(
    record_type: str,
    choice: str,
    *,
    base: Fields | None,
    mine: Fields | None,
    theirs: Fields | None,
    result: Fields | None,
) -> list[str]:
    """The fields of which that choice dropped a value, in the order of the record's fields.

    Who overwrites or combines drops what others changed since `base`; without it, all that is different now.
    """
    names = [field.name for field in SPECS[record_type].writable()]
    if choice in _DROPS_MINE:
        started, met = base or {}, theirs or {}
        wanted = mine or {}
        return [
            name
            for name in names
            if wanted.get(name) != started.get(name) and wanted.get(name) != met.get(name)
        ]
    if theirs is None or choice not in SENT_AS.values():
        return []
    left = result or {}
    return [
        name
        for name in names
        if theirs.get(name) != left.get(name) and (base is None or theirs.get(name) != base.get(name))
    ]


def told_with(edit: Edit) -> Choice | None:
    """What the server is told an edit is, beside its content; None where it is no decision."""
    if edit.origin is None or edit.kind is EditKind.CREATE:
        return None
    return SENT_AS.get(edit.origin.way)
