"""More of a working day through the real window: deletions, races, assets, and a day without a network."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from maintenance_desktop.domain.edits import Ending
from maintenance_desktop.services.status import Connection
from tests.e2e.gestures import badge, dialog, press, words


@pytest.fixture
def ada_edited_what_dana_deleted(qtbot, ada, dana, work_order):
    ada.opens(work_order)
    ada.goes_offline()
    press(qtbot, ada.window, "startButton")
    dana.records.delete(dana.sees(work_order))
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    assert "deleted" in words(dialog("conflictDialog"))


@pytest.mark.usefixtures("ada_edited_what_dana_deleted")
def test_overwriting_a_deletion_restores_the_work_order_under_its_number(qtbot, ada, dana, work_order):
    press(qtbot, dialog("conflictDialog"), "overwriteButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    dana.syncs()
    back = dana.sees(work_order).fields
    assert (back["number"], back["status"], back["title"]) == ("WO-1001", "in_progress", "Replace DE bearing")


@pytest.mark.usefixtures("ada_edited_what_dana_deleted")
def test_discarding_against_a_deletion_drops_my_edit(qtbot, ada, work_order):
    press(qtbot, dialog("conflictDialog"), "discardButton")
    ada.waits_for(lambda: ada.tally().needs_you == 0)
    assert ada.reader.record("work_order", work_order) is None
    assert ada.reader.history()[0].ending is Ending.DISCARDED


def test_a_second_change_before_the_overwrite_arrives_asks_again(qtbot, ada, dana, work_order):
    ada.opens(work_order)
    ada.goes_offline()
    press(qtbot, ada.window, "startButton")
    dana.changes(work_order, description="Once.")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    ada.goes_offline()
    press(qtbot, dialog("conflictDialog"), "overwriteButton")
    dana.changes(work_order, description="Twice.")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    assert "Twice." in words(dialog("conflictDialog"))
    press(qtbot, dialog("conflictDialog"), "overwriteButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    dana.syncs()
    now = dana.sees(work_order).fields
    assert (now["status"], now["description"]) == ("in_progress", "Bearing noisy.")


def test_assets_conflict_the_same_way(qtbot, ada, dana):
    pump = dana.records.create("asset", {"tag": "P-204", "name": "Feed pump", "status": "running"})
    dana.syncs()
    ada.waits_for(lambda: ada.reader.record("asset", pump) is not None)
    ada.goes_offline()
    ada.opened.workspace.records.update(ada.reader.record("asset", pump), {"status": "down"})
    dana.changes(pump, "asset", notes="Seal replaced.")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    assert "P-204" in words(dialog("conflictDialog"))
    press(qtbot, dialog("conflictDialog"), "overwriteButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    dana.syncs()
    now = dana.sees(pump, "asset").fields
    assert (now["status"], now["notes"]) == ("down", None)


def test_a_whole_job_done_without_a_network_arrives_in_one_piece(ada, dana):
    records, reader = ada.opened.workspace.records, ada.reader
    ada.goes_offline()
    job = records.create("work_order", {"title": "Oil leak at gearbox"})
    assert ada.fields(job)["number"] == "New-1"
    records.create("labor", {"work_order_id": job, "hours": Decimal("1.5")})
    records.create("comment", {"work_order_id": job, "text": "Gasket was brittle."})
    records.update(reader.record("work_order", job), {"status": "completed", "remedy": "New gasket."})
    assert ada.tally().waiting == 4
    ada.goes_online()
    ada.waits_for(lambda: ada.tally().waiting == 0)
    assert badge(ada.window) == ""
    dana.syncs()
    there = dana.sees(job).fields
    assert (there["number"], there["status"], there["remedy"]) == ("WO-1002", "completed", "New gasket.")
    (labor,) = dana.reader.children("labor", job)
    assert labor.fields["hours"] == Decimal("1.5")
    assert len(dana.reader.children("comment", job)) == 1


def test_what_a_colleague_does_shows_without_asking(ada, dana, work_order):
    ada.opens(work_order)
    dana.changes(work_order, title="Replace both bearings")
    dana.syncs()
    ada.waits_for(lambda: ada.fields(work_order)["title"] == "Replace both bearings")
    ada.waits_for(lambda: "Replace both bearings" in words(ada.window))


def test_no_question_comes_while_somebody_types(qtbot, ada, dana, work_order):
    ada.opens(work_order)
    ada.goes_offline()
    press(qtbot, ada.window, "startButton")
    dana.changes(work_order, description="Bearing seized.")
    dana.syncs()
    title = ada.window.work_orders.detail.details.findChild(QLineEdit, "titleField")
    title.setFocus()
    qtbot.keyClicks(title, " and seal")
    ada.waits_for(lambda: ada.window.work_orders.is_dirty)
    ada.goes_online()
    ada.waits_for(lambda: ada.tally().conflicts == 1)
    ada.waits_for(lambda: ada.connection is Connection.ONLINE)
    ada.waits_for(lambda: badge(ada.window) == "1")
    assert QApplication.activeModalWidget() is None
    ada.window.work_orders.save()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    press(qtbot, dialog("conflictDialog"), "discardButton")
    ada.waits_for(lambda: ada.tally().needs_you == 0)
