"""The main window: places, pages, menus and the status line, and the way between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QWidget

from maintenance_desktop.services.status import Connection, RoundResult, SyncState
from maintenance_desktop.ui.asset_page import AssetPage
from maintenance_desktop.ui.decision_presenter import DecisionPresenter
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.navigation import Place, Stop, Trail
from maintenance_desktop.ui.places import Places
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.shortcuts_dialog import ShortcutsDialog
from maintenance_desktop.ui.status_line import StatusLine
from maintenance_desktop.ui.window_actions import WindowActions
from maintenance_desktop.ui.window_menus import add_menus
from maintenance_desktop.ui.work_order_page import WorkOrderPage
from maintenance_desktop.ui.workspace import Workspace

_MINUTE_MS = 60_000


class MainWindow(QMainWindow):
    """One open profile.

    Signals:
        closed: the window is gone; the program ends.
        signed_out: the person signs out, or changes the account.
        sign_in_wanted: the server wants a new sign-in.
        theme_chosen: "system", "light" or "dark".
    """

    closed = Signal()
    signed_out = Signal()
    sign_in_wanted = Signal()
    theme_chosen = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, log_tail: Callable[[], str] = str) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self._workspace = workspace
        self._settings = settings
        self._was_shown = self._may_close = False
        self._connection: Connection | None = None
        self._trail = Trail(Stop(Place.WORK_ORDERS))
        self.places = Places(settings, self)
        self.work_orders = WorkOrderPage(workspace, settings)
        self.assets = AssetPage(workspace, settings)
        self.more = MorePage(workspace, settings, log_tail)
        self.pages: dict[Place, QWidget] = {
            Place.WORK_ORDERS: self.work_orders,
            Place.ASSETS: self.assets,
            Place.MORE: self.more,
        }
        self.stack = QStackedWidget()
        for page in self.pages.values():
            self.stack.addWidget(page)
        self.status_line = StatusLine(workspace)
        self.presenter = DecisionPresenter(workspace, self, self._is_busy, self)
        self.actions_of = WindowActions(self)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.status_line.refresh)
        self._lay_out()
        add_menus(self, self.actions_of, settings)
        self._connect()
        self.refresh()

    def current_work_order_id(self) -> str | None:
        """The work order on screen; None when none is."""
        return self.work_orders.current_id if self.stack.currentWidget() is self.work_orders else None

    def add_menu(self, menu: QMenu) -> None:
        """Put a menu before *Help*."""
        self.menuBar().insertMenu(self.actions_of.menus[-1].menuAction(), menu)

    @Slot(str)
    def show_message(self, message: str) -> None:
        """Say something in the status line."""
        self.status_line.say(message)

    def go_to(self, place: Place, record_id: str = "") -> None:
        """Go to a place, and to a record there, once what is typed here is saved or given up."""
        self._leave(partial(self._arrive, Stop(place, record_id)))

    def travel(self, steps: int) -> None:
        """Back or forward."""
        self._leave(partial(self._travel, steps))

    @Slot()
    def refresh(self) -> None:
        """Show what is true now, everywhere; what is typed stays."""
        self.work_orders.refresh()
        self.assets.refresh()
        self._refresh_tally()

    @Slot()
    def sync_now(self) -> None:
        """Ask what waits for an answer, and for a round."""
        self.presenter.ask_all()
        self._workspace.sync.request()

    def new_work_order(self, asset_id: str = "") -> None:
        """Begin a new work order, wherever the person is."""
        self.go_to(Place.WORK_ORDERS)
        if self.stack.currentWidget() is self.work_orders:
            self.work_orders.new_work_order(asset_id)

    @Slot()
    def new_work_order_here(self) -> None:
        """Begin a new work order."""
        self.new_work_order()

    @Slot()
    def log_hours(self) -> None:
        """Log hours on the work order on screen."""
        if self.current_work_order_id():
            self.work_orders.steps.log_hours()

    @Slot()
    def complete(self) -> None:
        """Complete the work order on screen."""
        if self.current_work_order_id():
            self.work_orders.steps.complete()

    @Slot(bool)
    def work_offline(self, on: bool) -> None:
        """Stop syncing, or begin again."""
        self._workspace.sync.work_offline(on)

    @Slot()
    def show_about(self) -> None:
        """What this program is."""
        self.go_to(Place.MORE)
        self.more.show_section(self.more.about)

    def focus_search(self) -> None:
        """Go to the search of this place."""
        page = self.stack.currentWidget()
        if page is self.more:
            self.go_to(Place.WORK_ORDERS)
        (self.assets if page is self.assets else self.work_orders).focus_search()

    def save(self) -> None:
        """Save what is typed here."""
        page = self._typing_page()
        if page is not None:
            page.save()

    def show_shortcuts(self) -> None:
        """The list of shortcuts."""
        ShortcutsDialog(self.actions_of.shortcuts(), self).open()

    def escape(self) -> None:
        """Esc: give up what is typed, after a question."""
        page = self._typing_page()
        if page is not None and page.is_dirty:
            page.guard.leave(lambda: None)

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self._typing_page()
        if not self._may_close and page is not None and page.is_dirty:
            event.ignore()
            page.guard.leave(self._close_now)
            return
        self._settings.keep("window/geometry", self.saveGeometry())
        self._settings.flush()
        self._minute.stop()
        self.presenter.stop()
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self._minute.start()
            self.work_orders.list.table.setFocus()
            QTimer.singleShot(0, self.presenter, self.presenter.ask_all)

    def _lay_out(self) -> None:
        line = QFrame()
        line.setObjectName("rule")
        line.setFixedWidth(1)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.places)
        row.addWidget(line)
        row.addWidget(self.stack, 1)
        self.setCentralWidget(inside)
        self.statusBar().addWidget(self.status_line, 1)
        self.statusBar().setSizeGripEnabled(False)
        account = self._workspace.account
        self.setWindowTitle(f"{account.server_name or account.server_url} · {account.name}")
        self.resize(1440, 860)
        self.restoreGeometry(self._settings.layout("window/geometry"))

    def _connect(self) -> None:
        sync = self._workspace.sync
        sync.round_finished.connect(self._on_round_finished)
        sync.state_changed.connect(self._on_state_changed)
        self.places.chosen.connect(self.go_to)
        self.status_line.opened.connect(self._on_status_opened)
        self.status_line.cancel_asked.connect(sync.cancel_download)
        self.work_orders.saved.connect(self._on_saved)
        self.work_orders.asset_opened.connect(partial(self.go_to, Place.ASSETS))
        self.work_orders.work_order_opened.connect(self._on_work_order_shown)
        self.work_orders.answer_asked.connect(self.presenter.ask)
        self.assets.saved.connect(self._on_saved)
        self.assets.work_order_opened.connect(partial(self.go_to, Place.WORK_ORDERS))
        self.assets.new_work_order_requested.connect(self.new_work_order)
        self.more.answer_wanted.connect(self.presenter.ask)
        self.more.badge_changed.connect(self.places.show_badge)
        self.more.undone.connect(self.refresh)
        self.more.theme_chosen.connect(self.theme_chosen)
        self.more.sign_out_wanted.connect(self.signed_out)
        self.more.change_account_wanted.connect(self.signed_out)
        self.presenter.answered.connect(self._on_answered)

    @Slot(RoundResult)
    def _on_round_finished(self, result: RoundResult) -> None:
        if result.changed or result.everything_changed or result.applied or result.needs_you:
            self.refresh()
        else:
            self._refresh_tally()
        self.presenter.on_round_finished(result)

    @Slot(SyncState)
    def _on_state_changed(self, state: SyncState) -> None:
        self.status_line.refresh()
        if state.connection is not self._connection and state.connection is Connection.SIGN_IN_REQUIRED:
            self.sign_in_wanted.emit()
        self._connection = state.connection

    @Slot()
    def _on_saved(self) -> None:
        self._refresh_tally()
        self._workspace.sync.request()

    @Slot()
    def _on_answered(self) -> None:
        self.refresh()

    @Slot()
    def _on_status_opened(self) -> None:
        self.go_to(Place.MORE)

    @Slot(str)
    def _on_work_order_shown(self, record_id: str) -> None:
        self._trail.visit(Stop(Place.WORK_ORDERS, record_id))

    def _refresh_tally(self) -> None:
        self.more.refresh()
        self.status_line.refresh()

    def _arrive(self, stop: Stop) -> None:
        self._trail.visit(stop)
        self._show(stop)

    def _travel(self, steps: int) -> None:
        stop = self._trail.go(steps)
        if stop is not None:
            self._show(stop)

    def _show(self, stop: Stop) -> None:
        self.places.show_place(stop.place)
        self.stack.setCurrentWidget(self.pages[stop.place])
        if stop.record_id and stop.place is Place.WORK_ORDERS:
            self.work_orders.open_work_order(stop.record_id)
        elif stop.record_id and stop.place is Place.ASSETS:
            self.assets.show_asset(stop.record_id)

    def _leave(self, then: Callable[[], None]) -> None:
        page = self._typing_page()
        if page is None:
            then()
            return
        page.guard.leave(then)
        if page.is_dirty:
            self.places.show_place(self._place_of(page))

    def _typing_page(self) -> WorkOrderPage | AssetPage | None:
        page = self.stack.currentWidget()
        return page if isinstance(page, WorkOrderPage | AssetPage) else None

    def _place_of(self, wanted: QWidget) -> Place:
        return next(place for place, page in self.pages.items() if page is wanted)

    def _is_busy(self) -> bool:
        return self.work_orders.is_dirty or self.assets.is_dirty

    def _close_now(self) -> None:
        self._may_close = True
        self.close()
