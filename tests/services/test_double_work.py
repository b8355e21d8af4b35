from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from maintenance_desktop.domain.values import write_time
from tests.services.fakes import lost, person_id


def ago(**by):
    return write_time(datetime.now(UTC) - timedelta(**by))


def reconnects(person):
    """The server answers again; who that is, is asked before anything is sent."""
    person.backend.is_offline = False
    person.round.forget_server()


def grease_round(hub, pump, **fields):
    return hub.has(
        "work_order", title="Grease round", status="open", asset_id=pump, work_type="preventive", **fields
    )


def completes(person, order):
    doubts = person.guard.doubts("work_order", {"status": "completed"}, person.sees(order))
    person.changes(order, status="completed")
    return doubts


def the_job_done_twice(hub, people):
    """Dana completes offline what Bob has completed under another number meanwhile."""
    pump = hub.has("asset", tag="P-1", name="Pump", status="running")
    mine, his = grease_round(hub, pump), grease_round(hub, pump)
    dana = people("dana")
    dana.backend.is_offline = True
    assert completes(dana, mine) == ()
    hub.changes(his, status="completed", completed_by=person_id("bob"), completed_at=ago(minutes=1))
    reconnects(dana)
    return dana, mine, his


def test_a_job_done_by_somebody_else_meanwhile_is_held_before_it_is_sent(hub, people):
    dana, mine, his = the_job_done_twice(hub, people)
    other = hub.has("work_order", title="Other", status="open")
    result = dana.syncs()
    (item,) = dana.reader.notifications()
    assert (item.edit.record_id, result.needs_you) == (mine, (item.edit.id,))
    held = dana.reader.held(item.edit.id)
    assert [(one.code, one.record_id, one.who) for one in held.doubts] == [("same_job", his, "Bob Lee")]
    assert hub.record(mine)["status"] == "open"
    assert (dana.reader.tally().needs_you, dana.reader.tally().waiting) == (1, 0)
    assert dana.sees(mine).mark == "conflict"
    assert dana.sees(other)  # the rest of the round went on


def test_send_anyway_sends_it_and_does_not_ask_again(hub, people):
    dana, mine, _ = the_job_done_twice(hub, people)
    dana.syncs()
    (item,) = dana.reader.notifications()
    dana.decisions.send_anyway(item.edit.id)
    dana.round.forget_server()
    assert dana.syncs().needs_you == ()
    assert hub.record(mine)["status"] == "completed"


def test_do_not_send_puts_it_into_the_history(hub, people):
    dana, mine, _ = the_job_done_twice(hub, people)
    dana.syncs()
    (item,) = dana.reader.notifications()
    dana.records.undo(item.edit.id)
    dana.syncs()
    assert dana.endings() == ["undone"]
    assert (hub.record(mine)["status"], dana.reader.queue()) == ("open", [])


def test_what_is_held_and_deleted_is_taken_back_and_asks_nothing_more(hub, people):
    pump = hub.has("asset", tag="P-1", name="Pump", status="running")
    pia = people("pia")
    pia.backend.is_offline = True
    made = pia.records.create("work_order", {"title": "Oil leak at seal", "asset_id": pump})
    pia.records.create("comment", {"work_order_id": made, "text": "It drips"})
    there = hub.has("work_order", title="Oil leaks at the seal", status="open", asset_id=pump)
    reconnects(pia)
    pia.syncs()
    pia.records.delete(pia.sees(made))
    assert (pia.reader.notifications(), pia.reader.queue()) == ([], [])
    pia.syncs()
    assert pia.endings() == ["undone", "undone"]
    assert [one for one in hub.rows if hub.rows[one].type == "work_order"] == [there]


def test_what_depends_on_a_held_edit_waits_and_the_rest_goes_out(hub, people):
    pump = hub.has("asset", tag="P-1", name="Pump", status="running")
    free = hub.has("work_order", title="Free", status="open")
    dana = people("dana")
    dana.backend.is_offline = True
    made = dana.records.create("work_order", {"title": "Oil leak at seal", "asset_id": pump})
    dana.records.create("comment", {"work_order_id": made, "text": "It drips"})
    dana.changes(free, description="Looked at")
    hub.has("work_order", title="Oil leaks at the seal", status="open", asset_id=pump)
    reconnects(dana)
    assert dana.syncs().applied == 1
    assert hub.record(free)["description"] == "Looked at"
    (item,) = dana.reader.notifications()
    assert len(dana.reader.held(item.edit.id).dependants) == 1
    dana.decisions.send_anyway(item.edit.id)
    assert dana.syncs().applied == 2


def test_at_save_what_waits_here_counts_too(hub, people):
    one, two = (hub.has("work_order", title=name, status="open") for name in ("One", "Two"))
    dana = people("dana")
    dana.backend.is_offline = True
    first = {"work_order_id": one, "hours": Decimal(2), "started_at": ago(hours=5)}
    second = {"work_order_id": two, "hours": Decimal(2), "started_at": ago(hours=4)}
    dana.records.create("labor", first)
    assert [one.title for one in dana.guard.doubts("labor", second)] == ["One"]
    assert dana.guard.doubts("labor", {**second, "started_at": ago(hours=3)}) == ()


