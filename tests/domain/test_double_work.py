from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from maintenance_desktop.domain.double_work import (
    Known,
    Question,
    overlapping_hours,
    question_of,
    same_job,
    similar_work_orders,
    unanswered,
)
from maintenance_desktop.domain.edits import Doubt, EditKind
from maintenance_desktop.domain.titles import is_same_title, is_similar_title

DATA = Path(__file__).parents[3] / "shared" / "data" / "excavators.csv"
ROUND = {"title": "Grease round", "work_type": "preventive", "asset_id": "pump"}
NOW = "2026-11-22T12:00:00.000Z"


def done(at, *, by="bob", **fields):
    return Known(
        "work_order",
        "other",
        {**ROUND, "completed_at": at, "completed_by": by, **fields},
        title="GREASE  round.",
    )


def jobs(mine, *others):
    return same_job({**ROUND, **mine}, others, person_id="dana", made_at=NOW)


def test_a_job_that_somebody_did_since_it_was_due_is_the_same():
    mine = {"due_at": "2026-11-10T12:00:00.000Z"}
    assert jobs(mine, done("2026-11-12T08:00:00.000Z", due_at="2026-11-12T00:00:00.000Z"))
    assert not jobs(mine, done("2026-11-09T08:00:00.000Z"))  # the occurrence before
    assert not jobs(mine, done("2026-11-12T08:00:00.000Z", by="dana"))


def test_a_job_done_a_day_early_is_the_same_and_yesterdays_round_is_not():
    mine = {"due_at": "2026-11-22T16:00:00.000Z"}
    assert jobs(mine, done("2026-11-22T07:00:00.000Z", due_at="2026-11-22T15:00:00.000Z"))
    assert jobs(mine, done("2026-11-22T07:00:00.000Z"))
    assert not jobs(mine, done("2026-11-21T17:00:00.000Z", due_at="2026-11-21T16:00:00.000Z"))
    assert not jobs(mine, done("2026-11-20T07:00:00.000Z"))


def labor(start, hours, order="one", person="dana"):
    return {
        "person_id": person,
        "work_order_id": order,
        "started_at": f"2026-11-22T{start}:00.000Z",
        "hours": Decimal(str(hours)),
    }


def booked(fields, at="12:00"):
    return Known("labor", "other", fields, booked_at=f"2026-11-22T{at}:00.000Z")


@pytest.mark.parametrize(
    ("mine", "other", "is_asked"),
    [
        (labor("08:00", 2), labor("09:00", 1, "two"), True),
        (labor("08:00", 2), labor("10:00", 1, "two"), False),  # they touch
        (labor("08:00", 2), labor("09:00", 1, "two", "bob"), False),
        (labor("08:00", 2), labor("05:00", 2, "two"), False),
    ],
)
def test_hours_of_one_person_at_the_same_time_are_asked_about(mine, other, is_asked):
    assert bool(overlapping_hours(mine, [booked(other)], made_at=NOW)) is is_asked


def test_hours_logged_one_after_the_other_at_the_end_of_a_shift_are_not_asked_about():
    """Three keystrokes make them begin when they are logged: nobody knows when they were."""
    first, second = labor("12:00", 3), labor("12:01", 2, "two")
    assert not overlapping_hours(second, [booked(first)], made_at="2026-11-22T12:01:00.000Z")
    again = labor("12:01", 3)
    assert overlapping_hours(again, [booked(first)], made_at="2026-11-22T12:01:00.000Z")


@pytest.mark.parametrize(
    ("one", "other", "are_similar"),
    [
        ("Oil leak at gearbox", "OIL LEAKS AT GEARBOX!", True),
        ("Zylinder prüfen", "Zylinder prufen", True),
        ("L/H bucket cyl leaking", "R/H BUCKET CYL LEAKING.", False),
        ("Replace LH engine", "Replace left engine", True),
        ("leak at pump 4", "leak at pump 3", False),
        ("replace r/h boom cylinder", "replaced blown seal on boom cylinder", False),
        ("CHANGEOUT ~ RIGHT HAND TRACK CHAIN", "CHANGEOUT ~ RIGHT HAND TRACK ADJUSTER", False),
        ("Replace hose", "Replace filter", False),
        ("", "", False),
    ],
)
def test_similar_titles(one, other, are_similar):
    assert is_similar_title(one, other) is is_similar_title(other, one) is are_similar


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not on this computer")
def test_it_does_not_cry_wolf_over_what_planners_really_write():
    """Each new work order against all of its week on its excavator, as if none of them was finished."""
    by_asset = defaultdict(list)
    with DATA.open(newline="") as file:
        for row in csv.DictReader(file):
            by_asset[row["Asset"]].append((date.fromisoformat(row["BscStartDate"]), row["OriginalShorttext"]))
    total = same = alike = 0
    for orders in by_asset.values():
        orders.sort()
        for place, (day, title) in enumerate(orders):
            week = [
                other
                for at, other in orders[max(0, place - 200) : place]
                if at >= day - timedelta(days=7) and is_similar_title(title, other)
            ]
            total += 1
            is_same = any(is_same_title(title, other) for other in week)
            same += is_same
            alike += bool(week) and not is_same
    assert total > 5_000
    assert 0.05 < same / total < 0.1  # the same words in the same week: these are to be asked about
    assert 0 < alike / total < 0.015


def test_planned_work_for_another_time_is_no_similar_work_order():
    mine = {**ROUND, "due_at": "2026-11-22T12:00:00.000Z"}
    other = Known(
        "work_order", "other", {**ROUND, "due_at": "2026-11-15T12:00:00.000Z"}, title="Grease round"
    )
    assert similar_work_orders(mine, [other]) == []
    assert similar_work_orders({**mine, "due_at": None}, [other])


def test_only_what_may_be_double_is_asked_about():
    order = {"asset_id": "pump", "status": "open", "work_type": "corrective"}
    assert question_of(EditKind.CREATE, "work_order", None, order) is Question.SIMILAR_WORK_ORDER
    assert question_of(EditKind.UPDATE, "work_order", order, {**order, "title": "x"}) is None
    completed = {**order, "status": "completed"}
    assert question_of(EditKind.UPDATE, "work_order", order, completed) is None
    planned = {**completed, "work_type": "inspection"}
    assert question_of(EditKind.UPDATE, "work_order", order, planned) is Question.SAME_JOB
    assert question_of(EditKind.UPDATE, "work_order", planned, planned) is None
    assert question_of(EditKind.UPDATE, "labor", {}, {}) is None


def test_an_answered_doubt_is_not_asked_again_and_another_record_is():
    one, two = (Doubt("same_job", "work_order", name) for name in ("one", "two"))
    said = Doubt("same_job", "work_order", "one", is_answered=True)
    assert unanswered([one, two], [said]) == (two,)
