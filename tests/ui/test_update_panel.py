from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from maintenance_desktop.domain.updates import Installation, Kind, Phase, Platform, Reason, UpdateState
from maintenance_desktop.services.status import Connection, SyncState
from maintenance_desktop.ui.diagnostics import diagnostics
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.update_panel import UpdatePanel
from tests.ui.asking import hours_edit
from tests.ui.fakes import Plant, workspace
from tests.ui.updates import OFFER, STATES, ShownUpdates

VERBS = ("install", "download", "cancel", "check", "settings")


@pytest.fixture
def updates(qapp):
    return ShownUpdates()


@pytest.fixture
def panel(show, plant, updates):
    return show(UpdatePanel(workspace(plant), updates), (700, 200))


def verbs(panel) -> list[str]:
    return [name for name in VERBS if getattr(panel, f"{name}_button").isVisible()]


@pytest.mark.parametrize(
    ("name", "sentence", "offered"),
    [
        ("not-checked", "Not checked for updates yet.", ["check"]),
        ("checking", "Checking for updates…", ["cancel"]),
        ("up-to-date", "This is the newest version, checked today at 10:40.", ["check"]),
        ("available", "Version 0.2.0 is available.", ["download", "check"]),
        ("downloading", "Downloading version 0.2.0…", ["cancel"]),
        ("ready", "Version 0.2.0 is ready to install; its signature was checked.", ["install", "check"]),
        ("verifying", "Reading the installer through once more…", []),
        ("off-by-it", "Updates are switched off by your IT.", []),
        ("off", "Checking for updates is switched off.", ["settings"]),
        ("no-place", "This program does not know where its updates are.", ["settings"]),
        ("no-root", "There is no key file to check the signature of updates with", ["settings"]),
    ],
)
def test_each_state_says_what_it_is_and_what_can_be_done(panel, updates, name, sentence, offered):
    updates.stands(name)
    assert panel.sentence.text().startswith(sentence)
    assert verbs(panel) == offered


@pytest.mark.parametrize("reason", list(Reason))
def test_each_trouble_says_what_happened_what_is_safe_and_what_to_do(panel, updates, reason):
    updates.stands(f"failed-{reason.value}")
    assert panel.sentence.text().endswith((".", "0.2.0"))
    assert "%" not in panel.sentence.text()
    safe = "Nothing was installed, and the program works as before. "
    assert panel.advice.text().startswith(safe)
    assert len(panel.advice.text()) > len(safe) + 10
    assert verbs(panel) == ["check"]


@pytest.mark.parametrize(
    "reason", [Reason.NOT_SIGNED, Reason.ROLLED_BACK, Reason.DAMAGED, Reason.CHANGED_HERE]
)
def test_what_may_be_an_attack_is_said_in_red(panel, updates, reason):
    updates.stands(f"failed-{reason.value}")
    assert panel.sentence.property("tone") == "red"
    updates.stands("failed-unreachable")
    assert panel.sentence.property("tone") == "amber"
    updates.stands("available")
    assert panel.sentence.property("tone") == ""


def test_the_verbs_do_what_they_say(panel, updates, qtbot):
    for name, verb in (
        ("available", "check"),
        ("available", "download"),
        ("downloading", "cancel"),
        ("checking", "cancel"),
        ("ready", "install"),
    ):
        updates.stands(name)
        qtbot.mouseClick(getattr(panel, f"{verb}_button"), Qt.MouseButton.LeftButton)
    assert updates.wanted == ["check", "download", "cancel", "cancel", "install"]


def test_a_failed_download_can_be_tried_again(panel, updates, qtbot):
    updates.stands(UpdateState(Phase.FAILED, OFFER, reason=Reason.UNREACHABLE))
    assert panel.download_button.text() == "&Try again"
    qtbot.mouseClick(panel.download_button, Qt.MouseButton.LeftButton)
    assert updates.wanted == ["download"]


def test_a_download_shows_how_far_it_is(panel, updates):
    updates.stands("downloading")
    assert panel.progress.isVisible()
    assert panel.progress_label.text() == "31 of 84 MB"
    assert panel.progress.value() / panel.progress.maximum() == pytest.approx(31 / 84.3, abs=0.01)
    updates.stands("ready")
    assert not panel.progress.isVisible()


