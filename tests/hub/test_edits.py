from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from maintenance_desktop.hub.errors import Problem

from .world import edit, new_id


def test_a_created_work_order_gets_the_next_number(world):
    first, second = world.work_order(), world.work_order(by=world.dana)
    found = {
        line["id"]: line["record"]["number"] for line in world.read_all()[0] if line["type"] == "work_order"
    }
    assert found == {first: "WO-1001", second: "WO-1002"}


def test_a_version_rises_by_one_and_only_when_something_changes(world):
    record_id = world.work_order()
    assert world.update("work_order", record_id, 1, {"title": "New"})["version"] == 2
    again = world.update("work_order", record_id, 2, {"title": "New"})
    assert (again["outcome"], again["version"]) == ("applied", 2)


def test_absent_fields_stay_and_null_clears(world):
    record_id = world.work_order(description="Drips", priority="high")
    record = world.update("work_order", record_id, 1, {"description": None, "unknown": 1})["record"]
    assert record["description"] is None
    assert record["priority"] == "high"
    assert "unknown" not in record


def test_fields_that_the_server_sets_are_ignored(world):
    record_id = world.work_order()
    sent = {"number": "WO-1", "created_by": world.bob, "completed_by": world.bob, "title": "New"}
    record = world.update("work_order", record_id, 1, sent)["record"]
    assert (record["number"], record["created_by"], record["completed_by"]) == (
        "WO-1001",
        world.planner,
        None,
    )


def test_the_same_edit_again_is_answered_from_memory(world):
    record_id = world.work_order()
    once = edit("update", "work_order", record_id, {"title": "Mine"}, 1)
    first = world.push(world.dana, once)
    world.update("work_order", record_id, 2, {"title": "Later"})
    again = world.push(world.dana, once | {"made_at": "2026-11-22T09:59:00Z"})
    assert again == first | {"replayed": True}
    assert again["record"]["title"] == "Mine"


def test_the_same_edit_id_with_other_content_is_refused(world):
    record_id = world.work_order()
    once = edit("update", "work_order", record_id, {"title": "Mine"}, 1)
    world.push(world.dana, once)
    assert world.push(world.dana, once | {"record": {"title": "Other"}})["code"] == "id_reused"


def test_another_person_may_use_the_same_edit_id(world):
    shared = new_id()
    world.create("work_order", {"title": "A", "status": "open"}, world.dana, edit_id=shared)
    world.create("work_order", {"title": "B", "status": "open"}, world.bob, edit_id=shared)


def test_refused_edits_are_not_remembered(world):
    record_id = world.work_order()
    late = edit("update", "work_order", record_id, {"title": "Mine"}, 2)
    assert world.push(world.dana, late)["outcome"] == "conflict"
    world.update("work_order", record_id, 1, {"title": "Theirs"})
    assert world.push(world.dana, late)["outcome"] == "applied"


@pytest.mark.parametrize("writers", [6])
def test_the_same_edit_sent_at_once_is_applied_once(world, writers):
    record_id = world.work_order()
    create = edit("create", "labor", new_id(), _labor(world, record_id))
    barrier = threading.Barrier(writers)

    def send(_):
        barrier.wait()
        return world.push(world.dana, create)

    with ThreadPoolExecutor(writers) as pool:
        results = list(pool.map(send, range(writers)))
    assert {result["outcome"] for result in results} == {"applied"}
    assert sum("replayed" not in result for result in results) == 1
    assert sum(line["type"] == "labor" for line in world.read_all()[0]) == 1


def test_of_two_changes_at_once_one_becomes_a_conflict(world):
    record_id = world.work_order()
    barrier = threading.Barrier(2)

    def send(person):
        barrier.wait()
        return world.update("work_order", record_id, 1, {"title": person}, person)["outcome"]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, [world.dana, world.bob])) == ["applied", "conflict"]


