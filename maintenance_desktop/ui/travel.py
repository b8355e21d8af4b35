"""Moving between the places of the window: asking about unsaved typing, keeping the trail."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QStackedWidget

from maintenance_desktop.ui.asset_page import AssetPage
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.navigation import Place, Stop, Trail
from maintenance_desktop.ui.places import Places
from maintenance_desktop.ui.work_order_page import WorkOrderPage


class Traveller(QObject):
    """Shows one page at a time, and leaves none whose typing is undecided.

    Signals:
        arrived: the Place that is shown now.
    """

    arrived = Signal(Place)

    def __init__(
        self,
        places: Places,
        stack: QStackedWidget,
        pages: tuple[WorkOrderPage, AssetPage, MorePage],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._places = places
        self._stack = stack
        self._work_orders, self._assets, _more = pages
        self._pages = dict(zip(Place, pages, strict=True))
        self._trail = Trail(Stop(Place.WORK_ORDERS))
        for page in pages:
            stack.addWidget(page)
        places.chosen.connect(self.go_to)
        self._work_orders.work_order_opened.connect(self._on_work_order_shown)

    @property
    def place(self) -> Place:
        """Where the person is."""
        shown = self._stack.currentWidget()
        return next(place for place, page in self._pages.items() if page is shown)

    def typing_page(self) -> WorkOrderPage | AssetPage | None:
        """The page on screen, if it is one that people type into."""
        page = self._stack.currentWidget()
        return page if isinstance(page, WorkOrderPage | AssetPage) else None

    @Slot(Place)
    def go_to(self, place: Place, record_id: str = "") -> None:
        """Go to a place, and to a record there, once what is typed here is saved or given up."""
        self.leave(partial(self._arrive, Stop(place, record_id)))

    def travel(self, steps: int) -> None:
        """Back or forward."""
        self.leave(partial(self._travel, steps))

    def leave(self, then: Callable[[], None]) -> None:
        """Do `then` when nothing is typed here, or once that is decided."""
        page = self.typing_page()
        if page is None:
            then()
            return
        page.guard.leave(then)
        if page.is_dirty:
            self._places.show_place(self.place)

    def _arrive(self, stop: Stop) -> None:
        self._trail.visit(stop)
        self._show(stop)

    def _travel(self, steps: int) -> None:
        stop = self._trail.go(steps)
        if stop is not None:
            self._show(stop)

    def _show(self, stop: Stop) -> None:
        self._places.show_place(stop.place)
        self._stack.setCurrentWidget(self._pages[stop.place])
        if stop.record_id and stop.place is Place.WORK_ORDERS:
            self._work_orders.open_work_order(stop.record_id)
        elif stop.record_id and stop.place is Place.ASSETS:
            self._assets.show_asset(stop.record_id)
        self.arrived.emit(stop.place)

    @Slot(str)
    def _on_work_order_shown(self, record_id: str) -> None:
        self._trail.visit(Stop(Place.WORK_ORDERS, record_id))
