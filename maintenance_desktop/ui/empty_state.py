"""What stands where nothing is: what this is, and the one thing to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.theme import as_title


class EmptyState(QWidget):
    """A heading, a sentence and at most one verb.

    Signals:
        acted: the person took the verb.
    """

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "paper")
        center = Qt.AlignmentFlag.AlignHCenter
        self.heading = PlainLabel(wraps=True)
        self.heading.setAlignment(center)
        as_title(self.heading)
        self.sentence = PlainLabel(tone="quiet", wraps=True)
        self.sentence.setAlignment(center)
        self.act_button = button("", "emptyStateButton")
        self.act_button.clicked.connect(self.acted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self.heading)
        layout.addWidget(self.sentence)
        layout.addSpacing(8)
        layout.addWidget(self.act_button, 0, center)
        layout.addStretch(3)

    def say(self, heading: str, sentence: str, verb: str = "") -> None:
        """Say this; without a verb there is no button."""
        self.heading.setText(heading)
        self.sentence.setText(sentence)
        self.act_button.setText(verb)
        self.act_button.setAccessibleName(verb)
        self.act_button.setVisible(bool(verb))
