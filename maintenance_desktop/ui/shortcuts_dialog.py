"""F1: every shortcut, by menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.theme import as_title


class ShortcutsDialog(QDialog):
    """A list to look at; Esc or Okay closes it."""

    def __init__(self, listed: Sequence[tuple[str, list[tuple[str, str]]]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        heading = PlainLabel(self.tr("Keyboard shortcuts"))
        as_title(heading)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        line = 0
        for title, shortcuts in listed:
            label = PlainLabel(title)
            font = QFont(label.font())
            font.setWeight(QFont.Weight.DemiBold)
            label.setFont(font)
            label.setContentsMargins(0, 8 if line else 0, 0, 0)
            grid.addWidget(label, line, 0)
            for at, (text, keys) in enumerate(shortcuts, start=line + 1):
                grid.addWidget(QLabel(text), at, 0)
                grid.addWidget(PlainLabel(keys, tone="quiet"), at, 1)
            line += len(shortcuts) + 1
        grid.setColumnStretch(0, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        okay = button(self.tr("Okay"), "okayButton")
        okay.setDefault(True)
        okay.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(okay)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(area, 1)
        layout.addLayout(row)
        self.resize(440, 560)
