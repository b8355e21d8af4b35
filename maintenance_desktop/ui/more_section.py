"""The frame of one section of *More*: a title, what it is about, and an empty state."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.theme import GAP_MEDIUM, GAP_SECTION, as_quiet, as_title


class MoreSection(QWidget):
    """A titled section; its content goes into `content`."""

    def __init__(self, name: str, title: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.title = QLabel(title)
        as_title(self.title)
        self.about = plain_label(text=about)
        as_quiet(self.about)
        self.about.setVisible(bool(about))
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(GAP_SECTION, GAP_SECTION, GAP_SECTION, GAP_SECTION)
        self.content.setSpacing(GAP_MEDIUM)
        self.content.addWidget(self.title)
        self.content.addWidget(self.about)

    def refresh(self) -> None:
        """Read again what is shown."""
