from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

from maintenance_desktop.ui.pages import PAGE
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView


@dataclass(frozen=True)
class Thing:
    id: str
    name: str


class Store:
    def __init__(self, count):
        self.things = [Thing(str(n), f"thing {n}") for n in range(count)]
        self.largest = 0

    def load(self, offset, limit):
        self.largest = max(self.largest, limit)
        return self.things[offset : offset + limit]


def make(store):
    columns = (
        Column("name", "Name", text=lambda thing: thing.name, width=0),
        Column("", "Length", text=lambda t: str(len(t.name)), sort_key=lambda t: len(t.name), yields=1),
    )
    model = TableModel(columns, store.load)
    model.reload()
    return model


def ids(model):
    return [row.id for row in model.rows()]


@pytest.mark.parametrize("count", [0, 3, PAGE, 2 * PAGE + 50])
def test_the_model_keeps_qts_rules(qtmodeltester, qapp, count):
    qtmodeltester.check(make(Store(count)), force_py=True)


def test_rows_come_in_pages(qapp):
    store = Store(2 * PAGE + 50)
    model = make(store)
    assert model.rowCount() == PAGE
    while model.canFetchMore(QModelIndex()):
        model.fetchMore(QModelIndex())
    assert ids(model) == [thing.id for thing in store.things]
    assert store.largest == PAGE


def test_a_refresh_changes_rows_where_they_stand(qtbot):
    store = Store(5)
    model = make(store)
    changes = []
    model.dataChanged.connect(lambda first, last, roles: changes.append((first.row(), last.row())))
    store.things[2] = replace(store.things[2], name="new name")
    store.things.reverse()
    model.refresh()
    assert ids(model) == ["0", "1", "2", "3", "4"]
    assert model.index(2, 0).data() == "new name"
    assert changes == [(2, 2)]


def test_a_refresh_takes_out_what_is_gone_and_lets_new_rows_join(qapp):
    store = Store(5)
    model = make(store)
    del store.things[1]
    store.things.insert(2, Thing("new", "new"))
    store.things.insert(0, Thing("first", "first"))
    model.refresh()
    assert ids(model) == ["first", "0", "2", "new", "3", "4"]


def test_a_refresh_of_many_pages_reads_page_by_page(qtbot):
    store = Store(3 * PAGE)
    model = make(store)
    model.read_until(3 * PAGE - 1)
    store.things[-1] = Thing(store.things[-1].id, "changed")
    with qtbot.waitSignal(model.refreshed):
        model.refresh()
    assert model.rows()[-1].name == "changed"
    assert model.rowCount() == 3 * PAGE
    assert store.largest == PAGE


def test_a_row_that_moved_between_pages_is_not_shown_twice(qapp):
    store = Store(PAGE + 10)
    model = make(store)
    store.things.insert(0, Thing("newest", "newest"))
    model.fetchMore(QModelIndex())
    assert len(ids(model)) == len(set(ids(model)))


def test_lines_are_joined_and_sorting_uses_native_values(qapp):
    store = Store(0)
    store.things = [Thing("1", "two\nlines")]
    model = make(store)
    assert model.index(0, 0).data() == "two lines"
    assert model.index(0, 1).data(TableModel.SortRole) == 9
    assert model.index(0, 0).data(TableModel.RowRole) == store.things[0]


def test_selection_and_scroll_position_outlive_a_refresh(qtbot, show, settings):
    store = Store(150)
    model = make(store)
    table = show(TableView("thingTable", model, settings), (300, 400))
    table.select("120")
    table.scrollTo(table.currentIndex())
    before = table.verticalScrollBar().value()
    store.things[120] = Thing("120", "changed")
    model.refresh()
    assert table.current_id() == "120"
    assert table.verticalScrollBar().value() == before


