from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.edits import EditKind, Ending, Refusal, ServerCopy
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.views import HistoryEntry, QueueItem, Subject
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.history_texts import HistoryTexts
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.values import ValueTexts
from tests.ui.asking import BASE, MINE, SUBJECT, THEIRS, conflicted_edit, hours_edit, waiting_hours
from tests.ui.fakes import DANA, NOW, believable_plant, in_days


@pytest.fixture
def values(qapp):
    return ValueTexts(believable_plant(), lambda: NOW)


@pytest.mark.parametrize(
    ("record_type", "kind", "text"),
    [
        ("labor", EditKind.CREATE, "2.5 h on WO-1042 Replace DE bearing"),
        ("labor", EditKind.UPDATE, "Hours changed to 2.5 h on WO-1042 Replace DE bearing"),
        ("labor", EditKind.DELETE, "Removed hours on WO-1042 Replace DE bearing"),
        ("comment", EditKind.CREATE, "Comment on WO-1042 Replace DE bearing"),
        ("comment", EditKind.UPDATE, "Changed comment on WO-1042 Replace DE bearing"),
        ("comment", EditKind.DELETE, "Removed comment on WO-1042 Replace DE bearing"),
        ("work_order", EditKind.CREATE, "New work order WO-1042 Replace DE bearing"),
        ("work_order", EditKind.DELETE, "Deleted WO-1042 Replace DE bearing"),
        ("torque_log", EditKind.CREATE, "New: WO-1042 Replace DE bearing"),
    ],
)
def test_each_edit_is_told_in_a_line(values, record_type, kind, text):
    edit = replace(hours_edit(), type=record_type, kind=kind)
    assert EditTexts(values).edit(edit, SUBJECT) == text


def test_a_change_names_its_fields(values):
    text = EditTexts(values).edit(conflicted_edit(), SUBJECT)
    assert text == "WO-1042 Replace DE bearing: Status, Assigned to"
    assert EditTexts(values).subject(Subject("labor", "x")) == "(without a name)"


def test_a_change_shows_before_and_after(values):
    texts = EditTexts(values)
    rows = texts.rows(conflicted_edit())
    assert [(row.label, *(cell.text for cell in row.cells)) for row in rows] == [
        ("Status", "Open", "In progress"),
        ("Assigned to", "Alex Nyström", "Sam Okafor"),
    ]
    assert texts.as_text(rows) == "Status: Open → In progress\nAssigned to: Alex Nyström → Sam Okafor"


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        (Connection.ONLINE, "Goes out with the next sync"),
        (Connection.OFFLINE, "Waits until the server can be reached"),
        (Connection.WORKING_OFFLINE, "Waits while you work offline"),
        (Connection.SIGN_IN_REQUIRED, "Waits until you sign in again"),
        (Connection.WRONG_SERVER, "Waits for its own server and person"),
        (Connection.LOCAL_TROUBLE, "Waits until this computer can save again"),
    ],
)
def test_why_an_edit_waits_for_the_network(values, connection, text):
    item = replace(waiting_hours(), waiting=Waiting.NETWORK)
    (row,) = QueueTexts(values, connection).rows([item], [item])
    assert row.why == text


def test_why_an_edit_waits_for_another(values):
    texts = QueueTexts(values, Connection.ONLINE)
    first = QueueItem(conflicted_edit(), SUBJECT, Waiting.NEEDS_ANSWER)
    later = replace(waiting_hours(), waits_for="e1")
    why = {
        waiting: texts.rows([replace(later, waiting=waiting)], [first, later])[0].why for waiting in Waiting
    }
    name = "WO-1042 Replace DE bearing: Status, Assigned to"
    assert why[Waiting.EARLIER_EDIT] == f"Follows when this is on the server: {name}"
    assert why[Waiting.UNANSWERED_EDIT] == f"Waits for your answer to: {name}"
    assert why[Waiting.NEEDS_ANSWER] == "⚠ Needs your answer"
    assert texts.rows([first], [first])[0].why == "⚠ Changed by Dana Ortiz too: decide"
    sent = replace(later, waiting=Waiting.NETWORK, edit=replace(later.edit, first_sent_at=in_days(0)))
    assert texts.rows([sent], [sent])[0].why == "Sent or exported; no answer yet"
    broken = replace(later.edit, refusal=Refusal("failed", "The server has a fault of its own."))
    broken = replace(later, waiting=Waiting.SERVER, edit=broken)
    assert texts.rows([broken], [broken])[0].why == "Is tried again: The server has a fault of its own."
    refused = QueueItem(hours_edit(), SUBJECT, Waiting.NEEDS_ANSWER)
    assert texts.rows([refused], [refused])[0].why == "✕ Refused: It is finished."


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_its_words(values, ending):
    entry = HistoryEntry(conflicted_edit(), SUBJECT, ending, in_days(-1))
    text = HistoryTexts(values).ending(entry)
    assert text[1] == " "
    assert ending.value not in text


def test_the_history_has_all_four_sides(values):
    theirs = ServerCopy(4, THEIRS, in_days(-0.01), DANA, "Dana Ortiz")
    entry = HistoryEntry(
        conflicted_edit(), SUBJECT, Ending.OVERWROTE, in_days(-0.005), "note", theirs, {**MINE, "x": 1}, 5
    )
    texts = HistoryTexts(values)
    assert texts.headers(entry) == [
        "When you started",
        "Yours",
        "Overwritten",
        "What the server made of it",
    ]
    text = texts.as_text(entry)
    for part in ("Dana Ortiz changed it", "Bearing seized, pump stopped", "In progress", "x", "note"):
        assert part in text
    assert "Overwrote the server's version" in texts.sentence(entry)
    discarded = replace(entry, ending=Ending.DISCARDED, result=None)
    assert texts.headers(discarded)[-1] == "On the server then"
    gone = replace(discarded, theirs=replace(theirs, record=None), edit=replace(entry.edit, base=None))
    assert "Dana Ortiz deleted it" in texts.sentence(gone)
    assert texts.headers(gone)[0] == "Yours"
    assert BASE["title"] in texts.as_text(gone)
