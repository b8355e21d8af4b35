"""What `--json` shows. Scripts rely on these names (docs/CLI.md): add, never rename."""

from __future__ import annotations

from typing import Any

from maintenance_desktop.cli.screen import hours_text, local_time
from maintenance_desktop.domain.conflicts import combine_problem
from maintenance_desktop.domain.edits import Doubt, Edit, EditKind, readable_patch
from maintenance_desktop.domain.views import (
    ConflictView,
    HeldView,
    HistoryEntry,
    QueueItem,
    RecordView,
    RefusalView,
    Subject,
)

_DID = {EditKind.CREATE: "added", EditKind.UPDATE: "changed", EditKind.DELETE: "removed"}


def record_shape(view: RecordView) -> dict[str, Any]:
    """A record as it is shown, with what is pending on it."""
    return {
        "type": view.type,
        "id": view.id,
        "number": view.fields.get("number") or view.fields.get("tag"),
        "version": view.version,
        "mark": view.mark.value,
        "record": view.fields,
        "server": view.server,
        "changed_at": view.changed_at,
        "changed_by_name": view.changed_by_name,
        "pending": [edit.id for edit in view.edits],
    }


def queue_shape(item: QueueItem) -> dict[str, Any]:
    """One pending edit: what it is, and what it waits for."""
    edit = item.edit
    return {
        **_edit_shape(edit, item.subject),
        "state": edit.state.value,
        "waiting": item.waiting.value,
        "waits_for": item.waits_for,
        "may_have_been_sent": edit.is_frozen,
        "patch": {name: {"before": a, "after": b} for name, (a, b) in readable_patch(edit).items()},
    }


def conflict_shape(view: ConflictView) -> dict[str, Any]:
    """A conflict, with everything needed to decide."""
    server = view.server
    return {
        "id": view.id,
        "kind": "conflict",
        "type": view.subject.type,
        "record_id": view.subject.record_id,
        "number": view.subject.number,
        "title": view.subject.title,
        "message": conflict_sentence(view),
        "edit": view.chain[-1].kind.value,
        "made_at": view.chain[-1].made_at,
        "version": server.version,
        "deleted": server.record is None,
        "changed_at": server.changed_at,
        "changed_by": server.changed_by,
        "changed_by_name": server.changed_by_name,
        "changes": server.changes,
        "fields": [
            {"name": one.name, "base": one.base, "mine": one.mine, "theirs": one.theirs}
            for one in view.fields
        ],
        "overwrite_problem": view.overwrite_problem,
        "overlaps": [one.name for one in view.fields if one.overlaps],
        "answers": conflict_answers(view),
        "ends_too": [item.edit.id for item in view.dependants],
    }


def refusal_shape(view: RefusalView) -> dict[str, Any]:
    """An error, with what was refused and why."""
    refusal = view.edit.refusal
    return {
        "id": view.id,
        "kind": "error",
        "type": view.subject.type,
        "record_id": view.subject.record_id,
        "number": view.subject.number,
        "title": view.subject.title,
        "message": refusal_sentence(view),
        "edit": view.edit.kind.value,
        "made_at": view.edit.made_at,
        "code": refusal.code if refusal else "",
        "field": refusal.field if refusal else "",
        "record": view.edit.mine,
        "answers": refusal_answers(view),
        "ends_too": [item.edit.id for item in view.dependants],
    }


def held_shape(view: HeldView) -> dict[str, Any]:
    """What is not sent before somebody says so, and the work that it looks like."""
    return {
        "id": view.id,
        "kind": "held",
        "type": view.subject.type,
        "record_id": view.subject.record_id,
        "number": view.subject.number,
        "title": view.subject.title,
        "message": held_sentence(view),
        "edit": view.edit.kind.value,
        "made_at": view.edit.made_at,
        "doubts": view.doubts,
        "record": view.edit.mine,
        "answers": held_answers(view),
        "ends_too": [item.edit.id for item in view.dependants],
    }


