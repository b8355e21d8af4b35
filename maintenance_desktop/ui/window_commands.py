"""What the menus and shortcuts do with the main window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.navigation import Place
from maintenance_desktop.ui.shortcuts_dialog import ShortcutsDialog
from maintenance_desktop.ui.workspace import Workspace

if TYPE_CHECKING:
    from maintenance_desktop.ui.main_window import MainWindow


class WindowCommands(QObject):
    """What the menus do with the window."""

    def __init__(self, window: MainWindow, workspace: Workspace) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace

    @Slot()
    def show_work_orders(self) -> None:
        self._window.traveller.go_to(Place.WORK_ORDERS)

    @Slot()
    def show_assets(self) -> None:
        self._window.traveller.go_to(Place.ASSETS)

    @Slot()
    def show_more(self) -> None:
        self._window.traveller.go_to(Place.MORE)

    @Slot()
    def go_back(self) -> None:
        self._window.traveller.travel(-1)

    @Slot()
    def go_forward(self) -> None:
        self._window.traveller.travel(1)

    @Slot()
    @Slot(str)
    def new_work_order(self, asset_id: str = "") -> None:
        """Begin a new work order, wherever the person is."""
        self._window.traveller.leave(partial(self._start_new, asset_id if isinstance(asset_id, str) else ""))

    @Slot()
    def focus_search(self) -> None:
        """Go to the search of this place."""
        if self._window.traveller.place is Place.MORE:
            self._window.traveller.go_to(Place.WORK_ORDERS)
        page = self._window.traveller.typing_page()
        if page is not None:
            page.focus_search()

    @Slot()
    def save(self) -> None:
        """Save what is typed here."""
        page = self._window.traveller.typing_page()
        if page is not None:
            page.save()

    @Slot()
    def escape(self) -> None:
        """Esc: give up what is typed, after a question; a new form without typing just goes."""
        page = self._window.traveller.typing_page()
        if page is not None and page.is_dirty:
            page.guard.leave(_nothing)
        elif page is self._window.work_orders:
            self._window.work_orders.close_new_form()

    @Slot()
    def log_hours(self) -> None:
        """Log hours on the work order on screen."""
        if self._window.current_work_order_id():
            self._window.work_orders.steps.log_hours()

    @Slot()
    def complete(self) -> None:
        """Complete the work order on screen."""
        if self._window.current_work_order_id():
            self._window.work_orders.steps.complete()

    @Slot()
    def export_list(self) -> None:
        """Write the list of work orders, or what is selected in it, to a file."""
        if self._window.traveller.place is not Place.WORK_ORDERS:
            self._window.traveller.go_to(Place.WORK_ORDERS)
        self._window.export.ask()

    @Slot()
    def sync_now(self) -> None:
        """Ask what waits for an answer, for the password if the server wants it, and for a round."""
        self._window.presenter.ask_all()
        if self._workspace.sync.state.connection is Connection.SIGN_IN_REQUIRED:
            self._window.sign_in_wanted.emit()
        self._workspace.sync.request()

    @Slot(bool)
    def work_offline(self, on: bool) -> None:
        """Stop syncing, or begin again."""
        self._workspace.sync.work_offline(on)

    @Slot()
    def cancel_download(self) -> None:
        """Stop the first download where it is."""
        self._workspace.sync.cancel_download()

    @Slot()
    def show_shortcuts(self) -> None:
        """The list of shortcuts."""
        ShortcutsDialog(self._window.actions_of.shortcuts(), self._window).open()

    @Slot()
    def show_needs_you(self) -> None:
        """All questions in one list."""
        self.show_more()
        self._window.more.show_section(self._window.more.needs_you)

    @Slot()
    def show_queue(self) -> None:
        """Everything that waits, and how it will fare; what became of it, once it was sent."""
        self.show_more()
        more, tally = self._window.more, self._workspace.reader.tally()
        more.show_section(more.needs_you if tally.needs_you and not tally.waiting else more.queue)

    @Slot()
    def show_about(self) -> None:
        """What this program is."""
        self.show_more()
        self._window.more.show_section(self._window.more.about)

    @Slot()
    def quit(self) -> None:
        self._window.close()

    def _start_new(self, asset_id: str) -> None:
        self._window.traveller.go_to(Place.WORK_ORDERS)
        self._window.work_orders.new_work_order(asset_id)


def _nothing() -> None:
    """Stay where one is."""
