"""How the edits that wait will fare on the server, judged by what the local copy knows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from maintenance_desktop.domain.edits import Edit, EditKind, EditState
from maintenance_desktop.domain.lifecycle import FINISHED, Action, is_allowed, transition_problem
from maintenance_desktop.domain.planning import dependencies
from maintenance_desktop.domain.records import SPECS, FieldKind, Fields, parent_of

_AUTHORS: Final = {"comment": "written_by", "labor": "person_id"}
"""Who made a record, as far as its content tells."""


class Prospect(StrEnum):
    """How it will go."""

    THROUGH = "through"
    NEEDS_YOU = "needs_you"
    REFUSED = "refused"


class Why(StrEnum):
    """Why it will not go through."""

    NOTHING = ""
    CHANGED = "changed"
    DELETED = "deleted"
    LOOKS_DONE = "looks_done"
    NOT_DECIDED = "not_decided"
    EARLIER_EDIT = "earlier_edit"
    FINISHED = "finished"
    NOT_ALLOWED = "not_allowed"
    TRANSITION = "transition"
    PARENT_GONE = "parent_gone"
    NAMED_GONE = "named_gone"
    UNKNOWN_RECORD = "unknown_record"


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as the local copy has it. `fields` is None where it was deleted."""

    type: str
    version: int
    fields: Fields | None
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """How one edit will fare. `waits_for` is the earlier edit whose fate it shares."""

    prospect: Prospect
    why: Why = Why.NOTHING
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How the queue will fare, by the ids of its edits.

    `is_exact`: everything that happened meanwhile is known here; otherwise up to `through` go through.
    """

    expected: Mapping[str, Expectation]
    is_exact: bool = True

    def count(self, prospect: Prospect) -> int:
        """How many edits fare like that."""
        return sum(one.prospect is prospect for one in self.expected.values())

    @property
    def through(self) -> int:
        return self.count(Prospect.THROUGH)

    @property
    def needs_you(self) -> int:
        return self.count(Prospect.NEEDS_YOU)

    @property
    def refused(self) -> int:
        return self.count(Prospect.REFUSED)


def forecast(
    edits: Sequence[Edit], known: Mapping[str, Standing], *, person_id: str, role: str, is_complete: bool
) -> Forecast:
    """How each edit of the queue will fare, in the order it was made; what is parked already is left out.

    `known` are the records that the edits change, belong to and name, by id. `is_complete`: what is not among
    them does not exist.
    """
    return _Foresight(known, person_id, role, is_complete=is_complete).of(edits)


@dataclass(frozen=True, slots=True)
class _Done:
    """The edit goes through and leaves the record like this."""

    standing: Standing


class _Foresight:
    """Goes through the queue as the server will, on what is known of its records."""

    def __init__(
        self, known: Mapping[str, Standing], person_id: str, role: str, *, is_complete: bool
    ) -> None:
        self._world = dict(known)
        self._person_id = person_id
        self._role = role
        self._is_complete = is_complete
        self._is_exact = is_complete
        self._answered: dict[str, int] = {}
        """The versions that the edits of this queue leave: what is queued behind them stands on those."""

    def of(self, edits: Sequence[Edit]) -> Forecast:
        waits_for = dependencies(edits)
        stuck: dict[str, Expectation] = {}
        found: dict[str, Expectation] = {}
        for edit in edits:
            blocker = next((stuck[name] for name in waits_for[edit.id] if name in stuck), None)
            if edit.state in (EditState.CONFLICTED, EditState.REFUSED):
                prospect = Prospect.REFUSED if edit.state is EditState.REFUSED else Prospect.NEEDS_YOU
                stuck[edit.id] = Expectation(prospect, Why.NOT_DECIDED, edit.id)
                continue
            if edit.state is EditState.HELD:
                one = Expectation(Prospect.NEEDS_YOU, Why.LOOKS_DONE)
            elif blocker is not None:
                one = Expectation(blocker.prospect, Why.EARLIER_EDIT, blocker.waits_for)
            else:
                one = self._tried(edit)
            found[edit.id] = one
            if one.prospect is not Prospect.THROUGH:
                stuck[edit.id] = replace(one, waits_for=one.waits_for or edit.id)
        return Forecast(found, self._is_exact)

    def _tried(self, edit: Edit) -> Expectation:
        stored = self._world.get(edit.record_id)
        if self._is_done_already(edit, stored):
            self._answered[edit.record_id] = (edit.base_version or 0) + 1
            return Expectation(Prospect.THROUGH)
        judged = self._judged(edit, stored)
        if not isinstance(judged, _Done):
            is_conflict = judged in (Why.CHANGED, Why.DELETED)
            return Expectation(Prospect.NEEDS_YOU if is_conflict else Prospect.REFUSED, judged)
        self._world[edit.record_id] = judged.standing
        self._answered[edit.record_id] = judged.standing.version
        if judged.standing.fields is None:
            self._delete_children(edit.record_id)
        return Expectation(Prospect.THROUGH)

    def _is_done_already(self, edit: Edit, stored: Standing | None) -> bool:
        """Whether this was sent before, and only its answer was lost: then it is told once more."""
        if not edit.is_frozen or stored is None:
            return False
        if edit.kind is EditKind.CREATE:
            return True
        steps = stored.version - (edit.base_version or 0)
        if steps == 1 and stored.changed_by == self._person_id:
            return stored.fields is None or _is_in(edit.outgoing(), stored.fields)
        if steps > 1:
            self._is_exact = False  # the first step may have been this edit
        return False

    def _judged(self, edit: Edit, stored: Standing | None) -> Why | _Done:
        if edit.kind is EditKind.CREATE:
            return self._created(edit, stored)
        if stored is None:
            return Why.UNKNOWN_RECORD if self._is_complete else _Done(Standing(edit.type, 1, edit.mine))
        action: Action = "delete" if edit.kind is EditKind.DELETE else "update"
        if not is_allowed(self._role, action, edit.type, is_own=self._is_own(edit.type, stored)):
            return Why.NOT_ALLOWED
        if edit.kind is EditKind.DELETE and stored.fields is None:
            return _Done(stored)
        before = stored.fields if stored.fields is not None else edit.base or {}
        content = {**before, **edit.outgoing()}
        if self._is_finished(edit.type, before) or self._is_finished(edit.type, content):
            return Why.FINISHED
        base = self._answered.get(edit.record_id) if edit.base_version is None else edit.base_version
        if stored.version != base:
            return Why.DELETED if stored.fields is None else Why.CHANGED
        if edit.kind is EditKind.DELETE:
            return _Done(Standing(edit.type, stored.version + 1, None, self._person_id))
        if stored.fields is not None and _is_in(edit.outgoing(), before):
            return _Done(stored)
        return self._problem(edit, content, before) or _Done(
            Standing(edit.type, stored.version + 1, content, self._person_id)
        )

    def _created(self, edit: Edit, stored: Standing | None) -> Why | _Done:
        if not is_allowed(self._role, "create", edit.type):
            return Why.NOT_ALLOWED
        if stored is not None:
            return Why.CHANGED
        problem = self._problem(edit, edit.mine, {})
        if problem is None and self._is_finished(edit.type, edit.mine):
            problem = Why.FINISHED
        return problem or _Done(Standing(edit.type, 1, edit.mine, self._person_id))

    def _problem(self, edit: Edit, content: Fields, before: Fields) -> Why | None:
        """What stands against a record becoming this, in the order the server looks."""
        parent = parent_of(edit.type, content)
        if parent is not None and self._is_gone(parent):
            return Why.PARENT_GONE
        if edit.type == "work_order":
            was = str(before["status"]) if before.get("status") else None
            if transition_problem(was, str(content.get("status")), self._role) is not None:
                return Why.TRANSITION
        spec = SPECS[edit.type]
        for field in spec.writable():
            value = content.get(field.name)
            is_named = field.kind is FieldKind.REFERENCE and field.name not in spec.parents
            if is_named and value and value != before.get(field.name) and self._is_gone(str(value)):
                return Why.NAMED_GONE
        return None

    def _is_gone(self, record_id: str) -> bool:
        found = self._world.get(record_id)
        return self._is_complete if found is None else found.fields is None

    def _is_finished(self, record_type: str, content: Fields) -> bool:
        """Whether the work order that this belongs to takes no more of it."""
        parent = self._world.get(parent_of(record_type, content) or "")
        fields = parent.fields if parent else None
        return bool(SPECS[record_type].locked_when_finished and fields and fields.get("status") in FINISHED)

    def _is_own(self, record_type: str, stored: Standing) -> bool:
        if stored.version == 1 and stored.changed_by:
            return stored.changed_by == self._person_id
        author = _AUTHORS.get(record_type, "created_by")
        return stored.fields is not None and stored.fields.get(author) == self._person_id

    def _delete_children(self, record_id: str) -> None:
        for child_id, child in list(self._world.items()):
            if child.fields is not None and parent_of(child.type, child.fields) == record_id:
                self._world[child_id] = replace(child, version=child.version + 1, fields=None)


def _is_in(sent: Fields, stored: Fields) -> bool:
    return all(stored.get(name) == value for name, value in sent.items())
