from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QRect
from PySide6.QtGui import QRegion

from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.row_painter import _rows_in
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.theme import Theme


@dataclass(frozen=True)
class Thing:
    id: str
    name: str


@pytest.fixture
def see(qapp, show, settings):
    Theme(qapp)

    def shown(*names):
        things = [Thing(str(n), name) for n, name in enumerate(names)]
        columns = (Column("name", "Name", text=lambda thing: thing.name, width=0),)
        model = TableModel(columns, lambda offset, limit: things[offset : offset + limit])
        model.reload()
        table = show(TableView("things", model, settings))
        table.resize(300, 200)
        table.horizontalHeader().hide()
        return things, table

    return shown


def picture(table):
    return table.viewport().grab().toImage()


def test_a_region_of_several_parts_has_each_row_once():
    region = QRegion(QRect(0, 0, 10, 40)) | QRegion(QRect(20, 33, 10, 5)) | QRegion(QRect(0, 200, 10, 5))
    assert list(_rows_in(region, 0, 32, 100)) == [0, 1, 6]
    assert list(_rows_in(region, 64, 32, 4)) == [2, 3]


def test_markup_is_painted_as_it_is(see):
    assert picture(see("<b>leak</b>")[1]) != picture(see("leak")[1])


def test_a_row_is_painted_anew_when_it_changes_and_only_then(see):
    things, table = see("leak", "leak")
    before = picture(table)
    assert picture(table) == before
    things[0] = replace(things[0], name="pump")
    table.model().refresh()
    after = picture(table)
    assert after.copy(0, 0, 300, 32) != before.copy(0, 0, 300, 32)
    assert after.copy(0, 32, 300, 32) == before.copy(0, 32, 300, 32)


def test_a_selected_row_has_the_colour_of_selection(see):
    _, table = see("leak", "leak")
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().select(table.model().index(1, 0), flags.Select | flags.Rows)
    drawn = picture(table)
    assert drawn.pixelColor(250, 48) == table.palette().highlight().color()
    assert drawn.pixelColor(250, 16) == table.palette().base().color()


def test_rows_that_were_never_seen_are_painted_together_a_moment_later(see, qtbot, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.ui.table_view._AT_ONCE", 1)
    monkeypatch.setattr("maintenance_desktop.ui.table_view._TURN_SECONDS", 0)
    _, table = see("leak", "pump", "belt")
    qtbot.waitUntil(table.viewport().updatesEnabled)
    before = picture(table)
    table._painter._faces.clear()
    table.model().arrived.emit()
    assert not table.viewport().updatesEnabled()
    qtbot.waitUntil(table.viewport().updatesEnabled)
    assert len(table._painter._faces) == 3
    assert picture(table) == before


def test_the_look_of_the_row_that_was_worked_out_longest_ago_makes_room(see, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.ui.row_painter._MOST_FACES", 3)
    monkeypatch.setattr("maintenance_desktop.ui.row_painter._MOST_TEXTS", 3)
    things, table = see("leak", "pump", "belt", "seal")
    before = picture(table)
    painter = table._painter
    for thing, width in (
        (things[0], 100),
        (things[1], 100),
        (things[2], 100),
        (things[3], 100),
        (things[1], 90),
    ):
        painter._face(table.model(), thing, ((0, 0, width),), 32)
    assert [face.row.name for face in painter._faces.values()] == ["belt", "seal", "pump"]
    assert len(painter._texts) == 3
    assert picture(table) == before


def test_how_a_row_looks_is_worked_out_anew_after_a_while(see, monkeypatch):
    _, table = see("leak", "pump")
    before, (first, second) = picture(table), table._painter._faces.values()
    picture(table)
    assert [*table._painter._faces.values()] == [first, second]
    monkeypatch.setattr("maintenance_desktop.ui.row_painter._FRESH_SECONDS", -1)
    assert picture(table) == before
    assert first not in table._painter._faces.values()
    assert second not in table._painter._faces.values()


def test_a_table_that_nobody_sees_gets_nothing_ready(see, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.ui.table_view._AT_ONCE", 1)
    _, table = see("leak", "pump", "belt")
    table.hide()
    table._painter._faces.clear()
    table.model().arrived.emit()
    assert table._painter._faces == {}
