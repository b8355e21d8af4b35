"""Who was overwritten sees it on *More*, and a planner sees all decisions: the whole program."""

from __future__ import annotations

from PySide6.QtCore import Qt

from maintenance_desktop.ui.navigation import Place

from .conftest import Desk


def overwritten(ada, dana, work_order):
    """Dana overwrites what Ada has written meanwhile."""
    dana.changes(work_order, status="in_progress")
    workspace = ada.opened.workspace
    workspace.records.update(ada.reader.record("work_order", work_order), {"description": "Seized."})
    workspace.sync.request()
    ada.waits_for(lambda: ada.tally().waiting == 0)
    dana.syncs()
    dana.overwrites()
    dana.syncs()


def test_who_was_overwritten_sees_it_and_restores_it(ada, dana, work_order, qtbot):
    ada.waits_for(lambda: ada.reader.record("work_order", work_order) is not None)
    overwritten(ada, dana, work_order)
    shown = ada.window.more.needs_you.overwritten
    ada.waits_for(lambda: ada.window.more.list.item(0).text() == "Needs you (1)")
    ada.window.traveller.go_to(Place.MORE)
    ada.waits_for(shown.isVisible)
    assert shown.heading.text() == "Dana Ortiz overwrote your change to WO-1001 Replace DE bearing"
    ada.waits_for(lambda: not shown.restore_button.visibleRegion().isEmpty())
    qtbot.mouseClick(shown.restore_button, Qt.MouseButton.LeftButton)
    ada.waits_for(lambda: shown.isHidden() and ada.tally().waiting == 0)
    dana.syncs()
    assert dana.sees(work_order).fields["description"] == "Seized."
    assert dana.sees(work_order).fields["status"] == "in_progress"


def test_a_planner_sees_the_conflict_and_what_was_lost_and_nobody_else(
    ada, dana, hub, work_order, qtbot, tmp_path
):
    ada.waits_for(lambda: ada.reader.record("work_order", work_order) is not None)
    overwritten(ada, dana, work_order)
    assert ada.window.more.ledger is None
    hub.add_person("pia", "Pia Plan", "planner")
    planner = Desk(qtbot, hub, tmp_path / "pia", "pia")
    try:
        section = planner.window.more.ledger
        planner.window.traveller.go_to(Place.MORE)
        planner.window.more.show_section(section)
        planner.waits_for(lambda: section.rows.rowCount() == 2)
        assert {(row.who, row.what, row.choice, row.lost) for row in section.rows.rows()} == {
            ("Dana Ortiz", "Overwrote", "Overwrite", "Description"),
            ("Dana Ortiz", "Conflict", "Overwrite", "–"),
        }
        planner.goes_offline()
        qtbot.mouseClick(section.refresh_button, Qt.MouseButton.LeftButton)
        planner.waits_for(lambda: "cannot be reached" in section.note.text())
        assert section.rows.rowCount() == 2
    finally:
        planner.leaves()
