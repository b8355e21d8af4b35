"""What kinds of records there are and which fields they have (the sync contract, "Records")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

Value = str | int | Decimal | bool | None
"""One field's value: numbers are `int` or `Decimal`, times and dates are text in wire form."""

Fields = Mapping[str, Value]
"""A record's content by field name. Unknown names of a newer server are kept as they came."""


class FieldKind(StrEnum):
    """How a field's value is written, checked and compared."""

    TEXT = "text"
    CHOICE = "choice"
    REFERENCE = "reference"
    TIME = "time"
    DATE = "date"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record type; lengths count code points."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    max_length: int = 200
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    server_set: bool = False
    above: int | None = None
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """One record type. `parents` are the fields that can name its parent; exactly one of them is set."""

    type: str
    fields: tuple[Field, ...]
    parents: tuple[str, ...] = ()
    locked_when_finished: bool = False

    def field(self, name: str) -> Field | None:
        """The field of that name, or None where a newer server sent one this program does not know."""
        return next((field for field in self.fields if field.name == name), None)

    def writable(self) -> Iterator[Field]:
        """Every field a client may set."""
        return (field for field in self.fields if not field.server_set)


STATUSES: Final = ("open", "in_progress", "on_hold", "completed", "closed", "cancelled")
PRIORITIES: Final = ("low", "medium", "high", "critical")
WORK_TYPES: Final = ("corrective", "preventive", "inspection", "emergency", "project", "safety")
ASSET_STATUSES: Final = ("running", "down", "standby", "retired")
CRITICALITIES: Final = ("a", "b", "c")
ROLES: Final = ("technician", "planner", "requester", "admin")
LABOR_TYPES: Final = ("regular", "overtime", "travel")

_LONG: Final = 20_000


def _choice(name: str, choices: tuple[str, ...], *, required: bool = False) -> Field:
    return Field(name, FieldKind.CHOICE, choices=choices, required=required)


def _reference(name: str, refers_to: str, *, required: bool = False, server_set: bool = False) -> Field:
    return Field(name, FieldKind.REFERENCE, refers_to=refers_to, required=required, server_set=server_set)


def _time(name: str, *, required: bool = False, server_set: bool = False) -> Field:
    return Field(name, FieldKind.TIME, required=required, server_set=server_set)


def _long_text(name: str) -> Field:
    return Field(name, max_length=_LONG)


_WORK_ORDER = RecordSpec(
    "work_order",
    (
        Field("number", server_set=True),
        Field("title", required=True),
        _long_text("description"),
        _choice("status", STATUSES, required=True),
        _choice("priority", PRIORITIES),
        _choice("work_type", WORK_TYPES),
        _reference("asset_id", "asset"),
        _reference("location_id", "location"),
        _reference("assigned_to", "person"),
        _reference("requested_by", "person"),
        _time("due_at"),
        _time("scheduled_for"),
        _time("started_at"),
        _time("completed_at"),
        _reference("completed_by", "person", server_set=True),
        Field("estimated_hours", FieldKind.NUMBER, at_least=0),
        Field("downtime_minutes", FieldKind.INTEGER, at_least=0),
        _long_text("problem"),
        _long_text("cause"),
        _long_text("remedy"),
        _long_text("completion_notes"),
        _time("created_at", server_set=True),
        _reference("created_by", "person", server_set=True),
    ),
)

_ASSET = RecordSpec(
    "asset",
    (
        Field("tag", required=True),
        Field("name", required=True),
        _long_text("description"),
        _choice("status", ASSET_STATUSES, required=True),
        _choice("criticality", CRITICALITIES),
        Field("category"),
        _reference("parent_id", "asset"),
        _reference("location_id", "location"),
        Field("manufacturer"),
        Field("model"),
        Field("serial_number"),
        Field("installed_on", FieldKind.DATE),
        Field("warranty_until", FieldKind.DATE),
        _long_text("notes"),
    ),
)

_LOCATION = RecordSpec(
    "location",
    (Field("name", required=True), Field("code"), _reference("parent_id", "location")),
)

_PERSON = RecordSpec(
    "person",
    (
        Field("name", required=True),
        Field("username", required=True),
        Field("email"),
        _choice("role", ROLES, required=True),
        Field("trade"),
        Field("active", FieldKind.BOOLEAN),
    ),
)

_LABOR = RecordSpec(
    "labor",
    (
        _reference("work_order_id", "work_order", required=True),
        _reference("person_id", "person", required=True),
        _time("started_at"),
        Field("hours", FieldKind.NUMBER, required=True, above=0, at_most=24),
        _choice("labor_type", LABOR_TYPES, required=True),
        _long_text("note"),
    ),
    parents=("work_order_id",),
    locked_when_finished=True,
)

_COMMENT = RecordSpec(
    "comment",
    (
        _reference("work_order_id", "work_order"),
        _reference("asset_id", "asset"),
        Field("text", required=True, max_length=_LONG),
        _time("written_at"),
        _reference("written_by", "person"),
    ),
    parents=("work_order_id", "asset_id"),
)

SPECS: Final[Mapping[str, RecordSpec]] = {
    spec.type: spec for spec in (_PERSON, _LOCATION, _ASSET, _WORK_ORDER, _LABOR, _COMMENT)
}


def parent_of(record_type: str, fields: Fields) -> str | None:
    """The id of the work order or asset that a child record belongs to; None for the others."""
    spec = SPECS[record_type]
    return next((str(fields[name]) for name in spec.parents if fields.get(name)), None)


def known_writable(record_type: str, fields: Fields) -> dict[str, Value]:
    """What a client sends: every writable field it knows, and never one it does not."""
    return {f.name: fields[f.name] for f in SPECS[record_type].writable() if f.name in fields}
