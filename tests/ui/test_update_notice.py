"""The word in the status line: only in a free moment, and never over anything."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMenu

from maintenance_desktop.services.status import Connection, RoundResult, SyncState
from maintenance_desktop.ui.main_window import MainWindow
from tests.ui.fakes import workspace
from tests.ui.updates import ShownUpdates


@pytest.fixture
def updates(qapp):
    return ShownUpdates()


@pytest.fixture
def window(show, plant, settings, updates):
    window = show(MainWindow(workspace(plant), settings, updates=updates))
    yield window
    window._may_close = True
    window.close()


def said(window) -> str:
    button = window.status_line.update_button
    return button.text() if button.isVisible() else ""


def looks_again(window, qtbot) -> None:
    """What the notice does every now and then while it waits."""
    window.update_notice._look_again.timeout.emit()


def test_an_update_is_said_in_the_status_line_and_nothing_pops_up(window, updates, qapp):
    updates.stands("available")
    assert said(window) == "Version 0.2.0 is available"
    assert qapp.activeModalWidget() is None
    assert qapp.activePopupWidget() is None


@pytest.mark.parametrize(
    "name", ["checking", "up-to-date", "off-by-it", "failed-not_signed", "failed-unreachable"]
)
def test_what_is_no_update_is_not_said(window, updates, name):
    updates.stands(name)
    assert said(window) == ""


def test_a_click_leads_to_about(window, updates, qtbot):
    updates.stands("ready")
    assert said(window) == "Version 0.2.0 can be installed"
    qtbot.mouseClick(window.status_line.update_button, Qt.MouseButton.LeftButton)
    assert window.more.isVisible()
    assert window.more.stack.currentWidget() is window.more.about
    assert window.more.about.updates.install_button.isVisible()


def test_it_waits_while_a_sync_is_under_way(window, updates, qtbot):
    sync = window._workspace.sync
    sync.say(SyncState(Connection.SYNCING))
    updates.stands("available")
    looks_again(window, qtbot)
    assert said(window) == ""
    sync.say(SyncState(Connection.ONLINE))
    sync.finish(RoundResult())
    qtbot.waitUntil(lambda: said(window) == "Version 0.2.0 is available")


def test_it_waits_while_something_typed_is_not_saved(window, updates, qtbot):
    window.commands.new_work_order()
    title = window.work_orders.new_form.form.editors["title"].field
    title.setFocus()
    qtbot.keyClicks(title, "Oil mist")
    assert window.work_orders.is_dirty
    updates.stands("ready")
    looks_again(window, qtbot)
    assert said(window) == ""
    window.work_orders.discard_typing()
    qtbot.waitUntil(lambda: said(window) == "Version 0.2.0 can be installed")


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)  # offscreen platform
@pytest.mark.parametrize("kind", [QDialog, QMenu])
def test_it_waits_while_a_dialog_or_a_menu_is_open(window, updates, qtbot, kind):
    over = kind(window)
    if isinstance(over, QMenu):
        over.addAction("Copy")
        over.popup(window.pos())
    else:
        over.open()
    qtbot.waitUntil(over.isVisible)
    updates.stands("available")
    looks_again(window, qtbot)
    assert said(window) == ""
    over.close()
    qtbot.waitUntil(lambda: said(window) == "Version 0.2.0 is available")


def test_what_is_said_already_follows_the_state_at_once(window, updates):
    updates.stands("available")
    window._workspace.sync.say(SyncState(Connection.SYNCING))
    updates.stands("ready")
    assert said(window) == "Version 0.2.0 can be installed"
    updates.stands("up-to-date")
    assert said(window) == ""


def test_it_is_gone_when_there_is_nothing_to_say_any_more_before_it_was_said(window, updates, qtbot):
    window._workspace.sync.say(SyncState(Connection.SYNCING))
    updates.stands("available")
    updates.stands("off-by-it")
    window._workspace.sync.say(SyncState(Connection.ONLINE))
    looks_again(window, qtbot)
    assert said(window) == ""


def test_an_update_that_was_found_before_this_window_is_said_in_it(show, plant, settings, updates):
    updates.stands("ready")
    window = show(MainWindow(workspace(plant), settings, updates=updates))
    assert said(window) == "Version 0.2.0 can be installed"
    window.close()


def test_after_an_update_the_version_before_is_said(window, updates):
    updates.updated.emit("0.0.9")
    assert window.status_line.message_label.text() == "Updated from version 0.0.9"
