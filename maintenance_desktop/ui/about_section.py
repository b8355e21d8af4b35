"""*About* on *More*: versions, licences, and the diagnostics for support."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from maintenance_desktop import __version__
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.diagnostics import diagnostics
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.theme import as_quiet
from maintenance_desktop.ui.update_panel import UpdatePanel
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ValueGrid
from maintenance_desktop.ui.workspace import Workspace

_ALSO_INSIDE = (
    "peewee (MIT), requests (Apache-2.0), msgspec (BSD-3-Clause), keyring (MIT), tuf (MIT or Apache-2.0)"
)


def licence_folder(executable: Path) -> Path | None:
    """Where a package put the licence texts of everything in it; None when this runs from its source."""
    places = (executable.parent / "licences", executable.parent / "program" / "licences")
    return next((place for place in places if place.is_dir()), None)


class AboutSection(MoreSection):
    """Versions, licences, updates and *Copy diagnostics*. `log_tail` gives the last lines of the log."""

    def __init__(
        self,
        workspace: Workspace,
        log_tail: Callable[[], str],
        updates: Updates | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("aboutSection", "", "", parent)
        self.title.setText(self.tr("About Maintenance Desktop"))
        self.about.setText(self.tr("Work orders and assets on the desktop, online and offline."))
        self.about.show()
        self._workspace = workspace
        self._log_tail = log_tail
        self._updates = updates
        self.updates = UpdatePanel(workspace, updates) if updates else None
        facts = ValueGrid()
        facts.setObjectName("aboutFacts")
        rows = (
            (self.tr("Version"), __version__),
            (self.tr("Licence"), "Apache-2.0"),
            (self.tr("Qt"), f"{qVersion()} · LGPL-3.0 (PySide6)"),
            (self.tr("Python"), f"{platform.python_version()} · PSF-2.0"),
            (self.tr("Also inside"), _ALSO_INSIDE),
        )
        facts.show_rows((), [GridRow(label, (GridCell(text),)) for label, text in rows])
        self.copy_button = button(self.tr("&Copy diagnostics"), "copyDiagnosticsButton")
        self.copy_button.clicked.connect(self._on_copy)
        self.copied = plain_label("copiedLabel", tone="green")
        self._licences = licence_folder(Path(sys.executable))
        self.licences_button = button(self.tr("&Licence texts"), "licencesButton")
        self.licences_button.clicked.connect(self._on_licences)
        if self._licences is None:
            self.licences_button.hide()
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
        row.addWidget(self.licences_button)
        row.addWidget(self.copied, 1)
        self.content.addWidget(facts)
        if self.updates is not None:
            self.content.addSpacing(12)
            self.content.addWidget(self.updates)
        self.content.addSpacing(12)
        self.content.addWidget(hint)
        self.content.addLayout(row)
        self.content.addStretch(1)

    def refresh(self) -> None:
        if self.updates is not None:
            self.updates.refresh()

    @Slot()
    def _on_licences(self) -> None:
        if self._licences is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._licences)))

    @Slot()
    def _on_copy(self) -> None:
        text = diagnostics(self._workspace, self._log_tail(), self._updates)
        QGuiApplication.clipboard().setText(text)
        self.copied.setText(self.tr("✓ Copied"))
