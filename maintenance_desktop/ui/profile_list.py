"""The profiles this computer knows: each opens with one click, also without the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.values import fill


@dataclass(frozen=True, slots=True)
class UsedProfile:
    """A profile on this computer: whose it is, on which server, and how many changes wait in it."""

    path: str
    person: str
    server: str
    waiting: int = 0


class ProfileList(QWidget):
    """One wide button for each profile.

    Signals:
        chosen: the path of a profile.
    """

    chosen = Signal(str)

    def __init__(self, profiles: Sequence[UsedProfile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[QPushButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 0)
        layout.setSpacing(8)
        caption = plain_label(text=self.tr("Or open what is on this computer, also without the network:"))
        layout.addWidget(caption)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        for number, profile in enumerate(profiles, start=1):
            button = self._button(profile, number)
            self.buttons.append(button)
            rows.addWidget(button)
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setMaximumHeight(3 * 60)
        layout.addWidget(area)

    def _button(self, profile: UsedProfile, number: int) -> QPushButton:
        waiting = {0: self.tr("nothing waiting"), 1: self.tr("1 waiting")}.get(
            profile.waiting, fill(self.tr("%1 waiting"), str(profile.waiting))
        )
        person, server = _short(profile.person), _short(profile.server)
        button = QPushButton(f"{person}\n{server} · {waiting}".replace("&", "&&"))
        button.setObjectName(f"profileButton{number}")
        button.setAccessibleName(f"{person}, {server}, {waiting}")
        button.setAutoDefault(False)
        button.setStyleSheet("text-align: left; padding: 8px 12px;")
        button.clicked.connect(lambda *, path=profile.path: self.chosen.emit(path))
        return button


def _short(text: str) -> str:
    return text if len(text) <= 48 else text[:47] + "…"
