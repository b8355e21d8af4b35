from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton

from maintenance_desktop.domain.edits import Ending
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.services.status import Connection, SyncState
from maintenance_desktop.ui.about_section import AboutSection
from maintenance_desktop.ui.confirmation import Confirmation
from maintenance_desktop.ui.diagnostics import diagnostics, scrubbed
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.settings import Settings
from tests.ui.asking import ORDER, SUBJECT, conflicted_edit, hours_edit
from tests.ui.fakes import Plant, believable_plant, in_days, workspace


@pytest.fixture
def plant():
    return believable_plant()


@pytest.fixture
def page(qtbot, plant, tmp_path) -> MorePage:
    page = MorePage(workspace(plant), Settings(tmp_path / "s.ini"), lambda: "the log")
    page.plant = plant
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    return page


def ask_two(plant: Plant) -> None:
    plant.edits += [conflicted_edit(), hours_edit()]


def confirm(page, qtbot, name) -> Confirmation:
    found = page.findChildren(Confirmation, name)
    return next(one for one in found if one.isVisible())


# Needs you


def test_the_badge_counts_what_needs_an_answer(page, qtbot):
    ask_two(page.plant)
    with qtbot.waitSignal(page.badge_changed) as changed:
        page.refresh()
    assert changed.args == [2]
    assert page.list.item(0).text() == "Needs you (2)"
    with qtbot.assertNotEmitted(page.badge_changed):
        page.refresh()


def test_an_unanswered_question_is_answered_from_here(page, qtbot):
    ask_two(page.plant)
    page.refresh()
    assert page.needs_you.table.selected().id == "e1"
    with qtbot.waitSignal(page.answer_wanted) as wanted:
        qtbot.mouseClick(page.needs_you.answer_button, Qt.MouseButton.LeftButton)
    assert wanted.args == ["e1"]
    page.needs_you.table.select("e2")
    with qtbot.waitSignal(page.answer_wanted) as wanted:
        qtbot.keyClick(page.needs_you.table, Qt.Key.Key_Return)
    assert wanted.args == ["e2"]


def test_when_nothing_needs_the_person_it_says_so(page):
    page.refresh()
    assert page.needs_you.empty.isVisible()
    assert not page.needs_you.answer_button.isVisible()
    assert page.list.item(0).text() == "Needs you"


# Waiting to sync


@pytest.fixture
def queue(page):
    view = page.plant.record("work_order", ORDER)
    page._workspace.records.update(view, {"priority": "critical"})
    new = page._workspace.records.create("work_order", {"title": "Oil leak"})
    page._workspace.records.create("labor", {"work_order_id": new, "hours": 2})
    created, hours = page.plant.edits[1:]
    page.plant.edits[2] = replace(hours, after=frozenset({created.id}))
    page.show_section(page.queue)
    page.refresh()
    return page.queue


def test_the_queue_says_what_waits_and_why(page, queue):
    rows = queue.table.rows.rows()
    assert next(row.what for row in rows) == "WO-1042 Replace drive-end bearing: Priority"
    assert all(row.why == "Goes out with the next sync" for row in rows)
    assert page.list.item(1).text() == "Waiting to sync (3)"


def test_why_it_waits_follows_the_connection(page, queue):
    page._workspace.sync.say(SyncState(Connection.OFFLINE))
    assert all(row.why == "Waits until the server can be reached" for row in queue.table.rows.rows())


def test_a_sync_leaves_what_is_read_where_it_is(page, queue):
    queue.table.select(page.plant.edits[0].id)
    queue.refresh()
    shown = queue.details.grid._inside
    page.refresh()
    assert queue.details.grid._inside is shown


