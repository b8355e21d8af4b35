from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from maintenance_desktop.ui.asset_page import AssetPage
from maintenance_desktop.ui.settings import Settings
from tests.ui.fakes import CONVEYOR, HALL_2, MOTOR, PUMP, believable_plant, workspace
from tests.ui.waiting import settle


@pytest.fixture
def plant():
    plant = believable_plant()
    plant.has(
        "asset",
        PUMP,
        tag="P-204",
        name="Feed pump",
        status="running",
        location_id=HALL_2,
        serial_number="SN-88",
        notes="Grease weekly",
        new_field="from a newer server",
    )
    return plant


@pytest.fixture
def make(qtbot, plant, tmp_path):
    def make(role="technician") -> AssetPage:
        settings = Settings(tmp_path / "s.ini")
        page = AssetPage(workspace(plant, role=role), settings)
        page.plant, page.settings = plant, settings
        qtbot.addWidget(page)
        page.show()
        qtbot.waitExposed(page)
        settle(qtbot, page.table.rows, page.tree)
        return page

    return make


@pytest.fixture
def page(make):
    return make()


def choose(page, asset_id) -> None:
    page.tree.setCurrentIndex(page.tree.tree.find((HALL_2, asset_id)))


def settle_orders(page, qtbot):
    settle(qtbot, page.detail.open_orders.rows, page.detail.finished_orders.rows)


def shown(page) -> list[str]:
    return [label.text() for label in page.detail.findChildren(QLabel)]


def test_before_a_choice_it_says_what_this_is(page):
    assert page.detail.empty.isVisible()
    assert page.detail.asset_id is None


def test_an_asset_is_shown_with_everything_and_its_totals(page, qtbot):
    choose(page, PUMP)
    settle_orders(page, qtbot)
    labels = shown(page)
    assert page.detail.heading.text() == "P-204 Feed pump"
    assert page.detail.summary.text() == "3.5 h booked on this asset itself"
    for text in ("SN-88", "H2 Hall 2", "new_field", "from a newer server"):
        assert text in labels
    assert page.detail.tabs.tabText(1) == f"Open ({page.detail.open_orders.count})"
    assert page.detail.open_orders.rows.rowCount() == page.detail.open_orders.count > 0


def test_a_new_work_order_is_asked_for_this_asset(page, qtbot):
    choose(page, PUMP)
    with qtbot.waitSignal(page.new_work_order_requested) as asked:
        qtbot.mouseClick(page.detail.new_button, Qt.MouseButton.LeftButton)
    assert asked.args == [PUMP]


def test_a_work_order_is_opened_with_enter(page, qtbot):
    choose(page, PUMP)
    page.detail.tabs.setCurrentIndex(1)
    settle_orders(page, qtbot)
    table = page.detail.open_orders.table
    table.setCurrentIndex(table.model().index(0, 1))
    with qtbot.waitSignal(page.work_order_opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [page.detail.open_orders.rows.rows()[0].id]


def test_status_and_notes_are_saved_as_an_edit(page, qtbot):
    choose(page, PUMP)
    assert not page.detail.save_button.isVisible()
    page.detail.form.enter("status", "down")
    assert page.is_dirty
    with qtbot.waitSignal(page.saved):
        qtbot.mouseClick(page.detail.save_button, Qt.MouseButton.LeftButton)
    (edit,) = page.plant.edits
    assert edit.patch == {"status": "down"}
    assert not page.is_dirty
    assert page.detail.mark.text().startswith("↑ Waiting to sync")


def test_a_full_disk_keeps_the_text_and_says_so(page, qtbot):
    choose(page, PUMP)
    page.plant.disk_is_full = True
    page.detail.form.enter("notes", "Bearing loud")
    qtbot.mouseClick(page.detail.save_button, Qt.MouseButton.LeftButton)
    assert "disk is full" in page.detail.problem.text()
    assert page.detail.form.patch() == {"notes": "Bearing loud"}


def test_typing_survives_a_refresh_and_is_taken_back_by_revert(page, qtbot):
    choose(page, PUMP)
    page.detail.form.enter("notes", "half a sen")
    page.plant.server_changes("asset", PUMP, name="Feed pump 1")
    page.refresh()
    assert page.detail.heading.text() == "P-204 Feed pump 1"
    assert page.detail.form.patch() == {"notes": "half a sen"}
    qtbot.mouseClick(page.detail.revert_button, Qt.MouseButton.LeftButton)
    assert not page.is_dirty


def test_a_page_nobody_looks_at_is_read_when_it_is_looked_at(page, qtbot):
    choose(page, PUMP)
    page.hide()
    page.plant.server_changes("asset", PUMP, name="Feed pump 1")
    page.refresh()
    assert page.detail.heading.text() == "P-204 Feed pump"
    page.show()
    qtbot.waitUntil(lambda: page.detail.heading.text() == "P-204 Feed pump 1")


def test_leaving_with_unsaved_typing_asks_first(page, qtbot):
    choose(page, PUMP)
    page.detail.form.enter("notes", "half a sen")
    choose(page, MOTOR)
    assert page.guard.dialog is not None
    assert page.detail.asset_id == PUMP
    qtbot.mouseClick(page.guard.dialog.discard_button, Qt.MouseButton.LeftButton)
    assert page.detail.asset_id == MOTOR
    assert page.plant.edits == []


def test_staying_keeps_the_typing_and_the_place(page, qtbot):
    choose(page, PUMP)
    page.detail.form.enter("notes", "half a sen")
    choose(page, MOTOR)
    qtbot.keyClick(page.guard.dialog, Qt.Key.Key_Escape)
    assert page.detail.asset_id == PUMP
    assert page.is_dirty


def test_search_finds_by_tag_name_and_serial_as_it_is_typed(page, qtbot):
    page.focus_search()
    qtbot.keyClicks(page.search, "conv")
    qtbot.waitUntil(lambda: [row.id for row in page.table.rows.rows()] == [CONVEYOR])
    assert page.table.isVisible()
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.detail.asset_id == CONVEYOR)
    page.search.clear()
    qtbot.waitUntil(page.tree.isVisible)


