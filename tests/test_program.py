"""The program from its first start to the day somebody signs out, against a real hub."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from PySide6.QtCore import QElapsedTimer, QLocale, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services.status import Connection
from maintenance_desktop.storage import database
from maintenance_desktop.ui.settings_section import THEME
from maintenance_desktop.ui.theme import Theme
from tests.cable import Cable
from tests.desk import PASSWORD, Computer, connection, copied, dialog, said, status, top_windows, words
from tests.hub_process import HubProcess
from tests.person import Person


@pytest.fixture(scope="module")
def hub_folder(tmp_path_factory):
    """A hub with two people and a work order, to be copied."""
    folder = tmp_path_factory.mktemp("hub")
    with HubProcess.start(folder) as hub:
        hub.add_person("ada", "Ada Lindqvist")
        hub.add_person("dana", "Dana Ortiz", "planner")
        dana = Person.signs_in(hub.url, "dana", tmp_path_factory.mktemp("dana"))
        dana.records.create("work_order", {"title": "Replace DE bearing", "description": "Bearing noisy."})
        dana.syncs()
        dana.leaves()
    return folder


@pytest.fixture
def hub(hub_folder, tmp_path):
    with HubProcess.start(copied(hub_folder, tmp_path / "hub")) as hub:
        yield hub


@pytest.fixture
def cable(hub):
    cable = Cable(hub.port)
    yield cable
    cable.remove()


@pytest.fixture
def theme(qapp):
    theme = Theme(qapp, Qt.ColorScheme.Light)
    yield theme
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.fixture
def computer(qtbot, theme, tmp_path):
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    computer = Computer(qtbot, theme, tmp_path / "computer")
    yield computer
    computer.is_switched_off()
    QLocale.setDefault(before)
    assert top_windows() == []


def first_order(program):
    (row,) = program.open.workspace.reader.work_orders(WorkOrderQuery(), 0, 10)
    return row


def save_hours(program, hours="1.5"):
    order = first_order(program)
    program.open.workspace.records.create("labor", {"work_order_id": order.id, "hours": Decimal(hours)})
    program.window.refresh()


def tally(program):
    return program.open.workspace.reader.tally()


def hours_on_the_server(hub, tmp_path) -> list[Decimal]:
    dana = Person.signs_in(hub.url, "dana", tmp_path / f"dana{time.monotonic_ns()}")
    dana.syncs()
    (order,) = dana.reader.work_orders(WorkOrderQuery(), 0, 10)
    found = [one.fields["hours"] for one in dana.reader.children("labor", order.id)]
    dana.leaves()
    return found


def work_offline(computer, program):
    program.window.actions_of.by_name["workOfflineAction"].trigger()
    computer.waits_for(lambda: connection(program) is Connection.WORKING_OFFLINE)


def test_the_first_start_asks_who_is_there(computer):
    program = computer.starts()
    assert program.window is None
    assert program.sign_in_window.isVisible()
    assert program.sign_in_window.windowTitle() == "Sign in"


def test_a_wrong_password_is_said_at_its_field_and_opens_nothing(computer, hub):
    program = computer.starts()
    computer.signs_in(program, hub.url, password="wrong")
    computer.waits_for(lambda: "✕" in words(program.sign_in_window))
    assert "password" in words(program.sign_in_window).partition("✕")[2]
    assert program.window is None
    assert program.sign_in_window.isVisible()
    computer.arrives(program, hub.url)


def test_no_server_is_said_and_can_be_tried_again(computer, hub, cable):
    cable.pull()
    program = computer.starts()
    computer.signs_in(program, cable.url)
    button = program.sign_in_window.findChild(QPushButton, "signInButton")
    computer.waits_for(button.isEnabled)
    assert "✕" in words(program.sign_in_window)
    cable.plug_in()
    computer.arrives(program, cable.url)


def test_signing_in_opens_the_main_window_with_what_the_server_has(computer, hub):
    program = computer.starts()
    computer.arrives(program, hub.url)
    assert program.window.isVisible()
    assert not program.sign_in_window.isVisible()
    assert first_order(program).title == "Replace DE bearing"
    computer.waits_for(lambda: status(program) == "All changes saved on the server")


def test_a_second_program_on_the_same_profile_says_so(computer, hub):
    first = computer.starts()
    computer.arrives(first, hub.url)
    second = computer.starts()
    assert second.window is None
    assert "open in another window" in words(second.sign_in_window)
    # and again, from the list of profiles: the window that was clicked is gone while it tells so
    before = second.sign_in_window
    computer.presses(before, "profileButton1")
    computer.waits_for(lambda: second.sign_in_window is not before)
    assert "open in another window" in words(second.sign_in_window)
    computer.ends(first)
    computer.presses(second.sign_in_window, "profileButton1")
    computer.waits_for(lambda: second.window is not None)
    computer.waits_for(lambda: connection(second) is Connection.ONLINE)


def test_the_next_start_opens_the_last_profile_without_a_network(computer, hub):
    program = computer.starts()
    computer.arrives(program, hub.url)
    computer.ends(program)
    hub.stop()
    again = computer.starts()
    assert again.window.isVisible()
    assert first_order(again).title == "Replace DE bearing"
    computer.waits_for(lambda: again.window.work_orders.list.table.model().rowCount() == 1)
    computer.waits_for(lambda: status(again).startswith("Offline"))


def test_a_home_on_a_network_drive_is_worked_from_as_any_other(computer, hub, tmp_path, monkeypatch):
    """Two threads on files without shared memory: a save never waits for a round, nor a look for a save."""
    monkeypatch.setattr(database, "is_remote", lambda path: True)
    program = computer.starts()
    computer.arrives(program, hub.url)
    for _ in range(10):
        save_hours(program, "0.5")
        program.open.workspace.sync.request()
    computer.waits_for(lambda: tally(program).waiting == 0)
    assert hours_on_the_server(hub, tmp_path) == [Decimal("0.5")] * 10
    assert not list(program.open.profile.path.glob("*-wal"))
    computer.ends(program)
    second = computer.starts()
    computer.waits_for(lambda: connection(second) is Connection.ONLINE)


def test_signing_out_says_what_waits_and_keeps_it(computer, hub, tmp_path):
    program = computer.starts()
    computer.arrives(program, hub.url)
    work_offline(computer, program)
    save_hours(program)
    program.window.commands.show_more()
    program.window.more.show_section(program.window.more.account)
    computer.presses(program.window, "signOutButton")
    assert "1 change is not on the server yet. It is kept" in said("signOutConfirmation")
    computer.presses(dialog("signOutConfirmation"), "confirmButton")
    computer.waits_for(lambda: program.sign_in_window.isVisible())
    assert program.window is None
    assert program.open is None
    assert "1 waiting" in program.sign_in_window.findChild(QPushButton, "profileButton1").text()
    computer.waits_for(lambda: computer.keyring.tokens == {})
    assert hours_on_the_server(hub, tmp_path) == []
    computer.arrives(program, hub.url)
    computer.waits_for(lambda: tally(program).waiting == 0)
    assert hours_on_the_server(hub, tmp_path) == [Decimal("1.5")]


def test_a_dead_token_leaves_the_data_open_and_asks_to_sign_in_for_what_waits(computer, hub, tmp_path):
    program = computer.starts()
    computer.arrives(program, hub.url)
    work_offline(computer, program)
    save_hours(program)
    save_hours(program, "0.5")
    changed = hub.run("person", "set-password", "ada", "--password-stdin", stdin="new horse\n")
    assert changed.returncode == 0, changed.stderr
    program.window.actions_of.by_name["workOfflineAction"].trigger()
    computer.waits_for(lambda: dialog("signInWindow") is not None)
    assert dialog("signInWindow").windowTitle() == "Sign in to send 2 changes"
    assert status(program).startswith("Sign in again to sync")
    assert first_order(program).title == "Replace DE bearing"
    assert program.window.isVisible()
    computer.signs_in_again(dialog("signInWindow"), "new horse")
    computer.waits_for(lambda: tally(program).waiting == 0)
    assert sorted(hours_on_the_server(hub, tmp_path)) == [Decimal("0.5"), Decimal("1.5")]


def test_another_server_at_the_same_address_gets_nothing(computer, hub, tmp_path):
    program = computer.starts()
    computer.arrives(program, hub.url)
    work_offline(computer, program)
    save_hours(program)
    port = hub.port
    hub.stop()
    with HubProcess.start(tmp_path / "other", port=port) as other:
        program.window.actions_of.by_name["workOfflineAction"].trigger()
        computer.waits_for(lambda: connection(program) is Connection.WRONG_SERVER)
        computer.waits_for(lambda: "Another server answers" in status(program))
        assert "Nothing was sent" in status(program)
        assert tally(program).waiting == 1
        computer.ends(program)
        other.add_person("dana", "Dana Ortiz", "planner")
        dana = Person.signs_in(other.url, "dana", tmp_path / "dana")
        dana.syncs()
        assert dana.reader.count_work_orders(WorkOrderQuery()) == 0
        dana.leaves()


def test_a_damaged_file_of_work_is_said_and_kept(computer, hub):
    program = computer.starts()
    computer.arrives(program, hub.url)
    folder = program.open.profile.path
    computer.ends(program)
    (folder / "work.db").write_bytes(b"not a database at all" * 400)
    again = computer.starts()
    assert "was damaged. It is kept as work-damaged-" in said("noticeDialog")
    assert len(list(folder.glob("work-damaged-*.db"))) == 1
    dialog("noticeDialog").close()
    computer.waits_for(lambda: connection(again) is Connection.ONLINE)
    assert first_order(again).title == "Replace DE bearing"


def test_the_chosen_colours_are_there_at_the_next_start(computer, hub, qapp):
    program = computer.starts()
    computer.arrives(program, hub.url)
    program.window.more.settings.theme.setCurrentIndex(2)
    program.window.more.settings.theme.activated.emit(2)
    assert qapp.palette().window().color().lightnessF() < 0.5
    computer.ends(program)
    assert program._settings.text(THEME) == "dark"
    computer._theme.show_scheme(Qt.ColorScheme.Light)
    computer.starts()
    assert qapp.palette().window().color().lightnessF() < 0.5


class Probe(QObject):
    """Counts the turns of the event loop and remembers the longest pause between two."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0
        self.longest = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=10)
        self._timer.timeout.connect(self._on_turn)
        self._clock.start()
        self._timer.start()

    def _on_turn(self) -> None:
        self.turns += 1
        self.longest = max(self.longest, self._clock.restart())

    def stop(self) -> None:
        self._timer.stop()


