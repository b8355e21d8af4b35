"""The decision windows with much to decide: a conflict with overlaps, and many questions in one list."""

from __future__ import annotations

from PySide6.QtWidgets import QRadioButton

from tests.e2e.gestures import dialog, press
from tests.screenshots.camera import texts

PUMP, BEARING = "P-204", "Replace DE bearing"


def test_a_conflict_with_something_to_pick(qtbot, ada, camera):
    ada.arrives()
    job = ada.opens(PUMP, BEARING)
    ada.clock.is_set_to(9, 58)
    ada.goes_offline()
    ada.clock.is_set_to(10, 0)
    before = ada.reader.record("work_order", job)
    text = str(before.fields.get("description") or "")
    mine = {"description": f"{text} Grease is black; took a sample.", "status": "on_hold"}
    ada.opened.workspace.records.update(before, mine)
    ada.clock.is_set_to(10, 30)
    ada.dana.change(job)
    ada.clock.is_set_to(10, 42)
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    asked = dialog("conflictDialog")
    assert "Pick above what stays" in texts(asked)
    asked.findChild(QRadioButton, "descriptionMineChoice").click()
    camera.takes("combine", asked)
    assert "This undoes what Dana Ortiz changed: Description." in texts(asked)
    assert asked.combine_button.isEnabled()
    press(qtbot, asked, "laterButton")


def test_many_questions_in_one_list(qtbot, ada, camera):
    ada.arrives()
    jobs = [
        ada.opens(tag, title)
        for tag, title in (
            (PUMP, BEARING),
            ("C-12", "Check belt tension"),
            ("P-301", "Feed water pump trips at night"),
            ("LB-1", "Labels wrinkled on the 0.5 l bottle"),
        )
    ]
    ada.clock.is_set_to(9, 58)
    ada.goes_offline()
    ada.clock.is_set_to(10, 0)
    for job in jobs:
        ada.opened.workspace.records.update(ada.reader.record("work_order", job), {"priority": "critical"})
    ada.clock.is_set_to(10, 30)
    for job in jobs:
        ada.dana.change(job)
    ada.clock.is_set_to(10, 42)
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None and ada.reader.tally().needs_you == len(jobs))
    press(qtbot, dialog("conflictDialog"), "laterButton")
    ada.window.presenter.ask_all()
    press(qtbot, dialog("conflictDialog"), "showAllButton")
    needs_you = ada.window.more.needs_you
    ada.waits_for(lambda: needs_you.table.isVisible())
    camera.takes("needs-you", ada.window)
    assert "Combine leaves:" in texts(ada.window)
    press(qtbot, needs_you, "selectAllButton")
    press(qtbot, needs_you, "combineSelectedButton")
    ada.waits_for(
        lambda: dialog("manyDialog") is not None and dialog("manyDialog").confirm_button.isEnabled()
    )
    camera.takes("many", dialog("manyDialog"))
    assert "Combine 4?" in texts(dialog("manyDialog"))
    press(qtbot, dialog("manyDialog"), "keepButton")
