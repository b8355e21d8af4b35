from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from maintenance_desktop.ui.paged_model import PagedModel
from maintenance_desktop.ui.pages import MOST_PAGES, PAGE
from maintenance_desktop.ui.reading import Reading
from maintenance_desktop.ui.table_view import TableView
from tests.ui.long_list import LongList, Thing, columns
from tests.ui.waiting import settle


@pytest.fixture
def reading(qapp):
    reading = Reading()
    yield reading
    reading.stop()


@pytest.fixture
def make(reading, qtbot):
    """A model that shows a list."""

    def made(store):
        model = PagedModel(columns(), reading)
        model.show(store.source())
        settle(qtbot, model)
        return model

    return made


@pytest.fixture
def see(make, show, settings, qtbot):
    """A table that shows a list."""

    def seen(store, **options):
        table = show(TableView("thingTable", make(store), settings, **options), (300, 400))
        settle(qtbot, table.model())
        return table

    return seen


def refresh(table, qtbot):
    table.model().refresh()
    settle(qtbot, table.model())


def in_sight(table):
    model = table.model()
    last = table.rowAt(table.viewport().height() - 1)
    rows = range(max(table.rowAt(0), 0), last + 1 if last >= 0 else model.rowCount())
    return [model.index(row, 0).data() for row in rows]


def names(first, last):
    return [f"thing {n}" for n in range(first, last + 1)]


@pytest.mark.parametrize("count", [0, 3, PAGE, 2 * PAGE + 50, 10_000])
def test_the_model_keeps_qts_rules(qtmodeltester, make, count):
    qtmodeltester.check(make(LongList(count)))


def test_all_rows_are_there_and_only_those_in_sight_are_read(see):
    store = LongList(1_000_000)
    table = see(store)
    assert table.model().rowCount() == 1_000_000
    assert sum(limit for _, limit in store.reads) <= 2 * PAGE
    assert in_sight(table)[0] == "thing 0"


def test_nothing_is_known_before_the_reader_has_spoken(reading, qtbot):
    store = LongList(3)
    store.may_read.clear()
    model = PagedModel(columns(), reading)
    model.show(store.source())
    assert model.found is None
    store.may_read.set()
    settle(qtbot, model)
    assert model.found.count == 3


