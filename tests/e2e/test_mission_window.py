"""The mission's examples through the real window, by clicks and keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QRadioButton

from maintenance_desktop.domain.edits import Ending
from tests.e2e.gestures import badge, dialog, press, words


def start_offline_while_dana_rewrites(qtbot, ada, dana, work_order) -> None:
    """A, offline, changes the status; B, online, changes the description; A reconnects and is asked."""
    ada.opens(work_order)
    ada.goes_offline()
    press(qtbot, ada.window, "startButton")
    assert ada.fields(work_order)["status"] == "in_progress"
    assert ada.tally().waiting == 1
    dana.changes(work_order, description="Bearing seized, pump isolated.")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)


def server_copy(dana, work_order) -> dict:
    dana.syncs()
    return dict(dana.sees(work_order).fields)


def test_overwrite_sends_my_status_and_their_description_reverts(qtbot, ada, dana, work_order):
    start_offline_while_dana_rewrites(qtbot, ada, dana, work_order)
    assert "Dana Ortiz" in words(dialog("conflictDialog"))
    press(qtbot, dialog("conflictDialog"), "overwriteButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    now = server_copy(dana, work_order)
    assert (now["status"], now["description"]) == ("in_progress", "Bearing noisy.")
    assert ada.fields(work_order)["status"] == "in_progress"
    overwrote = ada.reader.history()[0]
    assert overwrote.ending is Ending.OVERWROTE
    assert overwrote.theirs.record["description"] == "Bearing seized, pump isolated."


def test_discard_keeps_their_description_and_the_status_as_it_was(qtbot, ada, dana, work_order):
    start_offline_while_dana_rewrites(qtbot, ada, dana, work_order)
    press(qtbot, dialog("conflictDialog"), "discardButton")
    ada.waits_for(lambda: ada.tally().needs_you == 0)
    now = server_copy(dana, work_order)
    assert (now["status"], now["description"]) == ("open", "Bearing seized, pump isolated.")
    assert ada.fields(work_order) == now
    dropped = ada.reader.history()[0]
    assert dropped.ending is Ending.DISCARDED
    assert dropped.edit.mine["status"] == "in_progress"


def test_decide_later_stays_on_more_until_it_is_answered(qtbot, ada, dana, work_order):
    start_offline_while_dana_rewrites(qtbot, ada, dana, work_order)
    qtbot.keyClick(dialog("conflictDialog"), Qt.Key.Key_Escape)
    ada.waits_for(lambda: QApplication.activeModalWidget() is None)
    assert badge(ada.window) == "1"
    assert ada.tally().conflicts == 1
    ada.window.activateWindow()  # nobody does that on a screen without a window manager
    ada.waits_for(ada.window.isActiveWindow)
    qtbot.keyClick(ada.window, Qt.Key.Key_F5)
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    press(qtbot, dialog("conflictDialog"), "discardButton")
    ada.waits_for(lambda: ada.tally().needs_you == 0)


def test_hours_on_a_work_order_that_was_completed_meanwhile(qtbot, ada, dana, work_order):
    ada.opens(work_order)
    ada.goes_offline()
    qtbot.keyClick(ada.window.work_orders.list.table, Qt.Key.Key_L)
    ada.waits_for(lambda: dialog("logHoursDialog") is not None)
    ada.waits_for(lambda: getattr(QApplication.focusWidget(), "objectName", str)() == "hoursField")
    qtbot.keyClicks(QApplication.focusWidget(), "2.5")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    ada.waits_for(lambda: ada.tally().waiting == 1)
    dana.changes(work_order, status="completed")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("errorDialog") is not None)
    assert "Dana Ortiz completed WO-1001" in words(dialog("errorDialog"))
    assert "2.5" in words(dialog("errorDialog"))
    assert badge(ada.window) == "1"
    press(qtbot, dialog("errorDialog"), "okayButton")
    ada.waits_for(lambda: ada.tally().needs_you == 0)
    assert ada.reader.children("labor", work_order) == []
    assert ada.reader.history()[0].ending is Ending.ACKNOWLEDGED
    assert server_copy(dana, work_order)["status"] == "completed"
    assert dana.reader.children("labor", work_order) == []


def test_combine_keeps_what_nobody_else_touched_and_asks_for_the_rest(qtbot, ada, dana, work_order):
    ada.opens(work_order)
    ada.goes_offline()
    records = ada.opened.workspace.records
    mine = {"status": "in_progress", "description": "Bearing noisy. Grease is black."}
    records.update(ada.reader.record("work_order", work_order), mine)
    dana.changes(work_order, description="Bearing noisy. Pump isolated.", priority="high")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    asked = dialog("conflictDialog")
    assert not asked.findChild(QPushButton, "combineButton").isEnabled()
    choice = asked.findChild(QRadioButton, "descriptionEditChoice")
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Space)
    assert "Combine leaves:" in words(asked)
    press(qtbot, asked, "combineButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    now = server_copy(dana, work_order)
    assert now["description"] == "Bearing noisy. Grease is black. Pump isolated."
    assert (now["status"], now["priority"]) == ("in_progress", "high")
    combined = ada.reader.history()[0]
    assert combined.ending is Ending.COMBINED
    assert combined.theirs.record["description"] == "Bearing noisy. Pump isolated."


def test_several_conflicts_are_answered_in_one_list(qtbot, ada, dana):
    made = [dana.records.create("work_order", {"title": f"Job {n}", "priority": "low"}) for n in range(5)]
    dana.syncs()
    ada.waits_for(lambda: all(ada.reader.record("work_order", one) for one in made))
    ada.goes_offline()
    for one in made:
        ada.opened.workspace.records.update(ada.reader.record("work_order", one), {"status": "on_hold"})
        dana.changes(one, description="Rewritten.")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None and ada.tally().needs_you == 5)
    if dialog("conflictDialog").show_all_button.isHidden():  # the first came with an earlier round
        press(qtbot, dialog("conflictDialog"), "laterButton")
        ada.window.presenter.ask_all()
    press(qtbot, dialog("conflictDialog"), "showAllButton")
    needs_you = ada.window.more.needs_you
    ada.waits_for(lambda: needs_you.table.isVisible() and needs_you.table.rows.rowCount() == 5)
    press(qtbot, needs_you, "selectAllButton")
    press(qtbot, needs_you, "combineSelectedButton")
    ada.waits_for(
        lambda: dialog("manyDialog") is not None and dialog("manyDialog").confirm_button.isEnabled()
    )
    press(qtbot, dialog("manyDialog"), "confirmButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    press(qtbot, dialog("manyDialog"), "keepButton")
    dana.syncs()
    for one in made:
        now = dana.sees(one).fields
        assert (now["status"], now["description"]) == ("on_hold", "Rewritten.")
