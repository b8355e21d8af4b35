"""How a queue is cut into requests and answers, and what a broken line or program leaves of it."""

from __future__ import annotations

from random import Random

import pytest

from maintenance_desktop.domain.outcomes import ServerFailed, Unreachable
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import Tally
from maintenance_desktop.services.status import Connection, Progress
from maintenance_desktop.services.sync_loop import Listeners, SyncLoop
from maintenance_desktop.storage import outbox
from tests.services.fakes import cached, lost, unreachable


@pytest.fixture
def orders(hub, dana):
    """Changes dozens of work orders."""

    def change(count) -> list[str]:
        found = [hub.has("work_order", title=f"Pump {number}") for number in range(count)]
        dana.syncs()
        for one in found:
            dana.changes(one, status="on_hold")
        return found

    return change


def sizes(person) -> list[int]:
    return [len(batch) for batch in person.backend.requests]


class TestHowMuchAtOnce:
    def test_each_answer_lets_twice_as_many_go(self, orders, dana):
        orders(400)
        dana.syncs()
        assert sizes(dana) == [50, 100, 200, 50]

    def test_never_more_than_the_server_takes(self, orders, dana):
        orders(130)
        dana.backend.most_per_request = 60
        dana.round.forget_server()
        dana.syncs()
        assert sizes(dana) == [50, 60, 20]

    def test_a_line_that_breaks_midway_gets_less_and_less_and_then_more_again(self, orders, dana):
        orders(30)
        dana.backend.faults = [lost(), lost(), lost()]
        for _ in range(4):
            dana.syncs()
        assert sizes(dana) == [30, 15, 7, 3, 6, 12, 9]
        assert dana.reader.queue() == []

    def test_a_line_that_is_not_there_says_nothing_about_how_much_it_carries(self, orders, dana):
        orders(30)
        dana.backend.faults = [unreachable()]
        dana.syncs()
        dana.syncs()
        assert sizes(dana) == [30, 30]

    def test_the_last_edit_is_tried_alone(self, orders, dana):
        orders(2)
        dana.backend.faults = [lost(), lost(), lost()]
        for _ in range(4):
            dana.syncs()
        assert sizes(dana) == [2, 1, 1, 1, 1]

    def test_a_download_that_breaks_midway_goes_on_in_smaller_pages(self, hub, dana, monkeypatch):
        for number in range(3_000):
            hub.has("asset", tag=f"P-{number}")
        changes, pages = dana.backend.changes, []

        def breaks_after_a_thousand(cursor, *, limit=5_000):
            pages.append(limit)
            dana.backend.page = limit
            dana.backend.cuts_after = 1_000
            return changes(cursor)

        monkeypatch.setattr(dana.backend, "changes", breaks_after_a_thousand)
        rounds = [dana.syncs().connection for _ in range(8)]
        assert rounds[-1] is Connection.ONLINE
        assert pages[:4] == [5_000, 1_250, 312, 624]
        assert cached(dana) == hub.content()


class TestWhatTheServerBreaksOn:
    def test_the_queue_says_so_until_it_is_done(self, hub, orders, dana):
        (order,) = orders(1)
        dana.backend.breaks_on = {order}
        dana.syncs()
        (item,) = dana.reader.queue()
        assert (item.waiting, item.edit.is_frozen) == (Waiting.SERVER, True)
        assert item.edit.refusal.message == "The server has a problem of its own."
        assert dana.reader.notifications() == []
        assert dana.reader.tally() == Tally(waiting=1)
        dana.backend.breaks_on = set()
        dana.syncs()
        (entry,) = dana.reader.history()
        assert (entry.ending.value, entry.edit.refusal) == ("applied", None)

    def test_a_conflict_takes_the_place_of_that(self, hub, orders, dana):
        (order,) = orders(1)
        dana.backend.breaks_on = {order}
        dana.syncs()
        dana.changes(order, priority="high")
        dana.backend.breaks_on = set()
        hub.changes(order, title="Bob was here")
        dana.syncs()
        assert len(dana.reader.notifications()) == 1
        assert [edit.refusal for edit in dana.conflict().chain] == [None, None]

    def test_what_follows_it_waits_for_it_by_its_id(self, orders, dana):
        (order,) = orders(1)
        dana.backend.breaks_on = {order}
        dana.syncs()
        dana.changes(order, priority="high")
        first, second = dana.reader.queue()
        assert (second.waiting, second.waits_for) == (Waiting.EARLIER_EDIT, first.edit.id)


