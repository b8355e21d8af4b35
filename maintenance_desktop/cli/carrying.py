"""The queue as a file: exported on one computer, imported on another one of the same person."""

from __future__ import annotations

from argparse import Namespace

from maintenance_desktop.cli.changing import questions_text
from maintenance_desktop.cli.desk import Desk, outcome
from maintenance_desktop.cli.reply import Reply, Stopped
from maintenance_desktop.cli.screen import local_time, many
from maintenance_desktop.services.status import Connection


def export_queue(desk: Desk, options: Namespace) -> Reply:
    """Write everything that waits into one file; it stays in the queue too."""
    if options.file.exists():
        raise Stopped(f"{options.file} is there already. Nothing was exported; choose another name.")
    carried = desk.carrying.export(options.file)
    data = {
        "file": str(options.file),
        "exported_at": carried.exported_at,
        "edits": [item.edit.id for item in carried.edits],
    }
    text = f"{many(len(carried.edits))} of {carried.person_name} exported to {options.file}."
    note = "They stay here too and can't be undone any more: each is done once, whichever computer sends it."
    return Reply(data, text, notes=(note,))


def import_queue(desk: Desk, options: Namespace) -> Reply:
    """Take over what another computer exported, and try to send it."""
    chosen = desk.carrying.read(options.file)
    brought = desk.carrying.bring(chosen)
    result = desk.sync()
    tally = desk.reader.tally()
    data = {
        "exported_at": chosen.carried.exported_at,
        "imported": [edit.id for edit in brought.edits],
        "known": brought.known,
        "left_out": [{"id": one.item.edit.id, "reason": one.reason} for one in brought.left_out],
        "connection": result.connection.value,
        "problem": result.problem,
        "needs_you": list(result.needs_you),
        "waiting": tally.waiting,
    }
    notes = [f"{one.item.subject.number}: {one.reason}" for one in brought.left_out]
    if result.connection is not Connection.ONLINE:
        notes.append(f"{result.problem} What you imported is kept and will be sent.".strip())
    notes += questions_text(desk, result.needs_you)
    known = f", {brought.known} were here already" if brought.known else ""
    when = local_time(chosen.carried.exported_at)
    text = f"{many(len(brought.edits))} imported{known} (exported {when}); {tally.waiting} waiting."
    return Reply(data, text, outcome(desk, result, saved=True), tuple(notes))
