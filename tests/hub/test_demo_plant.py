from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_desktop.domain.lifecycle import FINISHED, UNFINISHED
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.values import canonical_fields, missing_field, read_time
from maintenance_desktop.hub import demo_assets
from maintenance_desktop.hub.demo_people import COLLEAGUE_USER, DEMO_USER
from maintenance_desktop.hub.demo_plant import build_plant

TODAY = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def plant():
    return build_plant(TODAY)


def test_the_plant_is_as_large_as_a_small_one(plant):
    assert len(plant.people) == 8
    assert len(plant.locations) >= 8
    assert len(plant.assets) >= 80
    assert len(plant.work_orders) >= 500
    assert len(plant.labor) >= 500
    assert len(plant.comments) >= 100
    unfinished = [one for one in plant.work_orders if one["status"] in UNFINISHED]
    assert 35 <= len(unfinished) <= 55
    assert {one["status"] for one in plant.work_orders} == UNFINISHED | FINISHED


def test_the_work_goes_back_two_years(plant):
    first = min(read_time(one["created_at"]) for one in plant.work_orders)
    assert timedelta(days=700) < TODAY - first < timedelta(days=800)


def test_every_record_is_one_the_contract_allows(plant):
    for record_type, records in plant.by_type():
        names = {field.name for field in SPECS[record_type].fields} | {"id", "created_at", "created_by"}
        for record in records:
            assert record.keys() <= names
            canonical = canonical_fields(record_type, record)
            assert canonical == {name: record[name] for name in canonical}
            assert missing_field(record_type, record) is None, record


def test_every_reference_leads_to_a_record_of_the_right_type_that_came_before(plant):
    known = {}
    for record_type, records in plant.by_type():
        known |= {person["id"]: "person" for person in plant.people}
        for record in records:
            for field in SPECS[record_type].fields:
                if field.refers_to and record.get(field.name) is not None:
                    assert known[record[field.name]] == field.refers_to, field.name
            assert known[record["created_by"]] == "person"
            known[record["id"]] = record_type


def test_ids_tags_numbers_and_user_names_are_unique(plant):
    every = [record for _, records in plant.by_type() for record in records]
    for records, name in (
        (every, "id"),
        (plant.assets, "tag"),
        (plant.work_orders, "number"),
        (plant.people, "username"),
        (plant.locations, "code"),
    ):
        values = [record[name] for record in records]
        assert len(set(values)) == len(values), name


def test_machines_stand_in_lines_and_parts_in_machines(plant):
    parents = {asset["id"]: asset["parent_id"] for asset in plant.assets}

    def depth(asset_id):
        return 0 if parents[asset_id] is None else 1 + depth(parents[asset_id])

    assert Counter(depth(one) for one in parents).keys() == {0, 1, 2}
    roots = [place for place in plant.locations if place["parent_id"] is None]
    assert [place["name"] for place in roots] == ["Alder Creek plant"]


def test_the_same_day_gives_the_same_plant(plant):
    assert build_plant(TODAY) == plant


def test_another_day_gives_the_same_work_at_other_dates(plant):
    later = build_plant(TODAY + timedelta(days=100, hours=7))
    assert [(one["number"], one["title"]) for one in later.work_orders] == [
        (one["number"], one["title"]) for one in plant.work_orders
    ]


@pytest.mark.parametrize("hour", [0, 4, 12, 23])
def test_nothing_has_happened_in_the_future(hour):
    today = TODAY.replace(hour=hour, minute=5)
    plant = build_plant(today)
    happened = [one["created_at"] for _, records in plant.by_type() for one in records]
    happened += [
        one[name] for one in plant.work_orders for name in ("started_at", "completed_at") if one[name]
    ]
    happened += [one["started_at"] for one in plant.labor]
    happened += [one["written_at"] for one in plant.comments]
    assert max(read_time(moment) for moment in happened) <= today


def test_work_is_begun_after_it_was_asked_for_and_completed_after_it_was_begun(plant):
    for one in plant.work_orders:
        if one["status"] in ("completed", "closed"):
            assert one["completed_by"]
            assert one["created_at"] < one["started_at"] < one["completed_at"], one
        if one["status"] in UNFINISHED:
            assert one["completed_at"] is None
            assert one["completed_by"] is None


def test_there_is_something_overdue_something_on_hold_and_something_for_the_visitor(plant):
    ids = {person["username"]: person["id"] for person in plant.people}
    unfinished = [one for one in plant.work_orders if one["status"] in UNFINISHED]
    overdue = [one for one in unfinished if one["due_at"] and read_time(one["due_at"]) < TODAY]
    assert 4 <= len(overdue) <= 15
    assert [one for one in unfinished if one["status"] == "on_hold"]
    assert len([one for one in unfinished if one["assigned_to"] == ids[DEMO_USER]]) >= 4


def test_the_visitor_is_a_technician_and_the_colleague_may_reopen(plant):
    roles = {person["username"]: person["role"] for person in plant.people}
    assert roles[DEMO_USER] == "technician"
    assert roles[COLLEAGUE_USER] == "planner"
    assert set(roles.values()) == {"technician", "planner", "requester", "admin"}


def test_makers_with_two_words_are_read_as_one(plant):
    gearbox = next(asset for asset in plant.assets if asset["tag"] == "G-7")
    assert (gearbox["manufacturer"], gearbox["model"]) == ("Calder & Voss", "BK87")


def test_a_part_stands_where_its_machine_stands():
    places = {asset.tag: asset.location for asset in demo_assets.assets()}
    assert places["G-7"] == places["FL-1"] == places["L1"] == "H2-L1"
