"""What stands beside a record in `cache.db`, computed from the record as it came."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OTHER, TABLES, columns
from maintenance_desktop.domain.records import PRIORITIES, STATUSES, WORK_TYPES

UNKNOWN: Final = 9
"""The place of a choice that this program does not know: behind those it knows."""

_PLACES: Final = {
    "status": {value: place for place, value in enumerate(STATUSES)},
    "priority": {value: place for place, value in enumerate(PRIORITIES)},
    "work_type": {value: place for place, value in enumerate(WORK_TYPES)},
}
_LARGEST: Final = 2**53

Row = Callable[[str, Any], int | None]
"""(table, id) → the row of a record that another one names; None for no id."""


def place_of(field: str, value: Any) -> int | None:
    """Where a choice stands among those of its field; None for no value."""
    return None if value is None else _PLACES[field].get(value, UNKNOWN)


def moment_of(text: Any) -> int | None:
    """A time of the wire in milliseconds since 1970; None where there is none, or none that can be read."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return round(moment.timestamp() * 1000) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def number_of(text: Any) -> int | None:
    """What numbers sort by: the digits behind the first hyphen; None where there is no number."""
    if not text:
        return None
    digits = str(text).partition("-")[2] or str(text)
    end = 0
    while end < len(digits) and digits[end] in "0123456789":
        end += 1
    return min(int(digits[:end][:18]), _LARGEST) if end else 0


def cells_of(table: str, fields: Mapping[str, Any], row: Row) -> tuple[Any, ...]:
    """The cells of the columns of `columns(table)`."""
    if table == "work_order":
        return (
            fields.get("title"),
            moment_of(fields.get("created_at")),
            place_of("status", fields.get("status")),
            place_of("priority", fields.get("priority")),
            place_of("work_type", fields.get("work_type")),
            row("asset", fields.get("asset_id")),
            row("location", fields.get("location_id")),
            row("person", fields.get("assigned_to")),
            moment_of(fields.get("due_at")),
            moment_of(fields.get("completed_at")),
            number_of(fields.get("number")),
        )
    return tuple(fields.get(name) for name in columns(table))


def table_of(record_type: str) -> str:
    """The table that records of a type stand in."""
    return record_type if record_type in TABLES else OTHER