def test_going_to_a_row_tells_who_and_selecting_it_does_not(qtbot, show, settings):
    table = show(TableView("thingTable", make(Store(5)), settings), (300, 400))
    with qtbot.assertNotEmitted(table.row_chosen):
        table.select("1")
    with qtbot.waitSignal(table.row_chosen) as chosen:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert chosen.args == ["2"]
    with qtbot.waitSignal(table.row_opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == ["2"]


def test_a_narrow_table_gives_up_what_matters_least(qtbot, show, settings):
    table = show(TableView("thingTable", make(Store(5)), settings), (600, 300))
    assert not table.isColumnHidden(1)
    table.resize(240, 300)
    assert table.isColumnHidden(1)
    table.resize(600, 300)
    assert not table.isColumnHidden(1)


def test_column_widths_are_remembered(qtbot, show, settings):
    table = show(TableView("thingTable", make(Store(5)), settings), (600, 300))
    table.horizontalHeader().resizeSection(1, 77)
    again = show(TableView("thingTable", make(Store(5)), settings), (600, 300))
    assert again.columnWidth(1) == 77


def test_large_targets_make_higher_rows(qtbot, show, settings):
    table = show(TableView("thingTable", make(Store(5)), settings), (600, 300))
    assert table.rowHeight(0) == 32
    settings.set_preference(settings.LARGE_TARGETS, True)
    assert table.rowHeight(0) == 44


def test_columns_are_chosen_by_name_and_marks_stay(qtbot, show, settings, monkeypatch):
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)
    columns = (
        Column("", "", lambda row: "", width=30, key="mark"),
        Column("name", "Name", lambda row: row.name, width=0),
        Column("room", "Room", lambda row: row.id, width=90, yields=1),
    )
    settings.keep_names("hidden_columns/thingTable", ["mark"])
    table = show(TableView("thingTable", TableModel(columns, Store(5).load), settings), (240, 300))
    assert not table.isColumnHidden(0)
    table.horizontalHeader().customContextMenuRequested.emit(QPoint(5, 5))
    menu = table.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["Name", "Room (no room now)"]
    menu.actions()[1].trigger()
    table.resize(600, 300)
    assert table.isColumnHidden(2)


def test_a_row_that_has_just_come_is_brought_in_sight(qtbot, show, settings):
    store = Store(40)
    table = show(TableView("thingTable", make(store), settings), (300, 400))
    store.things.append(Thing("new", "just made"))
    table.model().reload()
    table.select("new")
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()))


def held(table, key, kind=QEvent.Type.KeyPress, *, is_repeat=True):
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "", is_repeat)
    QCoreApplication.sendEvent(table, event)


def test_a_single_key_chooses_at_once_and_of_a_held_one_the_last_row_counts(settings, show, qtbot):
    table = show(TableView("things", make(Store(20)), settings))
    chosen = []
    table.row_chosen.connect(chosen.append)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert len(chosen) == 1
    for _ in range(5):
        held(table, Qt.Key.Key_Down)
    assert len(chosen) == 1
    held(table, Qt.Key.Key_Down, QEvent.Type.KeyRelease, is_repeat=False)
    assert chosen[1:] == [table.current_id()]
    assert table.currentIndex().row() >= 5


def test_the_row_at_which_a_held_key_pauses_is_chosen(settings, show, qtbot):
    table = show(TableView("things", make(Store(20)), settings))
    qtbot.keyClick(table, Qt.Key.Key_Down)
    with qtbot.waitSignal(table.row_chosen) as chosen:
        held(table, Qt.Key.Key_Down)
        held(table, Qt.Key.Key_Down)
    assert chosen.args == [table.current_id()]


def test_who_is_sent_elsewhere_while_a_key_is_held_stays_there(settings, show, qtbot):
    table = show(TableView("things", make(Store(20)), settings))
    qtbot.keyClick(table, Qt.Key.Key_Down)
    held(table, Qt.Key.Key_Down)
    with qtbot.assertNotEmitted(table.row_chosen, wait=200):
        table.select("9")
