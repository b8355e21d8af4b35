"""The mission's example and the hours example, straight over HTTP."""

from __future__ import annotations

from .world import edit, new_id


def _both_change(web):
    """A works offline from version 1, B changes it meanwhile. Answers the id, A's record and the conflict."""
    record_id, _ = web.work_order(priority="low", description="Drips")
    base = {"title": "Pump leaks", "priority": "low", "description": "Drips", "status": "open"}
    theirs = {"priority": "critical", "description": "Gushes"}
    assert web.push_one("bob", "update", "work_order", record_id, theirs, 1)["outcome"] == "applied"
    mine = base | {"title": "Pump leaks at the seal"}
    conflict = web.push_one("dana", "update", "work_order", record_id, mine, 1)
    assert conflict["outcome"] == "conflict"
    assert conflict["changed_by_name"] == "Bob Lee"
    assert conflict["current"]["priority"] == "critical"
    return record_id, mine, conflict


def _on_the_server(web, record_id):
    (line,) = [line for line in web.changes() if line.get("id") == record_id]
    return line


def test_overwrite_sends_base_and_mine_whole_and_the_other_fields_revert(web):
    record_id, mine, conflict = _both_change(web)
    result = web.push_one("dana", "update", "work_order", record_id, mine, conflict["version"])
    assert result["outcome"] == "applied"
    line = _on_the_server(web, record_id)
    assert line["version"] == 3
    assert {name: line["record"][name] for name in mine} == mine


def test_discard_sends_nothing_and_theirs_stays(web):
    record_id, _, _ = _both_change(web)
    line = _on_the_server(web, record_id)
    assert (line["version"], line["record"]["description"]) == (2, "Gushes")


def test_overwrite_in_a_race_asks_again(web):
    record_id, mine, conflict = _both_change(web)
    web.push_one("bob", "update", "work_order", record_id, {"title": "Bob again"}, 2)
    again = web.push_one("dana", "update", "work_order", record_id, mine, conflict["version"])
    assert (again["outcome"], again["version"], again["current"]["title"]) == ("conflict", 3, "Bob again")


def test_hours_on_a_work_order_that_another_completed_are_refused_with_a_reason(web):
    record_id, number = web.work_order()
    web.push_one("dana", "update", "work_order", record_id, {"status": "completed"}, 1)
    hours = {"work_order_id": record_id, "person_id": _me(web, "bob"), "hours": 2.5, "labor_type": "regular"}
    comment = {"work_order_id": record_id, "text": "I was there too"}
    refused, noted = web.push(
        "bob", edit("create", "labor", new_id(), hours), edit("create", "comment", new_id(), comment)
    )
    assert (refused["outcome"], refused["code"]) == ("rejected", "work_order_finished")
    assert refused["message"] == f"Dana Ortiz completed {number} on 22 Nov 2026 at 09:30 UTC."
    assert noted["outcome"] == "applied"
    assert not [line for line in web.changes() if line.get("type") == "labor"]


def test_deleted_by_another_is_a_conflict_that_overwrite_restores(web):
    record_id, number = web.work_order()
    web.push_one("pia", "delete", "work_order", record_id, None, 1)
    mine = {"title": "Mine", "status": "open"}
    conflict = web.push_one("dana", "update", "work_order", record_id, mine, 1)
    assert (conflict["outcome"], conflict["current"], conflict["changed_by_name"]) == (
        "conflict",
        None,
        "Pia Plan",
    )
    restored = web.push_one("dana", "update", "work_order", record_id, mine, conflict["version"])
    assert (restored["record"]["number"], restored["record"]["title"]) == (number, "Mine")


def _me(web, username):
    return web.sign_in(username).json()["person"]["id"]
