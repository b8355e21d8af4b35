"""What people see before, beside and after a decision: guard, preview, follow-up, restore, notice, ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from maintenance_desktop.hub.demo_people import DEMO_PASSWORD
from maintenance_desktop.ui.work_order_form import WorkOrderForm
from tests.e2e.gestures import dialog, press
from tests.person import Person
from tests.screenshots.camera import texts
from tests.screenshots.world import Desk

PUMP, BEARING = "P-204", "Replace DE bearing"


@pytest.fixture
def ruth(hub_url, tmp_path, clock):
    """A technician at another computer."""
    person = Person.signs_in(hub_url, "ruth", tmp_path / "ruth", DEMO_PASSWORD, clock=clock)
    person.syncs()
    yield person
    person.leaves()


def unfinished(ada) -> list[str]:
    statuses = ("open", "in_progress", "on_hold")
    return [row.id for row in ada.rows() if row.status in statuses and row.priority != "critical"]


def changes(ada, record_id: str, **patch) -> None:
    ada.opened.workspace.records.update(ada.reader.record("work_order", record_id), patch)


def test_hours_that_came_too_late_go_on_a_follow_up(qtbot, ada, ruth, camera):
    ada.arrives()
    job = ada.opens(PUMP, BEARING)
    ada.goes_offline()
    ada.opened.workspace.records.create("labor", {"work_order_id": job, "hours": Decimal("2.5")})
    ruth.changes(job, status="completed", completion_notes="Done by the late shift.")
    ruth.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("errorDialog") is not None)
    asked = dialog("errorDialog")
    press(qtbot, asked, "followUpButton")
    ada.waits_for(lambda: dialog("followUpDialog") is not None)
    camera.takes("follow-up", dialog("followUpDialog"))
    dialog("followUpDialog").reject()
    press(qtbot, asked, "laterButton")


def test_a_preview_of_what_waits(ada, ruth, camera):
    ada.arrives()
    jobs = unfinished(ada)[:8]
    ada.goes_offline()
    for job in jobs[:6]:
        changes(ada, job, priority="critical")
    ada.opened.workspace.records.create("labor", {"work_order_id": jobs[6], "hours": Decimal("1.25")})
    for job in jobs[:2]:
        ruth.changes(job, description="Seen on the evening round.")
    ruth.changes(jobs[6], status="completed")
    ruth.syncs()
    told = []
    ada.opened.workspace.sync.state_changed.connect(lambda state: told.append(state.forecast))
    ada.window.commands.show_more()
    more = ada.window.more
    more.show_section(more.queue)
    ada.waits_for(lambda: more.queue.table.model().rowCount() == 7)
    ada.window.refresh()
    camera.takes("preview", ada.window)
    assert "Expected" in str(
        more.queue.table.model().headerData(3, more.queue.table.horizontalHeader().orientation())
    )
    ada.goes_online()
    ada.waits_for(lambda: ada.reader.tally().needs_you == 3)
    (forecast, *_) = [one for one in told if one is not None]
    assert (forecast.through, forecast.needs_you, forecast.refused) == (4, 2, 1)
    ada.waits_for(lambda: QApplication.activeModalWidget() is not None)
    QApplication.activeModalWidget().reject()
    ada.window.presenter.stop()


def test_double_work_is_asked_about_at_save(ada, camera):
    ada.arrives()
    ada.window.commands.new_work_order()
    form = next(one for one in ada.window.work_orders.findChildren(WorkOrderForm) if one.isVisible())
    form.start(title="Replace the DE bearing", asset_id=ada.reader.find_asset(PUMP))
    assert not form.save()
    ada.waits_for(lambda: dialog("doubleWorkDialog") is not None)
    asked = dialog("doubleWorkDialog")
    camera.takes("double-work", asked)
    assert BEARING in texts(asked)
    asked.reject()
    assert ada.reader.queue() == []
    form.start(title="", asset_id=None)


def test_what_was_overwritten_is_told_and_restored(qtbot, ada, ruth, camera):
    ada.arrives()
    job = ada.opens(PUMP, BEARING)
    ruth.changes(job, status="in_progress")
    changes(ada, job, description="Seized; locked out with lock 114.", priority="critical")
    ada.opened.workspace.sync.request()
    ada.waits_for(lambda: ada.reader.tally().waiting == 0)
    ruth.syncs()
    ruth.overwrites()
    ruth.syncs()
    ada.opened.workspace.sync.request()
    ada.waits_for(lambda: bool(ada.opened.workspace.notices.unanswered()))
    ada.window.commands.show_needs_you()
    ada.window.refresh()
    needs_you = ada.window.more.needs_you
    ada.waits_for(lambda: needs_you.overwritten.isVisible())
    camera.takes("overwritten", ada.window)
    assert "Ruth" in texts(needs_you.overwritten)
    more = ada.window.more
    more.show_section(more.history)
    ada.waits_for(lambda: more.history.rows.rowCount() > 0)
    entry = more.history.rows.row_at(0)
    more.history.table.select(entry.id)
    more.history.table.row_chosen.emit(entry.id)
    press(qtbot, more.history, "restoreMineButton")
    ada.waits_for(lambda: dialog("restoreDialog") is not None)
    camera.takes("restore", dialog("restoreDialog"))
    dialog("restoreDialog").reject()


def test_planners_see_what_was_decided(qtbot, camera, hub_url, tmp_path, clock, ruth):
    dana = Person.signs_in(hub_url, "dana", tmp_path / "dana", DEMO_PASSWORD, clock=clock)
    dana.syncs()
    (job, *_) = [row.id for row in Desk.rows(dana) if row.title == BEARING]
    ruth.changes(job, status="on_hold")
    dana.changes(job, description="Seen on the evening round: bearing seized.")
    dana.syncs()
    ruth.syncs()
    ruth.overwrites()
    ruth.syncs()
    dana.leaves()
    planner = Desk(qtbot, hub_url, tmp_path / "planner", clock, "dana")
    planner.arrives()
    planner.window.commands.show_more()
    ledger = planner.window.more.ledger
    planner.window.more.show_section(ledger)
    planner.waits_for(lambda: ledger.rows.rowCount() > 0)
    row = ledger.rows.row_at(0)
    ledger.table.select(row.id)
    ledger.table.row_chosen.emit(row.id)
    camera.takes("ledger", planner.window)
    assert "lost" in texts(ledger)
    planner.leaves()