def test_a_conflict_tells_who_changed_it_and_how_often(world):
    record_id = world.work_order()
    world.update("work_order", record_id, 1, {"title": "A"}, world.bob)
    world.clock.move(minutes=5)
    world.update("work_order", record_id, 2, {"title": "B"}, world.bob)
    result = world.update("work_order", record_id, 1, {"title": "Mine"}, world.dana)
    assert result["outcome"] == "conflict"
    assert result["current"]["title"] == "B"
    assert (result["version"], result["changes"]) == (3, 2)
    assert (result["changed_by"], result["changed_by_name"]) == (world.bob, "Bob Lee")
    assert result["changed_at"] == "2026-11-22T10:05:00.000Z"


def test_a_create_of_an_id_that_exists_is_fine_if_it_says_the_same(world):
    content = {"title": "Pump leaks", "status": "open", "estimated_hours": Decimal("2.50")}
    record_id = world.create("work_order", content, world.dana)
    again = world.push(world.dana, edit("create", "work_order", record_id, content))
    assert (again["outcome"], again["replayed"]) == ("applied", True)
    other = world.push(world.bob, edit("create", "work_order", record_id, content))
    assert other["outcome"] == "conflict"
    changed = world.push(world.dana, edit("create", "work_order", record_id, content | {"title": "X"}))
    assert (changed["outcome"], changed["current"]["title"]) == ("conflict", "Pump leaks")
    as_asset = {"tag": "P", "name": "P", "status": "down"}
    mixed_up = world.push(world.planner, edit("create", "asset", record_id, as_asset))
    assert (mixed_up["code"], mixed_up["field"]) == ("invalid", "record_id")


def test_deleting_a_work_order_deletes_its_children_each_with_its_own_line(world):
    record_id = world.work_order()
    labor = world.labor(record_id)
    comment = world.create("comment", {"work_order_id": record_id, "text": "Hm"}, world.dana)
    _, cursor = world.read_all()
    assert world.delete("work_order", record_id, 1)["record"] is None
    found, _ = world.read_all(cursor)
    assert {line["id"]: line.get("deleted") for line in found} == {
        record_id: True,
        labor: True,
        comment: True,
    }
    assert all(line["version"] == 2 and "record" not in line for line in found)


def test_deleting_an_asset_keeps_its_parts_and_work_orders(world):
    asset = world.asset("P-1")
    part = world.asset("P-1-1", parent_id=asset)
    work = world.work_order(asset_id=asset)
    comment = world.create("comment", {"asset_id": asset, "text": "Loud"})
    world.delete("asset", asset, 1)
    left = {line["id"] for line in world.read_all()[0]}
    assert {part, work} <= left
    assert not {asset, comment} & left


def test_deleted_meanwhile_is_a_conflict_and_an_update_restores_under_the_old_number(world):
    record_id = world.work_order()
    labor = world.labor(record_id)
    world.delete("work_order", record_id, 1)
    lost = world.update("work_order", record_id, 1, {"title": "Mine"}, world.dana)
    assert (lost["outcome"], lost["current"], lost["version"]) == ("conflict", None, 2)
    restored = world.update("work_order", record_id, lost["version"], {"title": "Mine"}, world.dana)
    assert (restored["outcome"], restored["version"], restored["record"]["number"]) == (
        "applied",
        3,
        "WO-1001",
    )
    assert restored["record"]["title"] == "Mine"
    assert labor not in {line["id"] for line in world.read_all()[0]}


def test_deleting_what_is_deleted_is_fine_and_what_never_was_is_not_found(world):
    record_id = world.work_order()
    world.delete("work_order", record_id, 1)
    again = world.delete("work_order", record_id, 1)
    assert (again["outcome"], again["version"]) == ("applied", 2)
    assert world.delete("work_order", new_id(), 1)["code"] == "not_found"
    assert world.update("asset", record_id, 1, {})["code"] == "not_found"
    assert world.delete("work_order", world.work_order(), 7)["outcome"] == "conflict"


