from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.edits import Edit, EditKind, Ending, Refusal, ServerCopy
from maintenance_desktop.domain.recovery import (
    Side,
    may_ask_to_reopen,
    may_follow_up,
    names_to_edit,
    restoring,
    sides_of,
)
from maintenance_desktop.domain.views import HistoryEntry, RecordView, Subject

FINISHED = Refusal("work_order_finished", "It is completed.", details={"status": "completed"})
HOURS = {"work_order_id": "w", "person_id": "p", "hours": 2, "labor_type": "regular", "note": None}
LOGGED = Edit("e", EditKind.CREATE, "labor", "l", HOURS, "", patch=HOURS, refusal=FINISHED)
BEFORE = {"title": "Pump", "status": "open", "description": "Leaks"}


def ended(edit: Edit, ending: Ending, **rest) -> HistoryEntry:
    return HistoryEntry(edit, Subject(edit.type, edit.record_id), ending, "", **rest)


def shown(fields) -> RecordView:
    return RecordView("work_order", "w", fields, 3, fields)


def change(**patch) -> Edit:
    return Edit(
        "e",
        EditKind.UPDATE,
        "work_order",
        "w",
        {**BEFORE, **patch},
        "",
        base=BEFORE,
        base_version=1,
        patch=patch,
    )


def test_what_a_new_record_says_and_needs_can_be_edited():
    assert names_to_edit(LOGGED) == ("work_order_id", "person_id", "hours", "labor_type")
    at_fault = replace(LOGGED, refusal=Refusal("invalid", "Too long", "note"))
    assert "note" in names_to_edit(at_fault)


def test_of_a_change_only_what_it_changes_can_be_edited():
    emptied = change(description=None, status="on_hold")
    assert names_to_edit(emptied) == ("description", "status")
    assert names_to_edit(replace(emptied, kind=EditKind.DELETE)) == ()


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (LOGGED, True),
        (replace(LOGGED, kind=EditKind.UPDATE), False),
        (replace(LOGGED, refusal=Refusal("not_allowed", "No")), False),
    ],
)
def test_only_new_hours_for_a_finished_work_order_can_be_moved(edit, expected):
    assert may_follow_up(edit) is expected


@pytest.mark.parametrize(
    ("status", "role", "expected"),
    [
        ("completed", "technician", True),
        ("cancelled", "technician", True),
        ("closed", "technician", False),
        ("open", "technician", False),
        ("completed", "planner", False),
        (None, "technician", True),
    ],
)
def test_asking_is_offered_where_a_planner_could_reopen_and_the_person_can_not(status, role, expected):
    work_order = {"status": status} if status else None
    assert may_ask_to_reopen(LOGGED, work_order, role) is expected


def test_a_create_that_was_restored_once_is_never_sent_under_its_old_id_again():
    first = ended(LOGGED, Ending.ACKNOWLEDGED)
    assert restoring(first, Side.MINE, None).record_id == "l"
    assert restoring(replace(first, replaced_by="e2"), Side.MINE, None).record_id is None


def test_a_deletion_that_was_done_is_undone_by_restoring_it():
    deletion = replace(change(), kind=EditKind.DELETE, patch={})
    plan = restoring(ended(deletion, Ending.APPLIED), Side.MINE, None)
    assert (plan.kind, plan.record_id, plan.content) == (EditKind.CREATE, None, BEFORE)
    assert restoring(ended(deletion, Ending.APPLIED), Side.MINE, shown(BEFORE)).problem
    assert restoring(ended(deletion, Ending.DISCARDED), Side.MINE, shown(BEFORE)).kind is EditKind.DELETE


def test_of_what_was_overwritten_only_what_they_changed_comes_back():
    theirs = ServerCopy(2, {**BEFORE, "description": "Seized"})
    entry = ended(change(status="on_hold"), Ending.OVERWROTE, theirs=theirs)
    assert sides_of(entry) == (Side.THEIRS, Side.MINE)
    plan = restoring(entry, Side.THEIRS, shown({**BEFORE, "status": "on_hold"}))
    assert plan.changes == {"description": ("Leaks", "Seized")}


def test_of_a_combination_what_it_dropped_of_theirs_comes_back():
    theirs = {**BEFORE, "description": "Seized"}
    kept = replace(change(description="Drips"), base=theirs)
    entry = ended(
        kept, Ending.COMBINED, theirs=ServerCopy(2, theirs), result={**BEFORE, "description": "Drips"}
    )
    plan = restoring(entry, Side.THEIRS, shown({**BEFORE, "description": "Drips"}))
    assert plan.changes == {"description": ("Drips", "Seized")}
