from __future__ import annotations

import json

import pytest

from maintenance_desktop.hub import schema
from maintenance_desktop.hub.backup import backup, restore
from maintenance_desktop.hub.errors import Unavailable
from maintenance_desktop.hub.ledger_answer import LedgerQuestion, keep_reports, read_ledger
from maintenance_desktop.hub.store import Author, HubStore

from .world import edit, new_id

PLANNER = Author("p", "Pia", "planner")
TECHNICIAN = Author("t", "Tim", "technician")


def ledger(world, author=PLANNER, **question):
    asked = LedgerQuestion(**question)
    return world.store.database.read(lambda tx: read_ledger(author, asked, tx))["decisions"]


def told(edit_id, record_id, **more):
    """A choice as a client tells it."""
    return {
        "edit_id": edit_id,
        "kind": "conflict",
        "edit_kind": "update",
        "type": "work_order",
        "record_id": record_id,
        "choice": "discard",
        "chosen_at": "2026-11-22T09:45:00Z",
    } | more


@pytest.fixture
def order(world):
    """A work order that Bob has changed after Dana looked."""
    record_id = world.work_order(description="As found", priority="low")
    world.clock.move(minutes=5)
    world.update("work_order", record_id, 1, {"description": "Bob was here"}, world.bob)
    return record_id


def overwrite(world, record_id, **more):
    sent = {"title": "Pump leaks", "status": "in_progress", "description": "As found", "priority": "low"}
    made = edit("update", "work_order", record_id, sent, 2)
    base = sent | {"status": "open"}
    return world.push(world.dana, made | {"decided": "overwrite", "base": base} | more), made


def test_a_conflict_is_noted_with_both_sides_once(world, order):
    late = edit("update", "work_order", order, {"title": "Mine"}, 1)
    for _ in range(3):
        assert world.push(world.dana, late)["outcome"] == "conflict"
    (noted,) = ledger(world)
    assert (noted["kind"], noted["person_name"], noted["number"]) == ("conflict", "Dana Ortiz", "WO-1001")
    assert (noted["mine"], noted["theirs"]["description"]) == ({"title": "Mine"}, "Bob was here")
    assert (noted["changed_by_name"], noted["version"]) == ("Bob Lee", 2)
    assert (noted["choice"], noted["lost"], noted["place"]) == ("", [], 1)


def test_a_repeat_that_meets_something_newer_is_noted_anew(world, order):
    late = edit("update", "work_order", order, {"title": "Mine"}, 1)
    world.push(world.dana, late)
    world.update("work_order", order, 2, {"description": "Once more"}, world.bob)
    world.push(world.dana, late)
    (noted,) = ledger(world)
    assert (noted["theirs"]["description"], noted["place"]) == ("Once more", 2)
    assert ledger(world, since=1) == [noted]


def test_a_refusal_is_noted_with_what_was_refused(world):
    record_id = world.work_order()
    world.update("work_order", record_id, 1, {"status": "completed"}, world.dana)
    hours = {"work_order_id": record_id, "person_id": world.bob, "hours": 2, "labor_type": "regular"}
    world.push(world.bob, edit("create", "labor", new_id(), hours))
    (noted,) = ledger(world)
    assert (noted["kind"], noted["code"], noted["number"]) == ("refusal", "work_order_finished", "WO-1001")
    assert noted["message"].startswith("Dana Ortiz completed WO-1001")
    assert noted["mine"] == hours


def test_odd_edits_are_noted_as_far_as_they_can_be(world):
    for odd in (
        {"type": "spaceship", "kind": 7},
        {"record": {"title": "\0", "status": "open", "description": "\ud800"}},
        {"record": {"title": "A" * 300_000, "status": "open"}},
        {"record": [1], "record_id": "x", "base": {"title": float("nan")}},
    ):
        asked = edit("create", "work_order", new_id(), {}) | odd
        assert world.push(world.dana, asked)["outcome"] == "rejected"
    noted = ledger(world)
    assert [one["kind"] for one in noted] == ["refusal"] * 4
    assert [one["mine"] for one in noted] == [None, {"status": "open"}, None, None]


def test_what_was_refused_and_then_done_under_its_id_is_no_refusal(world):
    record_id, hours_id = new_id(), new_id()
    hours = {"work_order_id": record_id, "person_id": world.dana, "hours": 2, "labor_type": "regular"}
    early = edit("create", "labor", hours_id, hours)
    assert world.push(world.dana, early)["code"] == "parent_missing"
    assert len(ledger(world)) == 1
    world.create("work_order", {"title": "A", "status": "open"}, record_id=record_id)
    assert world.push(world.dana, early)["outcome"] == "applied"
    assert ledger(world) == []


