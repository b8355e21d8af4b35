"""Which edits go into the next request, why the others wait, and what ends together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.edits import Edit, EditKind, EditState
from maintenance_desktop.domain.planning import Waiting, dependants, dependencies, finishes_work, plan


def order(name, record="w1", kind=EditKind.UPDATE, before="open", after="open", **more) -> Edit:
    base = None if kind is EditKind.CREATE else {"status": before}
    return Edit(name, kind, "work_order", record, {"status": after}, "", base=base, **more)


def hours(name, record="l1", parent="w1", kind=EditKind.CREATE, **more) -> Edit:
    return Edit(name, kind, "labor", record, {"work_order_id": parent}, "", **more)


def batch(*edits, most=500, put_off=()) -> list[str]:
    return [edit.id for edit in plan(edits, most=most, put_off=frozenset(put_off)).batch]


def held(*edits, **more) -> dict:
    return plan(edits, most=500, **more).held


@pytest.mark.parametrize(
    ("before", "after", "finishes"),
    [
        ("open", "completed", True), ("open", "cancelled", True), ("open", "on_hold", False),
        ("completed", "closed", False), ("completed", "open", False),
    ],
)  # fmt: skip
def test_which_edits_finish_work(before, after, finishes):
    assert finishes_work(order("a", before=before, after=after)) is finishes


def test_a_deletion_and_a_create_that_is_finished_finish_work():
    assert finishes_work(order("a", kind=EditKind.DELETE))
    assert finishes_work(order("a", kind=EditKind.CREATE, after="completed"))
    assert not finishes_work(hours("a"))


def test_edits_of_different_records_go_together():
    assert batch(order("a"), order("b", "w2"), hours("c", parent="w3")) == ["a", "b", "c"]


def test_two_edits_of_a_record_go_one_after_the_other():
    edits = order("a"), order("b")
    assert batch(*edits) == ["a"]
    assert held(*edits) == {"b": (Waiting.EARLIER_EDIT, "a")}


def test_completing_waits_for_earlier_hours_and_later_ones_do_not_wait_for_it():
    edits = hours("a"), order("b", after="completed"), hours("c", "l2", parent="w2")
    assert batch(*edits) == ["a", "c"]
    assert held(*edits) == {"b": (Waiting.EARLIER_EDIT, "a")}


@pytest.mark.parametrize("state", [EditState.REFUSED, EditState.CONFLICTED])
def test_what_needs_an_answer_holds_up_what_depends_on_it_and_nothing_else(state):
    edits = hours("a", state=state), order("b", after="completed"), order("c"), order("d", "w2")
    assert batch(*edits) == ["d"]
    assert held(*edits) == {
        "a": (Waiting.NEEDS_ANSWER, "a"),
        "b": (Waiting.UNANSWERED_EDIT, "a"),
        "c": (Waiting.UNANSWERED_EDIT, "a"),
    }


def test_hours_moved_away_still_count_for_the_work_order_they_were_on():
    moved = replace(hours("a", kind=EditKind.UPDATE, parent="w2"), base={"work_order_id": "w1"})
    assert held(moved, order("b", after="completed")) == {"b": (Waiting.EARLIER_EDIT, "a")}


def test_named_dependencies_wait_and_those_that_are_gone_do_not():
    edits = order("a", kind=EditKind.CREATE), hours("b", after=frozenset({"a", "gone"}))
    assert batch(*edits) == ["a"]
    assert batch(edits[1]) == ["b"]


def test_a_request_is_no_larger_than_it_may_be_and_what_is_put_off_is_left_out():
    edits = order("a"), order("b", "w2"), order("c", "w3")
    assert batch(*edits, most=2) == ["a", "b"]
    assert batch(*edits, put_off={"a"}) == ["b", "c"]
    assert held(*edits, put_off=frozenset({"a"})) == {"a": (Waiting.NETWORK, "a")}


def test_dependencies_are_named_once():
    edits = hours("a"), order("b", after="completed", kind=EditKind.UPDATE)
    twice = replace(edits[1], after=frozenset({"a"}))
    assert dependencies([edits[0], twice])["b"] == ["a"]


class TestDependants:
    def test_what_belongs_to_a_create_ends_with_it(self):
        edits = [
            order("a", kind=EditKind.CREATE),
            hours("b", after=frozenset({"a"})),
            order("c"),
            hours("d", kind=EditKind.UPDATE),
            hours("e", "l2", parent="w2"),
        ]
        assert [edit.id for edit in dependants(edits, "a")] == ["b", "c", "d"]

    def test_a_later_update_goes_on_without_an_earlier_one(self):
        assert dependants([order("a"), order("b")], "a") == []

    def test_completing_goes_on_without_its_hours(self):
        assert dependants([hours("a"), order("b", after="completed")], "a") == []

    def test_earlier_edits_are_never_dependants(self):
        assert dependants([hours("a"), order("b", kind=EditKind.CREATE)], "b") == []
