"""The README's two minutes, in the real program with its real demo hub."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from maintenance_desktop import logs
from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.demo import server
from maintenance_desktop.demo.cable import SwitchedBackend
from maintenance_desktop.demo.colleague import Colleague
from maintenance_desktop.demo.demo import Demo
from maintenance_desktop.demo.server import DemoFailed, DemoHub
from maintenance_desktop.domain.edits import Ending
from maintenance_desktop.domain.outcomes import Unreachable
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.hub.demo_people import DEMO_PASSWORD, DEMO_USER
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.demo_menu import DemoMenu
from maintenance_desktop.ui.theme import Theme
from tests.desk import Computer, connection, copied, dialog, status, top_windows, words
from tests.test_logs import root_logger  # noqa: F401 - a fixture

TITLE = "Replace DE bearing"


@pytest.fixture(scope="module")
def plant_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plant")
    hub = DemoHub(folder)
    hub.stop()
    return folder


@pytest.fixture
def hub(plant_folder, tmp_path):
    hub = Demo(copied(plant_folder, tmp_path / "hub"))
    yield hub
    hub.stop()


@pytest.fixture
def computer(qtbot, qapp, tmp_path):
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    theme = Theme(qapp, Qt.ColorScheme.Light)
    computer = Computer(qtbot, theme, tmp_path / "computer")
    yield computer
    computer.is_switched_off()
    qapp.setStyleSheet("")
    theme.deleteLater()
    QLocale.setDefault(before)
    assert top_windows() == []


class Visitor:
    """Somebody who does what the README says."""

    def __init__(self, computer, program) -> None:
        self._computer = computer
        self._program = program
        self.window = program.window
        self.reader = program.open.workspace.reader

    def opens(self, title: str) -> str:
        query = WorkOrderQuery(text=title, statuses=frozenset({"open", "in_progress"}))
        rows = self.reader.work_orders(query, 0, 5)
        self.window.work_orders.open_work_order(rows[0].id)
        return rows[0].id

    def chooses(self, action: str) -> None:
        """A line of the menu *Demo*."""
        (menu,) = self.window.findChildren(DemoMenu)
        menu.aboutToShow.emit()
        getattr(menu, action).trigger()
        self._computer.waits_for(lambda: menu.is_idle)

    def goes_offline(self) -> None:
        self.chooses("cable_action")
        self._computer.waits_for(lambda: connection(self._program) is Connection.OFFLINE)
        self._computer.waits_for(lambda: status(self._program).startswith("Offline since"))

    def is_told(self, sentence: str) -> None:
        self._computer.waits_for(lambda: sentence in self.window.status_line.message_label.text())


def test_the_readme_word_by_word(qtbot, computer, hub, root_logger, tmp_path):  # noqa: F811
    log = logs.start_logging(tmp_path / "logs")
    program = computer.starts(demo=hub, log_tail=lambda: logs.tail(log))
    computer.waits_for(lambda: connection(program) is Connection.ONLINE)
    ada = Visitor(computer, program)

    job = ada.opens(TITLE)
    ada.goes_offline()
    computer.presses(ada.window, "startButton")
    assert ada.reader.tally().waiting == 1
    ada.chooses("change_action")
    ada.is_told("Dana Ortiz changed the description on the server.")
    assert ada.reader.tally().waiting == 1
    ada.chooses("cable_action")
    computer.waits_for(lambda: dialog("conflictDialog") is not None)
    assert "Dana Ortiz changed this work order" in words(dialog("conflictDialog"))
    computer.presses(dialog("conflictDialog"), "overwriteButton")
    computer.waits_for(lambda: status(program) == "All changes saved on the server")
    there = ada.reader.record("work_order", job).fields
    assert there["status"] == "in_progress"
    assert there["description"].startswith("Bearing noisy at the drive end")

    other = ada.opens("Oil leak at gearbox")
    ada.goes_offline()
    ada.window.activateWindow()
    computer.waits_for(ada.window.isActiveWindow)
    qtbot.keyClick(ada.window.work_orders.list.table, Qt.Key.Key_L)
    computer.waits_for(lambda: dialog("logHoursDialog") is not None)
    computer.waits_for(lambda: getattr(QApplication.focusWidget(), "objectName", str)() == "hoursField")
    qtbot.keyClicks(QApplication.focusWidget(), "2.5")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    computer.waits_for(lambda: ada.reader.tally().waiting == 1)
    ada.chooses("complete_action")
    ada.is_told("Dana Ortiz completed the work order on the server.")
    ada.chooses("cable_action")
    computer.waits_for(lambda: dialog("errorDialog") is not None)
    assert "Dana Ortiz completed WO-" in words(dialog("errorDialog"))
    assert "so 2.5 h were not added" in words(dialog("errorDialog"))
    computer.presses(dialog("errorDialog"), "okayButton")
    computer.waits_for(lambda: status(program) == "All changes saved on the server")
    assert ada.reader.record("work_order", other).fields["status"] == "completed"
    endings = [entry.ending for entry in ada.reader.history()]
    assert endings[:2] == [Ending.ACKNOWLEDGED, Ending.OVERWROTE]

    ada.window.commands.show_about()
    computer.presses(ada.window, "copyDiagnosticsButton")
    (token,) = computer.keyring.tokens.values()
    for told in (log.read_text(encoding="utf-8"), QGuiApplication.clipboard().text()):
        assert told
        for secret in (token, f"password={DEMO_PASSWORD}", TITLE, "Bearing noisy", "Oil leak", "2.5"):
            assert secret not in told, secret


def test_the_demo_starts_again_where_it_was(computer, hub, tmp_path):
    program = computer.starts(demo=hub)
    computer.waits_for(lambda: connection(program) is Connection.ONLINE)
    visitor = Visitor(computer, program)
    visitor.opens(TITLE)
    visitor.goes_offline()
    computer.presses(program.window, "startButton")
    computer.ends(program)
    hub.stop()
    later = Demo(tmp_path / "hub")
    try:
        again = computer.starts(demo=later)
        computer.waits_for(lambda: status(again) == "All changes saved on the server")
        assert again.open.profile.account.server_url == later.url
        computer.ends(again)
    finally:
        later.stop()


def test_the_colleague_names_what_she_cannot_do(hub):
    with pytest.raises(DemoFailed, match=r"\w"):
        Colleague(hub.url).change("018f0000-0000-7000-8000-000000000001")


def test_a_pulled_cable_cuts_everything_and_a_plugged_one_nothing(hub):
    backend = SwitchedBackend(HubBackend(hub.url))
    try:
        backend.use_token(backend.sign_in(DEMO_USER, DEMO_PASSWORD).token)
        assert backend.is_connected
        backend.connect(False)
        for call in (
            backend.info,
            backend.sign_out,
            lambda: backend.sign_in(DEMO_USER, DEMO_PASSWORD),
            lambda: backend.push([], None),
            lambda: list(backend.changes(None)),
            lambda: backend.wait_for_change("", 1),
        ):
            with pytest.raises(Unreachable, match="switched off"):
                call()
        backend.connect(True)
        assert backend.info().name
        assert any(piece.changes for piece in backend.changes(None))
    finally:
        backend.close()


def test_a_hub_that_does_not_start_is_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "hub").write_text("no folder")
    with pytest.raises(DemoFailed, match="did not start"):
        DemoHub(tmp_path / "hub")
    monkeypatch.setattr(server.sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(DemoFailed, match="could not be started"):
        DemoHub(tmp_path / "other")


def test_a_second_demo_on_the_same_folder_says_so_and_the_first_goes_on(tmp_path, plant_folder):
    first = DemoHub(copied(plant_folder, tmp_path / "shared"))
    try:
        with pytest.raises(DemoFailed, match="open in another window"):
            DemoHub(tmp_path / "shared")
        backend = HubBackend(first.url)
        assert backend.info().name
        backend.close()
    finally:
        first.stop()
    DemoHub(tmp_path / "shared").stop()
