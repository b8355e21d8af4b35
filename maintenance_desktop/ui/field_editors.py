"""Which editor a field gets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.records import Field, FieldKind
from maintenance_desktop.ui import words
from maintenance_desktop.ui.editors import (
    LONG_TEXT,
    ChoiceEditor,
    Editor,
    HoursEditor,
    LineEditor,
    LongTextEditor,
    NumberEditor,
)
from maintenance_desktop.ui.moment_editor import MomentEditor
from maintenance_desktop.ui.references import ReferenceEditor, References


def editor_for(
    record_type: str,
    field: Field,
    references: References,
    now: Callable[[], datetime],
    parent: QWidget | None = None,
) -> Editor:
    """An empty editor for one field of a record type."""
    match field.kind:
        case FieldKind.CHOICE:
            return ChoiceEditor(
                field.choices, _choice_words(record_type, field.name), required=field.required, parent=parent
            )
        case FieldKind.REFERENCE:
            return ReferenceEditor(field.refers_to, references, parent)
        case FieldKind.TIME | FieldKind.DATE:
            return MomentEditor(now, with_time=field.kind is FieldKind.TIME, parent=parent)
        case FieldKind.NUMBER if field.name.endswith("hours"):
            return HoursEditor(parent)
        case FieldKind.NUMBER | FieldKind.INTEGER:
            return NumberEditor(parent)
    return LongTextEditor(parent) if field.max_length > LONG_TEXT else LineEditor(parent)


def _choice_words(record_type: str, name: str) -> Callable[[str], str]:
    return lambda value: words.choice_word(record_type, name, value)
