"""*Waiting to sync* on *More*: everything that is saved here and not yet on the server."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import QueueItem
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.confirmation import Confirmation
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.queue_table import QueueTable
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.value_grid import ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace


class QueueSection(MoreSection):
    """The queue in the order it was made. A change can be undone until it is sent.

    Signals:
        undone: the ids of the records whose changes were taken back.
    """

    undone = Signal(frozenset)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("queueSection", "", "", parent)
        self.title.setText(self.tr("Waiting to sync"))
        self.about.setText(self.tr("Saved on this computer, not yet on the server. Nothing here gets lost."))
        self._workspace = workspace
        self._queue: list[QueueItem] = []
        self._shown: Edit | None = None
        self.table = QueueTable("queueTable", settings)
        self.table.setAccessibleName(self.tr("Changes waiting to sync"))
        self.table.row_chosen.connect(self._on_row_selected)
        self.empty = EmptyState()
        self.empty.say(self.tr("Nothing is waiting"), self.tr("Everything you saved is on the server."))
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

    def refresh(self) -> None:
        self._queue = self._workspace.reader.queue()
        shown = [item for item in self._queue if not item.edit.needs_answer]
        self.table.show_items(shown, self._queue, self._texts())
        for widget in (self.about, self.table, self.undo_button):
            widget.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        self._on_row_selected()

    def _texts(self) -> QueueTexts:
        return QueueTexts(self._values(), self._workspace.sync.state.connection)

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

    def _frozen_text(self) -> str:
        return self.tr("It may have reached the server already, so it can no longer be undone.")
