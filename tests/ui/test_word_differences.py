from __future__ import annotations

import pytest

from maintenance_desktop.ui.value_box import ValueBox
from maintenance_desktop.ui.word_differences import Mark, both_changes, differences

BASE = "Bearing noisy since Monday. Check the grease."


def side(pieces, *marks) -> str:
    return "".join(piece.text for piece in pieces if piece.mark in marks)


@pytest.mark.parametrize(
    "after",
    [
        "Bearing seized since Monday. Check the grease.",
        "Bearing noisy since Monday. Check the grease. Pump isolated.",
        "Bearing noisy.\nCheck the grease.",
        "  Bearing noisy since  Tuesday. Check_the grease!",
        "Bearing noisy since 月曜日. Check the grease.",
    ],
)
def test_both_texts_can_be_read_from_the_differences(after):
    pieces = differences(BASE, after)
    assert side(pieces, Mark.KEPT, Mark.ADDED) == after
    assert side(pieces, Mark.KEPT, Mark.REMOVED) == BASE
    assert side(pieces, Mark.ADDED) or side(pieces, Mark.REMOVED)


def test_only_the_words_that_changed_are_marked():
    pieces = differences(BASE, "Bearing seized since Monday. Check the grease.")
    assert side(pieces, Mark.REMOVED).strip() == "noisy"
    assert side(pieces, Mark.ADDED).strip() == "seized"


@pytest.mark.parametrize("after", ["", BASE, "Conveyor belt torn at station 4", "x" * 10_000])
def test_texts_without_much_in_common_are_not_marked(after):
    assert differences(BASE, after) == ()


def test_many_changes_in_a_long_text_are_found():
    words = [f"word{n % 700}" for n in range(3_000)]
    changed = [f"new{n}" if n % 10 == 0 else word for n, word in enumerate(words)]
    pieces = differences(" ".join(words), " ".join(changed))
    assert sum(piece.mark is Mark.ADDED for piece in pieces) == 300


def test_changes_at_different_words_go_into_one_text():
    mine = "Bearing noisy since Monday. Check the grease. Took a sample."
    theirs = "Bearing seized since Monday. Check the grease."
    assert both_changes(BASE, mine, theirs) == (
        "Bearing seized since Monday. Check the grease. Took a sample."
    )
    assert both_changes(BASE, BASE + " Mine.", BASE + " Theirs.") == BASE + " Mine. Theirs."


def test_changes_of_the_same_words_do_not():
    assert both_changes("Bearing noisy", "Bearing loud", "Bearing seized") is None


def test_what_is_copied_of_a_marked_text_is_the_text(qtbot):
    after = "Bearing seized since Monday.\nCheck the grease."
    box = ValueBox(after, "Description", pieces=differences(BASE, after))
    qtbot.addWidget(box)
    assert "noisy" in box.toPlainText()
    box.selectAll()
    assert box.createMimeDataFromSelection().text() == after


@pytest.mark.parametrize(
    ("before", "after", "kept", "gone", "came"),
    [
        ("Replace DE bearing", "Replace DE bearing and seal", "Replace DE bearing", "", " and seal"),
        ("Replace DE bearing and seal", "Replace DE bearing", "Replace DE bearing", " and seal", ""),
        ("Pump is noisy again", "Pump is noisy now", "Pump is noisy ", "again", "now"),
    ],
)
def test_the_last_word_stays_when_something_follows_it(before, after, kept, gone, came):
    pieces = differences(before, after)
    assert [side(pieces, mark) for mark in (Mark.KEPT, Mark.REMOVED, Mark.ADDED)] == [kept, gone, came]


def test_two_additions_behind_the_last_word_go_into_one_text():
    assert both_changes("DE bearing", "DE bearing, seal", "DE bearing urgent") == "DE bearing, seal urgent"
