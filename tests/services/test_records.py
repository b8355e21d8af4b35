"""Saving: checked, told at its field, on disk when the call returns."""

from __future__ import annotations

from decimal import Decimal

import pytest

from maintenance_desktop.domain.trouble import InvalidInput
from tests.services.fakes import person_id


def test_a_new_work_order_is_open_and_requested_by_who_made_it(dana):
    made = dana.records.create("work_order", {"title": "  Pump leaks "})
    fields = dana.sees(made).fields
    assert (fields["status"], fields["requested_by"]) == ("open", person_id("dana"))
    assert fields["title"] == "  Pump leaks "


def test_hours_are_ones_own_and_regular_unless_said_otherwise(hub, dana):
    order = hub.has("work_order")
    dana.syncs()
    mine = dana.records.create("labor", {"work_order_id": order, "hours": Decimal("2.50")})
    bobs = dana.records.create(
        "labor",
        {"work_order_id": order, "hours": 1, "person_id": person_id("bob"), "labor_type": "overtime"},
    )
    assert dana.sees(mine, "labor").fields["person_id"] == person_id("dana")
    assert dana.sees(mine, "labor").fields["labor_type"] == "regular"
    assert str(dana.sees(mine, "labor").fields["hours"]) == "2.5"
    assert dana.sees(bobs, "labor").fields["person_id"] == person_id("bob")
    dana.syncs()
    assert sorted(one["labor_type"] for one in hub.of_type("labor")) == ["overtime", "regular"]


@pytest.mark.parametrize(
    ("record_type", "fields", "field"),
    [
        ("work_order", {"title": ""}, "title"),
        ("work_order", {"title": "x" * 10_000}, "title"),
        ("work_order", {"title": "a", "status": "closed"}, "status"),
        ("labor", {"hours": 0}, "hours"),
        ("asset", {"tag": "P", "name": "P", "status": "running"}, ""),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_field_and_nothing_is_saved(dana, record_type, fields, field):
    with pytest.raises(InvalidInput) as refused:
        dana.records.create(record_type, fields)
    assert field in [problem.field for problem in refused.value.problems]
    assert dana.reader.queue() == []


def test_checking_saves_nothing(hub, dana):
    order = hub.has("work_order")
    dana.syncs()
    assert dana.records.check("work_order", {"title": "New"}) == []
    seen = dana.sees(order)
    assert dana.records.check("work_order", {**seen.fields, "title": ""}, seen)[0].field == "title"
    assert dana.reader.queue() == []


def test_hours_cannot_be_logged_on_what_is_completed_here(hub, dana):
    order = hub.has("work_order")
    dana.syncs()
    dana.changes(order, status="completed")
    with pytest.raises(InvalidInput, match="is completed"):
        dana.logs_hours(order, 1)


def test_what_a_role_may_not_delete_stays(hub, dana):
    order = hub.has("work_order")
    dana.syncs()
    with pytest.raises(InvalidInput, match="Your role"):
        dana.records.delete(dana.sees(order))
    assert dana.reader.queue() == []


def test_emoji_right_to_left_and_markup_come_back_as_they_were(hub, dana):
    title = "🔧 مضخة <b>=1+1</b>"
    made = dana.records.create("work_order", {"title": title, "description": "x" * 20_000})
    dana.syncs()
    assert hub.record(made)["title"] == dana.sees(made).fields["title"] == title