def test_it_is_none_later_either_when_the_hub_has_forgotten_the_edit(web, world):
    record_id = new_id()
    hours = {"work_order_id": record_id, "person_id": world.dana, "hours": 2, "labor_type": "regular"}
    early, never = (
        edit("create", "labor", new_id(), hours),
        edit("create", "labor", new_id(), hours | {"hours": 0}),
    )
    world.push(world.dana, early)
    world.create("work_order", {"title": "A", "status": "open"}, record_id=record_id)
    world.push(world.dana, early)
    world.push(world.dana, never)
    world.clock.move(days=200)
    web.sign_in("dana")
    assert [one["edit_id"] for one in ledger(world)] == [never["id"]]


def test_an_overwrite_is_noted_with_what_it_replaced_and_whose_that_was(world, order):
    answer, _ = overwrite(world, order)
    assert answer["outcome"] == "applied"
    (noted,) = ledger(world, TECHNICIAN, record_id=order)
    assert (noted["kind"], noted["choice"], noted["person_id"]) == ("overwrite", "overwrite", world.dana)
    assert noted["theirs"]["description"] == "Bob was here"
    assert noted["result"]["description"] == "As found"
    assert (noted["changed_by"], noted["changed_by_name"]) == (world.bob, "Bob Lee")
    assert noted["changed_at"] == "2026-11-22T10:05:00.000Z"
    assert noted["lost"] == ["description"]  # what only Dana changed was nobody's loss


def test_without_a_base_everything_that_is_different_counts_as_lost(world, order):
    overwrite(world, order, base=None)
    assert ledger(world)[0]["lost"] == ["description", "status"]


def test_a_decision_sent_again_is_answered_from_memory_and_noted_once(world, order):
    answer, made = overwrite(world, order)
    again = world.push(world.dana, made)  # as an export of the queue by an older client would send it
    assert again == answer | {"replayed": True}
    assert len(ledger(world)) == 1


def test_a_deletion_that_overwrites_drops_everything(world, order):
    made = edit("delete", "work_order", order, None, 2)
    world.push(world.planner, made | {"decided": "overwrite"})
    (noted,) = ledger(world)
    assert (noted["edit_kind"], noted["result"], noted["mine"]) == ("delete", None, None)
    assert "description" in noted["lost"]


def test_an_overwritten_deletion_is_noted_too(world, order):
    world.delete("work_order", order, 2)
    made = edit("update", "work_order", order, {"title": "Mine"}, 3)
    assert world.push(world.dana, made | {"decided": "overwrite"})["outcome"] == "applied"
    (noted,) = ledger(world)
    assert (noted["theirs"], noted["changed_by_name"], noted["lost"]) == (None, "Pia Plan", [])


@pytest.mark.parametrize("odd", [["overwrite"], "explode", 1, None])
def test_a_decision_nobody_knows_is_an_ordinary_edit(world, order, odd):
    answer, _ = overwrite(world, order, decided=odd)
    assert answer["outcome"] == "applied"
    assert ledger(world) == []


def test_everybody_sees_what_was_overwritten_and_only_planners_the_rest(world, order):
    world.push(world.dana, edit("update", "work_order", order, {"title": "Mine"}, 1))
    overwrite(world, order)
    assert [one["kind"] for one in ledger(world)] == ["conflict", "overwrite"]
    assert [one["kind"] for one in ledger(world, TECHNICIAN)] == ["overwrite"]


def test_pages_go_both_ways(world):
    for _ in range(5):
        world.update("work_order", new_id(), 1, {"title": "A"})
    assert [one["place"] for one in ledger(world, since=2, limit=2)] == [3, 4]
    assert [one["place"] for one in ledger(world, before=4, limit=2)] == [3, 2]


def test_a_choice_is_kept_with_what_it_dropped_and_the_first_one_stays(world, order):
    late = edit("update", "work_order", order, {"title": "Mine", "description": "As found"}, 1)
    world.push(world.dana, late)
    item = told(late["id"], order, base={"title": "Pump leaks", "description": "As found"})
    sent_at = world.clock()
    assert keep_reports(world.store, world.dana, [item], sent_at) == 1
    assert keep_reports(world.store, world.dana, [item | {"choice": "overwrite"}], sent_at) == 0
    (kept,) = ledger(world)
    assert (kept["choice"], kept["lost"], kept["place"]) == ("discard", ["title"], 2)
    assert kept["mine"]["title"] == "Mine"


