"""Hours as people read and type them: *1.50*, or *1:30* for those who set it so."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar, Final

from PySide6.QtCore import QLocale

from maintenance_desktop.domain.records import Value
from maintenance_desktop.ui.times import number_text, typed_number

_CENT: Final = Decimal("0.01")
_MINUTES_IN_HOUR: Final = 60
_CLOCK_HOURS: Final = re.compile(r"(\d{1,3}):([0-5]\d)")


class HoursWriting:
    """How hours are written in the whole program, like the locale: one person reads one window."""

    as_clock: ClassVar[bool] = False


def hours_text(hours: Value) -> str:
    """Hours to two decimals, *1.50*, or *1:30* as set."""
    if isinstance(hours, bool) or not isinstance(hours, int | Decimal):
        return "" if hours is None else str(hours)
    if HoursWriting.as_clock:
        return _clock_text(Decimal(hours))
    return QLocale().toString(float(Decimal(hours).quantize(_CENT)), "f", 2)


def short_hours_text(hours: Value) -> str:
    """The same for a sentence, with as many decimals as there are: *2.5*."""
    is_number = isinstance(hours, int | Decimal) and not isinstance(hours, bool)
    return hours_text(hours) if HoursWriting.as_clock and is_number else number_text(hours)


def typed_hours(text: str) -> Decimal | None:
    """Hours as typed: *1.5*, *1,5*, *1:30*, *90 min*, *2h*; None for what is none of these."""
    plain = text.strip().lower()
    clock = _CLOCK_HOURS.fullmatch(plain)
    if clock:
        return _hours(Decimal(clock[1]) * _MINUTES_IN_HOUR + Decimal(clock[2]))
    for unit in ("min", "m"):
        if plain.endswith(unit):
            minutes = typed_number(plain.removesuffix(unit))
            return None if minutes is None else _hours(minutes)
    return typed_number(plain.removesuffix("h"))


def _clock_text(hours: Decimal) -> str:
    minutes = int((abs(hours) * _MINUTES_IN_HOUR).to_integral_value(ROUND_HALF_UP))
    sign = "−" if hours < 0 and minutes else ""
    return f"{sign}{minutes // _MINUTES_IN_HOUR}:{minutes % _MINUTES_IN_HOUR:02}"


def _hours(minutes: Decimal) -> Decimal:
    return (minutes / _MINUTES_IN_HOUR).quantize(Decimal("0.0001"))
