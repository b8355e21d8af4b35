"""One person's changes: what an edit is, how newer input folds into it, how it is rebased."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
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
    HELD = "held"
    CONFLICTED = "conflicted"
    REFUSED = "refused"


class Ending(StrEnum):
    """How an edit ended: exactly one of these, for every edit ever saved."""

    APPLIED = "applied"
    OVERWROTE = "applied_by_overwrite"
    COMBINED = "applied_by_combine"
    DISCARDED = "discarded"
    ACKNOWLEDGED = "acknowledged"
    UNDONE = "undone"
    FOLDED = "folded"
    REPLACED = "replaced"
    ENDED_WITH_PARENT = "ended_with_parent"


class Way(StrEnum):
    """How an edit came of another one."""

    OVERWRITE = "overwrite"
    COMBINE = "combine"
    COMBINE_BY_ITSELF = "combine_by_itself"
    RESEND = "resend"
    FOLLOW_UP = "follow_up"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Origin:
    """The edit that this one came of; of a chain the first."""

    way: Way
    edit_id: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why this may be work that is done or planned already: another record that looks like it.

    `code` is `same_job`, `overlapping_hours` or `similar_work_order`. `number` and `title` are those of the
    other record's work order, `who` did it `at` (wire form). `is_answered`: the person said *send anyway*.
    """

    code: str
    type: str
    record_id: str
    number: str = ""
    title: str = ""
    who: str = ""
    at: str = ""
    is_answered: bool = False


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
    A held edit is not sent before the person has answered its `doubts`.
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
    origin: Origin | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_frozen(self) -> bool:
        """Whether it may have reached the server: then nothing about it changes any more."""
        return bool(self.first_sent_at)

    @property
    def stands_alone(self) -> bool:
        """Whether it can be sent whatever becomes of earlier edits of its record; others build on those."""
        return self.kind is EditKind.CREATE or self.base_version is not None

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


def line_of(edits: Sequence[Edit], edit_id: str) -> list[Edit]:
    """Of all pending edits of one record those that are one piece of work with this one, in order.

    Work that was brought from another computer does not build on what was done here, nor the other way round.
    """
    lines: list[list[Edit]] = []
    for edit in edits:
        if edit.stands_alone or not lines:
            lines.append([])
        lines[-1].append(edit)
    return next((line for line in lines if any(one.id == edit_id for one in line)), [])


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
        origin=Origin(Way.OVERWRITE, first.id),
        doubts=(),
    )


def combining(
    chain: list[Edit], record: Fields, *, new_id: str, made_at: str, way: Way = Way.COMBINE
) -> Edit:
    """The edit that *Combine* sends: `record` is what it leaves of both, on the server's copy on screen.

    That copy is the new base: the person has seen it. It is kept as overwritten, too, for what was dropped.
    """
    first, last = chain[0], chain[-1]
    server = first.server
    if server is None or server.record is None:
        raise ValueError("only what is there on both sides can be combined")
    return replace(
        last,
        id=new_id,
        kind=EditKind.UPDATE,
        mine={**server.record, **record},
        made_at=made_at,
        base=server.record,
        base_version=server.version,
        patch=changed_fields(server.record, known_writable(last.type, record)),
        state=EditState.QUEUED,
        first_sent_at="",
        overwrites=server,
        server=None,
        refusal=None,
        origin=Origin(way, first.id),
        doubts=(),
    )


def ending_of_applied(edit: Edit) -> Ending:
    """How an edit ended that the server did."""
    if edit.origin is not None and edit.origin.way in (Way.COMBINE, Way.COMBINE_BY_ITSELF):
        return Ending.COMBINED
    return Ending.OVERWROTE if edit.overwrites else Ending.APPLIED


def readable_patch(edit: Edit) -> Mapping[str, tuple[Value, Value]]:
    """What the edit changes: field → (before, after), for queue and history."""
    before = edit.base or {}
    return {name: (before.get(name), value) for name, value in edit.patch.items()}
