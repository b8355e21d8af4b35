"""Editors: one small widget per kind of field, each with a value, a problem and a signal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.values import shortest
from maintenance_desktop.ui import times
from maintenance_desktop.ui.hours import hours_text, typed_hours

LONG_TEXT = 1_000
"""From this length on a text field is edited in several lines."""


class Editor(QWidget):
    """Edits one field. A value that nobody touched comes back exactly as it was given.

    Signals:
        changed: what is shown is another value now.
        entered: the focus comes to the field.
        left: the focus leaves the field.
    """

    changed = Signal()
    entered = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: Value = None
        self._locked = (False, "")
        self.saved_text = ""
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)

    @property
    def field(self) -> QWidget:
        """The widget that has the focus, the name and the problem's border."""
        raise NotImplementedError

    def set_value(self, value: Value) -> None:
        """Show a value; what is shown now counts as untouched."""
        self._given = value
        self.show_value(value)
        self.saved_text = self.shown()

    def value(self) -> Value:
        """What is entered; None for nothing, and for what cannot be read (`problem` tells)."""
        return self._given if self.shown() == self.saved_text else self.read_value()

    def problem(self) -> str:
        """Why what is entered cannot be read; empty when it can."""
        return "" if self.shown() == self.saved_text else self.unreadable()

    def show_value(self, value: Value) -> None:
        """Put a value on screen."""
        raise NotImplementedError

    def shown(self) -> str:
        """What is on screen, to tell whether somebody touched it."""
        raise NotImplementedError

    def read_value(self) -> Value:
        """The value of what is on screen."""
        raise NotImplementedError

    def unreadable(self) -> str:
        """The problem with what is on screen."""
        return ""

    def set_read_only(self, on: bool, why: str = "") -> None:
        """Show without letting anybody change it, and say why."""
        if (on, why) != self._locked:
            self._locked = on, why
            self.lock(on)
            self.setToolTip(why)

    def lock(self, on: bool) -> None:
        """Let nobody change it, or everybody."""
        self.field.setEnabled(not on)


class Line(QLineEdit):
    """The line of a LineEditor.

    A filter of its events would be called for each of the hundreds that showing a form takes, and would wait
    each time until another thread lets go of Python; these are called for the two that matter.
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self.hint = ""
        self.empty_text = "–"

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.hint:
            self.setPlaceholderText(self.hint)
        _tell_focus(self, is_here=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.hint:
            self.setPlaceholderText(self.empty_text)
        _tell_focus(self, is_here=False)


class _Text(QPlainTextEdit):
    """The text of a LongTextEditor."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _tell_focus(self, is_here=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        _tell_focus(self, is_here=False)


class _Choices(QComboBox):
    """The choices of a ChoiceEditor."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _tell_focus(self, is_here=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        _tell_focus(self, is_here=False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # a wheel that scrolls the form must not change what it passes over
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class LineEditor(Editor):
    """A short text; the base of all that is typed in one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = Line(self)
        self.line.textChanged.connect(self.changed)
        self.row.addWidget(self.line, 1)

    @property
    def field(self) -> QLineEdit:
        return self.line

    def set_hint(self, hint: str) -> None:
        """Say how to type a value, but only to who is about to: a hint must not look like a value."""
        self.line.hint = hint
        self.line.setPlaceholderText("–")

    def set_empty_text(self, text: str) -> None:
        """What stands where nothing is entered."""
        self.line.empty_text = text
        self.line.setPlaceholderText(text)

    def show_value(self, value: Value) -> None:
        self.line.setText("" if value is None else str(value))
        self.line.setCursorPosition(0)

    def shown(self) -> str:
        return self.line.text()

    def read_value(self) -> Value:
        return self.line.text().strip() or None

    def lock(self, on: bool) -> None:
        self.line.setReadOnly(on)


class LongTextEditor(Editor):
    """A text of several lines; Tab leaves it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = _Text(self)
        self.text.setTabChangesFocus(True)
        self.text.document().setDocumentMargin(2)
        self.text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_lines(4)
        self.text.textChanged.connect(self.changed)
        self.row.addWidget(self.text, 1)

    def set_lines(self, lines: int) -> None:
        """Show so many lines at once."""
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * lines + 20)

    @property
    def field(self) -> QPlainTextEdit:
        return self.text

    def show_value(self, value: Value) -> None:
        self.text.setPlainText("" if value is None else str(value))

    def shown(self) -> str:
        return self.text.toPlainText()

    def read_value(self) -> Value:
        text = self.text.toPlainText()
        return text if text.strip() else None

    def lock(self, on: bool) -> None:
        self.text.setReadOnly(on)


class NumberEditor(LineEditor):
    """A number, with a point or a comma."""

    def show_value(self, value: Value) -> None:
        self.line.setText(times.number_text(value))

    def read_value(self) -> Value:
        number = times.typed_number(self.line.text())
        return None if number is None else shortest(number)

    def unreadable(self) -> str:
        if not self.line.text().strip() or times.typed_number(self.line.text()) is not None:
            return ""
        return self.tr("Enter a number, such as 1.5.")


class HoursEditor(LineEditor):
    """Hours: 1.5, 1,5 or 1:30."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.set_hint(self.tr("1.5 or 1:30"))

    def show_value(self, value: Value) -> None:
        self.line.setText("" if value is None else hours_text(value))

    def read_value(self) -> Value:
        hours = typed_hours(self.line.text())
        return None if hours is None else shortest(Decimal(hours))

    def unreadable(self) -> str:
        if not self.line.text().strip() or typed_hours(self.line.text()) is not None:
            return ""
        return self.tr("Enter hours, such as 1.5 or 1:30.")


class ChoiceEditor(Editor):
    """One of a few values; one that this program does not know is shown as it came."""

    def __init__(
        self,
        choices: Sequence[str],
        word: Callable[[str], str],
        *,
        required: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.combo = _Choices(self)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._word = word
        if not required:
            self.combo.addItem("–", None)
        for choice in choices:
            self.combo.addItem(word(choice), choice)
        self.combo.currentIndexChanged.connect(self.changed)
        self.row.addWidget(self.combo, 1)

    @property
    def field(self) -> QComboBox:
        return self.combo

    def show_value(self, value: Value) -> None:
        at = self.combo.findData(value)
        if at < 0 and isinstance(value, str):
            self.combo.addItem(self._word(value), value)
            at = self.combo.count() - 1
        self.combo.setCurrentIndex(at)

    def shown(self) -> str:
        return str(self.combo.currentIndex())

    def read_value(self) -> Value:
        value = self.combo.currentData()
        return value if isinstance(value, str) else None


def _tell_focus(field: QWidget, *, is_here: bool) -> None:
    editor = field.parent()
    if isinstance(editor, Editor):
        (editor.entered if is_here else editor.left).emit()
