"""The whole demo, as the program sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from maintenance_desktop.demo.cable import SwitchedBackend
from maintenance_desktop.demo.colleague import Colleague
from maintenance_desktop.demo.server import DemoFailed, DemoHub
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.hub.demo_people import DEMO_PASSWORD, DEMO_USER
from maintenance_desktop.services.ports import Backend
from maintenance_desktop.services.sync_thread import SyncThread
from maintenance_desktop.ui.demo_menu import DemoMenu
from maintenance_desktop.ui.main_window import MainWindow

_FAILURES: Final = (RemoteError, DemoFailed)


class Demo:
    """A hub with somebody to sign in as, and the menu that makes the two minutes of it."""

    username = DEMO_USER
    password = DEMO_PASSWORD

    def __init__(self, folder: Path) -> None:
        """Start its hub on the plant in `folder`. Raises DemoFailed."""
        self._hub = DemoHub(folder)
        self._menu: DemoMenu | None = None
        self.url = self._hub.url

    def wrap(self, backend: Backend) -> Backend:
        """The same server behind a cable that can be pulled."""
        return SwitchedBackend(backend)

    def add_menu(self, window: MainWindow, backend: Backend, sync: SyncThread) -> None:
        """Put the menu *Demo* into a window that works with a wrapped back end."""
        if not isinstance(backend, SwitchedBackend):
            raise TypeError("this back end has no cable")
        self._menu = DemoMenu(
            backend,
            Colleague(self.url),
            _FAILURES,
            current=window.current_work_order_id,
            say=window.show_message,
            on_reconnected=sync.request,
            parent=window,
        )
        window.add_menu(self._menu)

    def leave_window(self) -> None:
        """Let the colleague finish before the window goes."""
        if self._menu is not None:
            self._menu.stop()
            self._menu = None

    def stop(self) -> None:
        """End the hub."""
        self._hub.stop()
