"""How far an export is, and in the end what was written and where."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.parts import named
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.theme import as_title
from maintenance_desktop.ui.values import fill

_THOUSANDTHS = 1_000
_WIDTH = 420


class ExportDialog(QDialog):
    """Stands beside the window, which can be used meanwhile. Esc and closing stop the export.

    Signals:
        cancelled: the person does not want the file any more.
    """

    cancelled = Signal()

    def __init__(self, path: Path, total: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Export list"))
        self.setFixedWidth(_WIDTH)
        self._path = path
        self._total = total
        self._is_over = False
        self.heading = PlainLabel(wraps=True)
        as_title(self.heading)
        self.sentence = named(PlainLabel(tone="quiet", wraps=True), "exportSentence")
        self.bar = named(QProgressBar(), "exportProgress", self.tr("Rows written"))
        self.bar.setRange(0, _THOUSANDTHS)
        self.bar.setTextVisible(False)
        self.folder_button = button(self.tr("Open &folder"), "openFolderButton")
        self.folder_button.clicked.connect(self._on_folder)
        self.folder_button.hide()
        self.close_button = button(self.tr("Cancel"), "cancelExportButton")
        self.close_button.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.folder_button)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addWidget(self.bar)
        layout.addWidget(self.sentence)
        layout.addLayout(row)
        self.heading.setText(fill(self.tr("Exporting to %1"), path.name))
        self.show_progress(0)

    def show_fetching(self, known: int) -> None:
        """More has to come from the server first; so many are here."""
        self.bar.setRange(0, 0)
        self.sentence.setText(fill(self.tr("Loading older ones: %1 so far"), self.locale().toString(known)))

    def show_progress(self, written: int) -> None:
        """So many rows are written."""
        self.bar.setValue(_THOUSANDTHS * written // max(self._total, written, 1))
        to_string = self.locale().toString
        self.sentence.setText(
            fill(self.tr("%1 of %2 rows"), to_string(written), to_string(max(self._total, written)))
        )

    def show_end(self, written: int, shortfall: str = "") -> None:
        """The file is in its place; `shortfall` says what is not in it."""
        self._end(
            fill(self.tr("%1 rows exported"), self.locale().toString(written))
            if written != 1
            else self.tr("1 row exported"),
            f"{self._path}\n{shortfall}".strip(),
        )
        self.folder_button.show()

    def show_problem(self, problem: str) -> None:
        """It was not written, and why."""
        self._end(self.tr("Not exported"), problem)

    def reject(self) -> None:
        if not self._is_over:
            self._is_over = True
            self.cancelled.emit()
        super().reject()

    def _end(self, heading: str, sentence: str) -> None:
        self._is_over = True
        self.bar.hide()
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button.setText(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close"))

    @Slot()
    def _on_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))
