"""Bringing back what was dropped: what a new edit would do, and what could go through by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maintenance_desktop.domain.edits import Edit, EditKind, Ending, Refusal
from maintenance_desktop.domain.lifecycle import UNFINISHED, is_allowed, transition_problem
from maintenance_desktop.domain.records import SPECS, Fields, Value, known_writable
from maintenance_desktop.domain.views import HistoryEntry, RecordView

_NEVER_THERE: Final = frozenset({Ending.ACKNOWLEDGED, Ending.UNDONE, Ending.ENDED_WITH_PARENT})
"""Endings after which the id of a create is still free."""

_WAS_DONE: Final = frozenset({Ending.APPLIED, Ending.OVERWROTE, Ending.COMBINED})
_STANDING: Final = frozenset({"written_at", "written_by", "requested_by"})
"""Fields that say who made a record: they stay as they were."""


class Side(StrEnum):
    """Whose version in a conflict."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Restoring:
    """What *Restore* would save: `changes` are field → (now, then).

    `record_id` is None where a new record with a new id is made. `problem` says why there is nothing to
    restore.
    """

    kind: EditKind
    type: str
    record_id: str | None
    changes: Mapping[str, tuple[Value, Value]]
    problem: str | None = None

    @property
    def content(self) -> dict[str, Value]:
        """The fields as they would be saved."""
        return {name: then for name, (_, then) in self.changes.items()}


def sides_of(entry: HistoryEntry) -> tuple[Side, ...]:
    """Which versions in an entry of the history can be restored; the likelier wish first."""
    if entry.ending in (Ending.OVERWROTE, Ending.COMBINED) and entry.theirs is not None:
        return Side.THEIRS, Side.MINE
    if entry.ending in (Ending.FOLDED, Ending.REPLACED):
        return ()
    return (Side.MINE,)


def restoring(entry: HistoryEntry, side: Side, view: RecordView | None) -> Restoring:
    """What restoring that side would do to the record as it is now (`view`; None: it is not there)."""
    edit = entry.edit
    is_deletion, content = _wanted(entry, side)
    if not is_deletion and edit.kind is EditKind.DELETE and view is not None:
        return Restoring(EditKind.UPDATE, edit.type, edit.record_id, {}, "It is there again already.")
    if is_deletion:
        problem = None if view is not None else "It is deleted already."
        return Restoring(EditKind.DELETE, edit.type, edit.record_id, {}, problem)
    if view is None:
        whole = entry.theirs.record if side is Side.THEIRS and entry.theirs else edit.mine
        is_free = edit.kind is EditKind.CREATE and entry.ending in _NEVER_THERE and not entry.replaced_by
        fields = known_writable(edit.type, whole or {})
        changes: dict[str, tuple[Value, Value]] = {
            name: (None, value) for name, value in fields.items() if value not in (None, "")
        }
        return Restoring(EditKind.CREATE, edit.type, edit.record_id if is_free else None, changes)
    changes = {
        name: (view.fields.get(name), value)
        for name, value in content.items()
        if view.fields.get(name) != value
    }
    problem = None if changes else "It is like that already."
    return Restoring(EditKind.UPDATE, edit.type, edit.record_id, changes, problem)


def names_to_edit(edit: Edit) -> tuple[str, ...]:
    """The fields that *Edit and resend* shows: what the edit says, and what the server found fault with."""
    if edit.kind is EditKind.DELETE:
        return ()
    at_fault = edit.refusal.field if edit.refusal else ""
    is_new = edit.kind is EditKind.CREATE
    said = edit.mine if is_new else edit.patch
    return tuple(
        field.name
        for field in SPECS[edit.type].writable()
        if field.name not in _STANDING
        and (is_new or field.name not in SPECS[edit.type].parents)
        and (
            field.name == at_fault
            or (is_new and field.required)
            or (field.name in said and (not is_new or said[field.name] not in (None, "")))
        )
    )


def may_follow_up(edit: Edit) -> bool:
    """Whether what was refused can go onto a new work order instead: new hours for a finished one."""
    is_finished = edit.refusal is not None and edit.refusal.code == "work_order_finished"
    return is_finished and edit.kind is EditKind.CREATE and bool(edit.mine.get("work_order_id"))


def may_ask_to_reopen(edit: Edit, work_order: Fields | None, role: str) -> bool:
    """Whether it helps to ask a planner to reopen: a closed one stays closed, and a planner need not ask.

    `work_order` is the server's copy of the one that is finished, as far as it is known here.
    """
    if edit.refusal is None or edit.refusal.code != "work_order_finished":
        return False
    told = edit.refusal.details.get("status")
    status = str((work_order or {}).get("status") or told)
    is_reopenable = transition_problem(status, "open", "planner") is None
    return status not in UNFINISHED and is_reopenable and transition_problem(status, "open", role) is not None


def could_go_now(edit: Edit, refusal: Refusal, *, role: str, work_order: Fields | None) -> bool:
    """Whether what stood against a refused edit is gone, as far as is known here.

    `role` is the person's role now, `work_order` the server's copy of the work order it belongs to.
    """
    status = str(work_order.get("status")) if work_order else None
    match refusal.code:
        case "work_order_finished":
            return status in UNFINISHED
        case "not_allowed":
            return is_allowed(role, edit.kind.value, edit.type)
        case "bad_transition":
            return (
                status is not None and transition_problem(status, str(edit.mine.get("status")), role) is None
            )
    return False


def _wanted(entry: HistoryEntry, side: Side) -> tuple[bool, dict[str, Value]]:
    """Whether that side deletes the record, and else which fields it says something about.

    Of what was overwritten those are the fields that they changed: mine stay as I left them.
    """
    edit = entry.edit
    if side is Side.MINE and edit.kind is EditKind.DELETE and entry.ending in _WAS_DONE:
        return False, {}  # the deletion was done, so what can come back is the record
    if side is Side.MINE:
        fields = edit.mine if edit.kind is EditKind.CREATE else edit.patch
        return edit.kind is EditKind.DELETE, known_writable(edit.type, fields)
    record = entry.theirs.record if entry.theirs else None
    if record is None:
        return True, {}
    left = entry.result or edit.mine
    theirs = known_writable(edit.type, record)
    was_seen = edit.base if entry.ending is Ending.OVERWROTE else None
    return False, {
        name: value
        for name, value in theirs.items()
        if left.get(name) != value and (was_seen is None or was_seen.get(name) != value)
    }