def test_hours_of_a_finished_work_order_name_who_finished_it(world):
    record_id = world.work_order()
    labor = world.labor(record_id, by=world.bob)
    world.clock.move(minutes=30)
    made_at = "2026-11-22T10:30:00Z"
    world.update("work_order", record_id, 1, {"status": "completed"}, world.dana, made_at=made_at)
    refused = world.push(world.bob, edit("create", "labor", new_id(), _labor(world, record_id)))
    assert refused["code"] == "work_order_finished"
    assert refused["message"] == "Dana Ortiz completed WO-1001 on 22 Nov 2026 at 10:30 UTC."
    assert refused["finished_by_name"] == "Dana Ortiz"
    assert refused["finished_at"] == "2026-11-22T10:30:00.000Z"
    assert world.update("labor", labor, 1, {"hours": 2}, world.bob)["code"] == "work_order_finished"
    assert world.delete("labor", labor, 1, world.bob)["code"] == "work_order_finished"
    world.create("comment", {"work_order_id": record_id, "text": "Still drips"}, world.bob)


def test_who_cancelled_or_closed_is_named_too(world):
    cancelled, closed = world.work_order(), world.work_order()
    world.update("work_order", cancelled, 1, {"status": "cancelled"}, world.bob)
    world.update("work_order", closed, 1, {"status": "completed"}, world.bob)
    world.update("work_order", closed, 2, {"status": "closed"}, world.planner)
    said = [
        world.push(world.dana, edit("create", "labor", new_id(), _labor(world, one)))["message"]
        for one in (cancelled, closed)
    ]
    assert said[0].startswith("Bob Lee cancelled WO-1001")
    assert said[1].startswith("Pia Plan closed WO-1002")


def test_completing_notes_who_and_when_and_reopening_takes_it_back(world):
    record_id = world.work_order()
    done = world.update("work_order", record_id, 1, {"status": "completed"}, world.dana)["record"]
    assert (done["completed_by"], done["completed_at"]) == (world.dana, "2026-11-22T09:30:00.000Z")
    assert (
        world.update("work_order", record_id, 2, {"status": "open"}, world.dana)["code"] == "bad_transition"
    )
    reopened = world.update("work_order", record_id, 2, {"status": "open"})["record"]
    assert reopened["completed_by"] is None
    world.labor(record_id)


def test_closing_leaves_completed_so_who_completed_is_cleared_and_when_is_kept(world):
    record_id = world.work_order()
    world.update("work_order", record_id, 1, {"status": "completed"}, world.dana)
    closed = world.update("work_order", record_id, 2, {"status": "closed"}, world.planner)["record"]
    assert (closed["completed_by"], closed["completed_at"]) == (None, "2026-11-22T09:30:00.000Z")


def test_a_new_work_order_cannot_be_closed_already(world):
    create = edit("create", "work_order", new_id(), {"title": "A", "status": "closed"})
    assert world.push(world.planner, create)["code"] == "bad_transition"


def test_a_child_of_a_deleted_or_unknown_work_order_misses_its_parent(world):
    gone = world.work_order()
    world.delete("work_order", gone, 1)
    for parent in (gone, new_id(), world.asset("P")):
        result = world.push(world.dana, edit("create", "labor", new_id(), _labor(world, parent)))
        assert (result["code"], result["field"]) == ("parent_missing", "work_order_id")


def test_a_child_may_move_to_another_work_order_but_not_to_a_finished_one(world):
    first, second, done = world.work_order(), world.work_order(), world.work_order(status="completed")
    labor = world.labor(first)
    assert world.update("labor", labor, 1, {"work_order_id": second}, world.dana)["version"] == 2
    refused = world.update("labor", labor, 2, {"work_order_id": done}, world.dana)
    assert refused["code"] == "work_order_finished"
    assert (
        world.update("labor", labor, 2, {"work_order_id": new_id()}, world.dana)["code"] == "parent_missing"
    )


def test_what_is_named_must_exist_unless_it_was_named_before(world):
    asset = world.asset("P-1")
    record_id = world.work_order(asset_id=asset)
    world.delete("asset", asset, 1)
    assert world.update("work_order", record_id, 1, {"asset_id": asset, "title": "B"})["outcome"] == "applied"
    create = edit("create", "work_order", new_id(), {"title": "A", "status": "open", "asset_id": asset})
    result = world.push(world.dana, create)
    assert (result["code"], result["field"]) == ("unknown_reference", "asset_id")


