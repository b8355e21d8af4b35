from __future__ import annotations

from maintenance_desktop.ui.pages import PAGE, Pages
from tests.ui.long_list import things


def pages_of(count, numbers, most=50):
    pages = Pages(count, most)
    for number in numbers:
        pages.put(number, things(count)[number * PAGE : (number + 1) * PAGE])
    return pages


def test_a_row_is_there_once_its_page_is():
    pages = pages_of(1_000, [2])
    assert pages.row(2 * PAGE + 5).id == str(2 * PAGE + 5)
    assert pages.position("405") == 405
    assert pages.row(0) is None
    assert pages.position("0") is None
    assert pages.row(-1) is None
    assert pages.row(5_000) is None


def test_what_is_missing_is_told_by_page():
    pages = pages_of(1_000, [1])
    assert pages.missing(150, 450) == (0, 2)
    assert pages.missing(200, 399) == ()
    assert pages.missing(-100, 10_000) == (0, 2, 3, 4)
    assert Pages(0).missing(0, 20) == ()
    assert pages.missing(0, -1) == ()


def test_what_was_not_looked_at_longest_leaves_first():
    pages = pages_of(2_000, [0, 1, 2], most=3)
    pages.missing(0, 10)
    pages.put(5, things(2_000)[1_000:1_200])
    assert pages.numbers() == [0, 2, 5]
    assert pages.position("250") is None
    assert [row.id for row in pages.rows()][-1] == "1199"


def test_rows_beyond_the_end_are_left_out():
    pages = Pages(3)
    pages.put(0, things(5))
    assert [row.id for row in pages.rows()] == ["0", "1", "2"]


def test_a_record_that_is_read_twice_stands_where_it_was_read_last():
    pages = pages_of(600, [0])
    moved = [things(1)[0], *things(600)[PAGE : 2 * PAGE - 1]]
    pages.put(1, moved)
    assert pages.position("0") == PAGE
    pages.put(0, things(600)[1 : PAGE + 1])
    assert pages.position("0") == PAGE