def test_a_new_work_order_like_an_unfinished_one_is_asked_about_at_save(hub, people):
    pump, fan = (hub.has("asset", tag=tag, name=tag, status="running") for tag in ("P", "F"))
    there = hub.has("work_order", title="Oil leak at gearbox", status="on_hold", asset_id=pump)
    hub.has("work_order", title="Oil leak at gearbox", status="closed", asset_id=pump)
    dana = people("dana")
    fields = {"title": "Gearbox oil leak", "asset_id": pump}
    assert [one.record_id for one in dana.guard.doubts("work_order", fields)] == [there]
    assert dana.guard.doubts("work_order", {**fields, "asset_id": fan}) == ()
    dana.changes(there, status="cancelled")
    assert dana.guard.doubts("work_order", fields) == ()


def test_of_two_that_look_alike_in_the_queue_one_is_asked_about(hub, people):
    pump = hub.has("asset", tag="P", name="P", status="running")
    dana = people("dana")
    dana.backend.is_offline = True
    for _ in range(2):
        dana.records.create("work_order", {"title": "Oil leak at gearbox", "asset_id": pump})
    reconnects(dana)
    assert dana.syncs().applied == 1
    assert len(dana.reader.notifications()) == 1


def test_what_may_have_reached_the_server_is_never_held(hub, people):
    pump = hub.has("asset", tag="P", name="P", status="running")
    dana = people("dana")
    dana.backend.faults = [lost()]
    dana.records.create("work_order", {"title": "Oil leak at gearbox", "asset_id": pump})
    dana.syncs()
    hub.has("work_order", title="Oil leak at gearbox", status="open", asset_id=pump)
    assert dana.syncs().needs_you == ()
    assert dana.endings() == ["applied"]


def test_the_push_waits_only_seconds_for_what_happened_meanwhile(hub, people):
    dana, _, _ = the_job_done_twice(hub, people)
    dana.backend.calls.clear()
    dana.backend.patience.clear()
    dana.syncs()
    assert dana.backend.calls[:3] == ["info", "changes", "changes"]
    before, after = dana.backend.patience
    assert before is not None
    assert before <= 5
    assert after is None


def test_a_guard_that_takes_too_long_holds_nothing_up(hub, people, monkeypatch):
    dana, mine, _ = the_job_done_twice(hub, people)
    ticks = count(0, 10)
    monkeypatch.setattr("maintenance_desktop.services.foresight.time.monotonic", lambda: next(ticks))
    assert dana.syncs().needs_you == ()
    assert hub.record(mine)["status"] == "completed"


def test_a_page_that_does_not_come_holds_nothing_up(hub, people):
    dana, mine, _ = the_job_done_twice(hub, people)
    dana.backend.always_expired = True
    dana.syncs()
    assert hub.record(mine)["status"] == "completed"


def test_a_held_edit_is_asked_about_after_a_restart(hub, people, tmp_path):
    dana, _, _ = the_job_done_twice(hub, people)
    dana.syncs()
    folder = dana.profile.path
    dana.leaves()
    again = people("dana", folder, syncs=False)
    assert len(again.reader.notifications()) == 1
    again.syncs()
    assert again.reader.tally().held == 1


def test_what_was_answered_at_save_is_not_asked_again(hub, people):
    pump = hub.has("asset", tag="P-1", name="Pump", status="running")
    mine = grease_round(hub, pump)
    hub.has(
        "work_order", title="Grease round", status="completed", asset_id=pump, work_type="preventive",
        completed_by=person_id("bob"), completed_at=ago(minutes=1),
    )  # fmt: skip
    dana = people("dana")
    dana.backend.is_offline = True
    dana.changes(mine, description="Folded into")
    (doubt,) = dana.guard.doubts("work_order", {"status": "completed"}, dana.sees(mine))
    said = replace(doubt, is_answered=True)
    dana.records.update(dana.sees(mine), {"status": "completed"}, doubts=(said,))
    reconnects(dana)
    assert (dana.syncs().applied, dana.reader.queue()) == (1, [])


def test_a_held_edit_does_not_write_over_what_a_restored_server_has(hub, people):
    dana, mine, _ = the_job_done_twice(hub, people)
    dana.syncs()
    (item,) = dana.reader.notifications()
    hub.is_restored_from_backup()
    dana.round.forget_server()
    dana.syncs()
    dana.decisions.send_anyway(item.edit.id)
    dana.syncs()
    assert dana.conflict().id == item.edit.id
    assert hub.record(mine)["status"] == "open"


def test_work_on_an_asset_that_is_gone_is_not_asked_about(hub, people):
    pump = hub.has("asset", tag="P", name="P", status="running")
    hub.has("work_order", title="Oil leak at gearbox", status="open", asset_id=pump)
    dana = people("dana")
    dana.backend.is_offline = True
    dana.records.create("work_order", {"title": "Gearbox oil leak", "asset_id": pump})
    hub.deletes(pump)
    reconnects(dana)
    dana.syncs()
    (item,) = dana.reader.notifications()
    assert item.edit.refusal.code == "unknown_reference"
