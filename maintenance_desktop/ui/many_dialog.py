"""Asks before many questions get the same answer, with what comes of each; then shows how each went."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from maintenance_desktop.domain.views import QueueItem
from maintenance_desktop.ui.decision_dialog import Choice, DeliberateButton
from maintenance_desktop.ui.many_answers import ManyAnswers, Planned
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.plain import one_line, tooltip
from maintenance_desktop.ui.theme import ROW_HEIGHT
from maintenance_desktop.ui.values import fill

_SLICE_SECONDS = 0.008
_RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ManyDialog(QDialog):
    """Lists what will happen, waits for the verb, and does it bit by bit, so that the window never stalls.

    Signals:
        went: how many were answered; also when the dialog is closed in between.
    """

    went = Signal(int)

    def __init__(
        self, answers: ManyAnswers, items: Sequence[QueueItem], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("manyDialog")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._answers = answers
        self._items = list(items)
        self._planned: list[tuple[Planned, QTreeWidgetItem]] = []
        self._at = self._answered = self._failed = 0
        self._is_carrying_out = False
        self.heading = plain_label("manyHeading", is_strong=True, scale=1.25)
        self.sentence = plain_label("manySentence")
        self.list = named(QTreeWidget(), "manyList", self.tr("What will happen"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels([self.tr("What"), self.tr("What will happen")])
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.list.setColumnWidth(0, 300)
        self.keep_button = DeliberateButton(self.tr("Do &nothing"), "keepButton")
        self.keep_button.clicked.connect(self.reject)
        self.confirm_button = DeliberateButton(self._verb(0), "confirmButton")
        self.confirm_button.setEnabled(False)
        self.confirm_button.clicked.connect(self._on_confirmed)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.keep_button)
        row.addStretch(1)
        row.addWidget(self.confirm_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addWidget(self.sentence)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        self.resize(QSize(900, 520).boundedTo(self.screen().availableGeometry().size() * 0.94))
        self._title(fill(self.tr("Looking at %1…"), str(len(self._items))))
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN_KEYS:
            event.accept()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Esc and closing stop here: what was not answered yet stays as it is."""
        was_carrying_out, self._is_carrying_out = self._is_carrying_out, False
        self._timer.stop()
        super().reject()
        if was_carrying_out:
            self.went.emit(self._answered)

    @Slot()
    def _go_on(self) -> None:
        until = time.monotonic() + _SLICE_SECONDS
        step: Callable[[], bool] = self._carry_out_next if self._is_carrying_out else self._plan_next
        while self._timer.isActive() and time.monotonic() < until:
            if not step():
                self._timer.stop()

    def _plan_next(self) -> bool:
        if self._at == len(self._items):
            self._ask()
            return False
        planned = self._answers.plan(self._items[self._at])
        outcome = planned.outcome if planned.is_possible else fill(self.tr("— left out: %1"), planned.outcome)
        line = QTreeWidgetItem([one_line(planned.what, 200), one_line(outcome, 300)])
        line.setSizeHint(0, QSize(0, ROW_HEIGHT))
        line.setToolTip(0, tooltip(planned.what))
        line.setToolTip(1, tooltip(outcome))
        self.list.addTopLevelItem(line)
        if planned.is_possible:
            self._planned.append((planned, line))
        self._at += 1
        return True

    def _ask(self) -> None:
        count, out = len(self._planned), len(self._items) - len(self._planned)
        titles = {
            Choice.OVERWRITE: self.tr("Overwrite %1 with my changes?"),
            Choice.DISCARD: self.tr("Discard my changes to %1?"),
            Choice.COMBINE: self.tr("Combine %1?"),
            Choice.SEND_ANYWAY: self.tr("Send %1 anyway?"),
        }
        self._title(fill(titles.get(self._answers.choice, self.tr("Okay for %1?")), str(count)))
        left_out = fill(self.tr("%1 cannot be answered like this and stay; the list says why."), str(out))
        kept = self.tr("Everything that is dropped stays in the sync history.")
        self.sentence.setText(f"{left_out} {kept}" if out else kept)
        self.confirm_button.setText(self._verb(count))
        self.confirm_button.setAccessibleName(self._verb(count).replace("&", ""))
        self.confirm_button.setEnabled(count > 0)

    @Slot()
    def _on_confirmed(self) -> None:
        self.confirm_button.setEnabled(False)
        self._is_carrying_out, self._at = True, 0
        self.list.setHeaderLabels([self.tr("What"), self.tr("What happened")])
        self._timer.start()

    def _carry_out_next(self) -> bool:
        if self._at == len(self._planned):
            self._tell()
            return False
        planned, line = self._planned[self._at]
        problem = self._answers.carry_out(planned)
        self._answered += not problem
        self._failed += bool(problem)
        outcome = fill(self.tr("⚠ Not answered: %1"), problem) if problem else self._done_text()
        line.setText(1, one_line(outcome, 300))
        line.setToolTip(1, tooltip(outcome))
        self._at += 1
        return True

    def _tell(self) -> None:
        self._is_carrying_out = False
        self._title(
            fill(self.tr("%1 answered, %2 not"), str(self._answered), str(self._failed))
            if self._failed
            else fill(self.tr("%1 answered"), str(self._answered))
        )
        self.sentence.setText(self.tr("What was not answered waits in the list as before."))
        self.sentence.setVisible(self._answered < len(self._items))
        self.confirm_button.hide()
        self.keep_button.setText(self.tr("&Close"))
        self.keep_button.setAccessibleName(self.tr("Close"))
        self.went.emit(self._answered)

    def _title(self, text: str) -> None:
        self.heading.setText(text)
        self.setWindowTitle(text)
        self.setAccessibleName(text)

    def _verb(self, count: int) -> str:
        verbs = {
            Choice.OVERWRITE: self.tr("&Overwrite %1"),
            Choice.DISCARD: self.tr("&Discard %1"),
            Choice.COMBINE: self.tr("&Combine %1"),
            Choice.SEND_ANYWAY: self.tr("&Send %1 anyway"),
        }
        return fill(verbs.get(self._answers.choice, self.tr("O&kay for %1")), str(count))

    def _done_text(self) -> str:
        if self._answers.choice in (Choice.OVERWRITE, Choice.COMBINE, Choice.SEND_ANYWAY):
            return self.tr("✓ Goes out with the next sync")
        return self.tr("✓ Done; it is in the sync history")
