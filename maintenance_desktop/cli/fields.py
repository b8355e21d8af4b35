"""What is typed after `--FIELD`: texts become values, names of things become ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from maintenance_desktop.cli.reply import Code, Stopped
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.records import SPECS, Field, FieldKind, Value
from maintenance_desktop.domain.values import is_record_id, read_time, shortest, write_time
from maintenance_desktop.services.ports import Reader

_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)")
_NAMES: Final = {
    "asset": "the tag of an asset",
    "location": "the code or name of a location",
    "person": "a user name, or me",
    "work_order": "the number of a work order",
}
_KINDS: Final = {
    FieldKind.TIME: "a time, such as 2026-11-22 10:30",
    FieldKind.DATE: "a date, such as 2026-11-22",
    FieldKind.NUMBER: "a number",
    FieldKind.INTEGER: "a whole number",
    FieldKind.BOOLEAN: "yes or no",
}
_YES_AND_NO: Final[Mapping[str, bool]] = {"yes": True, "true": True, "no": False, "false": False}


def flags(field: Field) -> list[str]:
    """How a field is named on the command line: `--asset`, `--asset-id`, `--due-at`, `--due_at`."""
    names = [field.name]
    if field.kind is FieldKind.REFERENCE:
        names.insert(0, field.name.removesuffix("_id"))
    dashed = [name.replace("_", "-") for name in names]
    return [f"--{name}" for name in dict.fromkeys([*dashed, *names])]


def field_help(name: str, *record_types: str) -> str:
    """What can be typed for a field of these types."""
    found = [field for one in record_types if (field := SPECS[one].field(name)) is not None]
    choices = [choice for field in found for choice in field.choices]
    return ", ".join(choices) or _NAMES.get(found[0].refers_to) or _KINDS.get(found[0].kind, "text")


def fields_of(*record_types: str) -> Iterator[Field]:
    """Every field that can be typed for one of these types, each name once."""
    seen: set[str] = set()
    for record_type in record_types:
        for field in SPECS[record_type].writable():
            if field.name not in seen:
                seen.add(field.name)
                yield field


class FieldReader:
    """Reads typed texts. Raises Stopped where they mean nothing."""

    def __init__(self, reader: Reader, account: Account) -> None:
        self._reader = reader
        self._account = account

    def values(self, record_type: str, typed: Mapping[str, str]) -> dict[str, Value]:
        """The values of all typed fields."""
        found: dict[str, Value] = {}
        for name, text in typed.items():
            field = SPECS[record_type].field(name)
            if field is None or field.server_set:
                kind = record_type.replace("_", " ")
                raise Stopped(f"A {kind} has no field {name} that can be set.", Code.WRONG_USAGE)
            found[name] = self.value(field, text)
        return found

    def value(self, field: Field, text: str) -> Value:
        """One value; an empty text clears the field."""
        if not text.strip():
            return None
        match field.kind:
            case FieldKind.NUMBER | FieldKind.INTEGER:
                return number(field.name, text)
            case FieldKind.TIME:
                return _time(field.name, text)
            case FieldKind.BOOLEAN:
                return _yes_or_no(field.name, text)
            case FieldKind.REFERENCE:
                return self._reference(field.refers_to, text.strip())
        return text

    def _reference(self, record_type: str, text: str) -> str:
        if is_record_id(text):
            return text
        find: dict[str, Callable[[str], str | None]] = {
            "asset": lambda name: self._reader.find_asset(name),
            "location": self._location,
            "person": self._person,
            "work_order": lambda name: self._reader.find_work_order(name),
        }
        found = find[record_type](text)
        if found is None:
            what = record_type.replace("_", " ")
            raise Stopped(f"There is no {what} called “{text}” on this computer; “sync” fetches what is new.")
        return found

    def _location(self, name: str) -> str | None:
        rows = self._reader.locations()
        by_code = [row.id for row in rows if row.code.casefold() == name.casefold()]
        return _only(by_code or [row.id for row in rows if row.name.casefold() == name.casefold()], name)

    def _person(self, name: str) -> str | None:
        if name == "me":
            return self._account.person_id
        rows = self._reader.people()
        by_username = [row.id for row in rows if row.username.casefold() == name.casefold()]
        return _only(by_username or [row.id for row in rows if row.name.casefold() == name.casefold()], name)


def number(name: str, text: str) -> Value:
    """A number with a point or a comma; also `1:30` for hours."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock:
        return shortest(round(Decimal(clock[1]) + Decimal(clock[2]) / 60, 4))
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found.adjusted()) > 15:
        raise Stopped(f"{name}: “{text}” is not a number.", Code.WRONG_USAGE)
    return found


def _time(name: str, text: str) -> str:
    """A time with its zone, or one of this computer's: `2026-11-22 10:30`."""
    try:
        return write_time(read_time(text.strip()))
    except ValueError:
        pass
    try:
        return write_time(datetime.fromisoformat(text.strip()).astimezone())
    except (ValueError, OverflowError) as error:
        raise Stopped(f"{name}: “{text}” is not a date and time.", Code.WRONG_USAGE) from error


def _yes_or_no(name: str, text: str) -> bool:
    try:
        return _YES_AND_NO[text.strip().lower()]
    except KeyError as error:
        raise Stopped(f"{name}: this is yes or no.", Code.WRONG_USAGE) from error


def _only(ids: list[str], name: str) -> str | None:
    if len(ids) > 1:
        raise Stopped(f"“{name}” is the name of {len(ids)}; use a code, a user name or an id.")
    return ids[0] if ids else None