def test_before_installing_it_says_what_will_happen_and_what_stays(panel, updates, plant):
    updates.stands("ready")
    assert "The program closes, the new version is installed, and it opens again." in panel.advice.text()
    assert not panel.waiting.isVisible()
    plant.edits.append(hours_edit())
    panel.refresh()
    assert panel.waiting.text() == "1 change waits; it stays on this computer."
    plant.edits += [replace(hours_edit(), id=f"x{n}") for n in range(11)]
    panel.refresh()
    assert panel.waiting.text() == "12 changes wait; they stay on this computer."


def test_nothing_is_installed_during_a_sync(panel, updates):
    updates.stands("ready")
    assert panel.install_button.isEnabled()
    panel._workspace.sync.say(SyncState(Connection.SYNCING))
    panel.refresh()
    assert not panel.install_button.isEnabled()
    assert panel.advice.text() == "A sync is under way; you can install when it is done."
    panel._workspace.sync.say(SyncState(Connection.ONLINE))
    panel.refresh()
    assert panel.install_button.isEnabled()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_no_key_installs_by_accident(panel, updates, qtbot, key):
    updates.stands("ready")
    qtbot.keyClick(panel, key)
    assert updates.wanted == []
    assert not panel.install_button.isDefault()
    assert not panel.install_button.autoDefault()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.WINDOWS_MACHINE, "so your IT does that"),
        (Kind.DEB, "updates of this computer's system, or from your IT"),
        (Kind.RPM, "updates of this computer's system, or from your IT"),
        (Kind.SOURCE, "runs from its source"),
        (Kind.FOLDER, "ask your IT, or whoever put it here"),
        (Kind.APPIMAGE, "This copy cannot replace itself"),
    ],
)
def test_where_it_installs_the_program_only_tells(show, plant, kind, words):
    updates = ShownUpdates(Installation(kind, frozenset({Platform.DEB})))
    panel = show(UpdatePanel(workspace(plant), updates), (700, 200))
    updates.stands("available")
    assert words in panel.advice.text()
    assert verbs(panel) == ["check"]


@pytest.mark.parametrize(
    ("kind", "verb", "words"),
    [
        (Kind.APPIMAGE, "&Install and restart", ".previous"),
        (Kind.MACOS, "&Close and open the disk image", "Applications"),
        (Kind.WINDOWS_USER, "&Install and restart", "opens again"),
    ],
)
def test_each_kind_says_how_it_is_installed(show, plant, kind, verb, words):
    updates = ShownUpdates(Installation(kind, frozenset({Platform.WINDOWS}), can_install=True))
    panel = show(UpdatePanel(workspace(plant), updates), (700, 200))
    updates.stands("ready")
    assert panel.install_button.text() == verb
    assert words in panel.advice.text()


def test_a_feed_cannot_write_markup_into_the_window(panel, updates):
    updates.stands(UpdateState(Phase.AVAILABLE, replace(OFFER, version="<b>9</b>")))
    assert panel.sentence.textFormat() is Qt.TextFormat.PlainText


# on More


def test_more_leads_from_about_to_the_settings(show, plant, updates, settings, qtbot):
    page = show(MorePage(workspace(plant), settings, updates=updates))
    page.show_section(page.about)
    updates.stands("no-place")
    qtbot.mouseClick(page.about.updates.settings_button, Qt.MouseButton.LeftButton)
    assert page.stack.currentWidget() is page.settings


def test_more_says_in_its_list_that_there_is_an_update(show, plant, updates, settings):
    page = show(MorePage(workspace(plant), settings, updates=updates))
    about = page.list.item(page.list.count() - 1)
    assert about.text() == "About"
    updates.stands("available")
    assert about.text() == "About (1 update)"
    updates.stands("up-to-date")
    assert about.text() == "About"


def test_without_updates_nothing_is_said_of_them(show, settings):
    page = show(MorePage(workspace(Plant()), settings))
    page.show_section(page.about)
    assert page.findChild(QPushButton, "checkUpdatesButton") is None


def test_diagnostics_tell_support_how_it_stands(plant, updates):
    updates.stands("failed-expired")
    told = diagnostics(workspace(plant), updates=updates)
    assert "Installed as: windows-user" in told
    assert "Updates: failed, expired, checked 2026-11-22" in told
    assert "from /media/stick/updates (set by person)" in told


def test_every_state_is_looked_at():
    assert {state.phase for state in STATES.values()} == set(Phase)
