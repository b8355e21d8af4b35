"""This person's changes that somebody else's decision dropped, on *More* until they say *Okay*."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.ledger import Choice
from maintenance_desktop.domain.overwritten import Overwritten
from maintenance_desktop.domain.recovery import Side
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.history_texts import HistoryTexts
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.plain import one_line
from maintenance_desktop.ui.restore_dialog import RestoreDialog
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

_GRID_HEIGHT, _HEADER_HEIGHT, _ROW_HEIGHT = 168, 32, 56
_LONGEST_NAME = 90


class OverwrittenList(QWidget):
    """The oldest notice, and how many follow; nothing at all where there is none.

    Signals:
        answered: a notice was answered, or its change restored.
    """

    answered = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overwrittenList")
        self._workspace = workspace
        self._shown: Overwritten | None = None
        self.heading = plain_label("overwrittenHeading", is_strong=True)
        self.sentence = plain_label("overwrittenSentence", tone="quiet")
        self.grid = ScrolledGrid("overwrittenFields")
        self.grid.setAccessibleName(self.tr("Your values that were overwritten"))
        self.restore_button = button(self.tr("Restore &mine"), "restoreMineButton")
        self.restore_button.clicked.connect(self._on_restore)
        self.copy_button = button(self.tr("&Copy"), "copyOverwrittenButton")
        self.copy_button.clicked.connect(self._on_copy)
        self.okay_button = button(self.tr("O&kay"), "okayOverwrittenButton")
        self.okay_button.clicked.connect(self._on_okay)
        self.more = plain_label("overwrittenMore", tone="quiet")
        self.more.setWordWrap(False)
        self.problem = plain_label("overwrittenProblem", tone="red")
        row = QHBoxLayout()
        for one in (self.restore_button, self.copy_button, self.okay_button):
            row.addWidget(one)
        row.addWidget(self.more)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(self.sentence)
        layout.addWidget(self.grid)
        layout.addWidget(self.problem)
        layout.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read again who was overwritten."""
        found = self._workspace.notices.unanswered()
        self.setVisible(bool(found))
        if not found:
            self._shown = None
            return
        self.more.setText(fill(self.tr("and %1 more"), str(len(found) - 1)))
        self.more.setVisible(len(found) > 1)
        if found[0] != self._shown:
            self._shown = found[0]
            self._show(found[0])

    def _show(self, notice: Overwritten) -> None:
        self.problem.hide()
        values = ValueTexts(self._workspace.reader, self._workspace.clock)
        name = one_line(f"{notice.number} {notice.title}", _LONGEST_NAME) or self.tr("(without a name)")
        who = notice.who or self.tr("Someone")
        self.heading.setText(breakable(fill(self._template(notice), who, name)))
        labels = ", ".join(values.label(notice.type, field) for field in notice.fields)
        when = values.when(notice.happened_at)
        self.sentence.setText(
            fill(self.tr("%1, in: %2. Nothing is lost: your version is here."), _first_upper(when), labels)
            if labels
            else fill(self.tr("%1."), _first_upper(when))
        )
        title = self.tr("Deleted") if notice.is_gone else fill(self.tr("What %1 left"), who)
        self.grid.show_rows(
            (self.tr("Yours"), title),
            [
                GridRow(
                    values.label(notice.type, field),
                    (
                        GridCell(values.text(notice.type, field, notice.mine.get(field))),
                        GridCell(values.text(notice.type, field, notice.theirs.get(field))),
                    ),
                )
                for field in notice.fields
            ],
        )
        self.grid.setVisible(bool(notice.fields))
        self.grid.setFixedHeight(min(_HEADER_HEIGHT + _ROW_HEIGHT * len(notice.fields), _GRID_HEIGHT))

    def _template(self, notice: Overwritten) -> str:
        if notice.is_gone:
            return self.tr("%1 deleted %2 over your change")
        if not notice.fields:
            return self.tr("%1 brought back %2, which you had deleted")
        if notice.choice == Choice.OVERWRITE:
            return self.tr("%1 overwrote your change to %2")
        return self.tr("%1 combined two changes of %2 and left out yours")

    @Slot()
    def _on_restore(self) -> None:
        notice = self._shown
        entry = self._workspace.notices.entry_of(notice) if notice else None
        if notice is None or entry is None:
            return
        recovery = self._workspace.recovery
        plan = recovery.restoring(entry, Side.MINE)
        if plan.problem is None and plan.kind is EditKind.UPDATE and not notice.shows(plan.changes):
            # it would undo more than the notice tells of: the person sees that first
            dialog = RestoreDialog(self._workspace, entry, Side.MINE, self)
            dialog.accepted.connect(self._on_okay)
            dialog.open()
            return
        try:
            recovery.restore(entry, Side.MINE)
            self._workspace.notices.okay(notice)
        except NotSaved as error:
            self._say(str(error))
            return
        self._workspace.sync.request()
        self._finish()

    @Slot()
    def _on_okay(self) -> None:
        if self._shown is None:
            return
        try:
            self._workspace.notices.okay(self._shown)
        except NotSaved as error:
            self._say(str(error))
            return
        self._finish()

    @Slot()
    def _on_copy(self) -> None:
        notice = self._shown
        entry = self._workspace.notices.entry_of(notice) if notice else None
        if entry is not None:
            texts = HistoryTexts(ValueTexts(self._workspace.reader, self._workspace.clock))
            QGuiApplication.clipboard().setText(f"{self.heading.text()}\n\n{texts.as_text(entry)}")

    def _finish(self) -> None:
        QTimer.singleShot(0, self, self.answered.emit)  # not while one of its buttons is being pressed

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.show()


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