@pytest.mark.parametrize("place", [0.5, 1.0])
def test_the_thumb_goes_anywhere_and_rows_come(see, qtbot, place):
    store = LongList(100_000)
    table = see(store)
    before = len(store.reads)
    bar = table.verticalScrollBar()
    bar.setValue(round(bar.maximum() * place))
    first = table.rowAt(0)
    assert in_sight(table)[0] is None
    assert table.model().index(first, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Loading"
    settle(qtbot, table.model())
    assert in_sight(table) == names(first, first + len(in_sight(table)) - 1)
    assert len(store.reads) - before <= 3


def test_a_dragged_thumb_reads_where_it_stops_and_little_else(see, qtbot):
    store = LongList(100_000)
    table = see(store)
    before = len(store.reads)
    store.may_read.clear()
    bar = table.verticalScrollBar()
    for step in range(1, 101):
        bar.setValue(bar.maximum() * step // 100)
    store.may_read.set()
    settle(qtbot, table.model())
    assert in_sight(table)[-1] == "thing 99999"
    assert len(store.reads) - before <= 5


def test_not_all_that_was_ever_read_is_kept(see, qtbot):
    store = LongList(100_000)
    table = see(store)
    for row in range(0, 100_000, 1_000):
        table.scrollTo(table.model().index(row, 0))
        settle(qtbot, table.model())
    assert len(table.model().rows()) <= MOST_PAGES * PAGE


def test_rows_that_are_long_in_coming_are_announced(see, qtbot):
    store = LongList(10_000)
    table = see(store)
    assert not table.model().is_waiting
    store.may_read.clear()
    table.scrollToBottom()
    assert not table.model().is_waiting
    before = table.grab().toImage()
    qtbot.waitUntil(lambda: table.model().is_waiting)
    assert table.grab().toImage() != before
    store.may_read.set()
    qtbot.waitUntil(lambda: not table.model().is_waiting)


def test_old_rows_stay_until_the_new_ones_are_there(see, qtbot):
    table = see(LongList(500))
    other = LongList(3)
    other.things = [Thing(f"o{n}", f"other {n}") for n in range(3)]
    other.may_read.clear()
    table.model().show(other.source())
    assert in_sight(table)[0] == "thing 0"
    assert table.model().rowCount() == 500
    other.may_read.set()
    settle(qtbot, table.model())
    assert in_sight(table)[0] == "other 0"
    assert table.model().rowCount() == 3


def test_an_older_list_never_takes_the_place_of_a_newer_one(see, qtbot):
    table = see(LongList(500))
    shown = []
    table.model().refreshed.connect(lambda: shown.append(table.model().rowCount()))
    slow, newest = LongList(7), LongList(3)
    slow.may_read.clear()
    table.model().show(slow.source())
    table.model().show(newest.source())
    table.model().refresh()
    slow.may_read.set()
    settle(qtbot, table.model())
    assert set(shown) == {3}


def test_another_list_begins_at_its_top(see, qtbot):
    table = see(LongList(10_000))
    table.scrollToBottom()
    table.model().show(LongList(5_000).source())
    settle(qtbot, table.model())
    assert in_sight(table)[0] == "thing 0"


def test_a_changed_row_is_shown_changed_where_it_stands(see, qtbot):
    store = LongList(1_000)
    table = see(store)
    table.verticalScrollBar().setValue(500 * 32)
    settle(qtbot, table.model())
    changes = []
    table.model().dataChanged.connect(lambda first, last, roles: changes.append((first.row(), last.row())))
    store.things[503] = replace(store.things[503], name="new name")
    refresh(table, qtbot)
    assert changes == [(503, 503)]
    assert in_sight(table)[3] == "new name"


@pytest.mark.parametrize("joined", [1, 5_000])
def test_what_somebody_looks_at_stays_in_its_place_when_rows_join_above(see, qtbot, joined):
    store = LongList(20_000)
    table = see(store)
    table.verticalScrollBar().setValue(500 * 32 + 7)
    settle(qtbot, table.model())
    before, offset = in_sight(table), table.rowViewportPosition(table.rowAt(0))
    store.things[:0] = [Thing(f"n{n}", f"new {n}") for n in range(joined)]
    refresh(table, qtbot)
    assert table.model().rowCount() == 20_000 + joined
    assert in_sight(table) == before
    assert table.rowViewportPosition(table.rowAt(0)) == offset


def test_at_the_top_new_rows_are_seen_to_join(see, qtbot):
    store = LongList(1_000)
    table = see(store)
    table.select("2")
    store.things.insert(0, Thing("new", "new"))
    refresh(table, qtbot)
    assert in_sight(table)[:2] == ["new", "thing 0"]
    assert table.currentIndex().row() == 3
    assert table.current_id() == "2"


def test_rows_leave(see, qtbot):
    store = LongList(1_000)
    table = see(store)
    table.verticalScrollBar().setValue(500 * 32)
    settle(qtbot, table.model())
    before = in_sight(table)
    del store.things[100:110]
    del store.things[900:]
    refresh(table, qtbot)
    assert table.model().rowCount() == 900
    assert in_sight(table) == before
    store.things.clear()
    refresh(table, qtbot)
    assert table.model().rowCount() == 0


def test_the_selection_follows_the_record_and_not_the_row(see, qtbot):
    store = LongList(1_000)
    table = see(store)
    table.select("5")
    moved = store.things.pop(5)
    store.things.insert(20, moved)
    with qtbot.assertNotEmitted(table.row_chosen, wait=200):
        refresh(table, qtbot)
    assert table.currentIndex().row() == 20
    assert [index.row() for index in table.selectionModel().selectedRows()] == [20]


def test_the_selection_follows_a_record_far_out_of_sight(see, qtbot):
    store = LongList(10_000)
    table = see(store)
    table.select("3")
    table.verticalScrollBar().setValue(9_000 * 32)
    settle(qtbot, table.model())
    before = in_sight(table)
    store.things.insert(7_000, store.things.pop(3))
    refresh(table, qtbot)
    assert table.currentIndex().row() == 7_000 - 1 + 1
    assert table.current_id() == "3"
    assert in_sight(table)[5:] == before[5:]


def test_a_record_that_left_is_not_replaced_by_its_neighbour(see, qtbot):
    store = LongList(1_000)
    table = see(store)
    table.select("5")
    del store.things[5]
    with qtbot.assertNotEmitted(table.row_chosen, wait=200):
        refresh(table, qtbot)
    assert table.current_id() is None
    assert not table.selectionModel().hasSelection()


def test_a_record_is_gone_to_wherever_it_stands(see, qtbot):
    table = see(LongList(100_000))
    assert not table.select("65432")
    with qtbot.assertNotEmitted(table.row_chosen):
        qtbot.waitUntil(lambda: table.currentIndex().row() == 65_432)
    settle(qtbot, table.model())
    assert "thing 65432" in in_sight(table)
    assert table.current_id() == "65432"


def test_who_goes_to_the_end_by_key_is_there_when_the_row_is_read(see, qtbot):
    store = LongList(1_000_000)
    table = see(store)
    store.may_read.clear()
    with qtbot.waitSignal(table.row_chosen) as chosen:
        qtbot.keyClick(table, Qt.Key.Key_End)
        assert table.current_id() is None
        store.may_read.set()
    assert chosen.args == ["999999"]
    assert table.currentIndex().row() == 999_999


def test_coming_to_the_table_chooses_nothing(see, qtbot):
    table = see(LongList(10))
    with qtbot.assertNotEmitted(table.row_chosen):
        table.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(table.row_chosen) as chosen:
        qtbot.keyClick(table, Qt.Key.Key_Down)
    assert chosen.args == ["0"]


def test_letters_do_not_go_through_a_million_rows(see, qtbot):
    store = LongList(100_000)
    table = see(store)
    before = len(store.reads)
    qtbot.keyClicks(table, "x")
    assert len(store.reads) == before
    assert not table.currentIndex().isValid()


def test_all_rows_can_be_selected_and_new_ones_join_in(see, qtbot):
    store = LongList(1_000_000)
    table = see(store, takes_several=True)
    table.selectAll()
    assert table.selection.count() == 1_000_000
    table.grab()
    store.things.insert(0, Thing("new", "new"))
    refresh(table, qtbot)
    assert table.selection.has_all
    assert table.selection.count() == 1_000_001
    qtbot.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(4, 0)).center()
    )
    assert not table.selection.has_all
    assert table.selection.ranges() == [(4, 4)]


