from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from maintenance_desktop.domain.views import Problem
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.references import References
from tests.ui.fakes import ALEX, NOW, PUMP, SAM, in_days, record_id

NAMES = ("title", "description", "status", "asset_id", "assigned_to", "due_at", "estimated_hours")
FIELDS = {
    "title": "Replace bearing",
    "description": "line one\r\nline two",
    "status": "open",
    "asset_id": PUMP,
    "assigned_to": ALEX,
    "due_at": "2026-11-23T14:30:12.345Z",
    "estimated_hours": Decimal("2.5"),
}


@pytest.fixture
def form(show, plant):
    form = RecordForm("work_order", NAMES, References(plant), lambda: NOW)
    form.set_fields(FIELDS)
    return show(form, (480, 600))


def type_into(qtbot, editor, text):
    editor.field.setFocus()
    editor.field.selectAll()
    qtbot.keyClicks(editor.field, text)


def test_what_nobody_touched_is_no_change(form):
    assert form.patch() == {}
    assert not form.is_dirty


def test_the_patch_has_only_what_was_typed(form, qtbot):
    with qtbot.waitSignal(form.dirty_changed) as dirty:
        type_into(qtbot, form.editors["title"], "Replace both bearings")
    assert dirty.args == [True]
    assert form.patch() == {"title": "Replace both bearings"}
    assert form.labels["title"].font().bold()


def test_typing_back_what_was_there_is_no_change(form, qtbot):
    type_into(qtbot, form.editors["title"], "Other")
    type_into(qtbot, form.editors["title"], "Replace bearing")
    assert not form.is_dirty


def test_another_person_of_the_same_name_is_a_change(form, qtbot):
    editor = form.editors["assigned_to"]
    with qtbot.waitSignal(form.dirty_changed) as dirty:
        editor.choose(SAM, editor.field.text())
    assert dirty.args == [True]
    assert form.patch() == {"assigned_to": SAM}
    editor.choose(ALEX, editor.field.text())
    assert not form.is_dirty


def test_an_emptied_field_is_none(form, qtbot):
    form.editors["assigned_to"].field.selectAll()
    qtbot.keyClick(form.editors["assigned_to"].field, Qt.Key.Key_Delete)
    form.editors["due_at"].field.clear()
    assert form.patch() == {"assigned_to": None, "due_at": None}


def test_a_text_that_is_too_long_is_told_and_never_cut(form, qtbot):
    form.editors["title"].field.setText("x" * 205)
    (problem,) = form.problems()
    assert problem.field == "title"
    assert "205" in problem.message
    assert form.patch() == {"title": "x" * 205}


def test_a_problem_stands_at_its_field_and_gets_the_focus(form, qtbot):
    others = form.show_problems([Problem("estimated_hours", "This is a number."), Problem("", "No.")])
    assert form.problem_labels["estimated_hours"].isVisible()
    assert form.problem_labels["estimated_hours"].text() == "This is a number."
    assert form.editors["estimated_hours"].field.accessibleDescription() == "This is a number."
    assert form.editors["estimated_hours"].field.hasFocus()
    assert others == [Problem("", "No.")]


def test_what_cannot_be_read_is_told_on_leaving_the_field(form, qtbot):
    type_into(qtbot, form.editors["due_at"], "whenever")
    form.editors["title"].field.setFocus()
    assert "tomorrow 14:00" in form.problem_labels["due_at"].text()


def test_numbers_take_a_comma(form, qtbot):
    type_into(qtbot, form.editors["estimated_hours"], "3,25")
    assert form.patch() == {"estimated_hours": Decimal("3.25")}


def test_a_date_is_typed_in_words(form, qtbot):
    type_into(qtbot, form.editors["due_at"], "tomorrow 9:15")
    assert form.patch()["due_at"].startswith("2026-11-23T")


def test_an_unknown_choice_is_kept_as_it_came(form):
    form.set_fields({**FIELDS, "status": "frozen"})
    assert form.editors["status"].field.currentText() == "frozen"
    assert form.patch() == {}


def test_a_person_is_found_by_a_few_letters(form, qtbot):
    type_into(qtbot, form.editors["assigned_to"], "oka")
    assert form.patch() == {"assigned_to": SAM}
    assert form.problems() == []


def test_a_name_that_nobody_has_is_told(form, qtbot):
    type_into(qtbot, form.editors["assigned_to"], "Nobody Here")
    assert [problem.field for problem in form.problems()] == ["assigned_to"]


@pytest.mark.qt_log_ignore("does not support grabbing", extend=True)  # offscreen platform
def test_the_choices_can_be_shown_and_taken(form, qtbot):
    editor = form.editors["asset_id"]
    editor.field.setFocus()
    editor.offer("conveyor")
    popup = editor.line.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert editor.line.text() == "C-11 Infeed conveyor"
    assert form.patch()["asset_id"] != PUMP


def test_a_record_that_is_not_here_keeps_its_id(form):
    form.set_fields({**FIELDS, "asset_id": record_id(777)})
    assert "Unknown" in form.editors["asset_id"].field.text()
    assert form.patch() == {}


def test_every_field_has_a_name_for_machines_and_readers(form):
    for name, editor in form.editors.items():
        assert editor.field.objectName().endswith("Field"), name
        assert editor.field.accessibleName(), name


def test_a_read_only_form_takes_nothing(form, qtbot):
    form.set_read_only(True, "It is closed.")
    qtbot.keyClicks(form.editors["title"].field, "more")
    assert not form.is_dirty
    assert form.editors["title"].toolTip() == "It is closed."


def test_a_time_far_away_comes_back_unchanged(form):
    form.set_fields({**FIELDS, "due_at": in_days(400)})
    assert form.patch() == {}
