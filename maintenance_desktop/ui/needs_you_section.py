"""*Needs you* on *More*: what waits for an answer, to be answered one by one or many at once."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from maintenance_desktop.domain.combining import combination
from maintenance_desktop.domain.conflicts import Undecided
from maintenance_desktop.domain.edits import Edit, EditState
from maintenance_desktop.domain.trouble import InvalidInput
from maintenance_desktop.domain.views import ConflictView
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.conflict_texts import ConflictTexts
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.double_work_texts import DoubleWorkTexts
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.many_answers import ManyAnswers
from maintenance_desktop.ui.many_dialog import ManyDialog
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.offered_again import OfferedAgain
from maintenance_desktop.ui.overwritten_list import OverwrittenList
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.queue_table import QueueTable
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import GAP
from maintenance_desktop.ui.value_grid import ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace


class NeedsYouSection(MoreSection):
    """The unanswered questions, oldest first. *Answer…* opens the dialog with all its verbs.

    Signals:
        answer_wanted: the id of an edit.
        answered: some were answered from here.
    """

    answer_wanted = Signal(str)
    answered = Signal()

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("needsYouSection", "", "", parent)
        self.title.setText(self.tr("Needs you"))
        self.about.setText(
            self.tr(
                "Your version is safe. Answer here, one by one or several at once, or after the next sync."
            )
        )
        self._workspace = workspace
        self._shown: Edit | ConflictView | None = None
        self.table = QueueTable("needsYouTable", settings, takes_several=True)
        self.table.setAccessibleName(self.tr("Changes that need your answer"))
        self.table.row_chosen.connect(self._on_row_selected)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.row_opened.connect(self._on_answer)
        self.empty = EmptyState()
        self.empty.say(
            self.tr("Nothing needs you"),
            self.tr("When somebody else changes what you changed, you are asked here."),
        )
        self.details = ScrolledGrid("needsYouDetails")
        self.details.setAccessibleName(self.tr("Content of the selected question"))
        self.answer_button = button(self.tr("&Answer…"), "answerButton", verb="main")
        self.answer_button.clicked.connect(self._on_answer)
        self.select_all_button = button(self.tr("Select a&ll"), "selectAllButton", verb="quiet")
        self.select_all_button.clicked.connect(self.table.selectAll)
        self.selected = plain_label("selectedLabel", self.tr("Selected:"))
        self.selected.setWordWrap(False)
        self.overwrite_button = self._verb(
            self.tr("Overwrite…"), self.tr("Overwrite selected"), "overwriteSelectedButton", Choice.OVERWRITE
        )
        self.discard_button = self._verb(
            self.tr("Discard…"), self.tr("Discard selected"), "discardSelectedButton", Choice.DISCARD
        )
        self.combine_button = self._verb(
            self.tr("Combine…"), self.tr("Combine selected"), "combineSelectedButton", Choice.COMBINE
        )
        self.okay_button = self._verb(
            self.tr("Okay…"), self.tr("Okay selected"), "okaySelectedButton", Choice.ACKNOWLEDGE
        )
        self.send_button = self._verb(
            self.tr("Send anyway…"),
            self.tr("Send selected anyway"),
            "sendSelectedAnywayButton",
            Choice.SEND_ANYWAY,
        )
        self.sentence = plain_label("needsYouSentence")
        about = QHBoxLayout()
        about.addWidget(self.sentence, 1)
        about.addWidget(self.answer_button, 0, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for one in self._buttons()[1:]:
            row.addWidget(one)
        row.addStretch(1)
        self.offered_again = OfferedAgain(workspace)
        self.offered_again.answered.connect(self.answered)
        self.overwritten = OverwrittenList(workspace)
        self.overwritten.answered.connect(self.answered)
        self.content.addWidget(self.overwritten)
        self.content.addWidget(self.offered_again)
        self.content.addWidget(self.table, 3)
        self.content.addWidget(self.empty, 1)
        self.content.addWidget(self.details, 2)
        self.content.addLayout(about)
        self.content.addLayout(row)
        self.content.addStretch(0)  # what is told stays at the top where nothing is asked

    def refresh(self) -> None:
        self.offered_again.refresh()
        self.overwritten.refresh()
        reader = self._workspace.reader
        texts = QueueTexts(self._values(), self._workspace.sync.state.connection)
        asked = reader.notifications()
        self.table.show_items(asked, asked, texts)
        if asked and not self.table.currentIndex().isValid():
            self.table.select(asked[0].edit.id)
        for widget in (self.about, self.table, self.details, self.sentence, *self._buttons()):
            widget.setVisible(bool(asked))
        states = {item.edit.state for item in asked}
        self.okay_button.setVisible(EditState.REFUSED in states)
        self.send_button.setVisible(EditState.HELD in states)
        self.empty.setVisible(not asked and self.overwritten.isHidden() and self.offered_again.isHidden())
        self._on_row_selected()

    @Slot()
    def _on_row_selected(self) -> None:
        row = self.table.selected()
        self.answer_button.setEnabled(row is not None)
        self._on_selection_changed()
        if row is None:
            self._shown = None
            self.details.show_rows((), ())
            self.sentence.setText("")
            return
        role, edit = self._workspace.account.role, row.item.edit
        conflict = self._workspace.reader.conflict(edit.id, role)
        if (conflict or edit) == self._shown:
            return
        self._shown = conflict or edit
        if conflict is None:
            texts = EditTexts(self._values())
            self.details.show_rows(texts.headers(edit), texts.rows(edit))
            self.sentence.setText(breakable("\n".join((row.why, *self._look_alikes(edit)))))
        else:
            about = ConflictTexts(conflict, self._values())
            self.details.show_rows(about.headers(), about.rows({}))
            self.sentence.setText(breakable(f"{about.sentence()}\n{self._leaves(conflict, about)}"))

    @Slot()
    def _on_selection_changed(self) -> None:
        states = {item.edit.state for item in self.table.selected_items()}
        for one in (self.overwrite_button, self.discard_button, self.combine_button):
            one.setEnabled(EditState.CONFLICTED in states)
        self.okay_button.setEnabled(EditState.REFUSED in states)
        self.send_button.setEnabled(EditState.HELD in states)

    @Slot()
    @Slot(str)
    def _on_answer(self) -> None:
        row = self.table.selected()
        if row is not None:
            self.answer_wanted.emit(row.id)

    def _answer_many(self, choice: Choice) -> None:
        asked = ManyDialog(ManyAnswers(choice, self._workspace), self.table.selected_items(), self)
        asked.went.connect(self._on_went)
        asked.open()

    @Slot(int)
    def _on_went(self, answered: int) -> None:
        self.refresh()
        if answered:
            self._workspace.sync.request()
            self.answered.emit()

    def _look_alikes(self, edit: Edit) -> list[str]:
        """What a held edit looks like, one line each."""
        reader = self._workspace.reader
        held = reader.held(edit.id)
        texts = DoubleWorkTexts(self._values())
        return [
            texts.line(doubt, reader.record(doubt.type, doubt.record_id)).replace("\n", " · ")
            for doubt in (held.doubts if held else ())
        ]

    def _leaves(self, view: ConflictView, texts: ConflictTexts) -> str:
        """What each answer would leave, one line each."""
        try:
            combined = texts.combine_leaves(combination(view, {}, self._workspace.account.role))
        except Undecided as undecided:
            combined = f"⚠ {texts.overlap(undecided.names)}"
        except InvalidInput as invalid:
            combined = f"⚠ {texts.problems(invalid.problems)}"
        problem = view.overwrite_problem
        overwrite = f"⚠ {problem}" if problem else texts.overwrite_leaves()
        return "\n".join(
            f"{caption} {text}"
            for caption, text in (
                (self.tr("Overwrite leaves:"), overwrite),
                (self.tr("Discard leaves:"), f"{texts.discard_leaves()} {texts.dependants()}".strip()),
                (self.tr("Combine leaves:"), combined),
            )
        )

    def _values(self) -> ValueTexts:
        return ValueTexts(self._workspace.reader, self._workspace.clock)

    def _buttons(self) -> tuple[QWidget, ...]:
        return (
            self.answer_button,
            self.select_all_button,
            self.selected,
            self.overwrite_button,
            self.discard_button,
            self.combine_button,
            self.okay_button,
            self.send_button,
        )

    def _verb(self, text: str, spoken: str, name: str, choice: Choice) -> QPushButton:
        made = button(text, name, spoken=spoken, hint=spoken)
        made.setEnabled(False)
        made.clicked.connect(partial(self._answer_many, choice))
        return made
