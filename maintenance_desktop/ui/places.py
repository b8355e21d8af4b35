"""The places on the left: work orders, assets, more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.navigation import Place
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import row_height
from maintenance_desktop.ui.values import fill

_WIDTH = 140


class Places(QWidget):
    """Three buttons of which one is on; *More* has a badge for what needs the person.

    Signals:
        chosen: the Place that the person wants to go to.
    """

    chosen = Signal(Place)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setFixedWidth(_WIDTH)
        self.buttons = {
            Place.WORK_ORDERS: button(
                self.tr("Work orders"), "workOrdersPlace", icon_name="work-orders", hint=self.tr("Ctrl+1")
            ),
            Place.ASSETS: button(
                self.tr("Assets"), "assetsPlace", icon_name="assets", hint=self.tr("Ctrl+2")
            ),
            Place.MORE: button(self.tr("More"), "morePlace", icon_name="more", hint=self.tr("Ctrl+3")),
        }
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 12, 8, 12)
        layout.setSpacing(4)
        for place, one in self.buttons.items():
            one.setCheckable(True)
            one.setProperty("place", True)
            one.setProperty("value", place.value)
            self._group.addButton(one)
            if place is Place.MORE:
                layout.addStretch(1)
            layout.addWidget(one)
        self._group.buttonClicked.connect(self._on_clicked)
        self.badge = QLabel(self.buttons[Place.MORE])
        self.badge.setObjectName("moreBadge")
        self.badge.setProperty("badge", True)
        self.badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.badge.hide()
        inside = QHBoxLayout(self.buttons[Place.MORE])
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addStretch(1)
        inside.addWidget(self.badge)
        settings.preference_changed.connect(self._on_preference_changed)
        self._on_preference_changed()
        self.show_place(Place.WORK_ORDERS)

    def show_place(self, place: Place) -> None:
        """Switch on this one; Tab comes to it, arrow keys go on to the others."""
        self.buttons[place].setChecked(True)
        for one in self.buttons.values():
            on = Qt.FocusPolicy.StrongFocus if one.isChecked() else Qt.FocusPolicy.ClickFocus
            one.setFocusPolicy(on)

    @Slot(int)
    def show_badge(self, count: int) -> None:
        """How many conflicts and refusals wait for an answer."""
        self.badge.setText(self.locale().toString(count))
        self.badge.setVisible(count > 0)
        spoken = fill(self.tr("More, %1 need your answer"), str(count)) if count else self.tr("More")
        self.buttons[Place.MORE].setAccessibleName(spoken)
        self.badge.setAccessibleName(spoken)

    @Slot(QAbstractButton)
    def _on_clicked(self, clicked: QAbstractButton) -> None:
        self.chosen.emit(Place(str(clicked.property("value"))))

    @Slot()
    @Slot(str)
    def _on_preference_changed(self, _name: str = "") -> None:
        height = row_height(large_targets=self._settings.large_targets) + 4
        for one in self.buttons.values():
            one.setFixedHeight(height)