def test_the_window_never_waits_for_a_server_that_does_not_answer(qtbot, computer, hub, cable):
    program = computer.starts()
    computer.arrives(program, cable.url)
    window = program.window
    window.work_orders.open_work_order(first_order(program).id)
    cable.slow_down()
    probe = Probe()
    computer.presses(window, "startButton")
    computer.waits_for(cable.holds_something.is_set)
    assert tally(program).waiting == 1
    for go in (window.commands.show_assets, window.commands.show_more, window.commands.show_work_orders):
        go()
        window.commands.sync_now()
    save_hours(program)
    computer.waits_for(lambda: probe.turns > 150)
    assert cable.holds_something.is_set()
    assert tally(program).waiting == 2
    probe.stop()
    assert probe.longest < 1_000
    cable.flow()
    computer.waits_for(lambda: tally(program).waiting == 0)


def test_nobody_waits_for_a_keyring_that_waits_for_a_person(computer):
    keyring = computer.keyring
    keyring.is_there = False
    keyring.answers.clear()
    first = computer.starts()
    computer.waits_for(keyring.is_asked.is_set)
    computer.ends(first)
    again = computer.starts()
    note = again.sign_in_window.findChild(QLabel, "keyringNote")
    assert again.sign_in_window.isVisible()
    assert not note.isVisible()
    keyring.answers.set()
    computer.waits_for(note.isVisible)


