from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from maintenance_desktop.domain.updates import Choice, Phase, Policy, rules
from maintenance_desktop.ui.update_settings import UpdateSettings, update_choice
from tests.ui.updates import ShownUpdates


class Seat:
    """The settings in front of a person, with what IT decided."""

    def __init__(self, show, settings, policy: Policy) -> None:
        self.settings = settings
        self.updates = ShownUpdates(policy=policy)
        self.updates._read_rules = self.read_rules
        self.updates.rules = self.read_rules()
        self.shown = show(UpdateSettings(settings, self.updates), (700, 300))

    def read_rules(self):
        return rules(self.updates.policy, update_choice(self.settings))

    def types(self, qtbot, field, text) -> None:
        field.setFocus()
        field.clear()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)


@pytest.fixture
def seat(show, settings):
    return Seat(show, settings, Policy())


def test_in_the_beginning_it_looks_and_knows_no_place(seat):
    assert seat.shown.switch.isChecked()
    assert seat.shown.location.text() == ""
    assert "without it, no updates" in seat.shown.root.placeholderText()
    assert not seat.shown.by_it.isVisible()
    assert update_choice(seat.settings) == Choice()


def test_a_place_and_its_root_work_at_once(seat, qtbot):
    seat.types(qtbot, seat.shown.location, " /media/stick/updates ")
    assert seat.updates.state.phase is Phase.NO_ROOT
    seat.types(qtbot, seat.shown.root, "/media/stick/root.json")
    assert update_choice(seat.settings) == Choice(True, "/media/stick/updates", "/media/stick/root.json")
    assert seat.updates.state.phase is Phase.NOT_CHECKED


def test_what_is_no_place_is_said_at_its_field_and_not_kept(seat, qtbot):
    seat.types(qtbot, seat.shown.location, "http://updates.example.org")
    assert "not protected against listeners" in seat.shown.location_problem.text()
    assert seat.shown.location_problem.isVisible()
    assert seat.shown.location.text() == "http://updates.example.org"
    assert update_choice(seat.settings).location == ""
    seat.types(qtbot, seat.shown.location, "https://updates.example.org")
    assert not seat.shown.location_problem.isVisible()
    assert update_choice(seat.settings).location == "https://updates.example.org"


def test_no_place_is_a_choice_too(seat, qtbot):
    seat.types(qtbot, seat.shown.location, "/srv/updates")
    seat.types(qtbot, seat.shown.location, "")
    assert not seat.shown.location_problem.isVisible()
    assert update_choice(seat.settings).location == ""


def test_the_switch_works_at_once(seat):
    seat.shown.switch.click()
    assert not update_choice(seat.settings).on
    assert seat.updates.state.phase is Phase.OFF


@pytest.mark.parametrize(("button", "field"), [("folder_button", "location"), ("root_button", "root")])
def test_a_folder_and_a_file_can_be_chosen(seat, qtbot, button, field, tmp_path):
    (tmp_path / "root.json").write_text("{}")
    chosen = tmp_path if field == "location" else tmp_path / "root.json"
    qtbot.mouseClick(getattr(seat.shown, button), Qt.MouseButton.LeftButton)
    dialog = seat.shown.findChild(QFileDialog, "chooseUpdateDialog")
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(chosen))
    dialog.close()
    assert getattr(seat.shown, field).text() == str(chosen)
    assert getattr(update_choice(seat.settings), field) == str(chosen)


def test_what_it_switched_off_cannot_be_switched_on(show, settings):
    seat = Seat(show, settings, Policy(on=False))
    assert not seat.shown.switch.isChecked()
    assert not seat.shown.switch.isEnabled()
    assert seat.shown.by_it.text() == "Updates are switched off by your IT."


def test_the_place_of_it_is_shown_and_cannot_be_changed(show, settings, qtbot):
    settings.keep("updates/location", "/home/ada/mine")
    settings.keep("updates/root", "/home/ada/mine.json")
    seat = Seat(show, settings, Policy(location=r"\\plant\updates", root=r"C:\IT\root.json"))
    assert seat.shown.by_it.text() == "What cannot be changed here is set by your IT."
    for field, value in ((seat.shown.location, r"\\plant\updates"), (seat.shown.root, r"C:\IT\root.json")):
        assert field.text() == value
        assert field.isReadOnly()
        seat.types(qtbot, field, "/tmp/other")
    assert not seat.shown.folder_button.isEnabled()
    assert not seat.shown.root_button.isEnabled()
    assert update_choice(settings) == Choice(True, "/home/ada/mine", "/home/ada/mine.json")
    assert seat.shown.switch.isEnabled()


def test_a_root_of_the_person_is_not_shown_for_the_place_of_it(show, settings):
    settings.keep("updates/root", "/home/ada/mine.json")
    seat = Seat(show, settings, Policy(location=r"\\plant\updates"))
    assert seat.shown.root.text() == ""
    assert seat.shown.root.isReadOnly()


def test_a_policy_that_cannot_be_read_is_said(show, settings):
    seat = Seat(show, settings, Policy(is_readable=False))
    assert "cannot be read" in seat.shown.by_it.text()
    assert not seat.shown.switch.isEnabled()
    assert seat.shown.location.isReadOnly()
