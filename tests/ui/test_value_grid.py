from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

from maintenance_desktop.ui.value_box import ValueBox
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ScrolledGrid, ValueGrid

LONG = "Bearing noisy at the drive end since Monday. " * 100


def test_a_long_text_scrolls_inside_its_cell(qtbot):
    grid = ScrolledGrid("grid")
    qtbot.addWidget(grid)
    grid.resize(500, 400)
    grid.show_rows(("Yours",), [GridRow("Description", (GridCell(LONG, "changed by you"),))])
    grid.show()
    qtbot.waitExposed(grid)
    (box,) = grid.findChildren(ValueBox)
    assert box.toPlainText() == LONG
    assert box.height() < 200
    assert box.verticalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOn
    assert box.focusPolicy() is Qt.FocusPolicy.StrongFocus
    assert box.accessibleName() == "Description, Yours, changed by you"


def test_a_text_is_as_high_as_it_needs_to_be(qtbot):
    box = ValueBox("a text that is not long but needs two lines in a narrow place", "x")
    qtbot.addWidget(box)
    assert box.heightForWidth(120) > box.heightForWidth(600)
    before = box.heightForWidth(600)
    font = box.font()
    font.setPointSize(font.pointSize() * 2)
    box.setFont(font)
    assert box.heightForWidth(600) > before


def test_markup_is_never_read_as_such(qtbot):
    grid = ValueGrid()
    qtbot.addWidget(grid)
    grid.show_rows((), [GridRow("<i>f</i>", (GridCell("<b>x</b>"),))])
    labels = {label.text(): label for label in grid.findChildren(QLabel)}
    assert labels["<b>x</b>"].textFormat() is Qt.TextFormat.PlainText
    assert labels["<i>f</i>"].textFormat() is Qt.TextFormat.PlainText
    assert "<b>x</b>" in labels["<b>x</b>"].accessibleName()


def test_new_rows_take_the_place_of_the_old(qtbot):
    grid = ValueGrid()
    qtbot.addWidget(grid)
    grid.show_rows((), [GridRow("a", (GridCell("old"),))])
    grid.show_rows((), [GridRow("a", (GridCell("new"),))])
    shown = [label.text() for label in grid.findChildren(QLabel) if label.isVisibleTo(grid)]
    assert "new" in shown
    assert "old" not in shown


def test_the_bar_of_a_long_text_follows_the_palette(qtbot):
    box = ValueBox(LONG, "x")
    qtbot.addWidget(box)
    palette = QPalette(box.palette())
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.red)
    box.setPalette(palette)
    assert box.verticalScrollBar().palette().color(QPalette.ColorRole.Window).alpha() == 255
