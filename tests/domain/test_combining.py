from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.combining import combination
from maintenance_desktop.domain.conflicts import Undecided
from maintenance_desktop.domain.edits import EditKind, ServerCopy
from maintenance_desktop.domain.trouble import InvalidInput
from tests.ui.asking import BASE, MINE, THEIRS, conflict, conflicted_edit

BOTH = {**THEIRS, "status": "on_hold"}


def test_what_nobody_else_touched_is_kept_of_both():
    record = combination(conflict(), {}, "technician")
    assert (record["status"], record["description"]) == ("in_progress", "Bearing seized, pump stopped")
    assert record["number"] == "WO-1042"


def test_a_field_that_both_changed_has_to_be_chosen():
    view = conflict(conflicted_edit(theirs=BOTH))
    with pytest.raises(Undecided) as found:
        combination(view, {}, "technician")
    assert found.value.names == ("status",)
    assert combination(view, {"status": "on_hold"}, "technician")["status"] == "on_hold"


def test_a_value_of_a_newer_server_is_not_judged():
    record = combination(
        conflict(conflicted_edit(theirs={**THEIRS, "priority": "someday"})), {}, "technician"
    )
    assert record["priority"] == "someday"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (conflicted_edit(BASE, kind=EditKind.DELETE), "You deleted it"),
        (replace(conflicted_edit(), server=ServerCopy(4, None)), "deleted on the server"),
        (conflicted_edit(theirs={**BASE, "status": "closed"}), "closed"),
    ],
)
def test_what_the_server_would_refuse_is_told(edit, reason):
    with pytest.raises(InvalidInput, match=reason):
        combination(conflict(edit), {"status": MINE["status"]}, "technician")


def test_an_edited_text_is_checked_like_any_other():
    theirs, mine = {**BASE, "title": "Replace both bearings"}, {**BASE, "title": "Replace NDE bearing"}
    view = conflict(conflicted_edit(mine, theirs))
    with pytest.raises(InvalidInput):
        combination(view, {"title": None}, "technician")