class TestStopping:
    def test_it_stops_between_two_edits_of_one_answer(self, hub, orders, dana):
        orders(5)
        asked = []

        def stops():
            asked.extend([True] if hub.applied else [])
            return len(asked) >= 2

        dana.round.should_stop = stops
        dana.syncs()
        assert dana.reader.tally().waiting == 3
        dana.round.should_stop = lambda: False
        assert dana.syncs().applied == 3
        assert dana.reader.queue() == []

    def test_it_sends_no_other_half_of_a_request_that_was_not_taken(self, orders, dana):
        orders(4)
        dana.backend.faults = [ServerFailed("broken")]
        dana.round.should_stop = lambda: len(dana.backend.requests) > 1
        dana.syncs()
        assert sizes(dana) == [4, 2]


class TestProgress:
    def test_the_total_is_what_can_still_be_sent(self, hub, orders, dana):
        found = orders(3)
        hub.changes(found[0], title="Bob was here")
        dana.logs_hours(found[0], 1)
        dana.changes(found[0], status="completed")
        told = []
        dana.round.on_progress = told.append
        dana.syncs()
        pushed = [one for one in told if one.what == "push"]
        assert pushed[0] == Progress("push", 1, 5)
        assert pushed[-1].done == 4  # the fifth waits for an answer since then

    def test_a_push_of_hundreds_is_told_in_a_hundred_steps(self, orders, dana):
        orders(300)
        told = []
        dana.round.on_progress = told.append
        dana.syncs()
        assert [one.done for one in told if one.what == "push"][-1] == 300
        assert len(told) <= 103


class TestACrash:
    """The records of some answers go into the cache at once, then their edits end at once."""

    @pytest.mark.parametrize("after", [0, 1, 7])
    def test_between_them_is_healed_by_the_next_round(self, hub, orders, dana, monkeypatch, after):
        orders(10)
        end_edit, ended = outbox.end_edit, []

        def breaks(db, edit, *how, **more):
            if len(ended) == after:
                raise StorageTrouble("The disk is full.")
            ended.append(edit.id)
            end_edit(db, edit, *how, **more)

        monkeypatch.setattr(outbox, "end_edit", breaks)
        stopped = dana.syncs()
        assert (stopped.connection, stopped.applied) == (Connection.LOCAL_TROUBLE, 0)
        assert dana.reader.tally().waiting == 10
        assert dana.endings() == []
        assert all(edit.is_frozen for edit in dana.profile.outbox.pending())
        monkeypatch.setattr(outbox, "end_edit", end_edit)
        assert dana.syncs().applied == 10
        assert dana.endings() == ["applied"] * 10
        assert len(hub.applied) == 10
        assert cached(dana) == hub.content()

    def test_leaves_what_ended_before_it(self, hub, orders, dana, monkeypatch):
        orders(60)
        take, taken = dana.profile.outbox.take, []

        def breaks(answers, at):
            if taken:
                raise StorageTrouble("The disk is full.")
            taken.extend(answers)
            take(answers, at)

        monkeypatch.setattr(dana.profile.outbox, "take", breaks)
        assert dana.syncs().applied == len(taken)
        assert dana.reader.tally().waiting == 60 - len(taken)
        monkeypatch.setattr(dana.profile.outbox, "take", take)
        assert dana.syncs().applied == 60 - len(taken)
        assert dana.endings() == ["applied"] * 60
        assert len(hub.applied) == 60


class TestFolding:
    def test_what_a_later_edit_names_otherwise_than_as_its_parent_is_not_folded_into(self, people):
        pia = people("pia")
        asset = pia.records.create("asset", {"tag": "P-9", "name": "Pump", "status": "running"})
        pia.records.create("work_order", {"title": "Set it up", "asset_id": asset})
        pia.changes(asset, "asset", status="down")
        assert len(pia.sees(asset, "asset").edits) == 2

    def test_what_nobody_names_is(self, people):
        pia = people("pia")
        asset = pia.records.create("asset", {"tag": "P-9", "name": "Pump", "status": "running"})
        pia.records.create("work_order", {"title": "Something else"})
        pia.changes(asset, "asset", status="down")
        assert len(pia.sees(asset, "asset").edits) == 1


def test_a_round_that_got_further_is_followed_by_the_shortest_pause(orders, dana, monkeypatch):
    orders(3)
    loop = SyncLoop(dana.backend, dana.profile.cache, dana.clock, Random(1))
    loop.round = dana.round
    loop.listeners = Listeners(lambda: None, lambda result: None, lambda state: None)
    pauses = []
    monkeypatch.setattr(
        loop, "_rest", lambda seconds: pauses.append(seconds) or (len(pauses) > 4 and loop.stop())
    )
    gone = Unreachable("gone")
    dana.backend.faults = [gone, gone, gone, ServerFailed("broken"), None, gone, gone]
    loop.run()
    assert pauses[0] < pauses[1] < pauses[2]
    assert pauses[3] < 0.5 < pauses[2]
