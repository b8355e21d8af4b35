"""Refused work that would go through by now, offered again on *More*."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.recovery import Side
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.history_texts import HistoryTexts
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.plain import one_line
from maintenance_desktop.ui.restore_dialog import RestoreDialog
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

_MOST_SHOWN = 3


class OfferedAgain(QWidget):
    """The newest few, each with *Send again* and *Not now*; nothing at all where there are none.

    Signals:
        answered: an offer was taken or put away.
    """

    answered = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offeredAgain")
        self._workspace = workspace
        self._shown: list[str] = []
        self.about = plain_label(
            "offeredAgainAbout", self.tr("Refused before, but it could go through now:"), is_strong=True
        )
        self.problem = plain_label("offeredAgainProblem", tone="red")
        self.more = plain_label("offeredAgainMore", tone="quiet")
        self._inside = QWidget()
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.addWidget(self.about)
        layout.addWidget(self._inside)
        layout.addWidget(self.more)
        layout.addWidget(self.problem)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look again what could go through."""
        found = self._workspace.recovery.offered_again()
        self.setVisible(bool(found))
        self.problem.setVisible(False)
        self.more.setText(fill(self.tr("and %1 more"), str(len(found) - _MOST_SHOWN)))
        self.more.setVisible(len(found) > _MOST_SHOWN)
        shown = found[:_MOST_SHOWN]
        if [one.edit.id for one in shown] == self._shown:
            return
        self._shown = [one.edit.id for one in shown]
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        for entry in shown:
            rows.addWidget(self._row(entry))
        self._layout.replaceWidget(self._inside, inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = inside

    def _row(self, entry: HistoryEntry) -> QWidget:
        texts = HistoryTexts(ValueTexts(self._workspace.reader, self._workspace.clock))
        what = texts.what(entry)
        label = plain_label("offerLabel", one_line(what, 160))
        send = button(self.tr("Send again"), "sendAgainButton", spoken=fill(self.tr("Send again: %1"), what))
        send.clicked.connect(lambda: self._send(entry))
        leave = button(
            self.tr("Not now"),
            "notNowButton",
            spoken=fill(self.tr("Not now: %1"), what),
            hint=self.tr("It is offered no more. You find it in the sync history."),
        )
        leave.clicked.connect(lambda: self._leave(entry))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label, 1)
        line.addWidget(send)
        line.addWidget(leave)
        return row

    def _send(self, entry: HistoryEntry) -> None:
        if entry.edit.kind is not EditKind.CREATE:
            # somebody may have changed these fields since: the person sees them first
            dialog = RestoreDialog(self._workspace, entry, Side.MINE, self)
            dialog.accepted.connect(self._finish)
            dialog.open()
            return
        try:
            self._workspace.recovery.restore(entry, Side.MINE)
        except NotSaved as error:
            self._say(str(error))
            return
        self._workspace.sync.request()
        self._finish()

    def _leave(self, entry: HistoryEntry) -> None:
        try:
            self._workspace.recovery.not_again(entry)
        except NotSaved as error:
            self._say(str(error))
            return
        self._finish()

    @Slot()
    def _finish(self) -> None:
        QTimer.singleShot(0, self, self._on_over)  # not while one of its buttons is being pressed

    @Slot()
    def _on_over(self) -> None:
        self.refresh()
        self.answered.emit()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.show()
