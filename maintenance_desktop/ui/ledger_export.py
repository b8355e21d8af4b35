"""The export of the ledger: the older entries are fetched first, then what fits the filter is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from maintenance_desktop.domain.ledger import LedgerPage
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.services.list_file import ListFile, NotExported
from maintenance_desktop.ui.export_dialog import ExportDialog
from maintenance_desktop.ui.ledger_book import LedgerBook
from maintenance_desktop.ui.ledger_texts import LedgerRow, LedgerTexts
from maintenance_desktop.ui.ledger_thread import LedgerThread
from maintenance_desktop.ui.reading import Question, Urgency
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.workspace import Workspace


class LedgerExport(QObject):
    """One file at a time. What is fetched for it joins the book, so that the list shows it, too."""

    def __init__(
        self,
        workspace: Workspace,
        book: LedgerBook,
        texts: Callable[[], LedgerTexts],
        take: Callable[[LedgerPage], None],
        found: Callable[[], Sequence[LedgerRow]],
        parent: QWidget,
    ) -> None:
        """`take` adds a page of older entries to the list; `found` is what fits the filter now."""
        super().__init__(parent)
        self._workspace = workspace
        self._book = book
        self._texts = texts
        self._take = take
        self._found = found
        self._window = parent
        self._thread: LedgerThread | None = None
        self._running: list[LedgerThread] = []
        self._path: Path | None = None
        self._shortfall = ""
        self._written = Question(workspace.reading, self, Urgency.FILES)
        self._written.answered.connect(self._on_written)
        self.file_dialog: QFileDialog | None = None
        self.dialog: ExportDialog | None = None

    @property
    def is_fetching(self) -> bool:
        """Whether a page is on the wire for it."""
        return self._thread is not None

    @Slot()
    def ask(self) -> None:
        """Ask where to."""
        if self.dialog is not None:
            self.dialog.activateWindow()
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(
            self._window, self.tr("Export decisions"), folder, self.tr("CSV for spreadsheets (*.csv)")
        )
        dialog.setObjectName("ledgerFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        day = self._workspace.clock().astimezone().date().isoformat()
        dialog.selectFile(fill(self.tr("Decisions %1"), day) + ".csv")
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        self.file_dialog = dialog
        dialog.open()

    def stop(self) -> None:
        """The window closes: nothing more is fetched or written."""
        self._on_cancelled()
        if self.dialog is not None:
            self.dialog.close()
        for thread in self._running:
            thread.wait()

    @Slot(str)
    def _on_file_chosen(self, chosen: str) -> None:
        self._path, self._shortfall = Path(chosen), ""
        self.dialog = ExportDialog(self._path, 0, self._window)
        self.dialog.cancelled.connect(self._on_cancelled)
        self.dialog.destroyed.connect(self._on_dialog_gone)
        self.dialog.show()
        self._go_on()

    def _go_on(self) -> None:
        """Fetch the next page of older ones, or write when all are here."""
        if self._path is None or self.dialog is None:
            return
        if self._book.has_more and not self._shortfall:
            self.dialog.show_fetching(len(self._book))
            self._thread = LedgerThread(self._workspace.ledger.read, self._book.oldest, self)
            self._running = [one for one in self._running if one.isRunning()] + [self._thread]
            self._thread.fetched.connect(self._on_fetched)
            self._thread.failed.connect(self._on_failed)
            self._thread.start()
            return
        path, texts = self._path, self._texts()
        titles, lines = texts.titles(), [texts.cells(row) for row in self._found()]
        self._written.ask(lambda: _write(path, titles, lines))

    @Slot(LedgerPage)
    def _on_fetched(self, page: LedgerPage) -> None:
        if self.sender() is self._thread:  # and not one that was cancelled
            self._thread = None
            self._take(page)
            self._go_on()

    @Slot(RemoteError)
    def _on_failed(self, error: RemoteError) -> None:
        if self.sender() is self._thread:
            self._thread = None
            self._shortfall = fill(
                self.tr("The older ones could not be loaded, so they are not in it. %1"), str(error)
            )
            self._go_on()

    @Slot(object)
    def _on_written(self, answer: tuple[int, str]) -> None:
        written, problem = answer
        self._path = None
        if self.dialog is None:
            return
        if problem:
            self.dialog.show_problem(problem)
        else:
            self.dialog.show_end(written, self._shortfall)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._path is not None:
            self._path = self._thread = None
            self._written.drop()
            self._workspace.ledger.cut()

    @Slot()
    def _on_dialog_gone(self) -> None:
        self.dialog = None


def _write(path: Path, titles: Sequence[str], lines: Sequence[Sequence[str]]) -> tuple[int, str]:
    """Write a file, on the reading thread: how many lines, or what went wrong."""
    try:
        file = ListFile(path, titles)
        file.write(lines)
        file.finish()
    except NotExported as trouble:
        return 0, str(trouble)
    return file.written, ""