def test_of_another_list_nothing_is_selected(see, qtbot):
    table = see(LongList(1_000), takes_several=True)
    table.selectAll()
    table.model().show(LongList(500).source())
    settle(qtbot, table.model())
    assert table.selection.count() == 0
    assert not table.selection.has_all


def test_several_selected_records_are_followed(see, qtbot):
    store = LongList(1_000)
    table = see(store, takes_several=True)
    table.select("2")
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selection.ranges() == [(2, 5)]
    store.things.insert(4, Thing("between", "between"))
    refresh(table, qtbot)
    chosen = [table.model().row(index).id for index in table.selectionModel().selectedRows()]
    assert sorted(chosen) == ["2", "3", "4", "5"]


def test_a_list_for_one_takes_one(see):
    table = see(LongList(10))
    table.selectAll()
    assert table.selection.count() == 0


def test_a_list_that_cannot_be_read_says_so_and_keeps_what_it_has(see, qtbot):
    store = LongList(1_000)
    table = see(store)
    store.is_broken = True
    with qtbot.waitSignal(table.model().failed):
        table.model().refresh()
    assert in_sight(table)[0] == "thing 0"
    store.is_broken = False
    refresh(table, qtbot)
    assert table.model().is_up_to_date


def test_a_table_is_not_kept_alive_by_its_own_parts(make, settings, qapp):
    """Python's collector would delete it then, at any time and on any thread."""
    table = TableView("thingTable", make(LongList(3)), settings)
    gone = weakref.ref(table)
    gc.disable()
    try:
        del table
        assert gone() is None
    finally:
        gc.enable()