def test_a_choice_about_something_never_sent_is_kept_whole(world, order):
    item = told(new_id(), order, mine={"title": "Mine"}, base={"title": "Pump leaks"})
    keep_reports(world.store, world.dana, [item], world.clock())
    (kept,) = ledger(world)
    assert (kept["number"], kept["mine"], kept["lost"]) == ("WO-1001", {"title": "Mine"}, ["title"])


def test_of_two_choices_about_one_edit_in_a_list_the_first_stays(world, order):
    edit_id = new_id()
    both = [told(edit_id, order, choice=choice) for choice in ("discard", "combine")]
    assert keep_reports(world.store, world.dana, both, None) == 1
    assert [one["choice"] for one in ledger(world)] == ["discard"]


def test_nobody_answers_for_another_person(world, order):
    late = edit("update", "work_order", order, {"title": "Mine"}, 1)
    world.push(world.dana, late)
    keep_reports(world.store, world.bob, [told(late["id"], order)], world.clock())
    assert {one["person_id"]: one["choice"] for one in ledger(world)} == {
        world.dana: "",
        world.bob: "discard",
    }


def test_what_is_not_understood_spoils_none_of_the_others(world, order):
    good = told(new_id(), order)
    odd = [
        None,
        {},
        good | {"choice": []},
        good | {"type": {}},
        good | {"record_id": 1},
        good | {"edit_id": 0},
    ]
    assert keep_reports(world.store, world.dana, [*odd, good], None) == 1


def test_a_ledger_that_cannot_be_written_does_not_stop_the_answer(world, order, monkeypatch):
    def fail(*_):
        raise Unavailable("the disk is full")

    monkeypatch.setattr("maintenance_desktop.hub.ledger.put", fail)
    assert world.push(world.dana, edit("update", "work_order", order, {}, 1))["outcome"] == "conflict"


def test_a_database_of_an_older_hub_gets_the_ledger(target, order, world):
    world.store.database.write(lambda tx: tx.run("DROP TABLE decision"))
    world.store.close()
    store = HubStore.open(target)
    try:
        assert store.database.read(lambda tx: tx.rows("SELECT * FROM decision")) == []
        assert store.database.read(lambda tx: schema.read_meta(tx, "instance"))
    finally:
        store.close()


def test_a_backup_holds_the_ledger(world, order, tmp_path):
    overwrite(world, order)
    before = ledger(world)
    backup(world.store, tmp_path / "b.gz")
    world.update("work_order", new_id(), 1, {"title": "A"})
    restore(world.store, tmp_path / "b.gz")
    assert ledger(world) == before
    world.update("work_order", new_id(), 1, {"title": "A"})
    assert [one["place"] for one in ledger(world)] == [1, 2]


def test_a_backup_of_an_older_hub_is_restored(world, order, tmp_path, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.hub.backup._FORMAT", "maintenance-hub-backup-1")
    backup(world.store, tmp_path / "b.gz")
    restore(world.store, tmp_path / "b.gz")
    assert ledger(world) == []


def test_after_two_years_it_is_forgotten(web, world, order):
    overwrite(world, order)
    world.clock.move(days=729)
    web.sign_in("dana")
    assert len(ledger(world)) == 1
    world.clock.move(days=2)
    web.sign_in("dana")
    assert ledger(world) == []


# over HTTP


def test_a_client_reads_and_tells_over_http(web, world, order):
    late = edit("update", "work_order", order, {"title": "Mine"}, 1)
    web.push("dana", late)
    body = json.dumps({"sent_at": "2026-11-22T10:00:00Z", "decisions": [told(late["id"], order)]})
    response = web.client.post("/v1/decisions", content=body, headers=web.headers("dana"))
    assert (response.status_code, response.json()) == (200, {"kept": 1})
    answer = web.get("/v1/decisions", "pia").json()
    assert ([one["choice"] for one in answer["decisions"]], answer["more"]) == (["discard"], False)
    assert web.get("/v1/decisions", "dana").json()["decisions"] == []


@pytest.mark.parametrize("body", [{}, {"decisions": {}}, {"decisions": [{}] * 501}])
def test_a_list_that_is_missing_or_too_long_is_named(web, body):
    response = web.client.post("/v1/decisions", content=json.dumps(body), headers=web.headers("dana"))
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["decisions"]


@pytest.mark.parametrize("query", ["since=x", "before=0", "limit=0", "record_id=%00"])
def test_what_is_asked_for_has_to_be_understood(web, query):
    assert web.get(f"/v1/decisions?{query}", "pia").status_code == 400


def test_info_tells_whether_the_site_combines(web, world):
    assert web.client.get("/v1/info").json()["combine"] == "off"
    world.store.combine = "when-nothing-overlaps"
    assert web.client.get("/v1/info").json()["combine"] == "when-nothing-overlaps"