def test_nothing_can_be_below_itself(world):
    top = world.asset("A")
    middle = world.asset("B", parent_id=top)
    bottom = world.asset("C", parent_id=middle)
    for parent in (bottom, top):
        result = world.update("asset", top, 1, {"parent_id": parent})
        assert (result["code"], result["field"]) == ("invalid", "parent_id")


def test_two_moves_at_once_cannot_make_a_circle(world):
    first, second = world.asset("A"), world.asset("B")
    barrier = threading.Barrier(2)

    def move(pair):
        barrier.wait()
        return world.update("asset", pair[0], 1, {"parent_id": pair[1]})["outcome"]

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(move, [(first, second), (second, first)]))
    assert outcomes == ["applied", "rejected"]


def test_a_taken_tag_is_refused_and_a_deleted_asset_frees_its_own(world):
    first = world.asset("P-1")
    create = edit("create", "asset", new_id(), {"tag": "P-1", "name": "X", "status": "down"})
    result = world.push(world.planner, create)
    assert (result["code"], result["field"]) == ("invalid", "tag")
    world.delete("asset", first, 1)
    second = world.asset("P-1")
    assert world.update("asset", first, 2, {})["field"] == "tag"
    world.update("asset", second, 1, {"tag": "P-2"})
    assert world.update("asset", first, 2, {})["outcome"] == "applied"


def test_two_assets_at_once_cannot_take_the_same_tag(world):
    barrier = threading.Barrier(2)

    def make(_):
        barrier.wait()
        create = edit("create", "asset", new_id(), {"tag": "P-1", "name": "X", "status": "down"})
        return world.push(world.planner, create)["outcome"]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, range(2))) == ["applied", "rejected"]


def test_a_username_is_unique_in_any_case(world):
    create = edit("create", "person", new_id(), {"name": "D", "username": "DANA", "role": "technician"})
    assert world.push(world.admin, create)["field"] == "username"


@pytest.mark.parametrize(
    ("role", "kind", "record_type", "allowed"),
    [
        ("requester", "create", "work_order", True),
        ("requester", "update", "work_order", False),
        ("requester", "create", "comment", True),
        ("requester", "create", "labor", False),
        ("dana", "update", "work_order", True),
        ("dana", "delete", "work_order", False),
        ("dana", "update", "asset", True),
        ("dana", "create", "asset", False),
        ("dana", "update", "labor", False),
        ("dana", "update", "person", False),
        ("planner", "delete", "work_order", True),
        ("planner", "update", "labor", True),
        ("planner", "update", "person", False),
        ("admin", "update", "person", True),
    ],
)
def test_who_may_what(world, role, kind, record_type, allowed):
    work = world.work_order()
    records = {
        "work_order": (work, {"title": "B", "status": "open"}),
        "asset": (world.asset("P-1"), {"tag": "P-2", "name": "B", "status": "down"}),
        "labor": (world.labor(work, by=world.bob), _labor(world, work)),
        "comment": (None, {"work_order_id": work, "text": "B"}),
        "person": (world.bob, {"trade": "Welder"}),
    }
    record_id, content = records[record_type]
    base = None if kind == "create" else 1
    target = new_id() if kind == "create" else record_id
    result = world.push(getattr(world, role), edit(kind, record_type, target, content, base))
    assert result["outcome"] == ("applied" if allowed else "rejected")
    assert result.get("code") == (None if allowed else "not_allowed")


def test_technicians_change_the_hours_they_created(world):
    labor = world.labor(world.work_order(), by=world.bob)
    assert world.update("labor", labor, 1, {"hours": Decimal("2.5")}, world.bob)["record"][
        "hours"
    ] == Decimal("2.5")


