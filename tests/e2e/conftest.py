"""The whole program: real windows, the real sync thread, the real `requests`, a real hub as a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from maintenance_desktop.opening import OpenProfile, make_hub_backend, sign_in_to
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.settings import Settings
from tests.cable import Cable
from tests.hub_process import HubProcess
from tests.person import Person, TokensInMemory


class Desk:
    """A person in front of a real main window, behind a cable that can be pulled."""

    def __init__(self, qtbot, hub: HubProcess, root: Path, username: str) -> None:
        self._qtbot = qtbot
        self.cable = Cable(hub.port)
        tokens = TokensInMemory()
        _, folder = sign_in_to(root, tokens, make_hub_backend, self.cable.url, username, "correct horse")
        self.opened = OpenProfile(folder, tokens, make_hub_backend, keyring=KeyringAnswer(lambda: True))
        self.reader = self.opened.workspace.reader
        self.window = MainWindow(self.opened.workspace, Settings(root / "settings.ini"))
        self.window.show()
        self.opened.workspace.sync.start()
        self.waits_for(lambda: self.connection is Connection.ONLINE)

    @property
    def connection(self) -> Connection:
        return self.opened.workspace.sync.state.connection

    def waits_for(self, condition) -> None:
        self._qtbot.waitUntil(condition)

    def goes_offline(self) -> None:
        self.cable.pull()
        self.waits_for(lambda: self.connection is Connection.OFFLINE)

    def goes_online(self) -> None:
        self.cable.plug_in()
        self.waits_for(lambda: self.connection in (Connection.ONLINE, Connection.SYNCING))

    def opens(self, work_order_id: str) -> None:
        self.waits_for(lambda: self.reader.record("work_order", work_order_id) is not None)
        self.window.work_orders.open_work_order(work_order_id)

    def fields(self, work_order_id: str) -> dict:
        return dict(self.reader.record("work_order", work_order_id).fields)

    def tally(self):
        return self.reader.tally()

    def leaves(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.opened.close()
        self.cable.remove()


@pytest.fixture
def hub(tmp_path) -> Iterator[HubProcess]:
    with HubProcess.start(tmp_path / "hub") as hub:
        hub.add_person("ada", "Ada Lindqvist")
        hub.add_person("dana", "Dana Ortiz", "planner")
        yield hub


@pytest.fixture
def dana(hub, tmp_path) -> Iterator[Person]:
    """The colleague, without a window."""
    person = Person.signs_in(hub.url, "dana", tmp_path / "dana", seed=7)
    yield person
    person.leaves()


@pytest.fixture
def work_order(dana) -> str:
    """WO-1001 on the server, as Dana made it."""
    made = dana.records.create("work_order", {"title": "Replace DE bearing", "description": "Bearing noisy."})
    dana.syncs()
    return made


@pytest.fixture
def ada(qtbot, hub, work_order, tmp_path) -> Iterator[Desk]:
    """Ada, in front of the window."""
    desk = Desk(qtbot, hub, tmp_path / "ada", "ada")
    yield desk
    desk.leaves()
