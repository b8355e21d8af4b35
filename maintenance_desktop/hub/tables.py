"""Records as spreadsheets: which columns a CSV file has, and how a value stands in a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from maintenance_desktop.domain.cells import guard, unguard
from maintenance_desktop.domain.records import SPECS, Field, FieldKind, Value
from maintenance_desktop.domain.values import shortest


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of CSV file. `named` tells by what people name the records a column refers to."""

    record_type: str
    columns: tuple[str, ...]
    named: Mapping[str, tuple[str, str]]


def _table(record_type: str, extra: tuple[str, ...] = ()) -> Table:
    """Every field becomes a column; a reference is written in a form that people can type."""
    columns: list[str] = []
    named: dict[str, tuple[str, str]] = {}
    for field in SPECS[record_type].fields:
        column = _COLUMN_OF.get((record_type, field.name), field.name)
        if field.refers_to == "asset" and field.name == "asset_id":
            column = "asset_tag"
        if field.refers_to == "location" and record_type != "location":
            column = "location_code"
        columns.append(column)
        if field.refers_to:
            named[column] = (field.name, field.refers_to)
    return Table(record_type, (*columns, *extra), named)


_COLUMN_OF: Final = {("asset", "parent_id"): "parent_tag"}

TABLES: Final = {
    "assets": _table("asset"),
    "work-orders": _table("work_order"),
    "people": _table("person"),
}


def write_cell(value: Value) -> str:
    """How a value stands in a cell. Numbers are never taken for formulas, so they stay as they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value, "f")
    return guard(value) if isinstance(value, str) else str(value)


def cell_of(cells: Mapping[str, str], column: str, name: str) -> str | None:
    """The cell of a column, also under its field's own name; None when there is no such column."""
    return cells.get(column) or cells.get(name) or cells.get(column, cells.get(name))


def read_cell(field: Field, text: str) -> Any:
    """What a cell says, to be checked as its field's value. An empty cell is no value."""
    if text == "":
        return None
    if field.kind is FieldKind.BOOLEAN:
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(
            text.lower(), text
        )
    if field.kind in (FieldKind.NUMBER, FieldKind.INTEGER):
        try:
            return _number(text)
        except InvalidOperation:
            return text
    return unguard(text)


def _number(text: str) -> int | Decimal:
    number = Decimal(text.strip())
    return shortest(number) if number.is_finite() and number.adjusted() < 15 else number