def test_a_disabled_person_may_do_nothing(world):
    world.update("person", world.bob, 1, {"active": False}, world.admin)
    create = edit("create", "work_order", new_id(), {"title": "A", "status": "open"})
    with pytest.raises(Problem, match="sign in"):  # and not a refusal: their queue stays
        world.push(world.bob, create)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 201),
        ("title", "a\0b"),
        ("title", "a\ud800"),
        ("title", "  "),
        ("title", None),
        ("title", 5),
        ("status", "sleeping"),
        ("due_at", "tomorrow"),
        ("asset_id", "P-1"),
        ("estimated_hours", Decimal("1.00001")),
        ("estimated_hours", 10**12),
        ("estimated_hours", Decimal("1E+999999999")),
        ("estimated_hours", Decimal("NaN")),
        ("estimated_hours", True),
        ("downtime_minutes", Decimal("1.5")),
        ("downtime_minutes", -1),
    ],
)
def test_values_that_a_field_cannot_hold_are_invalid(world, field, value):
    content = {"title": "A", "status": "open"} | {field: value}
    result = world.push(world.dana, edit("create", "work_order", new_id(), content))
    assert (result["code"], result["field"]) == ("invalid", field)


def test_values_are_stored_in_their_one_form(world):
    title = "💧" * 200
    sent = {"title": title, "estimated_hours": Decimal("2.50"), "due_at": "2026-12-01T08:00:00.1239+02:00"}
    record = world.update("work_order", world.work_order(), 1, sent)["record"]
    assert record["title"] == title
    assert str(record["estimated_hours"]) == "2.5"
    assert record["due_at"] == "2026-12-01T06:00:00.123Z"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "upsert"}, "kind"),
        ({"type": "spaceship"}, "type"),
        ({"type": ["asset"]}, "type"),
        ({"record_id": "7"}, "record_id"),
        ({"base_version": None}, "base_version"),
        ({"base_version": True}, "base_version"),
        ({"base_version": "1"}, "base_version"),
        ({"base_version": 2**70}, "base_version"),
        ({"record": [1]}, "record"),
        ({"made_at": None}, "made_at"),
        ({"made_at": "2026-13-01T00:00:00Z"}, "made_at"),
    ],
)
def test_whatever_is_odd_inside_an_edit_is_its_own_rejection(world, changed, field):
    sane = edit("update", "work_order", world.work_order(), {"title": "B"}, 1)
    result = world.push(world.dana, sane | changed)
    assert (result["outcome"], result["code"], result["field"]) == ("rejected", "invalid", field)


def test_a_child_needs_exactly_one_parent(world):
    both = {"work_order_id": world.work_order(), "asset_id": world.asset("P"), "text": "Hm"}
    for content in (both, {"text": "Hm"}):
        result = world.push(world.dana, edit("create", "comment", new_id(), content))
        assert (result["code"], result["field"]) == ("invalid", "work_order_id")


def test_a_comment_says_who_wrote_it_and_when_by_itself(world):
    record_id = world.create("comment", {"work_order_id": world.work_order(), "text": "Hm"}, world.dana)
    (line,) = [line for line in world.read_all()[0] if line["id"] == record_id]
    assert line["record"]["written_by"] == world.dana
    assert line["record"]["written_at"] == "2026-11-22T09:30:00.000Z"


@pytest.mark.parametrize("offset", [timedelta(days=-1), timedelta(days=1), timedelta(0)])
def test_a_wrong_laptop_clock_is_corrected(world, offset):
    there = world.clock() + offset
    made = (there - timedelta(minutes=20)).isoformat().replace("+00:00", "Z")
    record_id = new_id()
    create = edit("create", "work_order", record_id, {"title": "A", "status": "open"}, made_at=made)
    record = world.push(world.dana, create, sent_at=there)["record"]
    assert record["created_at"] == "2026-11-22T09:40:00.000Z"


def test_nothing_was_made_in_the_future(world):
    for sent_at in (world.clock(), None, datetime.min.replace(tzinfo=world.clock().tzinfo)):
        create = edit(
            "create", "work_order", new_id(), {"title": "A", "status": "open"}, made_at="9999-12-31T00:00:00Z"
        )
        result = world.push(world.dana, create, sent_at)
        assert result["record"]["created_at"] == "2026-11-22T10:00:00.000Z"


def _labor(world, work_order_id):
    return {
        "work_order_id": work_order_id,
        "person_id": world.bob,
        "hours": Decimal("2.5"),
        "labor_type": "regular",
    }
