"""Forms: the fields of one record, edited in place, with each problem at its field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from maintenance_desktop.domain.records import SPECS, Field, Fields, Value
from maintenance_desktop.domain.values import InvalidValue, canonical
from maintenance_desktop.domain.views import Problem
from maintenance_desktop.ui import words
from maintenance_desktop.ui.editors import Editor, LongTextEditor
from maintenance_desktop.ui.field_editors import editor_for
from maintenance_desktop.ui.references import References


class RecordForm(QWidget):
    """Labelled editors for some fields of one record type.

    Signals:
        dirty_changed: whether something is entered that is not saved.
        edited: something was typed or chosen.
    """

    dirty_changed = Signal(bool)
    edited = Signal()

    def __init__(
        self,
        record_type: str,
        names: Sequence[str],
        references: References,
        now: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.record_type = record_type
        self._references = references
        self._now = now
        self._touched: set[str] = set()
        self._with_problems: set[str] = set()
        self._is_filling = False
        self.editors: dict[str, Editor] = {}
        self.labels: dict[str, QLabel] = {}
        self.problem_labels: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for name in names:
            self._add(name)
        self.set_fields({})

    def set_fields(self, fields: Fields) -> None:
        """Show these values as saved."""
        self._is_filling = True
        for name, editor in self.editors.items():
            editor.set_value(fields.get(name))
        self._is_filling = False
        self.show_problems(())
        self._show_touched(set())

    def mark_saved(self) -> None:
        """What is shown is saved now."""
        for editor in self.editors.values():
            editor.set_value(editor.value())
        self.show_problems(())
        self._show_touched(set())

    def enter(self, name: str, value: Value) -> None:
        """Put a value into a field as if it were typed."""
        self.editors[name].show_value(value)

    def patch(self) -> dict[str, Value]:
        """Only what was changed; emptied fields are None."""
        return {
            name: editor.value()
            for name, editor in self.editors.items()
            if editor.shown() != editor.saved_text
        }

    @property
    def is_dirty(self) -> bool:
        return bool(self._touched)

    def problems(self) -> list[Problem]:
        """What is entered but cannot be read or stored as it is."""
        found = []
        for name, editor in self.editors.items():
            problem = editor.problem()
            spec = SPECS[self.record_type].field(name)
            if not problem and spec is not None and editor.shown() != editor.saved_text:
                problem = self._limit_problem(spec, editor.value())
            if problem:
                found.append(Problem(name, problem))
        return found

    def show_problems(self, found: Iterable[Problem]) -> list[Problem]:
        """Put each problem at its field and go to the first; returns those that have no field here."""
        by_field: dict[str, str] = {}
        others = []
        for problem in found:
            if problem.field in self.editors:
                by_field.setdefault(problem.field, problem.message)
            else:
                others.append(problem)
        for name in self.editors:
            self._mark(name, by_field.get(name, ""))
        first = next((name for name in self.editors if name in by_field), None)
        if first is not None:
            self.editors[first].field.setFocus()
        return others

    def set_read_only(self, on: bool, why: str = "") -> None:
        """Show the values without letting anybody change them."""
        for editor in self.editors.values():
            editor.set_read_only(on, why)

    def set_lines(self, name: str, lines: int) -> None:
        """How high a long text is."""
        editor = self.editors[name]
        if isinstance(editor, LongTextEditor):
            editor.set_lines(lines)

    def _add(self, name: str) -> None:
        spec = SPECS[self.record_type].field(name)
        if spec is None:
            raise ValueError(name)
        editor = editor_for(self.record_type, spec, self._references, self._now, self)
        title = words.field_word(self.record_type, name)
        editor.field.setObjectName(_camel(name) + "Field")
        editor.field.setAccessibleName(title)
        editor.changed.connect(self._on_changed)
        editor.entered.connect(self._on_entered)
        editor.left.connect(self._on_left)
        self.setFocusProxy(self.focusProxy() or editor.field)
        label = QLabel(title, self)
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        label.setBuddy(editor.field)
        problem = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        problem.setProperty("tone", "red")
        problem.hide()
        cell = QVBoxLayout()
        cell.setSpacing(2)
        cell.setContentsMargins(0, 0, 0, 4)
        cell.addWidget(editor)
        cell.addWidget(problem)
        row = len(self.editors)
        top = Qt.AlignmentFlag.AlignTop
        label.setContentsMargins(0, 6, 0, 0)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("M" * 9))
        self._grid.addWidget(label, row, 0, top)
        self._grid.addLayout(cell, row, 1)
        self.editors[name], self.labels[name], self.problem_labels[name] = editor, label, problem

    def _limit_problem(self, spec: Field, value: Value) -> str:
        """What the rules say about a value that is there; that one is missing is said on saving."""
        if value is None:
            return ""
        try:
            canonical(spec, value)
        except InvalidValue as error:
            return str(error)
        return ""

    def _mark(self, name: str, problem: str) -> None:
        if not problem and name not in self._with_problems:
            return
        if problem:
            self._with_problems.add(name)
        else:
            self._with_problems.discard(name)
        label, field = self.problem_labels[name], self.editors[name].field
        label.setText(problem)
        label.setVisible(bool(problem))
        field.setAccessibleDescription(problem)
        if field.property("problem") != bool(problem):
            field.setProperty("problem", bool(problem))
            field.style().unpolish(field)
            field.style().polish(field)

    @Slot()
    def _on_entered(self) -> None:
        # later: while a window is torn down, focus goes through fields whose parents are half gone
        QTimer.singleShot(0, self, self._scroll_to_focus)

    @Slot()
    def _on_left(self) -> None:
        left = self.sender()
        for name, editor in self.editors.items():
            if editor is left:
                self._mark(name, self._problem_of(name))

    def _problem_of(self, name: str) -> str:
        return next((problem.message for problem in self.problems() if problem.field == name), "")

    @Slot()
    def _scroll_to_focus(self) -> None:
        focus = QApplication.focusWidget()
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if isinstance(above, QScrollArea) and focus is not None and self.isAncestorOf(focus):
            above.ensureWidgetVisible(focus, 16, 24)

    @Slot()
    def _on_changed(self) -> None:
        if self._is_filling:
            return
        self._show_touched(self._touched_now())

    def _touched_now(self) -> set[str]:
        """The names of the fields that show something else than what is saved."""
        return {name for name, editor in self.editors.items() if editor.shown() != editor.saved_text}

    def _show_touched(self, touched: set[str]) -> None:
        """Only what is different now is said again: each word to Qt is felt while another thread is busy."""
        before, self._touched = self._touched, touched
        for name in before ^ touched:
            font = self.labels[name].font()
            font.setBold(name in touched)
            self.labels[name].setFont(font)
        self.edited.emit()
        if bool(before) != bool(touched):
            self.dirty_changed.emit(bool(touched))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
