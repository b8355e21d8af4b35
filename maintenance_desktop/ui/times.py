"""Times, dates and numbers as people read and type them, in their locale."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.values import read_time, shortest, write_time

_WEEK: Final = 6


def moment(wire: Value) -> datetime | None:
    """A wire time in this computer's zone; None for none, and for what is not a time."""
    if not isinstance(wire, str) or not wire:
        return None
    try:
        return read_time(wire).astimezone()
    except (ValueError, OverflowError):
        return None


def wire_time(local: datetime) -> str:
    """The wire form of a time; one without a zone is in this computer's."""
    return write_time(local.astimezone(UTC))


def clock_text(wire: Value) -> str:
    """Only the time of day: *10:42*; with the day where that is not today's is `relative_text`."""
    when = moment(wire)
    return _clock(when) if when else _unreadable(wire)


def relative_text(wire: Value, now: datetime) -> str:
    """*today 10:30*, *yesterday 10:30*, *Mon 10:30*, and from a week on the date with the time."""
    when = moment(wire)
    if when is None:
        return _unreadable(wire)
    day = _near_day(when.date(), now.astimezone().date()) or _short_date(when.date())
    return f"{day} {_clock(when)}"


def due_text(wire: Value, now: datetime, *, is_finished: bool = False) -> str:
    """*today 14:00*, *tomorrow*, *Mon*, *−2 d* for what is late, the date for what is far."""
    when = moment(wire)
    if when is None:
        return _unreadable(wire)
    today = now.astimezone().date()
    days = (when.date() - today).days
    if days == 0:
        return f"{_near_day(when.date(), today)} {_clock(when)}"
    if days < 0 and not is_finished:
        return QCoreApplication.translate("Times", "−%1 d").replace("%1", QLocale().toString(-days))
    return _near_day(when.date(), today) or _short_date(when.date())


def absolute_text(wire: Value) -> str:
    """Everything there is to know about a time, for tooltips: *Sunday, 22 November 2026 10:42*."""
    when = moment(wire)
    if when is None:
        return _unreadable(wire)
    day = QLocale().toString(_qdate(when.date()), QLocale.FormatType.LongFormat)
    return f"{day} {_clock(when)}"


def date_text(wire: Value) -> str:
    """A date without a time, as the locale writes it; what is not a date is shown as it came."""
    try:
        return _short_date(date.fromisoformat(wire)) if isinstance(wire, str) and wire else ""
    except ValueError:
        return _unreadable(wire)


def date_time_text(wire: Value) -> str:
    """A date and time, as the locale writes it and `typed_moment` reads it."""
    when = moment(wire)
    return f"{_short_date(when.date())} {_clock(when)}" if when else _unreadable(wire)


def number_text(number: Value) -> str:
    """A number with as many places as it has, in the locale's writing."""
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        return _unreadable(number)
    return f"{Decimal(shortest(number)):f}".replace(".", QLocale().decimalPoint())


def typed_number(text: str) -> Decimal | None:
    """A number as typed, with a point or a comma; None for what is not one."""
    plain = text.strip().replace(",", ".").replace("−", "-")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def typed_date(text: str, today: date) -> date | None:
    """A date as typed: the locale's, ISO, *today*, *tomorrow*, *mon*, *+3*; None for none of these."""
    plain = text.strip().casefold()
    if re.fullmatch(r"[+-]\d{1,4}", plain):
        return today + timedelta(days=int(plain))
    for days in (0, 1, -1):
        if plain and plain == _near_word(days).casefold():
            return today + timedelta(days=days)
    for days in range(1, 8):
        weekday = (today + timedelta(days=days)).isoweekday()
        names = (QLocale().dayName(weekday, form) for form in _DAY_FORMS)
        if plain in {name.casefold().rstrip(".") for name in names}:
            return today + timedelta(days=days)
    for form in (_date_format(), QLocale().dateFormat(QLocale.FormatType.ShortFormat), "yyyy-MM-dd"):
        parsed = QLocale().toDate(text.strip(), form)
        if parsed.isValid():
            century = 100 if parsed.year() < today.year - 90 else 0
            return date(parsed.year() + century, parsed.month(), parsed.day())
    return None


def typed_moment(text: str, now: datetime) -> datetime | None:
    """A date with a time as typed; without a time it is the end of the working day, 17:00."""
    plain = text.strip()
    day = typed_date(plain, now.date())
    if day is not None:
        return datetime.combine(day, time(17)).astimezone()
    day_part, _, clock_part = plain.rpartition(" ")
    if clock_part.casefold() in {"am", "pm"}:
        day_part, _, hour = day_part.rpartition(" ")
        clock_part = f"{hour} {clock_part}"
    clock = _typed_clock(clock_part)
    day = typed_date(day_part, now.date()) if day_part else now.date()
    return datetime.combine(day, clock).astimezone() if day and clock else None


_DAY_FORMS: Final = (QLocale.FormatType.ShortFormat, QLocale.FormatType.LongFormat)


def _typed_clock(text: str) -> time | None:
    plain = text.replace("\u202f", " ").strip()
    local = QLocale().timeFormat(QLocale.FormatType.ShortFormat).replace("\u202f", " ")
    for form in (local, "H:mm", "h:mmap"):
        parsed = QLocale().toTime(plain, form)
        if parsed.isValid():
            return time(parsed.hour(), parsed.minute())
    return None


def _near_day(day: date, today: date) -> str:
    days = (day - today).days
    if -1 <= days <= 1:
        return _near_word(days)
    if abs(days) <= _WEEK:
        return QLocale().dayName(day.isoweekday(), QLocale.FormatType.ShortFormat)
    return ""


def _near_word(days: int) -> str:
    match days:
        case 0:
            return QCoreApplication.translate("Times", "today")
        case 1:
            return QCoreApplication.translate("Times", "tomorrow")
        case _:
            return QCoreApplication.translate("Times", "yesterday")


def _short_date(day: date) -> str:
    return QLocale().toString(_qdate(day), _date_format())


def _date_format() -> str:
    if QLocale().language() is QLocale.Language.C:
        return "yyyy-MM-dd"  # nobody chose: Qt's "22 11 2026" is nobody's writing
    form = QLocale().dateFormat(QLocale.FormatType.ShortFormat)
    return form if "yyyy" in form else form.replace("yy", "yyyy")


def _clock(when: datetime) -> str:
    return QLocale().toString(QTime(when.hour, when.minute), QLocale.FormatType.ShortFormat)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _unreadable(value: Value) -> str:
    return "" if value is None else str(value)
