"""What people did and were told, written down beside the program: what the judge believes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.trouble import NotSaved

Content = dict[str, Any]


class Told(StrEnum):
    """What the screen said: nothing yet (never, if the program died), that it is done, or is not."""

    NOTHING = "nothing"
    DONE = "done"
    REFUSED = "refused"


class Act(StrEnum):
    """What a person can do to edits that exist."""

    OVERWRITE = "overwrite"
    COMBINE = "combine"
    RESEND = "resend"
    DISCARD = "discard"
    ACKNOWLEDGE = "acknowledge"
    UNDO = "undo"
    TAKE_BACK = "take back"
    """Deleting what nobody else has seen yet."""


@dataclass
class Save:
    """Somebody pressed Save: a new edit with its own id, and what was on the screen before."""

    seat: str
    edit_id: str
    kind: EditKind
    type: str
    record_id: str
    patch: Content
    seen: Content | None
    seen_edits: tuple[str, ...] = ()
    """The person's own pending edits that were part of what was on the screen."""
    told: Told = Told.NOTHING


@dataclass
class Choice:
    """Somebody decided about an edit. `ended` are the edits that this was told to end.

    For *Overwrite* and *Combine*: the id of what replaces them, the server's version on the screen, and the
    record as it is to be. `picked` are the fields that *Combine* asked about.
    """

    seat: str
    act: Act
    edit_id: str
    new_id: str = ""
    version: int = 0
    mine: Content = field(default_factory=dict)
    deletes: bool = False
    ended: list[str] = field(default_factory=list)
    told: Told = Told.NOTHING
    picked: frozenset[str] = frozenset()


@dataclass
class Sent:
    """An edit left a computer, as it stood in the request."""

    seat: str
    edit_id: str
    kind: str
    record_id: str
    base_version: int | None
    record: Content


@dataclass
class Journal:
    """Everything, in the order in which it happened."""

    saves: dict[str, Save] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    sent: dict[str, list[Sent]] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    """Edits of which their computer was told that they are done."""
    problems: list[str] = field(default_factory=list)
    """What was seen to be wrong while it happened."""
    lines: list[str] = field(default_factory=list)
    """The story, for whoever has to understand a failure; the same for the same seed."""

    def notes(self, line: str) -> None:
        self.lines.append(line)

    def finds(self, problem: str) -> None:
        self.problems.append(problem)
        self.lines.append(f"!! {problem}")


class WatchedEdits:
    """The `EditStore` port with somebody looking over its shoulder."""

    def __init__(self, inner: Any, journal: Journal, seat: str, is_dead: Callable[[], bool]) -> None:
        self._inner, self._journal, self._seat, self._is_dead = inner, journal, seat, is_dead

    def save(self, edit: Edit, seen: Any) -> Edit:
        save = Save(
            self._seat, edit.id, edit.kind, edit.type, edit.record_id, dict(edit.patch),
            dict(seen.fields) if seen else None, tuple(one.id for one in seen.edits) if seen else (),
        )  # fmt: skip
        self._journal.saves[edit.id] = save
        try:
            kept = self._inner.save(edit, seen)
        except NotSaved:
            save.told = Told.NOTHING if self._is_dead() else Told.REFUSED
            raise
        save.told = Told.DONE
        if edit.kind is EditKind.DELETE and kept.kind is EditKind.CREATE:
            del self._journal.saves[edit.id]  # nothing is left of either
            self._journal.choices.append(
                Choice(self._seat, Act.TAKE_BACK, kept.id, ended=[kept.id], told=Told.DONE)
            )
        return kept

    def undo(self, edit_id: str, at: str) -> list[Edit]:
        choice = Choice(self._seat, Act.UNDO, edit_id)
        self._journal.choices.append(choice)
        return _told(choice, lambda: self._inner.undo(edit_id, at), self._is_dead)


class WatchedAnswers:
    """The `DecisionStore` port with somebody looking over its shoulder."""

    def __init__(self, inner: Any, journal: Journal, seat: str, is_dead: Callable[[], bool]) -> None:
        self._inner, self._journal, self._seat, self._is_dead = inner, journal, seat, is_dead
        self.shown: Any = None
        """The conflict on the screen."""

    def overwrite(self, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
        last = self.shown.chain[-1]
        choice = Choice(
            self._seat, Act.OVERWRITE, edit_id, replacement_id, version, last.outgoing(),
            last.kind is EditKind.DELETE, [edit.id for edit in self.shown.chain],
        )  # fmt: skip
        self._journal.choices.append(choice)
        return _told(
            choice, lambda: self._inner.overwrite(edit_id, version, replacement_id, at), self._is_dead
        )

    def combine(self, chain: Sequence[Edit], record: Any, replacement_id: str, at: str, way: Any) -> Edit:
        server = chain[0].server
        choice = Choice(
            self._seat, Act.COMBINE, chain[0].id, replacement_id, server.version if server else 0,
            mine=dict(record),
            picked=frozenset(one.name for one in self.shown.fields if one.overlaps),
            ended=[edit.id for edit in chain],
        )  # fmt: skip
        self._journal.choices.append(choice)
        return _told(
            choice, lambda: self._inner.combine(chain, record, replacement_id, at, way), self._is_dead
        )

    def resend(self, edit_id: str, newer: Edit, first: Sequence[Edit], at: str) -> Edit:
        choice = Choice(self._seat, Act.RESEND, edit_id, newer.id, ended=[edit_id])
        self._journal.choices.append(choice)
        made = [self._made(one) for one in (*first, newer)]
        try:
            return _told(choice, lambda: self._inner.resend(edit_id, newer, first, at), self._is_dead)
        finally:
            for save in made:
                save.told = choice.told

    def send_anyway(self, edit_id: str) -> Edit:
        return self._inner.send_anyway(edit_id)

    def discard(self, edit_id: str, at: str) -> list[Edit]:
        return self._ends(Act.DISCARD, edit_id, lambda: self._inner.discard(edit_id, at))

    def acknowledge(self, edit_id: str, at: str, also: Sequence[Edit] = ()) -> list[Edit]:
        made = [self._made(one) for one in also]
        try:
            ended = self._ends(Act.ACKNOWLEDGE, edit_id, lambda: self._inner.acknowledge(edit_id, at, also))
        finally:
            for save in made:
                save.told = self._journal.choices[-1].told
        return ended

    def _made(self, edit: Edit) -> Save:
        """An edit that an answer queues is one that somebody made."""
        save = Save(self._seat, edit.id, edit.kind, edit.type, edit.record_id, dict(edit.patch), None)
        self._journal.saves[edit.id] = save
        return save

    def _ends(self, act: Act, edit_id: str, does: Callable[[], list[Edit]]) -> list[Edit]:
        choice = Choice(self._seat, act, edit_id)
        self._journal.choices.append(choice)
        return _told(choice, does, self._is_dead)


def _told(choice: Choice, does: Callable[[], Any], is_dead: Callable[[], bool]) -> Any:
    try:
        ended = does()
    except NotSaved:
        choice.told = Told.NOTHING if is_dead() else Told.REFUSED
        raise
    choice.told = Told.DONE
    if isinstance(ended, list):
        choice.ended = [edit.id for edit in ended]
    return ended
