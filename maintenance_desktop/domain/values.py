"""Reading, checking and writing field values: the same on every database and on both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from maintenance_desktop.domain.records import SPECS, Field, FieldKind, Fields, Value

_LARGEST_NUMBER: Final = Decimal(10) ** 12
_LARGEST_INTEGER: Final = 2**53
_TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)",
)
_RECORD_ID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


class InvalidValue(ValueError):
    """A value that its field cannot hold; `str()` is a sentence for the person."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_time(text: str) -> datetime:
    """An RFC 3339 time, cut to the millisecond, in UTC. Raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    milliseconds = int((match[7] or "0")[:3].ljust(3, "0"))
    zone: timezone = UTC
    if match[8] not in "Zz":
        sign = -1 if match[8][0] == "-" else 1
        hours, minutes = int(match[8][1:3]), int(match[8][4:6])
        zone = timezone(sign * timedelta(hours=hours, minutes=minutes))
    leap = second == 60
    moment = datetime(year, month, day, hour, minute, 59 if leap else second, milliseconds * 1000, zone)
    try:
        return (moment + timedelta(seconds=1) if leap else moment).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def write_time(moment: datetime) -> str:
    """A time as it travels: `2026-11-22T10:42:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def is_record_id(text: object) -> bool:
    """Whether this is a UUID in the only form the contract knows: lower case, with dashes."""
    return isinstance(text, str) and _RECORD_ID.fullmatch(text) is not None


def is_storable_text(text: str) -> bool:
    """False for text that some database cannot hold: U+0000 or a lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def shortest(number: int | Decimal) -> int | Decimal:
    """The one form of a number: `2`, not `2.0`; `2.5`, not `2.50`."""
    if isinstance(number, int):
        return number
    whole = number.to_integral_value()
    if number == whole:
        return int(whole)
    return Decimal(format(number.normalize(), "f"))


def canonical(field: Field, value: Any) -> Value:
    """The one stored form of a value as it came over the wire or from a form. Raises InvalidValue."""
    if value is None:
        if field.required:
            raise InvalidValue(field.name, "This is needed.")
        return None
    match field.kind:
        case FieldKind.TEXT:
            return _text(field, value)
        case FieldKind.CHOICE:
            if not isinstance(value, str) or value not in field.choices:
                raise InvalidValue(field.name, f"Choose one of: {', '.join(field.choices)}.")
            return value
        case FieldKind.REFERENCE:
            if not is_record_id(value):
                raise InvalidValue(field.name, "This does not name a record.")
            return str(value)
        case FieldKind.TIME:
            return _time(field, value)
        case FieldKind.DATE:
            return _date(field, value)
        case FieldKind.NUMBER | FieldKind.INTEGER:
            return _number(field, value)
        case FieldKind.BOOLEAN:
            if not isinstance(value, bool):
                raise InvalidValue(field.name, "This is yes or no.")
            return value


def canonical_fields(record_type: str, fields: Mapping[str, Any]) -> dict[str, Value]:
    """The stored form of all known writable fields that are present. Raises InvalidValue."""
    return {
        field.name: canonical(field, fields[field.name])
        for field in SPECS[record_type].writable()
        if field.name in fields
    }


def missing_field(record_type: str, fields: Fields) -> str | None:
    """The first required field without a value; also a parent where exactly one is needed."""
    spec = SPECS[record_type]
    for field in spec.writable():
        if field.required and fields.get(field.name) in (None, ""):
            return field.name
    if spec.parents and sum(fields.get(name) is not None for name in spec.parents) != 1:
        return spec.parents[0]
    return None


def _text(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue(field.name, "This is text.")
    if not is_storable_text(value):
        raise InvalidValue(field.name, "This has a character that cannot be stored.")
    if len(value) > field.max_length:
        raise InvalidValue(field.name, f"At most {field.max_length} characters; this has {len(value)}.")
    if field.required and not value.strip():
        raise InvalidValue(field.name, "This is needed.")
    return value


def _time(field: Field, value: Any) -> str:
    try:
        return write_time(read_time(value))
    except (TypeError, ValueError) as error:
        raise InvalidValue(field.name, "This is not a date and time.") from error


def _date(field: Field, value: Any) -> str:
    try:
        if not _DATE.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise InvalidValue(field.name, "This is not a date.") from error


def _number(field: Field, value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidValue(field.name, "This is a number.")
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite():
            raise InvalidValue(field.name, "This is a number.")
        is_integer = field.kind is FieldKind.INTEGER
        if abs(number) >= (_LARGEST_INTEGER if is_integer else _LARGEST_NUMBER):
            raise InvalidValue(field.name, "This number is too large.")
        if number != round(number, 4):
            raise InvalidValue(field.name, "At most four decimal places.")
    except ArithmeticError as error:
        raise InvalidValue(field.name, "This number is too large.") from error
    _check_range(field, number)
    if is_integer and number != number.to_integral_value():
        raise InvalidValue(field.name, "This is a whole number.")
    return shortest(number)


def _check_range(field: Field, number: Decimal) -> None:
    if field.above is not None and number <= field.above:
        raise InvalidValue(field.name, f"This must be more than {field.above}.")
    if field.at_least is not None and number < field.at_least:
        raise InvalidValue(field.name, f"This must be at least {field.at_least}.")
    if field.at_most is not None and number > field.at_most:
        raise InvalidValue(field.name, f"This can be at most {field.at_most}.")
