"""The main window: places, pages, menus and the status line of one open profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QWidget

from maintenance_desktop.services.status import Connection, RoundResult, SyncState
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.asset_page import AssetPage
from maintenance_desktop.ui.decision_presenter import DecisionPresenter
from maintenance_desktop.ui.hours import HoursWriting
from maintenance_desktop.ui.list_export import ListExport
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.navigation import Place
from maintenance_desktop.ui.places import Places
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.status_line import StatusLine
from maintenance_desktop.ui.travel import Traveller
from maintenance_desktop.ui.update_notice import UpdateNotice
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.window_actions import WindowActions
from maintenance_desktop.ui.window_commands import WindowCommands
from maintenance_desktop.ui.window_menus import add_menus
from maintenance_desktop.ui.work_order_page import WorkOrderPage
from maintenance_desktop.ui.workspace import Workspace

_MINUTE_MS = 60_000
_ARRIVALS_MS = 700
_LATER_ARRIVALS_MS = 3_000
"""Once there is something to look at, the rest of a first download is looked for less often."""
_GEOMETRY = "window/geometry"


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

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        log_tail: Callable[[], str] = str,
        updates: Updates | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self._workspace = workspace
        self._settings = settings
        self._was_shown = self._may_close = False
        self._connection: Connection | None = None
        self._outdated: set[Place] = set()
        HoursWriting.as_clock = settings.flag(Settings.HOURS_AS_CLOCK)
        self.places = Places(settings, self)
        self.work_orders = WorkOrderPage(workspace, settings)
        self.assets = AssetPage(workspace, settings)
        self.more = MorePage(workspace, settings, log_tail, updates)
        self.stack = QStackedWidget()
        pages = (self.work_orders, self.assets, self.more)
        self.traveller = Traveller(self.places, self.stack, pages, self)
        self.status_line = StatusLine(workspace)
        self.presenter = DecisionPresenter(workspace, self, self._is_busy, self)
        self.update_notice: UpdateNotice | None = None
        if updates is not None:
            self.update_notice = UpdateNotice(updates, workspace.sync, self.status_line, self._is_busy, self)
            updates.updated.connect(self._on_updated)
        self.export = ListExport(self.work_orders.list, workspace.reading, workspace.clock, settings, self)
        self.actions_of = WindowActions(self)
        self.commands = WindowCommands(self, workspace)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.timeout.connect(self.status_line.refresh)
        self._arrivals = QTimer(self, singleShot=True, interval=_ARRIVALS_MS)
        self._arrivals.timeout.connect(self.refresh)
        self._news = QTimer(self, singleShot=True, interval=0)
        self._news.timeout.connect(self._show_news)
        self._lay_out()
        add_menus(self.commands, self.actions_of, settings)
        self._connect()
        self.refresh()

    def current_work_order_id(self) -> str | None:
        """The work order on screen; None when none is."""
        return self.work_orders.current_id if self.traveller.place is Place.WORK_ORDERS else None

    def add_menu(self, menu: QMenu) -> None:
        """Put a menu before *Help*."""
        self.menuBar().insertMenu(self.actions_of.menus[-1].menuAction(), menu)

    @Slot(str)
    def show_message(self, message: str) -> None:
        """Say something in the status line."""
        self.status_line.say(message)

    def close_for_update(self, then: Callable[[], None]) -> None:
        """Ask about unsaved typing as closing does; then do `then` and close, or stay and do nothing."""
        self.traveller.leave(partial(self._close_after, then))

    @Slot()
    def refresh(self) -> None:
        """Show what is true now; a page that nobody looks at does so when it is gone to."""
        self._outdated = {Place.WORK_ORDERS, Place.ASSETS}
        self._refresh_page(self.traveller.place)
        self._refresh_tally()

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self.traveller.typing_page()
        if not self._may_close and page is not None and page.is_dirty:
            event.ignore()
            page.guard.leave(self._close_now)
            return
        self._settings.keep(_GEOMETRY, self.saveGeometry())
        self._settings.flush()
        self._minute.stop()
        self._arrivals.stop()
        self._news.stop()
        self.presenter.stop()
        self.export.stop()
        self.more.stop()
        if self.update_notice is not None:
            self.update_notice.stop()
        super().closeEvent(event)
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            self._minute.start()
            self._on_arrived(Place.WORK_ORDERS)
            QTimer.singleShot(0, self.presenter, self.presenter.ask_all)
            if self.update_notice is not None:
                self.update_notice.present()

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
        self.resize(QSize(1440, 860).boundedTo(self.screen().availableSize() * 0.94))
        self.restoreGeometry(self._settings.layout(_GEOMETRY))

    def _connect(self) -> None:
        sync, go_to = self._workspace.sync, self.traveller.go_to
        sync.round_finished.connect(self._on_round_finished)
        sync.state_changed.connect(self._on_state_changed)
        self.traveller.arrived.connect(self._on_arrived)
        self.status_line.opened.connect(self.commands.show_more)
        self.status_line.forecast_opened.connect(self.commands.show_queue)
        self.status_line.update_opened.connect(self.commands.show_about)
        self.status_line.cancel_asked.connect(self.commands.cancel_download)
        self.work_orders.saved.connect(self._on_saved)
        self.work_orders.asset_opened.connect(partial(go_to, Place.ASSETS))
        self.work_orders.answer_asked.connect(self.presenter.ask)
        self.assets.saved.connect(self._on_saved)
        self.assets.work_order_opened.connect(partial(go_to, Place.WORK_ORDERS))
        self.assets.new_work_order_requested.connect(self.commands.new_work_order)
        self.more.answer_wanted.connect(self.presenter.ask)
        self.more.badge_changed.connect(self.places.show_badge)
        self.more.undone.connect(self.refresh)
        self.more.theme_chosen.connect(self.theme_chosen)
        self.more.sign_out_wanted.connect(self.signed_out)
        self.more.change_account_wanted.connect(self.signed_out)
        self.presenter.answered.connect(self.refresh)
        self.presenter.list_wanted.connect(self.commands.show_needs_you)
        self.more.answered.connect(self.refresh)
        self._settings.preference_changed.connect(self._on_preference_changed)

    @Slot(RoundResult)
    def _on_round_finished(self, result: RoundResult) -> None:
        if result.changed or result.everything_changed or result.applied or result.needs_you:
            self._outdated = {Place.WORK_ORDERS, Place.ASSETS}
            self._news.start()  # pages have a turn of their own: this one has shown the new state already
        self._refresh_tally()
        self.presenter.on_round_finished(result)

    @Slot(SyncState)
    def _on_state_changed(self, state: SyncState) -> None:
        if state.progress is None:
            self.status_line.refresh()
        else:
            self.status_line.refresh_progress()
        if state.progress is not None and not state.is_complete and not self._arrivals.isActive():
            is_usable = self.work_orders.list.model.rowCount() > 0
            # what the first download brought is usable at once
            self._arrivals.start(_LATER_ARRIVALS_MS if is_usable else _ARRIVALS_MS)
        if state.connection is Connection.SYNCING:
            return  # a round on the way says nothing new about who is signed in
        if state.connection is not self._connection and state.connection is Connection.SIGN_IN_REQUIRED:
            self.sign_in_wanted.emit()
        self._connection = state.connection

    @Slot(Place)
    def _on_arrived(self, place: Place) -> None:
        self._refresh_page(place)
        match place:
            case Place.WORK_ORDERS:
                rows = self.work_orders.list
                is_empty = rows.model.found is not None and not rows.model.rowCount()
                (rows.filters.search_field if is_empty else rows.table).setFocus()
            case Place.ASSETS:
                self.assets.search.setFocus()
            case Place.MORE:
                self.more.list.setFocus()

    @Slot()
    def _on_saved(self) -> None:
        self._refresh_tally()
        self._workspace.sync.request()

    @Slot(str)
    def _on_preference_changed(self, name: str) -> None:
        if name == Settings.HOURS_AS_CLOCK:
            HoursWriting.as_clock = self._settings.flag(name)
            self.refresh()

    @Slot()
    def _show_news(self) -> None:
        self._refresh_page(self.traveller.place)

    def _refresh_page(self, place: Place) -> None:
        if place in self._outdated:
            self._outdated.discard(place)
            (self.work_orders if place is Place.WORK_ORDERS else self.assets).refresh()

    def _refresh_tally(self) -> None:
        self.more.refresh()
        self.status_line.refresh()

    def _is_busy(self) -> bool:
        return self.work_orders.is_dirty or self.assets.is_dirty

    @Slot(str)
    def _on_updated(self, before: str) -> None:
        self.status_line.say(fill(self.tr("Updated from version %1"), before))

    def _close_after(self, then: Callable[[], None]) -> None:
        then()
        self._close_now()

    def _close_now(self) -> None:
        self._may_close = True
        self.close()
