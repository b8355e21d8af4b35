"""*Needs you* on *More*: conflicts and refused changes that wait for an answer."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.queue_table import QueueTable
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace


class NeedsYouSection(MoreSection):
    """The unanswered questions, oldest first. *Answer…* opens the dialog with all its verbs.

    Signals:
        answer_wanted: the id of an edit.
    """

    answer_wanted = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("needsYouSection", "", "", parent)
        self.title.setText(self.tr("Needs you"))
        self.about.setText(
            self.tr("Your version is safe. Answer here, or when you are asked after the next sync.")
        )
        self._workspace = workspace
        self.table = QueueTable("needsYouTable", settings)
        self.table.setAccessibleName(self.tr("Changes that need your answer"))
        self.table.row_chosen.connect(self._on_row_selected)
        self.table.row_opened.connect(self._on_answer)
        self.empty = EmptyState()
        self.empty.say(
            self.tr("Nothing needs you"),
            self.tr("When somebody else changes what you changed, you are asked here."),
        )
        self.answer_button = button(self.tr("&Answer…"), "answerButton", verb="main")
        self.answer_button.clicked.connect(self._on_answer)
        self.sentence = plain_label("needsYouSentence")
        row = QHBoxLayout()
        row.addWidget(self.answer_button)
        row.addWidget(self.sentence, 1)
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.empty, 1)
        self.content.addLayout(row)

    def refresh(self) -> None:
        reader = self._workspace.reader
        texts = QueueTexts(ValueTexts(reader, self._workspace.clock), self._workspace.sync.state.connection)
        asked = reader.notifications()
        self.table.show_items(asked, asked, texts)
        if asked and not self.table.currentIndex().isValid():
            self.table.select(asked[0].edit.id)
        for widget in (self.about, self.table, self.answer_button):
            widget.setVisible(bool(asked))
        self.empty.setVisible(not asked)
        self._on_row_selected()

    @Slot()
    def _on_row_selected(self) -> None:
        row = self.table.selected()
        self.answer_button.setEnabled(row is not None)
        self.sentence.setText(row.why if row else "")

    @Slot()
    @Slot(str)
    def _on_answer(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.answer_wanted.emit(row.id)
