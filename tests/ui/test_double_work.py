from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.edits import Doubt, EditState
from maintenance_desktop.ui.complete_dialog import CompleteDialog
from maintenance_desktop.ui.decision_presenter import DecisionPresenter
from maintenance_desktop.ui.log_hours_dialog import LogHoursDialog
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.work_order_form import WorkOrderForm
from tests.ui.fakes import ALEX, DANA, PUMP, in_days, record_id


@pytest.fixture
def there(plant):
    return plant.work_order(801, "Coupling guard rattles", asset_id=PUMP)


@pytest.fixture
def form(workspace, qtbot, show, there):
    form = WorkOrderForm(workspace, References(workspace.reader), is_new=True)
    show(form)
    form.start(title="Guard of coupling rattles", asset_id=PUMP)
    return form


def test_a_work_order_like_another_one_is_asked_about_before_it_is_saved(form, plant, there):
    assert not form.save()
    dialog = form.double_work.dialog
    assert dialog.isVisible()
    assert dialog.accessibleName() == "There is a work order like this one"
    (one,) = dialog.look_alikes
    assert one.line.text().startswith("WO-801 Coupling guard rattles\nCreated ")
    assert "Dana" in one.line.text()
    assert plant.edits == []
    dialog.later_button.click()


def test_go_back_keeps_what_was_typed(form, plant):
    form.save()
    form.double_work.dialog.later_button.click()
    assert form.double_work.dialog is None
    assert (plant.edits, form.is_dirty) == ([], True)
    assert form.form.editors["title"].value() == "Guard of coupling rattles"
    assert not form.save()  # and it is asked again
    form.double_work.dialog.later_button.click()


def test_send_anyway_saves_it_with_the_answer(form, plant, there, qtbot):
    form.save()
    with qtbot.waitSignal(form.saved):
        form.double_work.dialog.send_button.click()
    (edit,) = plant.edits
    assert [(one.record_id, one.is_answered) for one in edit.doubts] == [(there, True)]
    assert not form.is_dirty


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_enter_and_esc_never_send(form, plant, qtbot, key):
    form.save()
    dialog = form.double_work.dialog
    for widget in (dialog, dialog.send_button):
        qtbot.keyClick(widget, key)
        if form.double_work.dialog is None:
            break
    assert plant.edits == []
    if form.double_work.dialog is not None:
        dialog.later_button.click()


def test_the_other_record_can_be_looked_at_without_leaving(form):
    form.save()
    (one,) = form.double_work.dialog.look_alikes
    assert not one.grid.isVisible()
    one.show_button.click()
    assert one.grid.isVisible()
    assert one.show_button.text() == "Hide"
    assert one.show_button.accessibleName() == "Hide WO-801 Coupling guard rattles"
    one.show_button.click()
    assert not one.grid.isVisible()
    assert one.show_button.accessibleName() == "Show WO-801 Coupling guard rattles"
    form.double_work.dialog.later_button.click()


def test_an_ordinary_work_order_is_saved_without_a_word(form, plant):
    form.form.enter("title", "Replace the guard")
    assert form.save()
    assert form.double_work.dialog is None
    assert plant.edits[0].doubts == ()


def test_overlapping_hours_are_asked_about(workspace, plant, show):
    order = plant.work_order(802, "Check belt")
    other = plant.work_order(803, "Grease the guard")
    plant.has(
        "labor", record_id(700), work_order_id=other, person_id=ALEX, hours=2, labor_type="regular",
        started_at=in_days(-0.25),
    )  # fmt: skip
    window = show(QWidget())
    dialog = LogHoursDialog(
        workspace, References(workspace.reader), workspace.reader.record("work_order", order), window
    )
    dialog.show()
    dialog.form.enter("hours", 2)
    dialog.form.enter("started_at", in_days(-0.23))
    dialog.save_button.click()
    asked = dialog.double_work.dialog
    assert "WO-803 Grease the guard\n2 h of " in asked.look_alikes[0].line.text()
    assert (plant.edits, dialog.isVisible()) == ([], True)
    asked.send_button.click()
    assert len(plant.edits) == 1
    assert not dialog.isVisible()


def test_a_job_that_somebody_did_is_asked_about_and_the_hours_are_saved_once(workspace, plant, show):
    done = plant.work_order(
        804, "Grease round", asset_id=PUMP, work_type="preventive", status="completed",
        completed_at=in_days(-0.1), completed_by=DANA,
    )  # fmt: skip
    order = plant.work_order(805, "Grease round", asset_id=PUMP, work_type="preventive")
    window = show(QWidget())
    dialog = CompleteDialog(
        workspace, References(workspace.reader), workspace.reader.record("work_order", order), window
    )
    dialog.show()
    dialog.hours_form.enter("hours", 1)
    dialog.save_button.click()
    asked = dialog.double_work.dialog
    assert asked.accessibleName() == "Somebody else did this job already"
    assert plant.edits == []
    asked.send_button.click()
    labor, completed = plant.edits
    assert (labor.type, completed.mine["status"]) == ("labor", "completed")
    assert completed.doubts[0].record_id == done


@pytest.fixture
def held(workspace, plant, there):
    made = workspace.records.create("work_order", {"title": "Guard of coupling rattles", "asset_id": PUMP})
    doubt = Doubt("similar_work_order", "work_order", there, "WO-801", "Coupling guard rattles", "Dana Ortiz")
    plant.edits = [
        replace(edit, state=EditState.HELD, doubts=(doubt,)) if edit.record_id == made else edit
        for edit in plant.edits
    ]
    return plant.edits[-1]


@pytest.fixture
def presenter(workspace, held, show):
    window = show(QWidget())
    presenter = DecisionPresenter(workspace, window, lambda: False)
    yield presenter
    presenter.stop()


def test_a_held_edit_is_asked_about_with_its_three_answers(presenter, held, plant):
    presenter.ask(held.id)
    dialog = presenter.dialog
    assert dialog.objectName() == "heldDialog"
    assert "Guard of coupling rattles" in dialog.mine.text()
    names = [one.objectName() for one in (dialog.later_button, dialog.drop_button, dialog.send_button)]
    assert names == ["laterButton", "doNotSendButton", "sendAnywayButton"]
    dialog.send_button.click()
    assert plant.edits[-1].state is EditState.QUEUED
    assert presenter.dialog is None


def test_what_was_exported_is_not_taken_back(presenter, held, plant):
    presenter.ask(held.id)
    assert presenter.dialog.drop_button.isVisible()
    plant.edits = [replace(edit, first_sent_at=in_days(0)) for edit in plant.edits]
    presenter.refresh()
    assert not presenter.dialog.drop_button.isVisible()
    assert presenter.dialog.send_button.isVisible()
    presenter.dialog.later_button.click()


def test_do_not_send_takes_it_back(presenter, held, plant):
    presenter.ask(held.id)
    presenter.dialog.drop_button.click()
    assert plant.edits == []


def test_decide_later_leaves_it(presenter, held, plant, qtbot):
    presenter.ask(held.id)
    qtbot.keyClick(presenter.dialog, Qt.Key.Key_Return)
    assert presenter.dialog is not None
    qtbot.keyClick(presenter.dialog, Qt.Key.Key_Escape)
    assert plant.edits[-1].state is EditState.HELD
