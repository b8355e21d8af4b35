from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.ui.work_order_page import WorkOrderPage
from tests.ui.fakes import ALEX, NOW, SAM, record_id

ORDER = record_id(1042)


@pytest.fixture
def page(workspace, settings, show):
    page = show(WorkOrderPage(workspace, settings), (1300, 800))
    page.open_work_order(ORDER)
    return page


def log_hours(page, qtbot):
    qtbot.mouseClick(page.detail.actions_row.hours_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.steps.dialog.hours_field.hasFocus)
    return page.steps.dialog


@pytest.mark.parametrize("typed", ["1.5", "1,5", "1:30"])
def test_hours_and_enter_are_enough(page, plant, qtbot, typed):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, typed)
    with qtbot.waitSignal(page.saved):
        qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    (edit,) = plant.edits
    assert edit.mine["hours"] == Decimal("1.5")
    assert edit.mine["person_id"] == ALEX
    assert edit.mine["started_at"].startswith(NOW.date().isoformat())
    assert edit.mine["work_order_id"] == ORDER
    assert page.steps.dialog is None
    assert page.detail.labor.total == Decimal("5")


def test_what_are_no_hours_is_told_at_the_field(page, plant, qtbot):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, "a while")
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "1:30" in dialog.form.problem_labels["hours"].text()
    assert plant.edits == []
    dialog.reject()


def test_more_hours_than_a_day_has_are_refused_in_time(page, plant, qtbot):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, "25")
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    assert "24" in dialog.form.problem_labels["hours"].text()
    dialog.reject()


def test_several_people_get_the_same_hours(page, plant, qtbot):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, "2")
    qtbot.mouseClick(dialog.add_person_button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(dialog.more_people[0].line, "Sam")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert {edit.mine["person_id"] for edit in plant.edits} == {ALEX, SAM}
    assert {edit.mine["hours"] for edit in plant.edits} == {2}


def test_a_full_disk_keeps_the_dialog(page, plant, qtbot):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, "2")
    plant.disk_is_full = True
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "disk is full" in dialog.problem_label.text()
    plant.disk_is_full = False
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    assert len(plant.edits) == 1


def select_hours(page, person):
    labor = page.detail.labor
    page.detail.tabs.setCurrentWidget(labor)
    row = next(row for row in labor.model.rows() if row.fields["person_id"] == person)
    labor.table.select(row.id)


def test_own_hours_can_be_changed(page, plant, qtbot):
    select_hours(page, ALEX)
    qtbot.mouseClick(page.detail.labor.edit_button, Qt.MouseButton.LeftButton)
    dialog = page.steps.dialog
    dialog.hours_field.selectAll()
    qtbot.keyClicks(dialog.hours_field, "3")
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    (edit,) = plant.edits
    assert (edit.kind, edit.patch) == (EditKind.UPDATE, {"hours": 3})
    assert page.detail.labor.total == 5


def test_own_hours_can_be_removed_after_a_question(page, plant, qtbot):
    select_hours(page, ALEX)
    qtbot.mouseClick(page.detail.labor.delete_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.steps.dialog.verb_button, Qt.MouseButton.LeftButton)
    assert plant.edits[0].kind is EditKind.DELETE
    assert page.detail.labor.total == 2


def test_hours_of_others_are_theirs(page, qtbot):
    select_hours(page, SAM)
    assert not page.detail.labor.edit_button.isEnabled()
    assert "planner" in page.detail.labor.edit_button.toolTip()


def test_refused_hours_are_shown_and_not_counted(page, plant, qtbot):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, "2.5")
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    plant.refuse(plant.edits[0].id, "work_order_finished", "Dana Ortiz completed WO-1042 at 10:30.")
    page.refresh()
    assert page.detail.labor.model.rowCount() == 3
    assert page.detail.labor.total == Decimal("3.5")
    assert "2.50" in page.detail.labor.refused_label.text()


def test_why_hours_were_refused_is_told_as_in_the_dialog(page, plant, qtbot):
    dialog = log_hours(page, qtbot)
    qtbot.keyClicks(dialog.hours_field, "2.5")
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    details = {"finished_by_name": "Dana Ortiz", "status": "completed", "number": "WO-1042"}
    plant.refuse(plant.edits[0].id, "work_order_finished", "Completed at 09:30 UTC.", **details)
    page.refresh()
    (banner,) = page.detail.changes.banners
    said = [label.text() for label in banner.findChildren(QLabel)]
    assert "Dana Ortiz completed WO-1042, so 2.5 h were not added." in said


def test_completing_takes_notes_and_the_last_hours(page, plant, qtbot):
    qtbot.mouseClick(page.detail.actions_row.verb_buttons["complete"], Qt.MouseButton.LeftButton)
    dialog = page.steps.dialog
    qtbot.keyClicks(dialog.form.editors["completion_notes"].field, "New bearing runs quietly.")
    qtbot.keyClicks(dialog.hours_form.editors["hours"].field, "0:30")
    with qtbot.waitSignal(page.saved):
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    hours, completion = plant.edits
    assert (hours.type, hours.mine["hours"]) == ("labor", Decimal("0.5"))
    assert completion.patch == {"status": "completed", "completion_notes": "New bearing runs quietly."}
    assert page.detail.head.status_label.text() == "Completed"


def test_the_focus_stays_with_the_work_order_that_is_completed(page, plant, qtbot):
    complete = page.detail.actions_row.verb_buttons["complete"]
    complete.setFocus()
    qtbot.keyClick(complete, Qt.Key.Key_Space)
    qtbot.mouseClick(page.steps.dialog.save_button, Qt.MouseButton.LeftButton)
    assert page.detail.isAncestorOf(page.window().focusWidget())
    assert page.window().focusWidget().isEnabled()


def test_completing_on_a_full_disk_books_hours_once(page, plant, qtbot, monkeypatch):
    page.steps.complete()
    dialog = page.steps.dialog
    qtbot.keyClicks(dialog.hours_form.editors["hours"].field, "1")
    save, calls = plant.save, []

    def fills_up_after_the_first(edit, seen):
        plant.disk_is_full = len(calls) == 1
        calls.append(edit)
        return save(edit, seen)

    monkeypatch.setattr(plant, "save", fills_up_after_the_first)
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert [edit.type for edit in plant.edits] == ["labor", "work_order"]


def test_a_comment_is_added_with_ctrl_enter(page, plant, qtbot):
    page.detail.tabs.setCurrentWidget(page.detail.comments)
    field = page.detail.comments.comment_field
    qtbot.keyClicks(field, "Bearing ordered")
    assert page.is_dirty
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert plant.edits[0].mine["text"] == "Bearing ordered"
    assert page.detail.comments.texts()[-1] == "Bearing ordered"
    assert not page.is_dirty


def test_a_comment_on_a_full_disk_stays_typed(page, plant, qtbot):
    page.detail.tabs.setCurrentWidget(page.detail.comments)
    plant.disk_is_full = True
    qtbot.keyClicks(page.detail.comments.comment_field, "Bearing ordered")
    qtbot.mouseClick(page.detail.comments.add_button, Qt.MouseButton.LeftButton)
    assert page.detail.comments.typed == "Bearing ordered"
    assert page.detail.comments.problem_label.isVisible()
