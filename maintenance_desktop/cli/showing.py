"""One work order or asset with all that belongs to it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Final

from maintenance_desktop.cli.desk import Desk
from maintenance_desktop.cli.reply import Reply
from maintenance_desktop.cli.screen import MARKS, hours_text, local_time, one_line, table
from maintenance_desktop.cli.shapes import record_shape
from maintenance_desktop.domain.records import SPECS, FieldKind
from maintenance_desktop.domain.views import Mark, RecordView

_PENDING: Final = {
    Mark.WAITING: "↑ waits to be sent",
    Mark.CONFLICT: "⚠ changed by somebody else too (see: notifications)",
    Mark.REFUSED: "✕ refused by the server (see: notifications)",
}


def show(desk: Desk, options: Namespace) -> Reply:
    """A work order or an asset with all that belongs to it."""
    view = desk.find(options.which, "work_order", "asset")
    comments = desk.reader.children("comment", view.id)
    data = record_shape(view) | {"comments": [record_shape(one) for one in comments]}
    people = {row.id: row.name for row in desk.reader.people()}
    text = _fields_text(desk, view, people)
    if view.type == "work_order":
        labor = desk.reader.children("labor", view.id)
        data["labor"] = [record_shape(one) for one in labor]
        text += _part("Hours", [_labor_line(one, people) for one in labor])
    else:
        totals = desk.reader.asset_totals(view.id)
        data["totals"] = asdict(totals)
        text += (
            f"\n\n{hours_text(totals.hours)} booked, {totals.open_work_orders} work orders open,"
            f" {totals.finished_work_orders} finished"
        )
    text += _part("Comments", [_comment_line(one, people) for one in comments])
    return Reply(data, text)


def _fields_text(desk: Desk, view: RecordView, people: dict[str, str]) -> str:
    lines = [("pending", _PENDING[view.mark])] if view.mark else []
    known = [field.name for field in SPECS[view.type].fields]
    for name in [*known, *(one for one in view.fields if one not in known)]:
        value = view.fields.get(name)
        field = SPECS[view.type].field(name)
        if value in (None, ""):
            continue
        text = str(value)
        if field is not None and field.kind is FieldKind.TIME:
            text = local_time(value)
        elif field is not None and field.kind is FieldKind.REFERENCE:
            text = people.get(text) or _name_of(desk, field.refers_to, text)
        lines.append((name, text))
    if view.changed_at:
        lines.append(("changed", f"{local_time(view.changed_at)} {view.changed_by_name}"))
    return table(("FIELD", "VALUE"), lines)


def _name_of(desk: Desk, record_type: str, record_id: str) -> str:
    found = desk.reader.record(record_type, record_id)
    if found is None:
        return record_id
    parts = (found.fields.get(name) for name in ("number", "tag", "code", "title", "name"))
    return " ".join(str(part) for part in parts if part)


def _labor_line(view: RecordView, people: dict[str, str]) -> str:
    fields = view.fields
    who = people.get(str(fields.get("person_id")), "")
    parts = (
        MARKS[view.mark],
        hours_text(fields.get("hours")),
        who,
        local_time(fields.get("started_at")),
        fields.get("note"),
    )
    return "  ".join(one_line(str(part)) for part in parts if part)


def _comment_line(view: RecordView, people: dict[str, str]) -> str:
    who = people.get(str(view.fields.get("written_by")), "")
    parts = (MARKS[view.mark], local_time(view.fields.get("written_at")), who, view.fields.get("text"))
    return "  ".join(one_line(str(part)) for part in parts if part)


def _part(title: str, lines: list[str]) -> str:
    return "".join(f"\n{line}" for line in ["", title, *(f"  {line}" for line in lines)]) if lines else ""
