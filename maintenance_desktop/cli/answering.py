"""The answers that lose nothing: combine, send again, move, ask, restore. Each tries to sync afterwards."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from maintenance_desktop.cli.changing import answered, question, synced, typed_values
from maintenance_desktop.cli.desk import Desk
from maintenance_desktop.cli.reply import Code, Reply, Stopped
from maintenance_desktop.cli.screen import hours_text, local_time
from maintenance_desktop.domain.conflicts import Undecided
from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.recovery import Side, sides_of
from maintenance_desktop.domain.views import ConflictView, HeldView, HistoryEntry, RefusalView


def combine(desk: Desk, options: Namespace) -> Reply:
    """Keep what each side changed; where both changed a field, what was chosen."""
    view = question(desk, options.id)
    if not isinstance(view, ConflictView):
        raise Stopped("Only a conflict can be combined. What this can be answered with is in: notifications")
    try:
        newer = desk.decisions.combine(view, _chosen(view, options.chosen))
    except Undecided as undecided:
        names = ", ".join(undecided.names)
        who = view.server.changed_by_name or "somebody else"
        example = undecided.names[0]
        raise Stopped(
            f"You and {who} both changed: {names}. Say for each whose stays, for example "
            f"--field {example}=mine or --field {example}=theirs."
        ) from undecided
    return synced(desk, newer.type, newer.record_id, "combined")


def resend(desk: Desk, options: Namespace) -> Reply:
    """Send what was refused once more, with what is changed in it."""
    view = _error(desk, options.id)
    newer = desk.recovery.resend(view, typed_values(desk, view.edit.type, options))
    return synced(desk, newer.type, newer.record_id, "sent again")


def follow_up(desk: Desk, options: Namespace) -> Reply:
    """Put refused hours on a new work order that is linked to the finished one."""
    view = _error(desk, options.id)
    old = desk.reader.shown_fields("work_order", view.subject.work_order_id or "") or {}
    title = options.title or f"Follow-up: {view.subject.title}"[:200]
    fields = {name: old[name] for name in ("asset_id", "location_id", "priority") if old.get(name)}
    link = f"{_content(view)} came too late for this work order: see the follow-up “{title}”."
    new = desk.recovery.follow_up(view, {**fields, "title": title}, link)
    return synced(desk, "work_order", new, "created, with what was refused on it")


def ask_to_reopen(desk: Desk, options: Namespace) -> Reply:
    """Ask the planner in a comment, with the hours in it."""
    view = _error(desk, options.id)
    text = options.text or f"Please reopen {view.subject.number}. Still to be booked: {_content(view)}."
    return answered(desk, view.subject.number, desk.recovery.ask_to_reopen(view, text), "asked to reopen")


def send_anyway(desk: Desk, options: Namespace) -> Reply:
    """Let go what was held because it looks like work that is there already."""
    view = question(desk, options.id)
    if not isinstance(view, HeldView):
        raise Stopped("This is not held. What it can be answered with is in: notifications")
    edit = desk.decisions.send_anyway(view.id)
    return synced(desk, edit.type, edit.record_id, "goes out")


def restore(desk: Desk, options: Namespace) -> Reply:
    """Save one side of an entry of the history as a new change."""
    entry = _entry(desk, options.id)
    sides = sides_of(entry)
    if not sides:
        raise Stopped(f"This went on as another change, {entry.replaced_by}: restore that one.")
    side = Side(options.side) if options.side else sides[0]
    if side not in sides:
        raise Stopped("There is no version of theirs in this entry.")
    record_id = desk.recovery.restore(entry, side)
    return synced(desk, entry.edit.type, record_id, "restored")


def _chosen(view: ConflictView, typed: Sequence[str]) -> dict[str, Value]:
    fields = {one.name: one for one in view.fields}
    chosen: dict[str, Value] = {}
    for text in typed:
        name, _, side = text.partition("=")
        one = fields.get(name.replace("-", "_"))
        if side not in ("mine", "theirs"):
            raise Stopped(f"“{text}” is not NAME=mine or NAME=theirs.", Code.WRONG_USAGE)
        if one is None:
            raise Stopped(f"{name} is the same on both sides.", Code.WRONG_USAGE)
        chosen[one.name] = one.mine if side == "mine" else one.theirs
    return chosen


def _error(desk: Desk, name: str) -> RefusalView:
    view = question(desk, name)
    if not isinstance(view, RefusalView):
        raise Stopped("This is not an error. What it can be answered with is in: notifications")
    return view


def _entry(desk: Desk, edit_id: str) -> HistoryEntry:
    offset = 0
    while found := desk.reader.history(edit_id, offset):
        for entry in found:
            if entry.edit.id == edit_id:
                return entry
        offset += len(found)
    raise Stopped(f"There is no entry {edit_id} in the history. See: history --json")


def _content(view: RefusalView) -> str:
    """What was refused, in a sentence of a comment."""
    mine = view.edit.mine
    if view.edit.type != "labor":
        return f"“{mine.get('text') or view.subject.title}”"
    note = f", {mine['note']}" if mine.get("note") else ""
    return f"{hours_text(mine.get('hours'))} ({local_time(mine.get('started_at'))}{note})"