def test_a_search_without_a_hit_says_so(page, qtbot):
    qtbot.keyClicks(page.search, "zzz")
    qtbot.waitUntil(page.empty.isVisible)
    assert page.empty.heading.text() == "Nothing matches"


def test_the_view_is_remembered(page, make, qtbot):
    qtbot.mouseClick(page.views["table"], Qt.MouseButton.LeftButton)
    assert page.table.isVisible()
    page.settings.flush()
    again = make()
    assert again.view() == "table"
    assert again.table.isVisible()


def test_a_page_without_assets_says_so_once_that_is_known(make, plant, qtbot):
    plant.server = {key: kept for key, kept in plant.server.items() if key[0] not in ("asset", "location")}
    page = make()
    qtbot.waitUntil(page.empty.isVisible)
    assert page.empty.heading.text() == "No assets yet"


def test_by_structure_shows_what_assets_are_part_of(page, qtbot):
    page.plant.has("asset", MOTOR, tag="M-204", name="Motor", status="down", parent_id=PUMP)
    qtbot.mouseClick(page.views["parent"], Qt.MouseButton.LeftButton)
    settle(qtbot, page.tree)
    page.tree.expand(page.tree.tree.find((PUMP,)))
    qtbot.waitUntil(lambda: page.tree.tree.find((PUMP, MOTOR)).isValid())


def test_the_table_sorts_by_a_clicked_column_both_ways(page, qtbot):
    qtbot.mouseClick(page.views["table"], Qt.MouseButton.LeftButton)
    header = page.table.horizontalHeader()
    for expected in (["C-11", "P-204", "M-204"], ["M-204", "P-204", "C-11"]):
        header.sectionClicked.emit(4)
        settle(qtbot, page.table.rows)
        names = [row.tag for row in page.table.rows.rows()]
        assert names[0] == expected[0] or names[-1] == expected[-1]
    assert page.table.query.descending


def test_who_may_not_edit_sees_the_fields_read_only_with_the_reason(make):
    page = make(role="requester")
    choose(page, PUMP)
    assert page.detail.form.editors["notes"].field.isReadOnly()
    assert "role" in page.detail.form.editors["notes"].toolTip()


def test_the_models_are_sound(page, qtbot, qtmodeltester):
    qtbot.mouseClick(page.views["table"], Qt.MouseButton.LeftButton)
    choose(page, PUMP)
    settle(qtbot, page.table.rows)
    settle_orders(page, qtbot)
    for model in (page.table.rows, page.detail.open_orders.rows, page.detail.finished_orders.rows):
        qtmodeltester.check(model)


def test_an_asset_can_be_gone_to_from_elsewhere(page, qtbot):
    page.show_asset(CONVEYOR)
    assert page.detail.asset_id == CONVEYOR
    settle(qtbot, page.tree)
    assert page.tree.asset_id() == CONVEYOR


def test_going_to_an_asset_empties_a_search_that_would_hide_it(page, qtbot):
    qtbot.keyClicks(page.search, "P-204")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    page.show_asset(PUMP)
    settle(qtbot, page.table.rows)
    assert page.search.text() == "P-204"
    assert page.table.current_id() == PUMP
    page.show_asset(CONVEYOR)
    qtbot.waitUntil(page.tree.isVisible)
    assert page.search.text() == ""
    settle(qtbot, page.tree)
    assert page.tree.asset_id() == CONVEYOR


def test_esc_empties_the_search_and_down_goes_to_what_is_below(page, qtbot):
    page.focus_search()
    qtbot.keyClicks(page.search, "P-204")
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    qtbot.waitUntil(page.tree.isVisible)
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    assert page.focusWidget() is page.tree


@pytest.mark.parametrize("view", ["location", "parent"])
def test_an_asset_gone_to_is_brought_in_sight_in_its_tree(page, qtbot, view):
    page.plant.has("asset", MOTOR, tag="M-204", name="Motor", status="down", parent_id=PUMP)
    qtbot.mouseClick(page.views[view], Qt.MouseButton.LeftButton)
    page.refresh()
    settle(qtbot, page.tree)
    page.tree.collapseAll()
    page.show_asset(MOTOR)
    settle(qtbot, page.tree)
    assert page.tree.asset_id() == MOTOR
    assert page.tree.visualRect(page.tree.currentIndex()).isValid()


def test_an_asset_in_a_cycle_or_gone_is_looked_for_without_end(page, qtbot):
    page.plant.has("asset", MOTOR, tag="M", name="Motor", status="down", parent_id=CONVEYOR)
    page.plant.has("asset", CONVEYOR, tag="C", name="Conveyor", status="down", parent_id=MOTOR)
    page.show_asset(MOTOR)
    settle(qtbot, page.tree)
    assert page.tree.asset_id() is None
    page.show_asset("gone")
    assert page.detail.empty.isVisible()
