"""A plant on a fixed morning: the real hub in a thread, whose clock stands where it is put."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from argon2 import PasswordHasher

from maintenance_desktop.demo.cable import SwitchedBackend
from maintenance_desktop.demo.colleague import Colleague
from maintenance_desktop.domain.outcomes import Changes
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.hub.app import create_app
from maintenance_desktop.hub.demo import open_demo
from maintenance_desktop.hub.demo_people import DEMO_PASSWORD, DEMO_USER
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.opening import OpenProfile, make_hub_backend, sign_in_to
from maintenance_desktop.services.ports import Backend
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.settings import Settings
from tests.person import TokensInMemory
from tests.ui.updates import ShownUpdates

MORNING = datetime(2026, 6, 17, 9, 57, tzinfo=UTC)
_LONGEST_SECONDS = 20


class StandingClock:
    """Shows the time it was set to."""

    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time

    def is_set_to(self, hour: int, minute: int) -> None:
        self.time = MORNING.replace(hour=hour, minute=minute)


def make_plant(folder: Path) -> None:
    """The demo plant as it is on that morning."""
    with open_demo(folder, MORNING):
        pass


@contextmanager
def hub_in_a_thread(folder: Path, clock: StandingClock) -> Iterator[str]:
    """Answers on loopback by that clock; gives its address."""
    store = HubStore.open(
        folder, clock=clock, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    app = create_app(store)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="on", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="hub")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
        store.close()
        assert not thread.is_alive()


class PausingBackend(SwitchedBackend):
    """The stream of changes can be held up in the middle."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        self._may_pass = threading.Event()
        self._may_pass.set()
        self._pieces_left = 0

    def pauses_after(self, pieces: int) -> None:
        self._pieces_left = pieces
        self._may_pass.clear()

    def goes_on(self) -> None:
        self._may_pass.set()

    def fetch_snapshot(self, layout, folder, on_bytes, should_stop) -> None:
        return None

    def changes(
        self, cursor: str | None, *, limit: int = 5_000, within: float | None = None
    ) -> Iterator[Changes]:
        for piece in super().changes(cursor, limit=limit, within=within):
            if self._pieces_left <= 0:
                self._may_pass.wait(_LONGEST_SECONDS)
            self._pieces_left -= 1
            yield piece


class Desk:
    """Ada, or somebody else, in front of the main window, on that morning."""

    def __init__(self, qtbot, url: str, root: Path, clock: StandingClock, user: str = DEMO_USER) -> None:
        self._qtbot = qtbot
        self.clock = clock
        self.dana = Colleague(url, clock)
        tokens = TokensInMemory()

        def switched(url: str) -> PausingBackend:
            return PausingBackend(make_hub_backend(url))

        _, folder = sign_in_to(root, tokens, switched, url, user, DEMO_PASSWORD)
        self.opened = OpenProfile(folder, tokens, switched, keyring=KeyringAnswer(lambda: True), clock=clock)
        self.reader = self.opened.workspace.reader
        self.updates = ShownUpdates()
        self.window = MainWindow(self.opened.workspace, Settings(root / "settings.ini"), updates=self.updates)
        self.window.resize(1440, 860)

    def arrives(self) -> None:
        """The window opens, and the first download is over."""
        self.window.show()
        self.opened.workspace.sync.start()
        self.waits_for(lambda: self.connection is Connection.ONLINE)
        self.waits_for(lambda: self.window.work_orders.list.table.model().rowCount() > 0)

    @property
    def connection(self) -> Connection:
        return self.opened.workspace.sync.state.connection

    def waits_for(self, condition) -> None:
        self._qtbot.waitUntil(condition)

    def goes_offline(self) -> None:
        self.opened.backend.connect(False)
        self.opened.workspace.sync.request()
        self.waits_for(lambda: self.connection is Connection.OFFLINE)

    def goes_online(self) -> None:
        self.opened.backend.connect(True)
        self.opened.workspace.sync.request()
        self.waits_for(lambda: self.connection is Connection.ONLINE)

    def opens(self, tag: str, title: str) -> str:
        """Open the unfinished work order of that asset and title; its id."""
        for row in self.rows():
            if row.asset_tag == tag and row.title == title and row.status not in ("completed", "closed"):
                self.window.activateWindow()
                self.window.work_orders.open_work_order(row.id)
                return row.id
        raise AssertionError(f"no {title} of {tag}")

    def rows(self):
        return self.reader.work_orders(WorkOrderQuery(), 0, 1000)

    def leaves(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.opened.close()


def copy_of(template: Path, folder: Path) -> Path:
    """A plant of one's own."""
    shutil.copytree(template, folder)
    return folder
