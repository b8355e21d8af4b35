"""Refused and dropped work comes back, over the real `requests` and a real hub in a process of its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from maintenance_desktop.domain.edits import Way
from maintenance_desktop.domain.recovery import Side
from maintenance_desktop.domain.trouble import InvalidInput, NotSaved, Outdated
from tests.services.test_real_hub import as_it_is


@pytest.fixture
def dana(signs_in):
    return signs_in("dana")


@pytest.fixture
def refused(dana, pia, order):
    """Dana's hours, refused because Pia completed the work order."""
    dana.logs_hours(order, Decimal("2.5"))
    pia.changes(order, status="completed")
    pia.syncs()
    dana.syncs()
    return the_refusal(dana)


def the_refusal(person):
    (item,) = person.reader.notifications()
    found = person.reader.refusal(item.edit.id)
    assert found is not None
    return found


def hours_on(person, work_order_id) -> list:
    return [one.fields["hours"] for one in person.reader.children("labor", work_order_id)]


def comments_on(person, work_order_id) -> list[str]:
    return [one.fields["text"] for one in person.reader.children("comment", work_order_id)]


def reopens(pia, order) -> None:
    pia.syncs()
    pia.changes(order, status="in_progress")
    pia.syncs()


def test_a_follow_up_work_order_takes_the_hours_and_the_old_one_names_it(dana, pia, order, refused):
    made = dana.recovery.follow_up(refused, {"title": "Follow-up: Pump leaks"}, "Goes on elsewhere.")
    assert dana.sees(made).fields["number"].startswith("New-")
    assert hours_on(dana, made) == [Decimal("2.5")]
    assert hours_on(dana, order) == []
    dana.syncs()
    assert dana.reader.tally().waiting == dana.reader.tally().needs_you == 0
    pia.syncs()
    assert pia.sees(made).fields["title"] == "Follow-up: Pump leaks"
    assert hours_on(pia, made) == [Decimal("2.5")]
    assert hours_on(pia, order) == []
    assert comments_on(pia, order) == ["Goes on elsewhere."]
    moved = next(one for one in dana.reader.history() if one.edit.id == refused.id)
    assert moved.became is Way.FOLLOW_UP


def test_hours_corrected_while_the_first_were_on_their_way_go_along(dana, pia, order):
    hours = dana.logs_hours(order, Decimal("2.5"))
    (create,) = dana.sees(hours, "labor").edits
    dana.profile.outbox.freeze([create.id], dana.clock())
    dana.changes(hours, "labor", hours=3)
    pia.changes(order, status="completed")
    pia.syncs()
    dana.syncs()
    made = dana.recovery.follow_up(the_refusal(dana), {"title": "More"}, "Goes on elsewhere.")
    assert hours_on(dana, made) == [3]
    dana.syncs()
    dana.syncs()
    pia.syncs()
    assert hours_on(pia, made) == [3]
    assert hours_on(pia, order) == []


def test_a_follow_up_that_is_undone_takes_all_with_it(dana, order, refused):
    made = dana.recovery.follow_up(refused, {"title": "More"}, "Goes on elsewhere.")
    (create,) = dana.sees(made).edits
    assert len(dana.records.undo(create.id)) == 3
    assert dana.reader.queue() == []


def test_resending_to_another_work_order_made_offline_waits_for_it(dana, pia, order, refused):
    other = dana.records.create("work_order", {"title": "The right one"})
    newer = dana.recovery.resend(refused, {"work_order_id": other})
    (create,) = dana.sees(other).edits
    assert newer.after == {create.id}
    assert [one.edit.id for one in dana.reader.queue()] == [create.id, newer.id]
    dana.syncs()
    pia.syncs()
    assert hours_on(pia, other) == [Decimal("2.5")]


def test_what_would_be_refused_again_is_not_sent(dana, refused):
    with pytest.raises(InvalidInput):
        dana.recovery.resend(refused, {"hours": 2})
    assert the_refusal(dana).edit == refused.edit


def test_what_was_answered_elsewhere_is_not_moved(dana, refused):
    dana.decisions.acknowledge(refused.id)
    with pytest.raises(Outdated):
        dana.recovery.follow_up(refused, {"title": "More"}, "Goes on elsewhere.")
    assert dana.reader.queue() == []


