from __future__ import annotations

import csv

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QFileDialog

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.ui import list_export
from maintenance_desktop.ui.export_rows import PIECE, row_ranges, whole_list
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.sights import Source
from tests.ui.fakes import in_days
from tests.ui.long_list import LongList, Thing
from tests.ui.waiting import settle


@pytest.fixture
def window(workspace, settings, show, qtbot):
    window = show(MainWindow(workspace, settings), (1440, 860))
    qtbot.waitUntil(window.isActiveWindow)
    settle(qtbot, window.work_orders.list)
    return window


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "list.csv"


@pytest.fixture
def export(window, path, qtbot):
    """Export to that file as far as the dialog with the progress."""
    path.parent.mkdir()

    def exported():
        qtbot.keyClick(
            window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        asking = window.export.file_dialog
        qtbot.waitUntil(asking.isVisible)
        assert asking.acceptMode() is QFileDialog.AcceptMode.AcceptSave
        asking.fileSelected.emit(str(path))
        asking.reject()
        return window.export.dialog

    yield exported
    if window.export.dialog is not None:
        window.export.dialog.close()


def finish(window, qtbot):
    qtbot.waitUntil(lambda: window.export._file is None)
    return window.export.dialog


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_whole_list_is_written_as_it_is_filtered_and_sorted(window, export, path, plant, qtbot):
    plant.work_order(1050, "=HYPERLINK()", created_at=in_days(1), due_at=None)
    window.refresh()
    settle(qtbot, window.work_orders.list)
    export()
    dialog = finish(window, qtbot)
    lines = read(path)
    assert [line["No."] for line in lines] == [row.number for row in window.work_orders.list.model.rows()]
    assert dialog.heading.text() == f"{len(lines)} rows exported"
    assert dialog.sentence.text() == str(path)
    assert lines[0]["Title"] == "'=HYPERLINK()"
    assert lines[0]["Status"] == "Open"
    assert lines[0]["Due"] == ""
    assert lines[1]["Asset name"] == "Feed pump"
    assert lines[1]["Created"][:4] == "2026"


def test_several_selected_rows_are_written_alone(window, export, path, qtbot):
    table = window.work_orders.list.table
    flag = QItemSelectionModel.SelectionFlag
    for at in (1, 3):
        table.selectionModel().select(table.model().index(at, 0), flag.Select | flag.Rows)
    export()
    assert "2 selected" in window.export.file_dialog.windowTitle()
    finish(window, qtbot)
    model = window.work_orders.list.model
    assert [line["No."] for line in read(path)] == [model.row_at(1).number, model.row_at(3).number]


def test_select_all_takes_the_whole_list(window, export, path, qtbot):
    window.work_orders.list.table.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert window.work_orders.list.table.selection.has_all
    export()
    finish(window, qtbot)
    assert len(read(path)) == window.work_orders.list.model.rowCount()


def test_the_folder_is_remembered(window, export, path, qtbot):
    export()
    finish(window, qtbot).close()
    window.export.ask()
    assert window.export.file_dialog.directory().path() == str(path.parent)
    window.export.file_dialog.reject()


def test_a_cancelled_export_leaves_nothing(window, export, path, qtbot, monkeypatch):
    monkeypatch.setattr(list_export, "whole_list", lambda source: iter(list, None))  # without an end
    dialog = export()
    qtbot.waitUntil(lambda: any(path.parent.iterdir()))
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert list(path.parent.iterdir()) == []
    assert window.export.dialog is None


def test_closing_the_window_abandons_an_export(window, export, path, qtbot, monkeypatch):
    monkeypatch.setattr(list_export, "whole_list", lambda source: iter(list, None))
    export()
    window.close()
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(window, export, path):
    path.parent.rmdir()
    dialog = export()
    assert dialog.heading.text() == "Not exported"
    assert "cannot be written" in dialog.sentence.text()


def test_a_disk_that_cannot_be_read_is_told(window, export, path, plant, qtbot, monkeypatch):
    def broken(*_):
        raise StorageTrouble("The disk reported an error.")

    monkeypatch.setattr(plant, "work_orders", broken)
    window.work_orders.list.reload()
    qtbot.waitUntil(window.work_orders.list.note.isVisible)
    assert "could not be read" in window.work_orders.list.note.text()
    monkeypatch.setattr(list_export, "whole_list", lambda source: map(broken, [1]))
    export()
    dialog = finish(window, qtbot)
    assert dialog.heading.text() == "Not exported"
    assert list(path.parent.iterdir()) == []


def test_rows_that_join_and_leave_meanwhile_neither_double_nor_lose_others():
    store = LongList(3 * PIECE + 7)
    pieces = whole_list(store.source())
    got = list(next(pieces))
    store.things[:0] = [Thing(f"n{n}", "new") for n in range(40)]
    got += next(pieces)
    del store.things[:90]
    for piece in pieces:
        got += piece
    assert [thing.id for thing in got] == [str(n) for n in range(3 * PIECE + 7)]


def test_a_list_without_places_is_written_too():
    store = LongList(2 * PIECE)
    source = Source(store.rows, store.found)
    assert sum(len(piece) for piece in whole_list(source)) == 2 * PIECE
    assert list(whole_list(LongList(0).source())) == []


def test_ranges_are_read_in_pieces():
    store = LongList(5 * PIECE)
    got = [
        thing.id for piece in row_ranges(store.source(), [(5, 7), (100, 100 + 2 * PIECE)]) for thing in piece
    ]
    assert got == [*map(str, range(5, 8)), *map(str, range(100, 101 + 2 * PIECE))]
    assert max(limit for _, limit in store.reads) == PIECE
