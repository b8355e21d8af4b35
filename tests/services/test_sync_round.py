"""An edit's life: frozen before it leaves, in order, applied exactly once, whatever the line does."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from maintenance_desktop.domain.edits import EditKind, EditState, Refusal
from maintenance_desktop.domain.outcomes import (
    BatchRefused,
    Changes,
    Rejected,
    ServerFailed,
    SignInRequired,
    Unreachable,
)
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.trouble import CacheDamaged, NotSaved, StorageTrouble
from maintenance_desktop.domain.views import Mark
from maintenance_desktop.services.status import Connection
from tests.services.fakes import After, cached, lost, unreachable


@pytest.fixture
def order(hub):
    return hub.has("work_order", title="Pump leaks", description="As found", status="open")


def waits(person) -> dict[str, Waiting]:
    return {item.edit.type: item.waiting for item in person.reader.queue()}


class TestLostAnswers:
    def test_a_lost_answer_is_asked_for_again_and_applied_once(self, hub, order, dana):
        dana.changes(order, status="in_progress")
        hours = dana.logs_hours(order, 2)
        dana.backend.faults = [lost()]
        assert dana.syncs().connection is Connection.OFFLINE
        assert dana.reader.tally().waiting == 2
        assert dana.syncs().applied == 2
        assert hub.version(order) == 2
        assert [labor["hours"] for labor in hub.of_type("labor")] == [2]
        assert hub.version(hours) == 1
        assert cached(dana) == hub.content()

    @pytest.mark.parametrize("edits", [0, 1, 2, 3])
    def test_an_answer_lost_in_the_middle_of_a_batch_doubles_nothing(self, hub, order, dana, edits):
        for hours in (1, 2, 3):
            dana.logs_hours(order, hours)
        dana.backend.faults = [After(edits)]
        dana.syncs()
        dana.syncs()
        assert sorted(labor["hours"] for labor in hub.of_type("labor")) == [1, 2, 3]
        assert dana.endings() == ["applied"] * 3

    def test_what_may_have_been_sent_is_frozen_and_newer_input_follows_it(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [lost()]
        dana.syncs()
        dana.changes(order, title="Pump is dry")
        first, second = dana.sees(order).edits
        assert first.patch == {"title": "Pump drips"}
        assert (second.base_version, second.patch) == (None, {"title": "Pump is dry"})
        dana.syncs()
        assert [[one.id for one in batch] for batch in dana.backend.requests[-2:]] == [
            [first.id],
            [second.id],
        ]
        assert dana.backend.requests[-1][0].base_version == 2
        assert hub.record(order)["title"] == "Pump is dry"
        assert hub.version(order) == 3

    def test_a_successor_keeps_only_its_own_change_on_the_answer(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [lost()]
        dana.syncs()
        dana.changes(order, status="on_hold")
        hub.changes(order, description="Bob after me")
        dana.syncs()
        assert dana.conflict().chain[0].patch == {"status": "on_hold"}
        assert hub.record(order)["title"] == "Pump drips"
        assert hub.record(order)["description"] == "Bob after me"

    def test_an_answer_from_memory_does_not_undo_what_came_after(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [lost()]
        dana.syncs()
        hub.deletes(order)
        dana.syncs()
        assert dana.reader.record("work_order", order) is None
        assert dana.endings() == ["applied"]
        assert cached(dana) == hub.content()

    def test_a_save_during_the_choice_of_a_batch_is_not_lost(self, hub, order, dana, monkeypatch):
        dana.changes(order, title="Pump drips")
        pending = dana.profile.outbox.pending
        saved = []

        def saving_meanwhile():
            found = pending()
            if not saved:
                saved.append(dana.changes(order, status="on_hold"))
            return found

        monkeypatch.setattr(dana.profile.outbox, "pending", saving_meanwhile)
        dana.syncs()
        assert (hub.record(order)["title"], hub.record(order)["status"]) == ("Pump drips", "on_hold")

    def test_an_undo_during_the_choice_of_a_batch_is_not_sent(self, hub, order, dana, monkeypatch):
        dana.changes(order, title="Pump drips")
        pending = dana.profile.outbox.pending
        undone = []

        def undoing_meanwhile():
            found = pending()
            if not undone:
                undone.extend(dana.records.undo(found[0].id))
            return found

        monkeypatch.setattr(dana.profile.outbox, "pending", undoing_meanwhile)
        dana.syncs()
        assert hub.record(order)["title"] == "Pump leaks"
        assert dana.endings() == ["undone"]

    def test_typing_on_during_the_send_loses_nothing(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        typed = []

        def types_on():
            if not typed:
                typed.append(dana.changes(order, status="on_hold"))

        dana.backend.before_push = types_on
        dana.syncs()
        assert (hub.record(order)["title"], hub.record(order)["status"]) == ("Pump drips", "on_hold")
        assert dana.reader.queue() == []


class TestChains:
    def test_saves_of_one_record_become_one_edit(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.changes(order, status="on_hold")
        (edit,) = dana.sees(order).edits
        assert edit.patch == {"title": "Pump drips", "status": "on_hold"}
        dana.syncs()
        assert hub.version(order) == 2
        assert dana.endings() == ["applied"]

    def test_what_something_later_names_is_not_folded_into(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.logs_hours(order, 1)
        dana.changes(order, status="completed")
        assert [edit.patch for edit in dana.sees(order).edits] == [
            {"title": "Pump drips"},
            {"status": "completed"},
        ]

    def test_changing_back_to_what_it_was_leaves_an_empty_change(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.changes(order, title="Pump leaks")
        assert dana.sees(order).edits[0].patch == {}
        dana.syncs()
        assert hub.version(order) == 1
        assert dana.reader.queue() == []

    def test_a_chain_is_decided_as_one(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [unreachable()]
        dana.syncs()
        dana.changes(order, status="on_hold")
        hub.changes(order, description="Bob")
        dana.syncs()
        dana.changes(order, priority="high")
        asked = dana.conflict()
        assert [edit.state for edit in asked.chain] == [EditState.CONFLICTED] * 3
        assert {field.name for field in asked.fields} == {"title", "status", "priority", "description"}
        assert dana.reader.tally().needs_you == 1
        dana.overwrites()
        dana.syncs()
        record = hub.record(order)
        assert (record["title"], record["status"], record["priority"]) == ("Pump drips", "on_hold", "high")
        assert record["description"] == "As found"
        assert dana.endings() == ["applied_by_overwrite", "replaced", "replaced", "replaced"]

    def test_discarding_a_chain_ends_all_of_it(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [unreachable()]
        dana.syncs()
        dana.changes(order, status="on_hold")
        hub.changes(order, description="Bob")
        dana.syncs()
        dana.discards()
        assert dana.endings() == ["discarded", "discarded"]
        assert dana.sees(order).fields["title"] == "Pump leaks"

    def test_a_save_on_a_conflicted_record_after_overwrite_follows_it(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        hub.changes(order, description="Bob")
        dana.syncs()
        seen = dana.sees(order)
        dana.overwrites()
        dana.syncs()
        dana.records.update(seen, {"status": "on_hold"})
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"
        assert hub.record(order)["description"] == "As found"

    def test_a_form_opened_before_the_answer_saves_on_the_answer(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        seen = dana.sees(order)
        dana.syncs()
        dana.records.update(seen, {"status": "on_hold"})
        assert dana.sees(order).edits[0].base_version == 2
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"

    def test_a_form_with_an_undone_change_does_not_bring_it_back(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        seen = dana.sees(order)
        dana.records.undo(seen.edits[0].id)
        dana.records.update(seen, {"status": "on_hold"})
        dana.syncs()
        assert (hub.record(order)["title"], hub.record(order)["status"]) == ("Pump leaks", "on_hold")

    def test_a_form_with_an_undone_change_stands_on_the_answer_to_the_one_before(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [lost()]
        dana.syncs()
        dana.changes(order, cause="Dry")
        seen = dana.sees(order)
        dana.records.undo(seen.edits[-1].id)
        dana.syncs()
        dana.records.update(seen, {"status": "on_hold"})
        dana.syncs()
        assert dana.reader.notifications() == []
        record = hub.record(order)
        assert (record["title"], record["status"]) == ("Pump drips", "on_hold")
        assert record.get("cause") is None

    def test_a_form_of_a_create_that_was_taken_back_says_so(self, dana):
        order = dana.records.create("work_order", {"title": "New pump"})
        seen = dana.sees(order)
        dana.records.undo(seen.edits[0].id)
        with pytest.raises(NotSaved, match="taken back"):
            dana.records.update(seen, {"status": "on_hold"})

    def test_a_form_of_what_was_deleted_by_overwrite_does_not_bring_it_back(self, hub, order, people):
        pia = people("pia")
        pia.changes(order, title="Pump drips")
        seen = pia.sees(order)
        hub.changes(order, description="Bob")
        pia.syncs()
        pia.records.delete(pia.sees(order))
        pia.overwrites()
        pia.syncs()
        assert hub.record(order) is None
        with pytest.raises(NotSaved, match="deleted"):
            pia.records.update(seen, {"status": "on_hold"})

    def test_an_old_form_does_not_write_over_anothers_change_by_folding(self, hub, order, dana):
        seen = dana.sees(order)
        hub.changes(order, status="on_hold")
        dana.syncs()
        dana.changes(order, priority="high")
        with pytest.raises(NotSaved, match="Somebody else changed this"):
            dana.records.update(seen, {"status": "in_progress"})
        dana.records.update(seen, {"title": "Pump drips"})
        dana.syncs()
        record = hub.record(order)
        assert (record["status"], record["priority"], record["title"]) == ("on_hold", "high", "Pump drips")

    def test_a_form_that_was_open_during_anothers_change_conflicts(self, hub, order, dana):
        seen = dana.sees(order)
        hub.changes(order, description="Bob")
        dana.syncs()
        dana.records.update(seen, {"status": "in_progress"})
        dana.syncs()
        assert dana.conflict().server.version == 2
        assert hub.record(order)["status"] == "open"

    def test_saving_nothing_new_queues_nothing(self, order, dana):
        assert not dana.records.update(dana.sees(order), {"title": "Pump leaks", "cause": None})
        assert dana.reader.queue() == []

    def test_deleting_what_was_deleted_says_so(self, hub, order, people):
        pia = people("pia")
        pia.records.delete(pia.sees(order))
        with pytest.raises(NotSaved, match="deleted this already"):
            pia.records.update(pia.sees(order), {"title": "Again"})

    def test_deleting_after_an_unsent_change_sends_the_deletion_alone(self, hub, order, people):
        pia = people("pia")
        pia.changes(order, title="Pump drips")
        pia.records.delete(pia.sees(order))
        (edit,) = pia.sees(order).edits
        assert (edit.kind, edit.base_version) == (EditKind.DELETE, 1)
        pia.syncs()
        assert hub.record(order) is None
        assert hub.version(order) == 2
        assert pia.endings() == ["applied"]


class TestOrder:
    def test_completing_goes_in_a_later_request_than_ones_own_hours(self, hub, order, dana):
        hours = dana.logs_hours(order, 2)
        dana.changes(order, status="completed")
        assert waits(dana) == {"labor": Waiting.NETWORK, "work_order": Waiting.EARLIER_EDIT}
        dana.syncs()
        assert [[one.record_id for one in batch] for batch in dana.backend.requests] == [[hours], [order]]
        assert dana.reader.tally().needs_you == 0
        assert hub.record(order)["status"] == "completed"

    def test_completing_waits_while_an_hour_is_refused(self, hub, order, people):
        pia = people("pia")
        hours = pia.records.create(
            "labor", {"work_order_id": order, "hours": 2, "person_id": "0190b000-0000-7000-8000-00000000000f"}
        )
        pia.changes(order, status="completed")
        pia.syncs()
        assert waits(pia) == {"labor": Waiting.NEEDS_ANSWER, "work_order": Waiting.UNANSWERED_EDIT}
        assert hub.record(order)["status"] == "open"
        (asked,) = pia.reader.notifications()
        assert asked.edit.record_id == hours
        pia.decisions.acknowledge(asked.edit.id)
        pia.syncs()
        assert hub.record(order)["status"] == "completed"

    def test_completing_waits_while_a_change_of_hours_conflicts(self, hub, order, dana):
        hours = hub.has("labor", work_order_id=order, by="dana")
        dana.syncs()
        dana.changes(hours, "labor", hours=Decimal("2.5"))
        dana.changes(order, status="completed")
        hub.changes(hours, note="Bob", by="bob")
        dana.syncs()
        assert hub.record(order)["status"] == "open"
        dana.overwrites()
        dana.syncs()
        assert hub.record(order)["status"] == "completed"
        assert hub.record(hours)["hours"] == Decimal("2.5")

    def test_hours_after_ones_own_reopening_depend_on_it(self, hub, people):
        order = hub.has("work_order", status="completed")
        pia = people("pia")
        pia.changes(order, status="in_progress")
        pia.logs_hours(order, 1)
        pia.syncs()
        assert [len(batch) for batch in pia.backend.requests] == [1, 1]
        assert len(hub.of_type("labor")) == 1

    def test_hours_end_with_the_reopening_they_depend_on(self, hub, people):
        order = hub.has("work_order", status="completed")
        pia = people("pia")
        pia.changes(order, status="in_progress")
        pia.logs_hours(order, 1)
        hub.changes(order, description="Bob")
        pia.syncs()
        asked = pia.conflict()
        assert [item.edit.type for item in asked.dependants] == ["labor"]
        pia.discards()
        assert pia.endings() == ["ended_with_parent", "discarded"]
        assert pia.reader.queue() == []

    def test_children_follow_the_create_of_their_work_order(self, hub, dana):
        order = dana.records.create("work_order", {"title": "New pump"})
        assert dana.sees(order).fields["number"] == "New-1"
        dana.logs_hours(order, 2)
        dana.records.create("comment", {"work_order_id": order, "text": "Hello"})
        dana.syncs()
        assert [len(batch) for batch in dana.backend.requests] == [1, 2]
        assert dana.sees(order).fields["number"] == "WO-1001"
        assert cached(dana) == hub.content()

    def test_a_change_that_names_a_later_create_does_not_overtake_it(self, hub, order, people):
        pia = people("pia")
        pia.changes(order, title="Pump drips")
        asset = pia.records.create("asset", {"tag": "P-9", "name": "New pump", "status": "running"})
        pia.changes(order, asset_id=asset)
        pia.syncs()
        assert hub.record(order)["asset_id"] == asset
        assert pia.reader.tally().needs_you == 0
        assert pia.reader.queue() == []


class TestDependants:
    def test_a_child_is_held_while_its_parent_is_still_in_this_queue(self, hub, order, dana):
        new = dana.records.create("work_order", {"title": "New pump"})
        hours = dana.logs_hours(new, 1)
        # what came from an older program does not name what it depends on
        dana.profile._work.database.execute(
            "UPDATE edit SET after_ids = '[]', seq = seq - 100 WHERE record_id = ?", (hours,)
        )
        dana.syncs()
        assert dana.reader.tally().needs_you == 0
        assert [labor["work_order_id"] for labor in hub.of_type("labor")] == [new]

    def test_a_child_of_what_another_deleted_is_refused(self, hub, order, dana):
        dana.logs_hours(order, 1)
        hub.deletes(order)
        dana.syncs()
        (item,) = dana.reader.notifications()
        assert item.edit.refusal.code == "parent_missing"

    def test_what_depends_on_a_refused_create_ends_with_it(self, hub, dana):
        missing = "0190b000-0000-7000-8000-00000000000f"
        order = dana.records.create("work_order", {"title": "New pump", "asset_id": missing})
        dana.logs_hours(order, 1)
        dana.syncs()
        (item,) = dana.reader.notifications()
        refusal = dana.reader.refusal(item.edit.id)
        assert [one.edit.type for one in refusal.dependants] == ["labor"]
        assert len(dana.decisions.acknowledge(item.edit.id)) == 2
        assert dana.reader.queue() == []
        assert dana.endings() == ["ended_with_parent", "acknowledged"]
        assert dana.reader.record("work_order", order) is None

    def test_deleting_a_create_that_was_never_sent_takes_its_children_along(self, hub, people):
        pia = people("pia")
        order = pia.records.create("work_order", {"title": "New pump"})
        pia.logs_hours(order, 1)
        pia.changes(order, title="Newer pump")
        pia.records.delete(pia.sees(order))
        assert pia.reader.queue() == []
        assert pia.endings() == ["undone"] * 3
        pia.syncs()
        assert pia.backend.requests == []

    def test_deleting_an_unsent_asset_takes_no_work_along_that_names_it(self, hub, order, people):
        pia = people("pia")
        asset = pia.records.create("asset", {"tag": "P-9", "name": "Pump", "status": "running"})
        pia.changes(order, title="Pump drips", asset_id=asset)
        pia.records.delete(pia.sees(asset, "asset"))
        pia.syncs()
        assert hub.record(order)["title"] == "Pump drips"
        assert hub.record(asset) is None
        assert pia.reader.queue() == []
        assert set(pia.endings()) == {"applied"}

    def test_deleting_a_create_that_may_have_been_sent_sends_the_deletion(self, hub, people):
        pia = people("pia")
        order = pia.records.create("work_order", {"title": "New pump"})
        pia.backend.faults = [lost()]
        pia.syncs()
        pia.records.delete(pia.sees(order))
        pia.syncs()
        assert hub.record(order) is None
        assert pia.reader.queue() == []

    def test_a_later_change_goes_on_without_a_refused_one(self, hub, people):
        order = hub.has("work_order", status="completed")
        dana = people("dana")
        edit_before = dana.sees(order)
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [unreachable()]
        dana.syncs()
        hub.changes(order, status="closed")
        dana.syncs()
        dana.discards()
        assert dana.sees(order).fields["title"] == edit_before.fields["title"]

    def test_acknowledging_a_refused_change_puts_the_next_one_on_the_servers_copy(self, hub, order, dana):
        missing = "0190b000-0000-7000-8000-00000000000f"
        dana.changes(order, asset_id=missing, title="Pump drips")
        dana.syncs()
        dana.changes(order, status="on_hold")
        (item,) = dana.reader.notifications()
        dana.decisions.acknowledge(item.edit.id)
        (left,) = dana.sees(order).edits
        assert (left.base_version, left.mine["title"]) == (1, "Pump leaks")
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"
        assert hub.record(order)["title"] == "Pump leaks"


class TestUndo:
    def test_undo_takes_back_what_was_never_sent(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        (item,) = dana.reader.queue()
        assert [edit.id for edit in dana.records.undo(item.edit.id)] == [item.edit.id]
        assert dana.sees(order).fields["title"] == "Pump leaks"
        assert dana.endings() == ["undone"]
        dana.syncs()
        assert dana.backend.requests == []

    def test_undo_does_nothing_once_it_may_have_been_sent(self, order, dana):
        dana.changes(order, title="Pump drips")
        dana.backend.faults = [unreachable()]
        dana.syncs()
        (item,) = dana.reader.queue()
        assert dana.records.undo(item.edit.id) == []
        assert dana.records.undo("nothing") == []
        assert len(dana.reader.queue()) == 1

    def test_undoing_a_create_takes_its_children_along(self, dana):
        order = dana.records.create("work_order", {"title": "New pump"})
        dana.logs_hours(order, 1)
        ended = dana.records.undo(dana.sees(order).edits[0].id)
        assert [edit.type for edit in ended] == ["work_order", "labor"]
        assert dana.reader.queue() == []

    def test_undoing_one_of_a_chain_puts_the_next_on_its_ground(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        dana.logs_hours(order, 1)
        dana.changes(order, status="on_hold")
        first, _ = dana.sees(order).edits
        dana.records.undo(first.id)
        (left,) = dana.sees(order).edits
        assert (left.base_version, left.mine["title"]) == (1, "Pump leaks")
        dana.syncs()
        assert (hub.record(order)["title"], hub.record(order)["status"]) == ("Pump leaks", "on_hold")


class TestBrokenServer:
    def orders(self, hub, dana, count=6):
        found = [hub.has("work_order", title=f"Pump {n}") for n in range(count)]
        dana.syncs()
        for one in found:
            dana.changes(one, status="on_hold")
        return found

    @pytest.mark.parametrize("error", [BatchRefused("too many"), ServerFailed("broken")])
    def test_a_batch_that_is_not_taken_is_halved(self, hub, dana, error):
        found = self.orders(hub, dana)
        dana.backend.faults = [error]
        dana.syncs()
        assert [len(batch) for batch in dana.backend.requests] == [6, 3, 3]
        assert {hub.record(one)["status"] for one in found} == {"on_hold"}

    def test_an_edit_that_the_server_cannot_read_is_refused_and_holds_nobody_up(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.cannot_read = {found[2]}
        dana.syncs()
        (item,) = dana.reader.notifications()
        assert (item.edit.record_id, item.edit.refusal.code) == (found[2], "invalid")
        assert [hub.record(one)["status"] for one in found].count("on_hold") == 5

    def test_an_edit_the_server_breaks_on_waits_and_holds_nobody_up(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.breaks_on = {found[0]}
        result = dana.syncs()
        assert (result.connection, result.put_off) == (Connection.ONLINE, 1)
        assert [hub.record(one)["status"] for one in found].count("on_hold") == 5
        assert dana.reader.tally().waiting == 1
        dana.backend.breaks_on = set()
        assert dana.syncs().put_off == 0
        assert hub.record(found[0])["status"] == "on_hold"

    def test_many_edits_the_server_breaks_on_do_not_hold_up_the_others_for_ever(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.breaks_on = set(found[:4])
        rounds = [dana.syncs() for _ in range(3)]
        assert rounds[0].connection is Connection.OFFLINE
        assert [hub.record(one)["status"] for one in found].count("on_hold") == 2
        assert dana.reader.tally().waiting == 4
        assert dana.reader.tally().needs_you == 0

    def test_many_edits_the_server_breaks_on_do_not_keep_out_what_others_change(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.breaks_on = set(found[:4])
        for _ in range(2):
            dana.syncs()
        news = hub.has("work_order", title="Fan rattles")
        result = dana.syncs()
        assert (result.connection, result.put_off) == (Connection.ONLINE, 4)
        assert dana.sees(news).fields["title"] == "Fan rattles"
        dana.backend.breaks_on = set()
        assert dana.syncs().put_off == 0
        assert {hub.record(one)["status"] for one in found} == {"on_hold"}

    def test_a_server_that_breaks_on_everything_is_not_asked_for_each_edit(self, hub, dana):
        self.orders(hub, dana, 40)
        dana.backend.breaks_on = set(hub.rows)
        result = dana.syncs()
        assert result.connection is Connection.OFFLINE
        assert "problem of its own" in result.problem
        assert len(dana.backend.requests) < 12
        assert dana.reader.tally().waiting == 40

    def test_an_edit_without_an_answer_holds_nobody_up_and_keeps_nothing_out(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.never_answers = {found[0]}
        rounds = [dana.syncs() for _ in range(5)]
        assert [one.connection for one in rounds] == [Connection.OFFLINE] * 4 + [Connection.ONLINE]
        assert rounds[-1].put_off == 1
        (item,) = dana.reader.queue()
        assert (item.edit.record_id, item.waiting, item.edit.is_frozen) == (found[0], Waiting.SERVER, True)
        assert {hub.record(one)["status"] for one in found} == {"on_hold"}
        news = hub.has("work_order", title="Fan rattles")
        dana.changes(found[1], priority="high")
        result = dana.syncs()
        assert (result.connection, result.applied, result.put_off) == (Connection.ONLINE, 1, 1)
        assert dana.sees(news).fields["title"] == "Fan rattles"
        dana.backend.never_answers = set()
        assert dana.syncs().put_off == 0
        assert dana.endings() == ["applied"] * 7
        assert len(hub.applied) == 7

    def test_an_edit_over_which_the_server_ends_holds_nobody_up_and_keeps_nothing_out(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.never_answers, dana.backend.ends_over_it = {found[0]}, True

        def syncs():
            dana.backend.is_offline = False  # somebody started it again
            return dana.syncs()

        while dana.reader.tally().waiting > 1:
            assert syncs().connection is Connection.OFFLINE or dana.reader.tally().waiting == 1
        news = hub.has("work_order", title="Fan rattles")
        dana.changes(found[1], priority="high")
        both = {syncs().connection, syncs().connection}
        assert both == {Connection.ONLINE, Connection.OFFLINE}
        assert hub.record(found[1])["priority"] == "high"
        assert dana.sees(news).fields["title"] == "Fan rattles"
        (item,) = dana.reader.queue()
        assert (item.edit.record_id, item.waiting) == (found[0], Waiting.SERVER)
        dana.backend.never_answers = set()
        while dana.reader.queue():
            syncs()
        assert dana.endings() == ["applied"] * 7
        assert len(hub.applied) == 7

    def test_several_without_an_answer_take_turns(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.never_answers = set(found[:3])
        while dana.syncs().put_off < 3:
            pass
        dana.backend.requests.clear()
        for _ in range(3):
            assert dana.syncs().connection is Connection.ONLINE
        assert sorted([one.record_id for one in batch] for batch in dana.backend.requests) == sorted(
            [one] for one in found[:3]
        )
        dana.backend.never_answers = set(found[:2])
        while dana.syncs().applied == 0:
            pass
        assert {item.edit.record_id for item in dana.reader.queue()} == set(found[:2])

    def test_those_without_an_answer_are_all_done_in_the_round_after_the_repair(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.never_answers = set(found[:4])
        while dana.syncs().put_off < 4:
            pass
        dana.logs_hours(found[0], 1)
        dana.backend.never_answers = set()
        dana.syncs()
        assert dana.reader.queue() == []
        assert dana.endings() == ["applied"] * 7

    def test_one_that_was_answered_with_a_failure_is_not_without_an_answer(self, hub, dana):
        found = self.orders(hub, dana)
        dana.backend.never_answers = set(found[:4])
        while dana.syncs().put_off < 4:
            pass
        dana.backend.never_answers, dana.backend.breaks_on = set(), set(found[:4])
        for _ in range(4):
            dana.syncs()
        dana.backend.requests.clear()
        dana.syncs()
        assert {one.record_id for batch in dana.backend.requests for one in batch} == set(found[:4])

    def test_one_without_an_answer_is_tried_once_in_a_round(self, hub, dana, monkeypatch):
        found = self.orders(hub, dana)
        dana.backend.never_answers = set(found[:2])
        while dana.syncs().put_off < 2:
            pass
        pull, pulls = dana.round._pull.run, []

        def breaks_off(done):
            pulls.append(done)
            return pull(done) and len(pulls) > 3

        monkeypatch.setattr(dana.round._pull, "run", breaks_off)
        dana.backend.requests.clear()
        dana.syncs()
        assert len(pulls) == 4
        assert len(dana.backend.requests) == 1

    def test_nothing_more_is_asked_of_the_server_once_it_is_to_stop(self, hub, dana):
        self.orders(hub, dana, 1)
        dana.backend.never_answers = set(hub.rows)
        for _ in range(3):
            dana.syncs()
        stops = []
        dana.backend.before_push = lambda: stops.append(True)
        dana.round.should_stop = lambda: bool(stops)
        dana.backend.calls.clear()
        assert dana.syncs().connection is Connection.OFFLINE
        assert dana.backend.calls == ["push"]

    def test_a_line_that_is_gone_is_no_fault_of_an_edit(self, hub, dana):
        (order,) = self.orders(hub, dana, 1)

        def breaks():
            dana.backend.is_offline = True
            raise Unreachable("The connection broke.", maybe_applied=True)

        dana.backend.before_push = breaks
        for _ in range(5):
            dana.backend.is_offline = False
            result = dana.syncs()
            assert (result.connection, result.put_off) == (Connection.OFFLINE, 0)
        (item,) = dana.reader.queue()
        assert (item.edit.record_id, item.edit.refusal) == (order, None)

    @pytest.mark.parametrize("other", ["instance", "epoch"])
    def test_behind_a_line_that_broke_only_the_same_server_gets_more(self, hub, dana, other):
        found = self.orders(hub, dana, 2)
        dana.backend.never_answers = {found[0]}
        for _ in range(3):
            dana.syncs()

        def is_replaced():
            setattr(hub, other, str(uuid.uuid4()))

        dana.backend.before_push = is_replaced
        sent = len(dana.backend.requests)
        assert dana.syncs().connection is Connection.OFFLINE
        assert [one.record_id for one in dana.backend.requests[-1]] == [found[0]]
        assert len(dana.backend.requests) == sent + 1
        assert dana.reader.tally().waiting == 2

    def test_more_than_are_tried_in_a_round_take_turns(self, hub, dana):
        found = self.orders(hub, dana, 30)
        dana.backend.breaks_on = set(found)
        while any(item.waiting is not Waiting.SERVER for item in dana.reader.queue()):
            dana.syncs()
        dana.backend.breaks_on = set(found[:25])
        for _ in range(2):
            dana.syncs()
        assert {hub.record(one)["status"] for one in found[25:]} == {"on_hold"}
        assert dana.reader.tally().waiting == 25

    def test_the_halves_that_were_answered_count_though_the_line_breaks(self, hub, dana):
        self.orders(hub, dana)
        dana.backend.faults = [ServerFailed("broken"), None, unreachable()]
        result = dana.syncs()
        assert (result.applied, result.connection) == (3, Connection.OFFLINE)
        assert dana.reader.tally().waiting == 3

    def test_too_many_requests_say_when_to_come_back(self, hub, order, dana):
        dana.changes(order, status="on_hold")
        dana.backend.faults = [Unreachable("Too many requests.", retry_after=7)]
        result = dana.syncs()
        assert (result.connection, result.retry_after) == (Connection.OFFLINE, 7)
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"

    def test_a_request_is_never_larger_than_the_server_takes(self, hub, people):
        dana = people("dana")
        dana.round.forget_server()
        dana.backend.most_per_request = 2
        self.orders(hub, dana, 5)
        dana.round.forget_server()
        dana.syncs()
        assert [len(batch) for batch in dana.backend.requests] == [2, 2, 1]

    def test_a_round_that_is_stopped_leaves_the_rest_for_the_next(self, hub, dana):
        self.orders(hub, dana)
        dana.round.should_stop = lambda: bool(dana.backend.requests)
        dana.backend.most_per_request = 2
        dana.round.forget_server()
        dana.syncs()
        assert dana.reader.tally().waiting == 5  # after the edit in hand
        assert [len(batch) for batch in dana.backend.requests] == [2]
        dana.round.should_stop = lambda: False
        dana.syncs()
        assert dana.reader.tally().waiting == 0


class TestWhoAnswers:
    def test_another_server_gets_nothing(self, hub, order, dana):
        dana.changes(order, status="on_hold")
        hub.instance = "another"
        dana.round.forget_server()
        result = dana.syncs()
        assert result.connection is Connection.WRONG_SERVER
        assert "Nothing was sent" in result.problem
        assert dana.backend.requests == []
        assert dana.reader.tally().waiting == 1

    def test_after_a_cut_line_the_server_is_asked_who_it_is(self, hub, order, dana):
        dana.backend.is_offline = True
        dana.syncs()
        dana.backend.is_offline = False
        hub.instance = "another"
        assert dana.syncs().connection is Connection.WRONG_SERVER

    def test_a_dead_token_keeps_the_queue(self, hub, order, dana):
        dana.changes(order, status="on_hold")
        dana.backend.token_is_good = False
        result = dana.syncs()
        assert result.connection is Connection.SIGN_IN_REQUIRED
        assert dana.reader.tally().waiting == 1
        dana.backend.token_is_good = True
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"

    def test_without_a_token_nothing_is_sent(self, hub, order, dana):
        def resume():
            raise SignInRequired("Sign in as dana to send what waits.")

        dana.changes(order, status="on_hold")
        dana.round._resume = resume
        dana.round.forget_server()
        assert dana.syncs().connection is Connection.SIGN_IN_REQUIRED
        assert dana.backend.requests == []


class TestRestoredServer:
    def test_a_version_that_means_something_else_now_is_not_overwritten_unasked(self, hub, order, dana):
        dana.changes(order, status="on_hold")
        hub.rows[order].record["title"] = hub.rows[order].last["title"] = "Another history"
        hub.is_restored_from_backup()
        dana.round.forget_server()
        dana.syncs()
        assert hub.record(order)["status"] == "open"
        assert dana.conflict().server.record["title"] == "Another history"
        dana.discards()
        dana.changes(order, priority="high")
        dana.syncs()
        assert hub.record(order)["priority"] == "high"
        assert hub.record(order)["title"] == "Another history"

    def test_what_was_saved_before_the_new_copy_was_here_is_asked_about(self, hub, order, dana):
        hub.is_restored_from_backup()
        dana.round.forget_server()
        dana.backend.cuts_after, dana.backend.piece = 1, 1
        dana.syncs()
        dana.changes(order, status="on_hold")
        dana.backend.cuts_after = None
        dana.syncs()
        assert dana.conflict().subject.number == "WO-1001"
        dana.overwrites()
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"

    @pytest.mark.parametrize("fault", [lost, unreachable])
    def test_what_may_have_been_sent_is_asked_about_too(self, hub, order, dana, fault):
        dana.changes(order, status="on_hold")
        dana.backend.faults = [fault()]
        dana.syncs()
        hub.rows[order].version = 1
        hub.rows[order].record["title"] = hub.rows[order].last["title"] = "Another history"
        hub.memory.clear()
        hub.is_restored_from_backup()
        dana.syncs()
        assert dana.conflict().server.record["title"] == "Another history"
        dana.overwrites()
        dana.syncs()
        assert (hub.record(order)["status"], hub.record(order)["title"]) == ("on_hold", "Pump leaks")
        assert dana.reader.queue() == []

    def test_what_was_made_new_goes_on_without_a_question(self, hub, order, dana):
        dana.logs_hours(order, 1)
        hub.is_restored_from_backup()
        dana.round.forget_server()
        dana.syncs()
        assert len(hub.of_type("labor")) == 1
        assert dana.reader.queue() == []


class TestPull:
    @pytest.mark.parametrize("cut", [0, 3, 6])
    def test_a_stream_that_is_cut_keeps_its_rows_and_goes_on(self, hub, people, cut):
        for number in range(8):
            hub.has("work_order", title=f"Pump {number}")
        dana = people("dana")
        for number in range(8):
            hub.has("asset", tag=f"P-{number}")
        dana.backend.piece, dana.backend.cuts_after = 2, cut
        cursor = dana.profile.cache.cursor()
        assert dana.syncs().connection is Connection.OFFLINE
        assert dana.profile.cache.cursor() == cursor
        dana.backend.cuts_after = None
        assert dana.syncs().connection is Connection.ONLINE
        assert cached(dana) == hub.content()

    def test_a_download_of_many_pages_tells_how_far_it_is(self, hub, people):
        for number in range(10):
            hub.has("work_order", title=f"Pump {number}")
        dana = people("dana")
        dana.backend.page, dana.backend.piece = 3, 2
        told = []
        dana.round.on_progress = told.append
        dana.profile.cache.start_again()
        dana.syncs()
        assert [one.done for one in told] == sorted(one.done for one in told)
        assert told[-1].done == len(hub.rows) == told[-1].total
        assert cached(dana) == hub.content()

    def test_an_expired_cursor_fills_a_new_file_while_the_old_one_is_shown(self, hub, order, dana):
        dana.changes(order, status="on_hold")
        dana.backend.faults = [unreachable()]
        dana.syncs()
        old = dana.profile.cache.path
        hub.forgets_cursors()
        dana.backend.cuts_after, dana.backend.piece = 2, 1
        assert dana.syncs().connection is Connection.OFFLINE
        assert dana.profile.cache.path == old
        assert dana.sees(order).fields["status"] == "on_hold"
        dana.backend.cuts_after = None
        dana.syncs()
        assert dana.profile.cache.path != old
        assert hub.record(order)["status"] == "on_hold"
        assert dana.sees(order).fields["status"] == "on_hold"
        assert cached(dana) == hub.content()

    def test_a_push_while_a_new_file_fills_is_shown_and_kept(self, hub, order, dana):
        hub.forgets_cursors()
        dana.backend.cuts_after, dana.backend.piece = 2, 1
        dana.syncs()
        dana.changes(order, status="on_hold")
        dana.syncs()
        assert dana.reader.queue() == []
        assert dana.sees(order).fields["status"] == "on_hold"
        dana.backend.cuts_after = None
        dana.syncs()
        assert dana.sees(order).fields["status"] == "on_hold"
        assert cached(dana) == hub.content()

    def test_a_server_that_never_knows_a_cursor_does_not_keep_us_busy(self, hub, dana):
        dana.backend.always_expired = True
        result = dana.syncs()
        assert result.connection is Connection.OFFLINE
        assert dana.backend.calls.count("changes") <= 4
        assert dana.reader.people() != []

    def test_a_stopped_download_goes_on_where_it_was(self, hub, people):
        for number in range(8):
            hub.has("work_order", title=f"Pump {number}")
        dana = people("dana")
        dana.profile.cache.start_again()
        dana.backend.page, dana.backend.piece = 3, 3
        told = []
        dana.round.on_progress = told.append
        dana.round.should_stop = lambda: len(told) > 1
        dana.syncs()
        dana.round.should_stop = lambda: False
        assert dana.syncs().connection is Connection.ONLINE
        assert cached(dana) == hub.content()

    def test_a_damaged_cache_is_downloaded_again_and_the_work_stays(self, hub, order, dana):
        dana.logs_hours(order, 1)
        dana.backend.is_offline = True
        dana.syncs()
        dana.backend.is_offline = False
        cache = dana.profile.cache
        dana.profile.close_thread()
        for ending in ("-wal", "-shm"):
            cache.path.with_name(cache.path.name + ending).unlink(missing_ok=True)
        cache.path.write_bytes(b"garbage" * 5000)
        asked = []
        cache.when_replaced = lambda: asked.append(1)
        results = [dana.syncs(), dana.syncs()]
        assert any(result.everything_changed for result in results)
        assert asked
        assert dana.reader.queue() == []
        assert cached(dana) == hub.content()

    def test_a_full_disk_during_a_download_is_said(self, hub, dana):
        for number in range(200):
            hub.has("work_order", title=f"Pump {number}", description="x" * 2000)
        file = dana.profile.cache._shown
        file.rows("PRAGMA max_page_count = 1")
        result = dana.syncs()
        assert result.connection is Connection.LOCAL_TROUBLE
        assert "disk is full" in result.problem
        file.rows("PRAGMA max_page_count = 1000000")
        dana.syncs()
        assert cached(dana) == hub.content()

    def test_a_newer_servers_words_are_kept_and_do_not_hinder_a_save(self, hub, dana):
        order = hub.has("work_order", priority="urgent", shoe_size=43)
        dana.syncs()
        assert dana.sees(order).fields["priority"] == "urgent"
        dana.changes(order, title="Pump drips")
        dana.syncs()
        assert hub.record(order)["priority"] == "urgent"
        assert hub.record(order)["shoe_size"] == 43
        assert "shoe_size" not in dana.backend.requests[-1][0].outgoing()

    def test_a_missing_field_and_an_unknown_kind_of_record_are_no_error(self, hub, dana):
        hub._store("0190b000-0000-7000-8000-0000000000aa", "work_order", {"number": "WO-7"}, "bob")
        hub._store("0190b000-0000-7000-8000-0000000000bb", "meter", {"name": "Runtime"}, "bob")
        assert dana.syncs().connection is Connection.ONLINE
        assert dana.sees("0190b000-0000-7000-8000-0000000000aa").fields["number"] == "WO-7"
        assert dana.reader.record("meter", "0190b000-0000-7000-8000-0000000000bb") is None
        assert dana.sees("0190b000-0000-7000-8000-0000000000aa").mark is Mark.NONE


class TestAnswersAndOrder:
    def test_what_depends_on_a_conflict_follows_the_edit_that_overwrites(self, hub, people):
        order = hub.has("work_order", status="completed")
        pia = people("pia")
        pia.changes(order, status="in_progress")
        pia.logs_hours(order, 1)
        hub.changes(order, description="Bob")
        pia.syncs()
        pia.overwrites()
        overwriting, hours = (item.edit for item in pia.reader.queue())
        assert hours.after == {overwriting.id}
        pia.syncs()
        assert hub.record(order)["status"] == "in_progress"
        assert len(hub.of_type("labor")) == 1

    def test_okay_to_a_refused_restoring_does_not_let_the_next_change_restore_it(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        hub.deletes(order)
        dana.syncs()
        dana.overwrites()
        hub._problem = lambda *args: Rejected(Refusal("not_allowed", "Not now."))
        dana.syncs()
        del hub._problem
        dana.changes(order, description="More")
        (item,) = dana.reader.notifications()
        dana.decisions.acknowledge(item.edit.id)
        dana.syncs()
        assert hub.record(order) is None
        assert dana.conflict().server.record is None

    def test_a_change_of_its_own_after_an_overwrite_folds_into_it(self, hub, order, dana):
        dana.changes(order, title="Pump drips")
        hub.changes(order, description="Bob")
        dana.syncs()
        dana.overwrites()
        dana.changes(order, status="on_hold")
        (edit,) = dana.sees(order).edits
        assert edit.patch == {"title": "Pump drips", "status": "on_hold", "description": "As found"}
        dana.syncs()
        assert hub.record(order)["status"] == "on_hold"
        assert dana.endings() == ["applied_by_overwrite", "replaced"]


class TestTroubleHere:
    def test_a_cache_that_cannot_be_replaced_is_said(self, hub, order, dana, monkeypatch):
        def damaged(*args, **kwargs):
            raise CacheDamaged("broken")

        def full():
            raise StorageTrouble("The disk is full.")

        monkeypatch.setattr(dana.profile.cache, "put", damaged)
        monkeypatch.setattr(dana.profile.cache, "replace_damaged", full)
        result = dana.syncs()
        assert (result.connection, result.problem) == (Connection.LOCAL_TROUBLE, "The disk is full.")

    def test_a_server_that_breaks_on_the_stream_is_offline_with_its_sentence(self, dana, monkeypatch):
        def broken(cursor):
            raise ServerFailed("The server has a problem of its own.")

        monkeypatch.setattr(dana.backend, "changes", broken)
        result = dana.syncs()
        assert (result.connection, result.problem) == (
            Connection.OFFLINE,
            "The server has a problem of its own.",
        )

    def test_a_server_that_sends_the_same_page_for_ever_is_left(self, dana, monkeypatch):
        def again(cursor):
            yield Changes(cursor=cursor, more=True)

        monkeypatch.setattr(dana.backend, "changes", again)
        assert "same page" in dana.syncs().problem