def history_shape(entry: HistoryEntry) -> dict[str, Any]:
    """How an edit ended, with its whole content."""
    theirs = entry.theirs
    return {
        **_edit_shape(entry.edit, entry.subject),
        "ending": entry.ending.value,
        "ended_at": entry.ended_at,
        "message": entry.message,
        "base": entry.edit.base,
        "mine": entry.edit.mine,
        "theirs": theirs.record if theirs else None,
        "theirs_version": theirs.version if theirs else None,
        "theirs_by_name": theirs.changed_by_name if theirs else "",
        "result": entry.result,
        "result_version": entry.result_version,
        "replaced_by": entry.replaced_by,
    }


def conflict_sentence(view: ConflictView) -> str:
    """Who changed what, as far as the server tells; no order of two clocks is claimed."""
    server = view.server
    who, when = server.changed_by_name or "Somebody", local_time(server.changed_at)
    what = view.subject.number or view.subject.title or "this record"
    did = "deleted" if server.record is None else "changed"
    at = f" ({when})" if when else ""
    more = f"; {server.changes} changes in all" if server.changes > 1 else ""
    yours = "deleted" if view.chain[-1].kind is EditKind.DELETE else "changed"
    return f"{who} {did} {what}{at}{more}, and you {yours} it too."


def refusal_sentence(view: RefusalView) -> str:
    """Why it was refused, and for hours what that means for them."""
    refusal, edit = view.edit.refusal, view.edit
    if refusal is None or refusal.code != "work_order_finished" or edit.type != "labor":
        return view.message
    hours = hours_text(edit.mine.get("hours"))
    return f"{view.message.rstrip('.')}, so {hours} were not {_DID[edit.kind]}."


def held_sentence(view: HeldView) -> str:
    """Why it was not sent: what looks the same."""
    return " ".join(map(_doubt_sentence, view.doubts))


def question_sentence(view: ConflictView | RefusalView | HeldView) -> str:
    """What is asked."""
    match view:
        case ConflictView():
            return conflict_sentence(view)
        case RefusalView():
            return refusal_sentence(view)
    return held_sentence(view)


def conflict_answers(view: ConflictView) -> list[str]:
    """The commands that answer a conflict."""
    can_overwrite = [] if view.overwrite_problem else ["overwrite"]
    can_combine = [] if combine_problem(view.chain) else ["combine"]
    return [*can_overwrite, "discard", *can_combine]


def refusal_answers(view: RefusalView) -> list[str]:
    """The commands that answer an error."""
    edit, is_finished = view.edit, bool(view.edit.refusal and view.edit.refusal.code == "work_order_finished")
    can_follow = is_finished and edit.kind is EditKind.CREATE and bool(view.subject.work_order_id)
    follow = ["follow-up", "ask-to-reopen"] if can_follow else ["ask-to-reopen"] if is_finished else []
    return ["acknowledge", "resend", *follow]


def held_answers(view: HeldView) -> list[str]:
    """The commands that answer it; what was exported may be sent elsewhere and is not taken back."""
    return ["send-anyway", *([] if view.edit.is_frozen else ["undo"])]


def _doubt_sentence(doubt: Doubt) -> str:
    other = f"{doubt.number} {doubt.title}".strip() or "another record"
    at = f" ({local_time(doubt.at)})" if doubt.at else ""
    who = f", {doubt.who}" if doubt.who else ""
    match doubt.code:
        case "same_job":
            return f"This job looks done or planned already: {other}{who}{at}."
        case "overlapping_hours":
            return f"These hours overlap hours that are booked already: {other}{who}{at}."
        case "similar_work_order":
            return f"There is an open work order like this already: {other}{who}{at}."
    return f"This looks like work that is there already: {other}{who}{at}."


def _edit_shape(edit: Edit, subject: Subject) -> dict[str, Any]:
    return {
        "id": edit.id,
        "kind": edit.kind.value,
        "type": edit.type,
        "record_id": edit.record_id,
        "number": subject.number,
        "title": subject.title,
        "made_at": edit.made_at,
    }
