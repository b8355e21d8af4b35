"""A whole update in front of a person: found, fetched, and put in place after the program has closed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from maintenance_desktop.domain.updates import Phase, Policy, Reason
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.installation import MARKER, Surroundings
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import Theme
from maintenance_desktop.ui.update_settings import UPDATE_LOCATION, UPDATE_ROOT
from maintenance_desktop.updating import Updating
from tests.desk import Computer, dialog, status
from tests.hub_process import HubProcess
from tests.person import Person
from tests.updates.plant import INSTALLER

OLD = b"\x7fELF the old program"


@pytest.fixture
def hub(tmp_path):
    with HubProcess.start(tmp_path / "hub") as hub:
        hub.add_person("ada", "Ada Lindqvist")
        hub.add_person("dana", "Dana Ortiz", "planner")
        dana = Person.signs_in(hub.url, "dana", tmp_path / "dana")
        dana.records.create("work_order", {"title": "Replace DE bearing"})
        dana.syncs()
        dana.leaves()
        yield hub


@pytest.fixture
def desk(qtbot, qapp, tmp_path):
    before, theme = QLocale(), Theme(qapp, Qt.ColorScheme.Light)
    QLocale.setDefault(QLocale("en_GB"))
    desk = Computer(qtbot, theme, tmp_path / "computer")
    yield desk
    desk.is_switched_off()
    QLocale.setDefault(before)
    qapp.setStyleSheet("")
    theme.deleteLater()


class Ada:
    """Ada in front of the program as an AppImage."""

    def __init__(self, desk: Computer, tmp_path) -> None:
        self.desk = desk
        self.started = []
        self.file = tmp_path / "bin" / "Maintenance_Desktop.AppImage"
        self.file.parent.mkdir()
        self.file.write_bytes(OLD)
        self._mounted = tmp_path / "mount"
        self._mounted.mkdir()
        (self._mounted / MARKER).write_text("[installation]\nkind=appimage\n")

    def starts(self, running="0.1.0", policy=None):
        environment = {"APPIMAGE": str(self.file), "APPDIR": str(self._mounted)}
        seen = Surroundings(self._mounted / "maintenance-desktop", True, "linux", environment)
        self.updating = Updating(
            self.desk.root,
            arguments=["--data", "here"],
            seen=seen,
            read_policy=lambda: policy or Policy(),
            start=self.started.append,
            running=running,
        )
        return self.desk.starts(updating=self.updating)

    def is_told_where(self, it) -> None:
        settings = Settings(self.desk.root / "settings.ini")
        settings.keep(UPDATE_LOCATION, str(it.feed_folder))
        settings.keep(UPDATE_ROOT, str(it.root))
        settings.flush()

    @property
    def state(self):
        return self.updating.updates.state

    def presses(self, program, name) -> None:
        self.desk.waits_for(lambda: program.window.findChild(QPushButton, name).isEnabled())
        self.desk.presses(program.window, name)

    def downloads(self, program) -> None:
        program.window.commands.show_about()
        self.presses(program, "checkUpdatesButton")
        self.desk.waits_for(lambda: self.state.phase is Phase.AVAILABLE)
        self.presses(program, "downloadUpdateButton")
        self.desk.waits_for(lambda: self.state.phase is Phase.READY)

    def ends(self, program) -> None:
        self.desk.ends(program)
        self.updating.finish()


@pytest.fixture
def ada(desk, tmp_path, it):
    ada = Ada(desk, tmp_path)
    ada.is_told_where(it)
    it.publishes("0.2.0", platform="linux-appimage")
    return ada


def works_offline_with_a_change(ada, program):
    program.window.actions_of.by_name["workOfflineAction"].trigger()
    ada.desk.waits_for(lambda: status(program).startswith("Working offline"))
    (order,) = program.open.workspace.reader.work_orders(WorkOrderQuery(), 0, 10)
    program.open.workspace.records.create("labor", {"work_order_id": order.id, "hours": Decimal("1.5")})
    program.window.refresh()


def test_an_update_is_found_fetched_and_installed_and_the_waiting_changes_stay(ada, hub):
    program = ada.starts()
    ada.desk.arrives(program, hub.url)
    works_offline_with_a_change(ada, program)
    ada.downloads(program)
    assert program.window.findChild(QLabel, "updateWaiting").text() == (
        "1 change waits; it stays on this computer."
    )
    assert program.window.status_line.update_button.text() == "Version 0.2.0 can be installed"
    ada.presses(program, "installUpdateButton")
    ada.desk.waits_for(lambda: program.window is None)
    assert ada.file.read_bytes() == OLD
    assert ada.started == []
    ada.ends(program)
    assert ada.file.read_bytes() == INSTALLER
    assert ada.file.with_name(ada.file.name + ".previous").read_bytes() == OLD
    (start,) = ada.started
    assert start.command == [str(ada.file), "--data", "here"]

    again = ada.starts(running="0.2.0")
    ada.desk.waits_for(lambda: again.window.status_line.message_label.text() == "Updated from version 0.1.0")
    assert again.open.workspace.reader.tally().waiting == 1
    ada.ends(again)
    assert len(ada.started) == 1


def test_closing_the_window_installs_nothing_by_itself(ada, hub):
    program = ada.starts()
    ada.desk.arrives(program, hub.url)
    ada.downloads(program)
    ada.ends(program)
    assert ada.file.read_bytes() == OLD
    assert ada.started == []


def test_unsaved_typing_is_asked_about_and_staying_installs_nothing(ada, hub, qtbot):
    program = ada.starts()
    ada.desk.arrives(program, hub.url)
    ada.downloads(program)
    program.window.commands.new_work_order()
    title = program.window.work_orders.new_form.form.editors["title"].field
    title.setFocus()
    qtbot.keyClicks(title, "Oil mist")
    ada.updating.updates.install()
    ada.desk.waits_for(lambda: dialog("unsavedDialog") is not None)
    ada.desk.presses(dialog("unsavedDialog"), "stayButton")
    ada.desk.waits_for(lambda: dialog("unsavedDialog") is None)
    assert program.window.isVisible()
    assert ada.state.phase is Phase.READY
    program.window.work_orders.discard_typing()
    ada.ends(program)
    assert ada.file.read_bytes() == OLD
    assert ada.started == []


def test_a_file_that_changed_while_the_program_closed_is_not_installed(ada, hub):
    program = ada.starts()
    ada.desk.arrives(program, hub.url)
    ada.downloads(program)
    ada.presses(program, "installUpdateButton")
    ada.desk.waits_for(lambda: program.window is None)
    (installer,) = (ada.desk.root / "updates" / "installers").rglob("*.exe")
    installer.write_bytes(INSTALLER[::-1])
    ada.ends(program)
    assert ada.file.read_bytes() == OLD
    (start,) = ada.started  # the program that there was opens again, and says what happened
    assert start.command == [str(ada.file), "--data", "here"]

    again = ada.starts()
    ada.desk.waits_for(lambda: ada.state.reason is Reason.NOT_INSTALLED)
    again.window.commands.show_about()
    assert again.window.findChild(QLabel, "updateSentence").text() == (
        "Version 0.2.0 was not installed; this is still version 0.1.0."
    )


def test_what_it_switched_off_is_off(ada, hub):
    program = ada.starts(policy=Policy(on=False))
    ada.desk.arrives(program, hub.url)
    program.window.commands.show_about()
    sentence = program.window.findChild(QLabel, "updateSentence")
    assert sentence.text() == "Updates are switched off by your IT."
    for name in ("checkUpdatesButton", "downloadUpdateButton", "installUpdateButton", "updateSettingsButton"):
        assert not program.window.findChild(QPushButton, name).isVisible()
    ada.updating.updates.look_if_due()
    assert ada.state.phase is Phase.OFF_BY_IT
