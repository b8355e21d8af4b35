"""One person's changes: what an edit is, how newer input folds into it, how it is rebased."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from maintenance_desktop.domain.records import Fields, Value, known_writable, parent_of


class EditKind(StrEnum):
    """What the person did to the record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class EditState(StrEnum):
    """Where a pending edit stands on disk. There is no "sending": a lost answer is asked for again."""

    QUEUED = "queued"
    CONFLICTED = "conflicted"
    REFUSED = "refused"


class Ending(StrEnum):
    """How an edit ended: exactly one of these, for every edit ever saved."""

    APPLIED = "applied"
    OVERWROTE = "applied_by_overwrite"
    DISCARDED = "discarded"
    ACKNOWLEDGED = "acknowledged"
    UNDONE = "undone"
    FOLDED = "folded"
    REPLACED = "replaced"
    ENDED_WITH_PARENT = "ended_with_parent"


@dataclass(frozen=True, slots=True)
class ServerCopy:
    """What the server has now. `record` is None when somebody deleted it."""

    version: int
    record: Fields | None
    changed_at: str = ""
    changed_by: str = ""
    changed_by_name: str = ""
    changes: int = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server will not do it: a code of the contract and a sentence for the person."""

    code: str
    message: str
    field: str = ""
    details: Fields = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """One pending edit, as it stands in `work.db`.

    `base` is the record when the person started, `patch` what they changed, `mine` both together.
    `base_version` is the version the edit is sent against; None while that is not known, because an
    earlier edit of the same record is unanswered, and for creates. `after` names the pending edits
    that have to be on the server first. `made_at` is the laptop's clock and decides nothing. `refusal`
    is the server's no; of an edit that is still queued it says on what the server broke the last time.
    """

    id: str
    kind: EditKind
    type: str
    record_id: str
    mine: Fields
    made_at: str
    base: Fields | None = None
    base_version: int | None = None
    patch: Fields = dataclasses.field(default_factory=dict)
    state: EditState = EditState.QUEUED
    seq: int = 0
    first_sent_at: str = ""
    after: frozenset[str] = frozenset()
    overwrites: ServerCopy | None = None
    server: ServerCopy | None = None
    refusal: Refusal | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether it may have reached the server: then nothing about it changes any more."""
        return bool(self.first_sent_at)

    @property
    def needs_answer(self) -> bool:
        """Whether it waits for the person, not for the network."""
        return self.state is not EditState.QUEUED

    @property
    def parent_id(self) -> str | None:
        """The work order or asset this edit's record belongs to."""
        return parent_of(self.type, self.mine)

    @property
    def ground(self) -> Fields | None:
        """The server's record that this edit stands on."""
        return self.overwrites.record if self.overwrites else self.base

    def outgoing(self) -> dict[str, Value]:
        """The record as it is sent: all writable fields this program knows, none that it does not."""
        return {} if self.kind is EditKind.DELETE else known_writable(self.type, self.mine)


def changed_fields(before: Fields, after: Fields) -> dict[str, Value]:
    """The fields of `after` that differ from `before`; absent and null are the same."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def fold(edit: Edit, patch: Fields) -> Edit:
    """Add newer input to an edit that is still waiting and was never sent.

    A value typed back is no change any more, unless it was only expected: an earlier edit of the record that
    is unanswered may be refused yet, and then what was typed last has to be sent.
    """
    typed = {**edit.patch, **patch}
    is_expected = edit.kind is EditKind.UPDATE and edit.base_version is None
    merged = typed if is_expected else changed_fields(edit.ground or {}, typed)
    return replace(edit, patch=merged, mine={**edit.mine, **patch})


def rebase(edit: Edit, version: int, record: Fields) -> Edit:
    """Put an edit on the answer of its predecessor: that answer is the new base."""
    return replace(
        edit, base=record, base_version=version, mine={**record, **edit.patch}, state=EditState.QUEUED
    )


def overwriting(chain: list[Edit], *, new_id: str, made_at: str) -> Edit:
    """The edit that *Overwrite* sends: base + mine as a whole, against the version that was on screen.

    `chain` is the conflicted edit and everything queued behind it on the same record, in order: one
    decision, whose base is the first one's and whose content is the last one's.
    """
    first, last = chain[0], chain[-1]
    server = first.server
    if server is None:
        raise ValueError("only a conflicted edit can overwrite")
    is_delete = last.kind is EditKind.DELETE
    current = server.record or {}
    mine = {**current, **last.mine}
    return replace(
        last,
        id=new_id,
        kind=EditKind.DELETE if is_delete else EditKind.UPDATE,
        mine=mine,
        made_at=made_at,
        base=first.base,
        base_version=server.version,
        patch=changed_fields(current, known_writable(last.type, last.mine)),
        state=EditState.QUEUED,
        first_sent_at="",
        overwrites=server,
        server=None,
        refusal=None,
    )


def readable_patch(edit: Edit) -> Mapping[str, tuple[Value, Value]]:
    """What the edit changes: field → (before, after), for queue and history."""
    before = edit.base or {}
    return {name: (before.get(name), value) for name, value in edit.patch.items()}
