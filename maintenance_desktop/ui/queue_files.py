"""The files of *Waiting to sync*: the carried queue out and in, and the list for paper."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.services.carrying import Import
from maintenance_desktop.services.whole_file import WholeFile
from maintenance_desktop.ui.confirmation import Confirmation
from maintenance_desktop.ui.import_dialog import ImportDialog
from maintenance_desktop.ui.queue_paper import QueuePaper
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

_FOLDER: Final = "carrying/folder"


class QueueFiles(QObject):
    """Asks where to and where from, one dialog at a time, and says how it went.

    Signals:
        said: a sentence on how it went.
        exported: what waits is marked as possibly sent.
        imported: the ids of the records whose changes came in.
    """

    said = Signal(str)
    exported = Signal()
    imported = Signal(frozenset)

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace = workspace
        self._settings = settings
        self._window = window
        self.question: Confirmation | None = None
        self.file_dialog: QFileDialog | None = None
        self.import_dialog: ImportDialog | None = None

    @Slot()
    def export(self) -> None:
        """Say what it means, then ask where to."""
        question = Confirmation(
            self.tr("Export waiting work?"),
            self.tr(
                "Everything that waits is written into one file. Another computer can import it when you "
                "are signed in there. It stays here too, and each change is done once, whichever computer "
                "sends it.\n\n"
                "What is exported can no longer be undone."
            ),
            self.tr("&Export…"),
            self.tr("&Cancel"),
            name="exportConfirmation",
            parent=self._window,
        )
        question.confirmed.connect(self._on_export_confirmed)
        self.question = question
        question.open()

    @Slot()
    def bring(self) -> None:
        """Ask for the file of another computer."""
        dialog = self._asking(self.tr("Import waiting work"), self.tr("Waiting work (*.json)"), "")
        dialog.setObjectName("importFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_import_chosen)
        dialog.open()

    @Slot()
    def save_paper(self) -> None:
        """Ask where the PDF goes."""
        dialog = self._asking(self.tr("Save the list as PDF"), self.tr("PDF (*.pdf)"), "pdf")
        dialog.setObjectName("paperFileDialog")
        dialog.fileSelected.connect(self._on_paper_chosen)
        dialog.open()

    def _asking(self, title: str, kinds: str, suffix: str) -> QFileDialog:
        folder = self._settings.text(_FOLDER) or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        dialog = QFileDialog(self._window, title, folder, kinds)
        if suffix:
            day = self._workspace.clock().astimezone().date().isoformat()
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(suffix)
            dialog.selectFile(
                fill(self.tr("Waiting work of %1 %2"), self._workspace.account.name, day) + f".{suffix}"
            )
        dialog.finished.connect(dialog.deleteLater)
        self.file_dialog = dialog
        return dialog

    @Slot()
    def _on_export_confirmed(self) -> None:
        dialog = self._asking(self.tr("Export waiting work"), self.tr("Waiting work (*.json)"), "json")
        dialog.setObjectName("exportQueueFileDialog")
        dialog.fileSelected.connect(self._on_export_chosen)
        dialog.open()

    @Slot(str)
    def _on_export_chosen(self, chosen: str) -> None:
        path = self._remembered(chosen)
        try:
            carried = self._workspace.carrying.export(path)
        except NotSaved as trouble:
            self.said.emit(str(trouble))
            return
        finally:
            self.exported.emit()
        self.said.emit(fill(self.tr("Exported to %1. Changes: %2."), str(path), str(len(carried.edits))))

    @Slot(str)
    def _on_paper_chosen(self, chosen: str) -> None:
        path, workspace = self._remembered(chosen), self._workspace
        values = self._values()
        paper = QueuePaper(workspace.account, values, QueueTexts(values, workspace.sync.state.connection))
        try:
            with WholeFile(path) as file:
                file.finish(paper.pdf(workspace.reader.queue(), write_time(workspace.clock())))
        except NotSaved as trouble:
            self.said.emit(str(trouble))
            return
        self.said.emit(fill(self.tr("Saved as %1."), str(path)))

    @Slot(str)
    def _on_import_chosen(self, chosen: str) -> None:
        try:
            found = self._workspace.carrying.read(self._remembered(chosen))
        except NotSaved as trouble:
            self.said.emit(str(trouble))
            return
        dialog = ImportDialog(found, self._values(), self._window)
        dialog.confirmed.connect(partial(self._bring, found))
        dialog.finished.connect(dialog.deleteLater)
        self.import_dialog = dialog
        dialog.open()

    def _bring(self, found: Import) -> None:
        try:
            brought = self._workspace.carrying.bring(found)
        except NotSaved as trouble:
            self.said.emit(str(trouble))
            return
        sentence = fill(self.tr("Changes imported: %1."), str(len(brought.edits)))
        if brought.known:
            sentence += " " + fill(self.tr("Here already: %1."), str(brought.known))
        if brought.left_out:
            sentence += " " + fill(self.tr("Left out: %1."), str(len(brought.left_out)))
            sentence += " " + " ".join(dict.fromkeys(one.reason for one in brought.left_out))
        self.imported.emit(frozenset(edit.record_id for edit in brought.edits))
        self.said.emit(sentence)
        self._workspace.sync.request()

    def _remembered(self, chosen: str) -> Path:
        path = Path(chosen)
        self._settings.keep(_FOLDER, str(path.parent))
        return path

    def _values(self) -> ValueTexts:
        return ValueTexts(self._workspace.reader, self._workspace.clock)
