"""What the judge calls wrong where a late copy of a deletion comes to a record that is gone already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.edits import Edit, EditKind, Ending
from maintenance_desktop.domain.views import HistoryEntry, Subject
from tests.soak.evidence import Final_
from tests.soak.hub_room import LogEntry
from tests.soak.journal import Journal, Save, Told
from tests.soak.judge import Judge

DONE_ALL_THE_SAME = "pia-0: deletion ended as discarded, the hub has done it"
DELETION = Edit("deletion", EditKind.DELETE, "asset", "pump", {}, "2026-11-02T06:00:00.000Z", {}, 1)
LIVING, DELETED = (
    LogEntry(number, "version", "", "somebody", "pump", "asset", number, number == 2) for number in (1, 2)
)
LATE_COPY = [
    LogEntry(3, "claimed", "deletion", "pia", "", "", 0, False),
    LogEntry(5, "remembered", "deletion", "pia", "", "", 2, False),
]


def judged(log, *, edit=DELETION, confirmed=()) -> list[str]:
    """What is wrong where Pia's edit was discarded and the hub did this."""
    journal = Journal(confirmed=set(confirmed))
    journal.saves[edit.id] = Save("pia-0", edit.id, edit.kind, edit.type, "pump", {}, {}, told=Told.DONE)
    entry = HistoryEntry(edit, Subject("asset", "pump", "Pump"), Ending.DISCARDED, edit.made_at)
    return Judge(journal, log, [], [Final_("pia-0", "pia", [entry], {}, [])]).judges()


def test_a_deletion_that_found_nothing_left_to_delete_may_have_been_discarded():
    assert DONE_ALL_THE_SAME not in judged([LIVING, DELETED, *LATE_COPY])


def test_a_discarded_deletion_must_not_delete():
    claimed, remembered = LATE_COPY
    deleted = replace(DELETED, n=4, person_id="pia")
    assert DONE_ALL_THE_SAME in judged([LIVING, claimed, deleted, remembered])


def test_what_a_computer_was_told_is_done_must_not_end_otherwise():
    assert DONE_ALL_THE_SAME in judged([LIVING, DELETED, *LATE_COPY], confirmed={"deletion"})


@pytest.mark.parametrize("kind", [EditKind.UPDATE, EditKind.CREATE])
def test_no_other_edit_may_be_done_after_it_was_discarded(kind):
    edit = replace(DELETION, kind=kind)
    assert DONE_ALL_THE_SAME in judged([LIVING, DELETED, *LATE_COPY], edit=edit)
