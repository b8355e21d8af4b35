"""The mission's example to the letter: offline changes, conflicts, errors, and what each answer leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maintenance_desktop.domain.edits import EditState
from maintenance_desktop.domain.trouble import Outdated
from maintenance_desktop.domain.views import Mark
from tests.person import LaptopClock
from tests.services.fakes import cached


@pytest.fixture
def order(hub):
    return hub.has("work_order", title="Pump leaks", description="As found", status="open")


@pytest.fixture
def conflicted(hub, order, people):
    """Dana changed the status offline, Bob the description; Dana came back online."""
    dana, bob = people("dana"), people("bob")
    dana.changes(order, status="in_progress")
    bob.changes(order, description="Bob was here")
    bob.syncs()
    result = dana.syncs()
    assert len(result.needs_you) == 1
    return dana


def test_a_conflict_shows_the_three_sides(conflicted, order):
    asked = conflicted.conflict()
    sides = {field.name: (field.base, field.mine, field.theirs) for field in asked.fields}
    assert sides == {
        "status": ("open", "in_progress", "open"),
        "description": ("As found", "As found", "Bob was here"),
    }
    assert asked.server.changed_by_name == "Bob Lee"
    assert conflicted.sees(order).mark is Mark.CONFLICT


def test_overwrite_keeps_my_status_and_the_description_from_before(conflicted, hub, order):
    conflicted.overwrites()
    conflicted.syncs()
    assert hub.record(order)["status"] == "in_progress"
    assert hub.record(order)["description"] == "As found"
    assert conflicted.endings() == ["applied_by_overwrite", "replaced"]
    assert cached(conflicted) == hub.content()


def test_discard_keeps_the_status_and_the_others_description(conflicted, hub, order):
    conflicted.discards()
    conflicted.syncs()
    assert hub.record(order)["status"] == "open"
    assert hub.record(order)["description"] == "Bob was here"
    assert conflicted.sees(order).fields["status"] == "open"
    assert conflicted.endings() == ["discarded"]
    assert conflicted.reader.queue() == []


def test_deciding_later_sends_nothing_and_forgets_nothing(conflicted, hub, order):
    before = hub.content()
    conflicted.syncs()
    conflicted.syncs()
    assert hub.content() == before
    assert conflicted.sees(order).fields["status"] == "in_progress"


def test_overwriting_twice_in_a_race_asks_again(conflicted, hub, order, people):
    conflicted.overwrites()
    hub.changes(order, description="Bob again")
    conflicted.syncs()
    assert hub.record(order)["description"] == "Bob again"
    asked = conflicted.conflict()
    assert asked.server.record["description"] == "Bob again"
    conflicted.overwrites()
    conflicted.syncs()
    assert (hub.record(order)["status"], hub.record(order)["description"]) == ("in_progress", "As found")


def test_an_answer_to_a_screen_that_is_out_of_date_is_not_taken(conflicted, hub, order):
    asked = conflicted.conflict()
    hub.changes(order, description="Bob again")
    conflicted.syncs()
    with pytest.raises(Outdated):
        conflicted.decisions.overwrite(asked.id, asked.server.version)
    renewed = conflicted.conflict()
    assert renewed.server.record["description"] == "Bob again"
    assert renewed.server.changed_by_name == "Bob Lee"
    assert renewed.server.changes == 2


def test_a_question_is_answered_once(conflicted):
    asked = conflicted.conflict()
    conflicted.discards()
    for answer in (conflicted.decisions.discard, conflicted.decisions.acknowledge):
        with pytest.raises(Outdated):
            answer(asked.id)
    with pytest.raises(Outdated):
        conflicted.decisions.overwrite(asked.id, asked.server.version)


def test_hours_on_a_completed_work_order_are_refused_and_okay_ends_it(hub, order, people):
    dana, bob = people("dana"), people("bob")
    dana.logs_hours(order, 2)
    bob.changes(order, status="completed")
    bob.syncs()
    result = dana.syncs()
    assert hub.of_type("labor") == []
    (item,) = dana.reader.notifications()
    assert result.needs_you == (item.edit.id,)
    refusal = dana.reader.refusal(item.edit.id)
    assert refusal.message == "Bob Lee completed WO-1001."
    assert refusal.subject.number == "WO-1001"
    dana.decisions.acknowledge(item.edit.id)
    dana.syncs()
    assert dana.endings() == ["acknowledged"]
    assert dana.reader.children("labor", order) == []
    assert hub.of_type("labor") == []
    assert cached(dana) == hub.content()


@pytest.fixture
def deleted_meanwhile(hub, order, people):
    dana = people("dana")
    dana.changes(order, status="in_progress")
    hub.deletes(order)
    dana.syncs()
    return dana


def test_deleted_by_another_is_a_conflict(deleted_meanwhile, hub, order):
    asked = deleted_meanwhile.conflict()
    assert asked.server.record is None
    assert [field.name for field in asked.fields] == ["status"]
    assert deleted_meanwhile.sees(order).fields["status"] == "in_progress"
    assert hub.record(order) is None


def test_overwrite_restores_a_deleted_work_order_under_its_number(deleted_meanwhile, hub, order):
    deleted_meanwhile.overwrites()
    deleted_meanwhile.syncs()
    assert hub.record(order)["status"] == "in_progress"
    assert hub.record(order)["description"] == "As found"
    assert hub.record(order)["number"] == "WO-1001"
    assert cached(deleted_meanwhile) == hub.content()


def test_discard_drops_the_edit_of_a_deleted_work_order(deleted_meanwhile, hub, order):
    deleted_meanwhile.discards()
    deleted_meanwhile.syncs()
    assert hub.record(order) is None
    assert deleted_meanwhile.reader.record("work_order", order) is None
    assert deleted_meanwhile.endings() == ["discarded"]


@pytest.mark.parametrize("answer", ["overwrites", "discards"])
def test_deleting_what_another_changed_is_a_conflict_with_both_answers(hub, order, people, answer):
    pia = people("pia")
    pia.records.delete(pia.sees(order))
    assert pia.reader.record("work_order", order).mark is Mark.WAITING
    hub.changes(order, description="Bob needs it")
    pia.syncs()
    assert hub.record(order)["description"] == "Bob needs it"
    assert pia.sees(order).edits[0].state is EditState.CONFLICTED
    getattr(pia, answer)()
    pia.syncs()
    if answer == "overwrites":
        assert hub.record(order) is None
    else:
        assert pia.sees(order).fields["description"] == "Bob needs it"
    assert cached(pia) == hub.content()


def test_a_clock_that_is_a_day_off_changes_nothing(hub, order, people):
    early = people("dana", clock=LaptopClock(timedelta(days=-1)))
    late = people("bob", clock=LaptopClock(timedelta(days=1)))
    early.changes(order, status="in_progress")
    late.changes(order, description="Tomorrow")
    late.syncs()
    early.syncs()
    early.overwrites()
    early.syncs()
    late.syncs()
    assert hub.record(order)["status"] == "in_progress"
    assert hub.record(order)["description"] == "As found"
    assert cached(early) == cached(late) == hub.content()