def test_asking_to_reopen_brings_the_hours_back_once(dana, pia, order, refused):
    assert dana.recovery.may_ask_to_reopen(refused.edit)
    dana.recovery.ask_to_reopen(refused, "Please reopen: 2.5 h")
    dana.syncs()
    pia.syncs()
    assert comments_on(pia, order) == ["Please reopen: 2.5 h"]
    assert dana.recovery.offered_again() == []
    reopens(pia, order)
    dana.syncs()
    (offer,) = dana.recovery.offered_again()
    dana.recovery.restore(offer, Side.MINE)
    assert dana.recovery.offered_again() == []
    dana.syncs()
    pia.syncs()
    assert hours_on(pia, order) == [Decimal("2.5")]
    assert dana.reader.history()[0].ending.value == "applied"
    assert dana.recovery.offered_again() == []


def test_an_unanswered_refusal_can_be_sent_again_once_it_is_open(dana, pia, order, refused):
    assert not dana.recovery.could_go_now(refused.edit)
    reopens(pia, order)
    dana.syncs()
    assert dana.recovery.could_go_now(refused.edit)
    dana.recovery.resend(refused, {})
    dana.syncs()
    pia.syncs()
    assert hours_on(pia, order) == [Decimal("2.5")]


def test_not_now_is_remembered(dana, pia, order, refused):
    dana.decisions.acknowledge(refused.id)
    reopens(pia, order)
    dana.syncs()
    (offer,) = dana.recovery.offered_again()
    dana.recovery.not_again(offer)
    assert dana.recovery.offered_again() == []
    assert dana.recovery.restoring(offer, Side.MINE).problem is None


def test_nobody_asks_to_reopen_what_stays_closed(dana, pia, order, refused):
    pia.changes(order, status="closed")
    pia.syncs()
    dana.syncs()
    assert not dana.recovery.may_ask_to_reopen(refused.edit)


def test_hours_are_not_restored_onto_what_takes_none(dana, pia, order, refused):
    dana.decisions.acknowledge(refused.id)
    entry = dana.reader.history()[0]
    assert "completed" in dana.recovery.restoring(entry, Side.MINE).problem
    with pytest.raises(NotSaved):
        dana.recovery.restore(entry, Side.MINE)
    pia.syncs()
    pia.records.delete(pia.sees(order))
    pia.syncs()
    dana.syncs()
    assert "not there any more" in dana.recovery.restoring(entry, Side.MINE).problem


def test_what_was_overwritten_can_be_restored_field_by_field(signs_in, pia, order):
    dana, bob = signs_in("dana"), signs_in("bob")
    dana.changes(order, status="in_progress")
    bob.changes(order, description="Bob was here")
    bob.syncs()
    dana.syncs()
    dana.overwrites()
    dana.syncs()
    entry = next(one for one in dana.reader.history() if one.ending.value == "applied_by_overwrite")
    plan = dana.recovery.restoring(entry, Side.THEIRS)
    assert plan.changes == {"description": ("As found", "Bob was here")}
    dana.recovery.restore(entry, Side.THEIRS)
    dana.syncs()
    record = as_it_is(pia, order)
    assert (record["status"], record["description"]) == ("in_progress", "Bob was here")


def test_a_deletion_is_restored_as_the_record_that_it_deleted(dana, pia, order):
    comment = dana.records.create("comment", {"work_order_id": order, "text": "Keep this"})
    dana.syncs()
    dana.records.delete(dana.sees(comment, "comment"))
    dana.syncs()
    entry = dana.reader.history()[0]
    dana.recovery.restore(entry, Side.MINE)
    dana.syncs()
    pia.syncs()
    assert comments_on(pia, order) == ["Keep this"]


def test_permission_given_later_offers_it_again(signs_in, real_hub, pia):
    real_hub.add_person("kim", "Kim Tran", "requester")
    real_hub.add_person("ann", "Ann Admin", "admin")
    asset = pia.records.create("asset", {"tag": "P-1", "name": "Pump", "status": "running"})
    pia.syncs()
    kim, ann = signs_in("kim"), signs_in("ann")
    kim.records.judge_by("technician")  # as it was when Kim's program was started
    kim.changes(asset, "asset", status="down")
    kim.syncs()
    kim.decisions.acknowledge(the_refusal(kim).id)
    assert kim.recovery.offered_again() == []
    ann.changes(kim.profile.account.person_id, "person", role="technician")
    ann.syncs()
    kim.syncs()
    (offer,) = kim.recovery.offered_again()
    kim.recovery.restore(offer, Side.MINE)
    kim.syncs()
    pia.syncs()
    assert pia.sees(asset, "asset").fields["status"] == "down"
