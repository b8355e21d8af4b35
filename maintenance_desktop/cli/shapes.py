"""What `--json` shows. Scripts rely on these names (docs/CLI.md): add, never rename."""

from __future__ import annotations

from typing import Any

from maintenance_desktop.cli.screen import hours_text, local_time
from maintenance_desktop.domain.edits import Edit, EditKind, readable_patch
from maintenance_desktop.domain.views import (
    ConflictView,
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
