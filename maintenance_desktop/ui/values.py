"""A field's value as people read it: names instead of ids, local times, their own numbers."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject

from maintenance_desktop.domain.records import SPECS, Field, FieldKind, Value
from maintenance_desktop.services.ports import Clock, Reader
from maintenance_desktop.ui.hours import short_hours_text
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.times import (
    clock_text,
    date_text,
    date_time_text,
    moment,
    number_text,
    relative_text,
)
from maintenance_desktop.ui.words import choice_word, field_word

_SHORT = 48
_NOTHING = "–"


class ValueTexts(QObject):
    """Puts values into words. Ids are looked up once, so one of these lives as long as what it describes."""

    def __init__(self, reader: Reader, clock: Clock) -> None:
        super().__init__()
        self._references = References(reader, self)
        self._clock = clock
        self._names: dict[tuple[str, str], str] = {}

    def label(self, record_type: str, name: str) -> str:
        """The field's name for people."""
        return field_word(record_type, name)

    def text(self, record_type: str, name: str, value: Value) -> str:
        """The whole value; a dash for none, and as it came where this program does not know the field."""
        if value is None or value == "":
            return _NOTHING
        spec = SPECS[record_type].field(name) if record_type in SPECS else None
        return self._known(record_type, spec, value) if spec else str(value)

    def short(self, record_type: str, name: str, value: Value) -> str:
        """The value in a few words, for a sentence: free text is quoted and cut."""
        spec = SPECS[record_type].field(name) if record_type in SPECS else None
        text = self.text(record_type, name, value)
        if text == _NOTHING:
            return fill(self.tr("no %1"), self.label(record_type, name))
        return quoted(text) if spec is None or spec.kind is FieldKind.TEXT else text

    def hours(self, value: Value) -> str:
        """Hours in a sentence: *2.5 h*."""
        return fill(self.tr("%1 h"), short_hours_text(value))

    def when(self, wire: Value) -> str:
        """A local time inside a sentence: *today at 10:30*, *on 3/14/2026 at 10:30*; empty for none."""
        then, now = moment(wire), self._clock().astimezone()
        if then is None:
            return ""
        clock = clock_text(wire)
        day = relative_text(wire, now).removesuffix(clock).strip()
        is_near = abs((then.date() - now.date()).days) <= 1
        return fill(self.tr("%1 at %2") if is_near else self.tr("on %1 at %2"), day, clock)

    def at(self, wire: Value) -> str:
        """The same, shorter for today: *at 10:30*."""
        then = moment(wire)
        if then is not None and then.date() == self._clock().astimezone().date():
            return fill(self.tr("at %1"), clock_text(wire))
        return self.when(wire)

    def name_of(self, record_type: str, record_id: str) -> str:
        """A record's name for people; the id itself where it is not known here."""
        key = (record_type, record_id)
        if key not in self._names:
            self._names[key] = self._references.name(record_type, record_id)
        return self._names[key]

    def _known(self, record_type: str, spec: Field, value: Value) -> str:
        match spec.kind:
            case FieldKind.CHOICE:
                return choice_word(record_type, spec.name, str(value))
            case FieldKind.REFERENCE:
                return self.name_of(spec.refers_to, str(value))
            case FieldKind.TIME:
                return date_time_text(value)
            case FieldKind.DATE:
                return date_text(value)
            case FieldKind.NUMBER | FieldKind.INTEGER:
                return self.hours(value) if spec.name.endswith("hours") else number_text(value)
            case FieldKind.BOOLEAN:
                return self.tr("Yes") if value is True else self.tr("No")
        return str(value)


def fill(template: str, *parts: str) -> str:
    """The template with `%1`, `%2` … replaced, all at once: a `%2` inside a part stays what it is."""
    return re.sub(r"%([1-9])", lambda match: parts[int(match[1]) - 1], template)


def quoted(text: str) -> str:
    """A text on one line, cut to a few words, in quotation marks."""
    one_line = " ".join(text[: _SHORT * 4].split())
    is_whole = len(one_line) <= _SHORT and len(text) <= _SHORT * 4
    return f"“{one_line}”" if is_whole else f"“{one_line[:_SHORT].rstrip()}…”"