def test_closing_does_not_wait_for_a_server_that_does_not_answer(computer, hub, cable, tmp_path):
    program = computer.starts()
    computer.arrives(program, cable.url)
    cable.slow_down()
    save_hours(program)
    program.open.workspace.sync.request()
    computer.waits_for(cable.holds_something.is_set)
    began = time.monotonic()
    computer.ends(program)
    assert time.monotonic() - began < 3
    cable.flow()
    again = computer.starts()
    computer.waits_for(lambda: tally(again).waiting == 0)
    computer.waits_for(lambda: connection(again) is Connection.ONLINE)
    assert hours_on_the_server(hub, tmp_path) == [Decimal("1.5")]


def test_signing_out_does_not_wait_for_a_server_that_does_not_answer(computer, hub, cable):
    program = computer.starts()
    computer.arrives(program, cable.url)
    cable.slow_down()
    began = time.monotonic()
    program.window.signed_out.emit()
    computer.waits_for(lambda: program.sign_in_window.isVisible())
    assert time.monotonic() - began < 3
    computer.waits_for(lambda: computer.keyring.tokens == {})
    assert QApplication.activeModalWidget() is None


def test_a_cancelled_sign_in_to_a_slow_server_ends_with_the_program(computer, hub, cable):
    cable.slow_down()
    program = computer.starts()
    computer.signs_in(program, cable.url, password=PASSWORD)
    computer.waits_for(cable.holds_something.is_set)
    computer.presses(program.sign_in_window, "cancelButton")
    began = time.monotonic()
    computer.ends(program)
    assert time.monotonic() - began < 5
