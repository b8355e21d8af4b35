"""Asks before something is saved that may be done or planned already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.double_work import unanswered
from maintenance_desktop.domain.edits import Doubt
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.double_work_dialog import DoubleWorkDialog
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace


class AskedFirst(NotSaved):
    """Nothing was saved yet: the person is being asked, and what is typed stays."""


class DoubleWorkQuestion(QObject):
    """One form's question. After *Send anyway* it calls `again`, the form's own save."""

    def __init__(self, workspace: Workspace, parent: QWidget, again: Callable[[], object]) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._parent = parent
        self._again = again
        self._asked: tuple[Doubt, ...] = ()
        self._answered: tuple[Doubt, ...] = ()
        self.dialog: DoubleWorkDialog | None = None

    def answered(self, record_type: str, fields: Fields, seen: RecordView | None = None) -> tuple[Doubt, ...]:
        """The doubts to save with, all of them answered. Raises AskedFirst where one is not."""
        found = self._workspace.guard.doubts(record_type, fields, seen)
        open_ones = unanswered(found, self._answered)
        if open_ones:
            self._ask(open_ones)
            raise AskedFirst("")
        return tuple(replace(doubt, is_answered=True) for doubt in found)

    def forget(self) -> None:
        """It was saved: what is entered next is another thing."""
        self._answered = ()

    def _ask(self, doubts: tuple[Doubt, ...]) -> None:
        if self.dialog is not None:
            return
        self._asked = doubts
        values = ValueTexts(self._workspace.reader, self._workspace.clock)
        self.dialog = DoubleWorkDialog(doubts, self._workspace.reader, values, self._parent.window())
        self.dialog.answered.connect(self._on_answered)
        self.dialog.open()

    @Slot(Choice)
    def _on_answered(self, choice: Choice) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.answered.disconnect(self._on_answered)
            dialog.withdraw()
            dialog.deleteLater()
        if choice is Choice.SEND_ANYWAY:
            said = (replace(doubt, is_answered=True) for doubt in self._asked)
            self._answered = (*self._answered, *said)
            self._again()
