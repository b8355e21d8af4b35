"""*Waiting to sync* on *More*: everything that is saved here and not yet on the server."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.forecast import Forecast
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import QueueItem
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.confirmation import Confirmation
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.queue_files import QueueFiles
from maintenance_desktop.ui.queue_table import QueueTable
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.reading import Question
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.value_grid import ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace


class QueueSection(MoreSection):
    """The queue in the order it was made. A change can be undone until it is sent.

    Signals:
        undone: the ids of the records whose changes were taken back.
        imported: the ids of the records whose changes came from another computer.
    """

    undone = Signal(frozenset)
    imported = Signal(frozenset)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("queueSection", "", "", parent)
        self.title.setText(self.tr("Waiting to sync"))
        self.about.setText(self.tr("Saved on this computer, not yet on the server. Nothing here gets lost."))
        self._workspace = workspace
        self._queue: list[QueueItem] = []
        self._shown: Edit | None = None
        self._forecast: Forecast | None = None
        self._ahead = Question(workspace.reading, self)
        self._ahead.answered.connect(self._on_forecast)
        self.table = QueueTable("queueTable", settings, tells_ahead=True)
        self.table.setAccessibleName(self.tr("Changes waiting to sync"))
        self.table.row_chosen.connect(self._on_row_selected)
        self.empty = EmptyState()
        self.details = ScrolledGrid("queueDetails")
        self.details.setAccessibleName(self.tr("Content of the selected change"))
        self.note = plain_label("queueNote", tone="amber")
        self.undo_button = button(self.tr("&Undo this change…"), "undoButton")
        self.undo_button.clicked.connect(self._on_undo)
        row = QHBoxLayout()
        row.addWidget(self.undo_button)
        row.addWidget(self.note, 1)
        self.content.addWidget(self.table, 3)
        self.content.addWidget(self.empty, 1)
        self.content.addWidget(self.details, 2)
        self.content.addLayout(row)
        self.files = QueueFiles(workspace, settings, self)
        self.export_button = button(self.tr("E&xport waiting work…"), "exportQueueButton")
        self.import_button = button(self.tr("&Import waiting work…"), "importQueueButton")
        self.paper_button = button(self.tr("Save as &PDF…"), "savePdfButton")
        self.file_note = plain_label("queueFileNote")
        self.file_note.hide()
        files = QHBoxLayout()
        for one, ask in (
            (self.export_button, self.files.export),
            (self.import_button, self.files.bring),
            (self.paper_button, self.files.save_paper),
        ):
            one.clicked.connect(ask)
            files.addWidget(one)
        files.addStretch(1)
        self.content.addLayout(files)
        self.content.addWidget(self.file_note)
        self.files.said.connect(self._on_said)
        self.files.exported.connect(self.refresh)
        self.files.imported.connect(self._on_imported)

    def refresh(self) -> None:
        self._queue = self._workspace.reader.queue()
        shown = [item for item in self._queue if not item.edit.needs_answer]
        self._show_items()
        for widget in (self.about, self.table, self.undo_button):
            widget.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        self.empty.say(
            self.tr("Nothing is waiting"),
            self.tr("What is not on the server yet needs your answer: see Needs you.")
            if self._queue
            else self.tr("Everything you saved is on the server."),
        )
        for one in (self.export_button, self.paper_button):
            one.setEnabled(bool(self._queue))
        self._on_row_selected()
        if shown:
            is_complete = self._workspace.sync.state.is_complete
            self._ahead.ask(partial(self._workspace.preview.forecast, is_complete=is_complete))

    @Slot(object)
    def _on_forecast(self, forecast: Forecast) -> None:
        """Say of each change how it will fare, as far as it is known here."""
        if forecast != self._forecast:
            self._forecast = forecast
            self._show_items()

    def _show_items(self) -> None:
        shown = [item for item in self._queue if not item.edit.needs_answer]
        self.table.show_items(shown, self._queue, self._texts())

    def _texts(self) -> QueueTexts:
        return QueueTexts(self._values(), self._workspace.sync.state.connection, self._forecast)

    def _values(self) -> ValueTexts:
        return ValueTexts(self._workspace.reader, self._workspace.clock)

    @Slot()
    def _on_row_selected(self) -> None:
        row = self.table.selected()
        edit = row.item.edit if row else None
        is_frozen = edit is not None and edit.is_frozen
        self.undo_button.setEnabled(edit is not None and not is_frozen)
        self.note.setText(self._frozen_text() if is_frozen else "")
        self.details.setVisible(edit is not None)
        if edit is not None and edit != self._shown:
            self._shown = edit
            texts = EditTexts(self._values())
            self.details.show_rows(texts.headers(edit), texts.rows(edit))

    @Slot()
    def _on_undo(self) -> None:
        row = self.table.selected()
        if row is None:
            return
        ends = self._texts().undo_ends(row.item, self._queue)
        text = self.tr("It was not sent yet, so nobody else has seen it. It stays in the sync history.")
        if ends:
            text += "\n\n" + self.tr("These depend on it and end with it:") + "\n• " + "\n• ".join(ends)
        question = Confirmation(
            self.tr("Undo this change?") + f"\n{row.what}",
            text,
            self.tr("&Undo this change"),
            self.tr("&Keep it"),
            name="undoConfirmation",
            parent=self,
        )
        question.setProperty("editId", row.id)
        question.confirmed.connect(self._on_undo_confirmed)
        question.open()

    @Slot()
    def _on_undo_confirmed(self) -> None:
        question = self.sender()
        edit_id = str(question.property("editId")) if question else ""
        try:
            ended = self._workspace.records.undo(edit_id)
        except StorageTrouble as trouble:
            self.note.setText(str(trouble))
            return
        self.refresh()
        if ended:
            self.undone.emit(frozenset(edit.record_id for edit in ended))
        else:
            self.note.setText(self.tr("It was sent meanwhile, so it was not undone."))

    @Slot(str)
    def _on_said(self, sentence: str) -> None:
        self.file_note.setText(sentence)
        self.file_note.show()

    @Slot(frozenset)
    def _on_imported(self, record_ids: frozenset[str]) -> None:
        self.refresh()
        self.imported.emit(record_ids)

    def _frozen_text(self) -> str:
        return self.tr(
            "It may have reached the server already, or is in an exported file, so it can't be undone."
        )
