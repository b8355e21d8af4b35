"""The commands that save, and those that answer a question. Each tries to sync afterwards."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from maintenance_desktop.cli.desk import Desk, now, outcome
from maintenance_desktop.cli.fields import FieldReader, number
from maintenance_desktop.cli.looking import Question, open_questions
from maintenance_desktop.cli.reply import Code, Reply, Stopped
from maintenance_desktop.cli.screen import hours_text, many
from maintenance_desktop.cli.shapes import question_sentence
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.overwritten import Overwritten
from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import ConflictView, RecordView, RefusalView
from maintenance_desktop.services.status import Connection


def create(desk: Desk, options: Namespace) -> Reply:
    """Save a new work order."""
    fields = typed_values(desk, "work_order", options)
    return synced(desk, "work_order", desk.records.create("work_order", fields))


def update(desk: Desk, options: Namespace) -> Reply:
    """Save changed fields of a work order or an asset."""
    view = desk.find(options.which, "work_order", "asset")
    values = typed_values(desk, view.type, options)
    if not values:
        raise Stopped("Name at least one field to change, for example --priority high.", Code.WRONG_USAGE)
    is_saved = desk.records.update(view, values)
    return synced(desk, view.type, view.id, "saved" if is_saved else "is like that already")


def complete(desk: Desk, options: Namespace) -> Reply:
    """Save that a work order is done."""
    view = desk.find(options.which, "work_order")
    values = {"status": "completed"} | typed_values(desk, "work_order", options)
    is_saved = desk.records.update(view, values)
    return synced(desk, "work_order", view.id, "saved" if is_saved else "is like that already")


def log_hours(desk: Desk, options: Namespace) -> Reply:
    """Save hours on a work order."""
    view = desk.find(options.which, "work_order")
    fields = {"work_order_id": view.id, "hours": number("hours", options.hours)}
    labor_id = desk.records.create("labor", fields | typed_values(desk, "labor", options))
    return synced(desk, "labor", labor_id, f"{hours_text(fields['hours'])} saved")


def comment(desk: Desk, options: Namespace) -> Reply:
    """Save a comment on a work order or an asset."""
    view = desk.find(options.which, "work_order", "asset")
    comment_id = desk.records.create("comment", {f"{view.type}_id": view.id, "text": options.text})
    return synced(desk, "comment", comment_id, "comment saved")


def undo(desk: Desk, options: Namespace) -> Reply:
    """Take back a change that was never sent."""
    ended = desk.records.undo(options.id)
    if not ended:
        raise Stopped("This is not waiting any more, or it may have been sent already; nothing was undone.")
    name = ended[0].mine.get("number") or ended[0].mine.get("tag") or ended[0].type
    return answered(desk, str(name), ended, "undone")


def overwrite(desk: Desk, options: Namespace) -> Reply:
    """Send the whole of one's own version."""
    view = question(desk, options.id)
    if not isinstance(view, ConflictView):
        raise Stopped("This is not a conflict. What it can be answered with is in: notifications")
    if view.overwrite_problem:
        raise Stopped(view.overwrite_problem)
    seen = view.server.version if options.version is None else options.version
    newer = desk.decisions.overwrite(view.id, seen)
    return synced(desk, newer.type, newer.record_id, "overwritten")


def discard(desk: Desk, options: Namespace) -> Reply:
    """Keep the server's version and drop one's own."""
    view = question(desk, options.id)
    if not isinstance(view, ConflictView):
        raise Stopped("This is not a conflict. What it can be answered with is in: notifications")
    return answered(desk, view.subject.number, desk.decisions.discard(view.id), "discarded")


def acknowledge(desk: Desk, options: Namespace) -> Reply:
    """Okay: drop what the server refused, or put away what was told about an overwritten change."""
    notice = _notice(desk, options.id)
    if notice is not None:
        desk.profile.ledger.okay(notice.id, write_time(now()))
        reply = synced(desk, notice.type, notice.record_id, "acknowledged", notice.number)
        return Reply(reply.data | {"ended": []}, reply.text, reply.code, reply.notes)
    view = question(desk, options.id)
    if not isinstance(view, RefusalView):
        raise Stopped("This is not an error. What it can be answered with is in: notifications")
    return answered(desk, view.subject.number, desk.decisions.acknowledge(view.id), "acknowledged")


def _notice(desk: Desk, name: str) -> Overwritten | None:
    """What was told under that id."""
    return next((one for one in desk.profile.ledger.notices() if one.id == name), None)


def question(desk: Desk, name: str) -> Question:
    """The open question with that id, or the only one about that number."""
    asked = open_questions(desk)
    found = [view for view in asked if view.id == name] or [
        view for view in asked if view.subject.number.casefold() == name.casefold()
    ]
    if not found:
        raise Stopped(f"Nothing about “{name}” needs an answer. See: notifications")
    if len(found) > 1:
        raise Stopped(f"{len(found)} questions are about {name}; answer by id. See: notifications")
    return found[0]


def typed_values(desk: Desk, record_type: str, options: Namespace) -> dict[str, Value]:
    return FieldReader(desk.reader, desk.account).values(record_type, options.fields or {})


def answered(desk: Desk, name: str, ended: Sequence[Edit], said: str) -> Reply:
    """An answer is on disk; carry it out, and tell everything that ended by it."""
    reply = synced(desk, ended[0].type, ended[0].record_id, said, name)
    data = reply.data | {"ended": [edit.id for edit in ended]}
    also = f"Ended with it, because it depended on it: {many(len(ended) - 1)}." if ended[1:] else ""
    return Reply(data, reply.text, reply.code, (*([also] if also else []), *reply.notes))


def synced(desk: Desk, record_type: str, record_id: str, said: str = "saved", name: str = "") -> Reply:
    """What was saved is on disk; try to bring it to the server, and say how that went."""
    result = desk.sync()
    code = outcome(desk, result, saved=True)
    notes = []
    if result.connection is not Connection.ONLINE:
        notes.append(f"{result.problem} What you saved is kept and will be sent.".strip())
    notes += questions_text(desk, result.needs_you)
    view = desk.reader.record(record_type, record_id)
    number = _number_of(desk, view) or name
    tally = desk.reader.tally()
    data = {
        "id": record_id,
        "type": record_type,
        "number": number,
        "mark": view.mark.value if view else "",
        "connection": result.connection.value,
        "problem": result.problem,
        "needs_you": list(result.needs_you),
        "waiting": tally.waiting,
    }
    parts = [f"{number or record_type}: {said}"]
    if tally.needs_you:
        parts.append(f"{tally.needs_you} to decide (see: notifications)")
    parts.append(f"{tally.waiting} waiting" if tally.waiting else "nothing waits")
    return Reply(data, ", ".join(parts) + ".", code, tuple(notes))


def _number_of(desk: Desk, view: RecordView | None) -> str:
    """What people call the record, or the work order that it belongs to."""
    if view is not None and view.fields.get("work_order_id"):
        view = desk.reader.record("work_order", str(view.fields["work_order_id"]))
    fields = view.fields if view is not None else {}
    return str(fields.get("number") or fields.get("tag") or "")


def questions_text(desk: Desk, edit_ids: Sequence[str]) -> list[str]:
    """The new questions, a sentence each."""
    return [question_sentence(view) for view in open_questions(desk) if view.id in edit_ids]
