"""What the preview tells before the push is what the real hub does then."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from maintenance_desktop.domain.edits import EditState
from maintenance_desktop.domain.outcomes import Unreachable
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.values import write_time

WORDS = ("pump", "seal", "leak", "belt", "guard", "oil", "noise", "valve", "hose", "bearing")


def orders(pia, count, title="Job", **fields):
    made = [pia.records.create("work_order", {"title": f"{title} {n}", **fields}) for n in range(count)]
    pia.syncs()
    return made


def reconnects(person):
    person.told.clear()
    person.round.forget_server()
    result = person.syncs()
    return person.told[0], result


def what_happened(person, before):
    """How many of those edits were applied, need the person or were refused, with what hangs on them."""
    pending = {edit.id: edit for edit in person.profile.outbox.pending()}
    queue = {item.edit.id: item for item in person.reader.queue()}
    counts = {"through": 0, "needs_you": 0, "refused": 0}
    for edit_id in before:
        if edit_id not in pending:
            counts["through"] += 1
            continue
        head = pending[queue[edit_id].waits_for or edit_id]
        state = pending[edit_id].state if pending[edit_id].needs_answer else head.state
        counts["refused" if state is EditState.REFUSED else "needs_you"] += 1
    return counts


def told(forecast):
    return {"through": forecast.through, "needs_you": forecast.needs_you, "refused": forecast.refused}


def test_it_is_told_before_anything_is_sent_and_is_true(signs_in):
    pia, bob, dana = (signs_in(name) for name in ("pia", "bob", "dana"))
    one, two, three, four, *rest = orders(pia, 9)
    for person in (dana, bob):
        person.syncs()
    pia.changes(one, description="Pia was here")
    bob.changes(two, status="completed")
    pia.records.delete(pia.sees(three))
    for person in (pia, bob):
        person.syncs()
    dana.changes(one, status="in_progress")  # somebody else changed it
    dana.logs_hours(two, 1)  # it is finished by now
    dana.changes(two, description="Waits for the hours? No: for its own fate")
    dana.changes(three, status="on_hold")  # deleted
    dana.logs_hours(four, 2)
    dana.changes(four, status="completed")  # after its hours
    for order in rest:
        dana.changes(order, priority="high")
    before = [edit.id for edit in dana.profile.outbox.pending()]
    sent = []
    push = dana.backend.push
    dana.backend.push = lambda edits, at: sent.append(len(dana.told)) or push(edits, at)
    forecast, result = reconnects(dana)
    assert sent[0] == 1  # it was told before the first request
    assert dana.told[-1] is None
    assert forecast.is_exact
    assert told(forecast) == what_happened(dana, before) == {"through": 7, "needs_you": 3, "refused": 1}
    assert result.applied == 7


def test_a_few_edits_are_sent_without_a_word(signs_in):
    pia, dana = signs_in("pia"), signs_in("dana")
    for order in orders(pia, 5):
        dana.syncs()
        dana.changes(order, priority="high")
    assert reconnects(dana)[0] is None


def test_a_page_that_fails_delays_nothing_and_is_said(signs_in):
    pia, dana = signs_in("pia"), signs_in("dana")
    made = orders(pia, 7)
    dana.syncs()
    pia.changes(made[0], title="Another title")
    pia.syncs()
    for order in made:
        dana.changes(order, priority="high")
    changes = dana.backend.changes

    def breaks(*args, **rest):
        dana.backend.changes = changes
        raise Unreachable("The line broke.")

    dana.backend.changes = breaks
    forecast, result = reconnects(dana)
    assert (forecast.is_exact, forecast.through, result.applied) == (False, 7, 6)


def test_hours_that_somebody_booked_for_me_meanwhile_are_held(signs_in):
    pia, dana = signs_in("pia"), signs_in("dana")
    one, two = orders(pia, 2)
    dana.syncs()
    start = datetime.now(UTC) - timedelta(hours=5)
    dana.records.create("labor", {"work_order_id": one, "hours": 2, "started_at": write_time(start)})
    theirs = {
        "work_order_id": two,
        "hours": 1,
        "started_at": write_time(start + timedelta(hours=1)),
        "person_id": dana.profile.account.person_id,
    }
    booked = pia.records.create("labor", theirs)
    pia.syncs()
    dana.round.forget_server()
    dana.syncs()
    (item,) = dana.reader.notifications()
    # the hub is that of other tests, too, after which Dana may have more hours at this time
    (doubt,) = (one for one in dana.reader.held(item.edit.id).doubts if one.record_id == booked)
    assert (doubt.code, doubt.title, doubt.who) == ("overlapping_hours", "Job 1", "Dana Ortiz")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_in_the_queue_the_counts_are_what_happens(signs_in, seed):
    pick = Random(seed)
    pia, bob, dana = (signs_in(name) for name in ("pia", "bob", "dana"))
    asset = pia.records.create("asset", {"tag": f"P-{seed}", "name": "Pump", "status": "running"})
    made = [
        pia.records.create(
            "work_order",
            {
                "title": " ".join(pick.sample(WORDS, 3)),
                "asset_id": pick.choice([asset, None]),
                "work_type": pick.choice(["corrective", "inspection"]),
            },
        )
        for _ in range(12)
    ]
    pia.syncs()
    for person in (dana, bob):
        person.syncs()
    for person in (bob, pia):
        for _ in range(8):
            does_something(person, pick, made)
        person.syncs()
    mine = list(made)
    for _ in range(25):
        does_something(dana, pick, mine)
    before = [edit.id for edit in dana.profile.outbox.pending()]
    forecast, _ = reconnects(dana)
    assert set(forecast.expected) == set(before)
    assert told(forecast) == what_happened(dana, before)
    assert forecast.through >= 3


def does_something(person, pick, orders):
    """One change of any kind to one of these, if it can be saved."""
    order = pick.choice(orders)
    seen = person.reader.record("work_order", order)
    if seen is None:
        return
    with contextlib.suppress(NotSaved):
        match pick.randrange(9):
            case 0 | 1:
                person.records.update(seen, {"description": f"{pick.random()}"})
            case 2:
                person.records.update(seen, {"status": pick.choice(["completed", "in_progress", "open"])})
            case 3 | 4:
                start = datetime.now(UTC) - timedelta(hours=pick.randrange(2, 60))
                person.records.create(
                    "labor",
                    {"work_order_id": order, "hours": pick.choice([1, 2]), "started_at": write_time(start)},
                )
            case 5:
                person.records.create("comment", {"work_order_id": order, "text": "Seen"})
            case 6:
                for labor in person.reader.children("labor", order)[:1]:
                    person.records.update(labor, {"note": f"{pick.random()}"})
            case 7:
                orders.append(
                    person.records.create(
                        "work_order",
                        {"title": " ".join(pick.sample(WORDS, 3)), "asset_id": seen.fields.get("asset_id")},
                    )
                )
            case 8:
                if pick.random() < 0.4:
                    person.records.delete(seen)
