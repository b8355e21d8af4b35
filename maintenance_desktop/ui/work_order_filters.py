"""Which work orders are shown: search, quick filters with their numbers, and the finer filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import FINISHED, UNFINISHED
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import WorkOrderCounts, WorkOrderQuery
from maintenance_desktop.ui.buttons import button, chip
from maintenance_desktop.ui.finer_filters import FinerFilters
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.search_field import SearchField
from maintenance_desktop.ui.settings import Settings

_PAUSE_MS: Final = 120


class WorkOrderFilters(QWidget):
    """Search field, chips and filters. The chips and filters are remembered between starts.

    Signals:
        changed: the query is another one now.
        list_wanted: the person wants to go on in the list (arrow down or Enter in the search).
        new_asked: the person wants a new work order.
    """

    changed = Signal()
    list_wanted = Signal()
    new_asked = Signal()

    def __init__(
        self,
        person_id: str,
        references: References,
        now: Callable[[], datetime],
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._person_id = person_id
        self._now = now
        self._settings = settings
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._on_filter_changed)
        self.search_field = SearchField(self.tr("Search number, title, description, asset   Ctrl+F"))
        self.search_field.setObjectName("searchField")
        self.search_field.setAccessibleName(self.tr("Search work orders"))
        self.search_field.textChanged.connect(self._pause.start)
        self.search_field.left_downwards.connect(self._on_left_downwards)
        self.new_button = button(
            self.tr("&New"),
            "newWorkOrderButton",
            hint=self.tr("New work order (Ctrl+N)"),
            icon_name="plus",
            spoken=self.tr("New work order"),
        )
        self.new_button.clicked.connect(self.new_asked)
        self.chips = {name: chip(self._chip_word(name), f"{name}Chip") for name in _QUICK}
        group = QButtonGroup(self)
        for one in self.chips.values():
            group.addButton(one)
        group.buttonClicked.connect(self._on_filter_changed)
        self.finer = FinerFilters(references, settings, self)
        self.finer.changed.connect(self._on_filter_changed)
        self.filter_button = chip(self.tr("Filters"), "filterButton")
        self.filter_button.toggled.connect(self.finer.setVisible)
        self.clear_button = button(self.tr("Clear filters"), "clearFiltersButton", verb="link")
        self.clear_button.clicked.connect(self.clear)
        self._lay_out()
        quick = settings.text("work_orders/quick", "open")
        self.chips[quick if quick in self.chips else "open"].setChecked(True)
        self.filter_button.setChecked(self.finer.count() > 0)
        self.finer.setVisible(self.filter_button.isChecked())
        self._show_finer()

    def query(self, sort: str, *, descending: bool) -> WorkOrderQuery:
        """What the reader is to be asked for."""
        return replace(
            self.finer.narrow(self._quick_query()),
            text=self.search_field.text().strip(),
            now=write_time(self._now()),
            sort=sort,
            descending=descending,
        )

    def show_counts(self, counts: WorkOrderCounts) -> None:
        """Put the numbers on the chips."""
        for name, count in (("open", counts.open), ("mine", counts.mine), ("overdue", counts.overdue)):
            self.chips[name].setText(f"{self._chip_word(name)}  {self.locale().toString(count)}")

    def show_asset(self, asset_id: str) -> None:
        """Show all work orders of one asset."""
        self.search_field.clear()
        self.finer.show_asset(asset_id)
        self.chips["all"].setChecked(True)
        self.filter_button.setChecked(True)
        self._on_filter_changed()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but a quick filter narrows the list."""
        return bool(self.search_field.text().strip()) or self.finer.count() > 0

    @property
    def quick_filter(self) -> str:
        """The chip that is on: open, mine, overdue or all."""
        return next(name for name, one in self.chips.items() if one.isChecked())

    @Slot()
    def clear(self) -> None:
        """Take back everything but the quick filter."""
        self.search_field.clear()
        self.finer.clear()
        self._on_filter_changed()

    @Slot()
    def _on_left_downwards(self) -> None:
        if self._pause.isActive():
            self._on_filter_changed()
        self.list_wanted.emit()

    @Slot()
    def _on_filter_changed(self) -> None:
        self._pause.stop()
        if self.finer.status_choice.chosen & FINISHED and self.quick_filter != "all":
            # a chip must not claim "open" over a list that is not
            self.chips["all"].setChecked(True)
        self._settings.keep("work_orders/quick", self.quick_filter)
        self._show_finer()
        self.changed.emit()

    def _quick_query(self) -> WorkOrderQuery:
        match self.quick_filter:
            case "open":
                return WorkOrderQuery(statuses=UNFINISHED)
            case "mine":
                return WorkOrderQuery(statuses=UNFINISHED, assigned_to=self._person_id)
            case "overdue":
                return WorkOrderQuery(overdue=True)
        return WorkOrderQuery()

    def _show_finer(self) -> None:
        count = self.finer.count()
        text = self.tr("Filters") + (f"  {self.locale().toString(count)}" if count else "")
        self.filter_button.setText(text)
        self.filter_button.setAccessibleName(text)
        self.clear_button.setVisible(self.is_narrowed)

    def _chip_word(self, name: str) -> str:
        match name:
            case "open":
                return self.tr("Open")
            case "mine":
                return self.tr("Mine")
            case "overdue":
                return self.tr("Overdue")
        return self.tr("All")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search_field, 1)
        top.addWidget(self.new_button)
        quick = QHBoxLayout()
        quick.setSpacing(6)
        for one in self.chips.values():
            quick.addWidget(one)
        quick.addStretch(1)
        quick.addWidget(self.clear_button)
        quick.addWidget(self.filter_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(quick)
        layout.addWidget(self.finer)


_QUICK: Final = ("open", "mine", "overdue", "all")
