"""*About* on *More*: versions, licences, and the diagnostics for support."""

from __future__ import annotations

import platform
from collections.abc import Callable

from PySide6.QtCore import Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from maintenance_desktop import __version__
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.diagnostics import diagnostics
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.theme import as_quiet
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ValueGrid
from maintenance_desktop.ui.workspace import Workspace


class AboutSection(MoreSection):
    """Versions, licences and *Copy diagnostics*. `log_tail` gives the last lines of the log."""

    def __init__(
        self, workspace: Workspace, log_tail: Callable[[], str], parent: QWidget | None = None
    ) -> None:
        super().__init__("aboutSection", "", "", parent)
        self.title.setText(self.tr("About Maintenance Desktop"))
        self.about.setText(self.tr("Work orders and assets on the desktop, online and offline."))
        self.about.show()
        self._workspace = workspace
        self._log_tail = log_tail
        facts = ValueGrid()
        facts.setObjectName("aboutFacts")
        rows = (
            (self.tr("Version"), __version__),
            (self.tr("Licence"), "Apache-2.0"),
            (self.tr("Qt"), f"{qVersion()} · LGPL-3.0 (PySide6)"),
            (self.tr("Python"), f"{platform.python_version()} · PSF-2.0"),
            (
                self.tr("Also inside"),
                "peewee (MIT), requests (Apache-2.0), msgspec (BSD-3-Clause), keyring (MIT)",
            ),
        )
        facts.show_rows((), [GridRow(label, (GridCell(text),)) for label, text in rows])
        self.copy_button = button(self.tr("&Copy diagnostics"), "copyDiagnosticsButton")
        self.copy_button.clicked.connect(self._on_copy)
        self.copied = plain_label("copiedLabel", tone="green")
        hint = plain_label(
            "diagnosticsHint",
            self.tr(
                "Diagnostics help support to see what is stuck: versions, counts and states. "
                "They contain no passwords and nothing of your work."
            ),
        )
        as_quiet(hint)
        row = QHBoxLayout()
        row.addWidget(self.copy_button)
        row.addWidget(self.copied, 1)
        self.content.addWidget(facts)
        self.content.addSpacing(12)
        self.content.addWidget(hint)
        self.content.addLayout(row)
        self.content.addStretch(1)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self._workspace, self._log_tail()))
        self.copied.setText(self.tr("✓ Copied"))
