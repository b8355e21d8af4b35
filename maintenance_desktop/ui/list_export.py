"""*Export list…*: where to, then piece by piece on the reading thread, and nothing half-written is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from maintenance_desktop.domain.views import WorkOrderRow
from maintenance_desktop.services.list_file import ListFile, NotExported
from maintenance_desktop.services.ports import Clock
from maintenance_desktop.ui.export_dialog import ExportDialog
from maintenance_desktop.ui.export_rows import Step, row_ranges, whole_list, write_piece
from maintenance_desktop.ui.reading import Question, Reading, Urgency
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.sheet import sheet_titles
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.work_order_list import WorkOrderList

_FOLDER: Final = "export/folder"

Pieces = Callable[[], Iterator[Sequence[WorkOrderRow]]]


class ListExport(QObject):
    """Writes what the list shows, or what is selected in it, to a CSV file. One file at a time."""

    def __init__(
        self, rows: WorkOrderList, reading: Reading, clock: Clock, settings: Settings, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._list = rows
        self._window = parent
        self._clock = clock
        self._settings = settings
        self._file: ListFile | None = None
        self._pieces: Iterator[Sequence[WorkOrderRow]] = iter(())
        self._steps = Question(reading, self, Urgency.FILES)
        self._steps.answered.connect(self._on_step)
        self.file_dialog: QFileDialog | None = None
        self.dialog: ExportDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Ask where to, for the selected rows if there are several, or else for the whole list."""
        if self._file is not None and self.dialog is not None:
            self.dialog.activateWindow()
            return
        pieces, count = self._what()
        if pieces is None:
            return
        to_string = self._window.locale().toString
        if self._list.table.selection.count() > 1 and not self._list.table.selection.has_all:
            title = fill(self.tr("Export %1 selected work orders"), to_string(count))
        else:
            title = fill(self.tr("Export %1 work orders"), to_string(count))
        folder = self._settings.text(_FOLDER) or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        dialog = QFileDialog(self._window, title, folder, self.tr("CSV for spreadsheets (*.csv)"))
        dialog.setObjectName("exportFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        day = self._clock().astimezone().date().isoformat()
        dialog.selectFile(fill(self.tr("Work orders %1"), day) + ".csv")
        dialog.fileSelected.connect(partial(self._begin, pieces, count))
        dialog.finished.connect(dialog.deleteLater)
        self.file_dialog = dialog
        dialog.open()

    def stop(self) -> None:
        """The window closes: what is not finished is abandoned."""
        self._cancel()
        if self.dialog is not None:
            self.dialog.close()

    def _what(self) -> tuple[Pieces | None, int]:
        """The rows, as they are shown when this is asked, and how many."""
        model, selection = self._list.model, self._list.table.selection
        source = model.source
        if source is None or not model.rowCount():
            return None, 0
        if selection.has_all or selection.count() <= 1:
            return partial(whole_list, source), model.rowCount()
        ranges = selection.ranges()
        read = [model.row_at(at) for first, last in ranges for at in range(first, last + 1)]
        known = [row for row in read if row is not None]
        if len(known) == len(read):
            return partial(iter, (known,)), len(known)  # written as they are seen
        return partial(row_ranges, source, ranges), len(read)

    def _begin(self, pieces: Pieces, count: int, chosen: str) -> None:
        path = Path(chosen)
        self._settings.keep(_FOLDER, str(path.parent))
        self.dialog = ExportDialog(path, count, self._window)
        self.dialog.cancelled.connect(self._cancel)
        self.dialog.destroyed.connect(self._on_dialog_gone)
        self.dialog.show()
        try:
            self._file = ListFile(path, sheet_titles())
        except NotExported as trouble:
            self.dialog.show_problem(str(trouble))
            return
        self._pieces = pieces()
        self._steps.ask(partial(write_piece, self._file, self._pieces))

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        if self._file is None or self.dialog is None:
            return
        if not step.is_over:
            self.dialog.show_progress(step.written)
            self._steps.ask(partial(write_piece, self._file, self._pieces))
            return
        self._file = None
        if step.problem:
            self.dialog.show_problem(step.problem)
        else:
            self.dialog.show_end(step.written)

    @Slot()
    def _cancel(self) -> None:
        self._steps.drop()
        if self._file is not None:
            self._file.abandon()
            self._file = None

    @Slot()
    def _on_dialog_gone(self) -> None:
        self.dialog = None
