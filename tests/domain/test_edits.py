"""What an edit is, how newer input folds into it, how it is put on another ground, what Overwrite sends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.conflicts import differing_fields, overwrite_problem
from maintenance_desktop.domain.edits import (
    Edit,
    EditKind,
    EditState,
    ServerCopy,
    changed_fields,
    fold,
    overwriting,
    readable_patch,
    rebase,
)

BASE = {"title": "Pump leaks", "description": "As found", "status": "open", "number": "WO-1"}


def update(base=BASE, version=3, edit_id="e1", **patch) -> Edit:
    return Edit(
        id=edit_id,
        kind=EditKind.UPDATE,
        type="work_order",
        record_id="w1",
        mine={**base, **patch},
        made_at="2026-11-22T10:42:00.000Z",
        base=base,
        base_version=version,
        patch=patch,
    )


def conflicted(edit: Edit, theirs: dict | None, version: int = 4) -> Edit:
    return replace(
        edit,
        state=EditState.CONFLICTED,
        first_sent_at="sent",
        server=ServerCopy(version, theirs, changed_by_name="Bob Lee"),
    )


def test_absent_and_null_are_the_same():
    assert changed_fields({"title": "a"}, {"title": "a", "cause": None, "status": "open"}) == {
        "status": "open"
    }


def test_folding_keeps_the_last_word_of_each_field():
    folded = fold(update(title="Pump drips", status="on_hold"), {"title": "Pump is dry"})
    assert folded.patch == {"title": "Pump is dry", "status": "on_hold"}
    assert folded.mine["title"] == "Pump is dry"
    assert folded.base == BASE


def test_folding_back_to_the_base_takes_the_field_out_of_the_change():
    assert fold(update(title="Pump drips"), {"title": "Pump leaks"}).patch == {}


def test_what_is_typed_back_to_a_base_that_is_only_expected_stays_a_change():
    behind_another = replace(update(title="Pump drips"), base_version=None)
    folded = fold(behind_another, {"title": "Pump leaks"})
    assert folded.patch == {"title": "Pump leaks"}
    refused_before = rebase(folded, 3, {**BASE, "title": "As it was before the refused one"})
    assert refused_before.mine["title"] == "Pump leaks"


def test_rebasing_takes_their_fields_and_keeps_mine():
    placed = rebase(update(title="Pump drips"), 9, {**BASE, "description": "New", "number": "WO-2"})
    assert placed.base_version == 9
    assert (placed.mine["title"], placed.mine["description"]) == ("Pump drips", "New")


def test_what_is_sent_is_all_that_is_known_and_writable():
    edit = update({**BASE, "from_the_future": 7}, title="Pump drips")
    assert edit.outgoing() == {"title": "Pump drips", "description": "As found", "status": "open"}


def test_a_deletion_sends_no_fields():
    edit = Edit("e", EditKind.DELETE, "work_order", "w1", BASE, "")
    assert edit.outgoing() == {}


class TestOverwriting:
    def test_it_sends_base_and_mine_whole_against_what_was_on_screen(self):
        edit = conflicted(update(status="in_progress"), {**BASE, "description": "Bob", "shoe_size": 43})
        sent = overwriting([edit], new_id="e2", made_at="later")
        assert (sent.id, sent.base_version, sent.state) == ("e2", 4, EditState.QUEUED)
        assert (sent.mine["status"], sent.mine["description"]) == ("in_progress", "As found")
        assert sent.patch == {"status": "in_progress", "description": "As found"}
        assert sent.base == BASE
        assert not sent.is_frozen
        assert "shoe_size" not in sent.outgoing()
        assert sent.ground == {**BASE, "description": "Bob", "shoe_size": 43}

    def test_a_chain_sends_the_last_ones_content_on_the_first_ones_base(self):
        first = conflicted(update(status="in_progress"), {**BASE, "description": "Bob"})
        last = update({**first.mine}, None, "e3", title="Pump drips")
        sent = overwriting([first, last], new_id="e4", made_at="later")
        assert (sent.mine["status"], sent.mine["title"]) == ("in_progress", "Pump drips")
        assert sent.base == BASE

    def test_a_deletion_deletes(self):
        edit = Edit("e", EditKind.DELETE, "work_order", "w1", BASE, "", base=BASE, base_version=3)
        sent = overwriting([conflicted(edit, {**BASE, "title": "Bob"})], new_id="e2", made_at="later")
        assert (sent.kind, sent.base_version) == (EditKind.DELETE, 4)

    def test_only_a_conflict_can_be_overwritten(self):
        with pytest.raises(ValueError, match="only a conflicted edit"):
            overwriting([update(title="x")], new_id="e2", made_at="later")


class TestThreeSides:
    def test_fields_that_are_the_same_on_all_sides_are_left_out(self):
        edit = conflicted(update(status="in_progress"), {**BASE, "description": "Bob"})
        fields = {one.name: (one.changed_by_me, one.changed_by_them) for one in differing_fields([edit])}
        assert fields == {"description": (False, True), "status": (True, False)}

    def test_of_a_deleted_record_only_mine_are_listed(self):
        edit = conflicted(update(status="in_progress"), None)
        assert [(one.name, one.mine, one.theirs) for one in differing_fields([edit])] == [
            ("status", "in_progress", None)
        ]

    @pytest.mark.parametrize(
        ("theirs", "mine", "role", "is_possible"),
        [
            ("open", "in_progress", "technician", True),
            ("closed", "in_progress", "planner", False),
            ("completed", "in_progress", "technician", False),
            ("completed", "in_progress", "planner", True),
            (None, "in_progress", "technician", True),
        ],
    )
    def test_overwrite_says_where_it_cannot_be(self, theirs, mine, role, is_possible):
        edit = conflicted(update(status=mine), None if theirs is None else {**BASE, "status": theirs})
        assert (overwrite_problem([edit], role) is None) is is_possible

    def test_overwriting_with_a_deletion_can_always_be_tried(self):
        edit = Edit("e", EditKind.DELETE, "work_order", "w1", BASE, "", base=BASE, base_version=3)
        assert overwrite_problem([conflicted(edit, {**BASE, "status": "closed"})], "planner") is None


def test_a_change_reads_as_before_and_after():
    assert readable_patch(update(title="Pump drips")) == {"title": ("Pump leaks", "Pump drips")}
    create = Edit("e", EditKind.CREATE, "work_order", "w1", BASE, "", patch={"title": "New"})
    assert readable_patch(create) == {"title": (None, "New")}