def test_undo_names_what_ends_with_it_and_asks_first(page, queue, qtbot):
    new = page.plant.edits[1]
    queue.table.select(new.id)
    queue.refresh()
    qtbot.mouseClick(queue.undo_button, Qt.MouseButton.LeftButton)
    question = confirm(page, qtbot, "undoConfirmation")
    assert "2 h on" in question.informativeText()
    assert len(page.plant.edits) == 3
    with qtbot.waitSignal(page.undone) as undone:
        qtbot.mouseClick(question.verb_button, Qt.MouseButton.LeftButton)
    assert new.record_id in undone.args[0]
    assert [edit.type for edit in page.plant.edits] == ["work_order"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_no_key_undoes_by_accident(page, queue, qtbot, key):
    queue.table.select(page.plant.edits[0].id)
    queue.refresh()
    qtbot.mouseClick(queue.undo_button, Qt.MouseButton.LeftButton)
    question = confirm(page, qtbot, "undoConfirmation")
    qtbot.keyClick(question, key)
    assert not question.isVisible()
    assert len(page.plant.edits) == 3


def test_a_sent_change_can_not_be_undone_any_more(page, queue):
    first = page.plant.edits[0]
    page.plant.edits[0] = replace(first, first_sent_at=in_days(0))
    queue.table.select(first.id)
    queue.refresh()
    assert not queue.undo_button.isEnabled()
    assert "may have reached the server" in queue.note.text()


def test_a_change_sent_while_the_question_was_open_is_not_undone(page, queue, qtbot):
    first = page.plant.edits[0]
    queue.table.select(first.id)
    queue.refresh()
    qtbot.mouseClick(queue.undo_button, Qt.MouseButton.LeftButton)
    page.plant.edits[0] = replace(first, first_sent_at=in_days(0))
    with qtbot.assertNotEmitted(page.undone):
        qtbot.mouseClick(confirm(page, qtbot, "undoConfirmation").verb_button, Qt.MouseButton.LeftButton)
    assert len(page.plant.edits) == 3
    assert "sent meanwhile" in queue.note.text()


def test_a_full_disk_is_said_where_undo_failed(page, queue, qtbot, monkeypatch):
    def full(*_):
        raise StorageTrouble("The disk is full.")

    monkeypatch.setattr(page.plant, "undo", full)
    queue.table.select(page.plant.edits[0].id)
    queue.refresh()
    qtbot.mouseClick(queue.undo_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(confirm(page, qtbot, "undoConfirmation").verb_button, Qt.MouseButton.LeftButton)
    assert queue.note.text() == "The disk is full."


def test_what_needs_an_answer_is_not_among_what_waits(page, queue):
    ask_two(page.plant)
    page.refresh()
    assert len(queue.table.rows.rows()) == 3
    assert page.list.item(1).text() == "Waiting to sync (3)"


# Sync history


def test_the_history_shows_the_whole_content_and_copies_it(page, qtbot):
    entry = HistoryEntry(conflicted_edit(), SUBJECT, Ending.DISCARDED, in_days(-1))
    page.plant.ended.append(entry)
    page.show_section(page.history)
    page.history.table.setCurrentIndex(page.history.rows.index(0, 0))
    assert "Discarded by you" in page.history.sentence.text()
    shown = [label.text() for label in page.history.details.findChildren(QLabel)]
    assert "In progress" in shown
    qtbot.mouseClick(page.history.copy_button, Qt.MouseButton.LeftButton)
    assert "In progress" in QGuiApplication.clipboard().text()


def test_the_history_is_read_page_by_page(page, qtmodeltester):
    edit = conflicted_edit()
    page.plant.ended += [
        HistoryEntry(replace(edit, id=f"h{n}"), SUBJECT, Ending.APPLIED, in_days(-1)) for n in range(450)
    ]
    page.show_section(page.history)
    rows = page.history.rows
    assert 0 < rows.rowCount() < 450
    rows.read_until(449)
    assert rows.rowCount() == 450
    qtmodeltester.check(rows)


def test_the_history_is_searched_as_it_is_typed(page, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(page.plant, "history", lambda text, offset, limit: asked.append(text) or [])
    page.show_section(page.history)
    qtbot.keyClicks(page.history.search, "leak")
    qtbot.waitUntil(lambda: "leak" in asked)
    assert page.history.empty.heading.text() == "Nothing matches"


# Settings, account, about


def test_settings_work_at_once(page, qtbot):
    page.show_section(page.settings)
    qtbot.mouseClick(
        page.settings.large_targets,
        Qt.MouseButton.LeftButton,
        pos=page.settings.large_targets.rect().center(),
    )
    page.settings.large_targets.setFocus()
    if not page.settings._settings.large_targets:
        qtbot.keyClick(page.settings.large_targets, Qt.Key.Key_Space)
    assert page.settings._settings.large_targets
    qtbot.keyClick(page.settings.work_offline, Qt.Key.Key_Space)
    assert page._workspace.sync.is_working_offline
    with qtbot.waitSignal(page.theme_chosen) as chosen:
        page.settings.theme.setCurrentIndex(2)
        page.settings.theme.activated.emit(2)
    assert chosen.args == ["dark"]


def test_work_offline_shows_how_it_is(page):
    page._workspace.sync.state = SyncState(Connection.WORKING_OFFLINE)
    page.show_section(page.settings)
    assert page.settings.work_offline.isChecked()


def test_signing_out_says_what_waits_and_that_it_is_kept(page, queue, qtbot):
    page.show_section(page.account)
    qtbot.mouseClick(page.account.sign_out_button, Qt.MouseButton.LeftButton)
    question = confirm(page, qtbot, "signOutConfirmation")
    assert "3 changes are not on the server yet. They are kept" in question.informativeText()
    with qtbot.waitSignal(page.sign_out_wanted):
        qtbot.mouseClick(question.verb_button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_no_key_signs_out_by_accident(page, qtbot, key):
    page.show_section(page.account)
    qtbot.mouseClick(page.account.sign_out_button, Qt.MouseButton.LeftButton)
    question = confirm(page, qtbot, "signOutConfirmation")
    with qtbot.assertNotEmitted(page.sign_out_wanted):
        qtbot.keyClick(question, key)
    assert not question.isVisible()


def test_the_account_is_told(page, qtbot):
    page.show_section(page.account)
    shown = " ".join(label.text() for label in page.account.findChildren(QLabel))
    assert "Alex Nyström" in shown
    assert "Technician" in shown
    with qtbot.waitSignal(page.change_account_wanted):
        qtbot.mouseClick(page.account.change_button, Qt.MouseButton.LeftButton)


def test_diagnostics_hold_counts_and_no_work(page, qtbot):
    ask_two(page.plant)
    page.show_section(page.about)
    qtbot.mouseClick(page.about.copy_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert "1 × update work_order: conflicted" in text
    assert "conflicts: 1; refused: 1" in text
    assert "the log" in text
    for secret in ("Bearing", "Replace DE", "coupling", "Alex", "alex"):
        assert secret not in text


@pytest.mark.parametrize("inside", ["licences", "program/licences"])
def test_a_package_shows_the_licence_texts_that_it_brings(qtbot, plant, tmp_path, monkeypatch, inside):
    (tmp_path / inside).mkdir(parents=True)
    monkeypatch.setattr("sys.executable", str(tmp_path / "maintenance-desktop"))
    opened = []
    monkeypatch.setattr(
        "maintenance_desktop.ui.about_section.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()),
    )
    about = AboutSection(workspace(plant), str)
    qtbot.addWidget(about)
    about.show()
    qtbot.mouseClick(about.licences_button, Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path / inside)]


def test_the_source_has_no_licence_texts_to_show(page):
    page.show_section(page.about)
    assert not page.about.licences_button.isVisible()


def test_diagnostics_are_scrubbed():
    home = str(Path.home())
    text = scrubbed(
        f"Bearer abc.def-123 token=xyz password: 'hunter2' https://u:p@host/x dana@example.com "
        f"{home}/profiles Dana Ortiz",
        ("Dana Ortiz",),
    )
    for secret in ("abc.def", "xyz", "hunter2", "u:p", "dana@", f"{home}/profiles", "Dana"):
        assert secret not in text
    assert "~/profiles" in text or home == "/"


def test_diagnostics_work_before_the_first_sync(plant):
    space = workspace(plant, profile_path=str(Path.home() / "profile"))
    space.sync.state = SyncState()
    text = diagnostics(space)
    assert "Last synced: never" in text
    assert re.search(r"^Profile: ~", text, re.MULTILINE) or Path.home() == Path("/")


def test_every_button_has_a_name_and_can_be_reached_by_keys(page):
    for button in page.findChildren(QPushButton):
        assert button.objectName()
        assert button.accessibleName() or not button.text()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_sections_are_chosen_by_keys(page, qtbot):
    page.list.setFocus()
    for section in page.sections()[1:]:
        qtbot.keyClick(page.list, Qt.Key.Key_Down)
        assert page.stack.currentWidget() is section
