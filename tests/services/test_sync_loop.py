"""When rounds run: after a save, on request, on reconnect, when somebody else changes something."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import pytest

from maintenance_desktop.domain.outcomes import CursorExpired, SignInRequired, Unreachable
from maintenance_desktop.domain.trouble import CacheDamaged
from maintenance_desktop.services.status import Connection, RoundResult, SyncState
from maintenance_desktop.services.sync_loop import Listeners, SyncLoop

LONG = 30


@dataclass
class Told:
    """What the loop told, and a way to wait for it."""

    states: list[SyncState] = field(default_factory=list)
    results: list[RoundResult] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def state(self, state):
        self._add(self.states, state)

    def result(self, result):
        self._add(self.results, result)

    def _add(self, kept, item):
        with self.news:
            kept.append(item)
            self.news.notify_all()

    def until(self, condition, seconds=LONG) -> None:
        with self.news:
            assert self.news.wait_for(condition, seconds), (self.states[-3:], self.results[-3:])


class Running:
    """A loop on a plain thread over a person's real stores and a line to the fake hub."""

    def __init__(self, person) -> None:
        self.person, self.line = person, person.backend
        self.told = Told()
        self.problems = []
        self.loop = SyncLoop(self.line, person.profile.cache, lambda: datetime.now(UTC), Random(1))
        self.loop.round = person.round
        person.round.should_stop = self.loop.should_stop
        person.round.on_progress = self.loop.on_progress
        self.loop.listeners = Listeners(lambda: None, self.told.result, self.told.state)
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            self.loop.run()
        except BaseException as error:
            self.problems.append(error)
        finally:
            self.person.profile.close_thread()

    def start(self):
        self.thread.start()
        return self

    def waits_at_the_line(self):
        assert self.line.is_waiting.wait(LONG)

    def becomes(self, connection) -> None:
        self.told.until(lambda: self.loop.state.connection is connection)

    def rounds(self, count) -> None:
        self.told.until(lambda: len(self.told.results) >= count)

    def stop(self):
        self.loop.stop()
        self.line.notices_change()
        self.thread.join(LONG)
        assert not self.thread.is_alive()
        assert self.problems == []


@pytest.fixture
def running(dana):
    made = Running(dana)
    yield made
    if made.thread.ident is not None:
        made.stop()


@pytest.fixture
def order(hub):
    return hub.has("work_order", title="Pump leaks", status="open")


def test_the_first_round_runs_at_once(running):
    running.start().rounds(1)
    running.becomes(Connection.ONLINE)
    assert running.loop.state.is_complete
    assert running.loop.state.last_synced


def test_a_save_is_on_the_wire_within_a_tenth_of_a_second(hub, order, running):
    """The quickest of several: the computer may have something else to do for a moment."""
    running.start().becomes(Connection.ONLINE)
    took = []
    for status in ("on_hold", "in_progress") * 3:
        running.waits_at_the_line()
        running.person.changes(order, status=status)
        started = time.monotonic()
        sent = threading.Event()
        running.line.before_push = sent.set
        running.loop.request()
        assert sent.wait(LONG)
        took.append(time.monotonic() - started)
        running.told.until(lambda status=status: hub.record(order)["status"] == status)
    assert min(took) < 0.1


def test_who_answers_is_asked_again_unless_the_line_was_held(hub, order, running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    asked = running.line.calls.count("info")
    running.loop.request()
    running.rounds(2)
    running.waits_at_the_line()
    assert running.line.calls.count("info") == asked
    hub.changes(order, title="Bob was here")
    running.line.notices_change()
    running.rounds(3)
    assert running.line.calls.count("info") == asked + 1
    running.loop.work_offline(True)
    running.becomes(Connection.WORKING_OFFLINE)
    running.loop.work_offline(False)
    running.rounds(4)
    assert running.line.calls.count("info") == asked + 2


def test_what_somebody_else_changes_is_fetched_without_asking(hub, order, running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    hub.changes(order, title="Bob was here")
    running.line.notices_change()
    running.told.until(lambda: any(order in result.changed for result in running.told.results))


def test_a_request_during_a_round_becomes_one_more_round(hub, order, running):
    asked = []

    def asks():
        if not asked:
            asked.append(1)
            for _ in range(3):
                running.loop.request()

    running.person.changes(order, status="on_hold")
    running.line.before_push = asks
    running.start().rounds(2)
    running.waits_at_the_line()
    assert len(running.told.results) == 2


def test_the_server_coming_back_is_found_by_itself(hub, order, running):
    running.line.is_offline = True
    running.start().rounds(2)
    assert running.loop.state.connection is Connection.OFFLINE
    running.person.changes(order, status="on_hold")
    running.line.is_offline = False
    running.told.until(lambda: hub.record(order)["status"] == "on_hold")
    running.becomes(Connection.ONLINE)


def test_a_line_that_breaks_while_waiting_is_tried_again_after_a_pause(running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    running.line.wait_problem = Unreachable("cut")
    running.line.is_offline = True
    running.line.notices_change()
    running.becomes(Connection.OFFLINE)
    running.line.is_offline, running.line.wait_problem = False, None
    running.becomes(Connection.ONLINE)
    assert "info" in running.line.calls[2:]


def test_a_server_that_refuses_to_let_us_wait_is_not_hammered(running):
    running.line.wait_problem = Unreachable("Too many requests.", retry_after=30)
    running.start().rounds(1)
    rested = threading.Event()
    rest = running.loop._rest
    seconds = []

    def noting(pause):
        seconds.append(pause)
        rested.set()
        rest(pause)

    running.loop._rest = noting
    running.loop.request()
    assert rested.wait(LONG)
    assert seconds[0] == 30


def test_pauses_grow_and_are_never_longer_than_what_finds_the_server_within_five_seconds(running):
    pauses = []
    running.loop._rest = lambda seconds: pauses.append(seconds) or (len(pauses) > 8 and running.loop.stop())
    running.line.is_offline = True
    running.start()
    running.thread.join(LONG)
    assert pauses[0] < 0.6 < pauses[2]
    assert all(2 < pause < 4 for pause in pauses[4:])
    assert len(set(pauses[4:])) > 1


def test_the_servers_own_pause_is_kept_to_a_minute_at_most(running):
    pauses = []
    running.loop._rest = lambda seconds: pauses.append(seconds) or (len(pauses) > 1 and running.loop.stop())
    problems = [Unreachable("Busy.", retry_after=7), Unreachable("Busy.", retry_after=9000)]
    running.line.info = lambda: (_ for _ in ()).throw(problems[min(len(pauses), 1)])
    running.person.round.forget_server()
    running.start()
    running.thread.join(LONG)
    assert pauses == [7, 60]


def test_working_offline_leaves_the_network_alone(hub, order, running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    running.loop.work_offline(True)
    running.becomes(Connection.WORKING_OFFLINE)
    calls = len(running.line.calls)
    running.person.changes(order, status="on_hold")
    turns = []
    stay = running.loop._stay_offline
    running.loop._stay_offline = lambda: turns.append(1) or stay()
    for _ in range(5):
        running.loop.request()
    assert len(running.line.calls) == calls
    running.loop.work_offline(False)
    running.told.until(lambda: hub.record(order)["status"] == "on_hold")
    running.becomes(Connection.ONLINE)
    assert turns == []


def test_a_request_while_working_offline_does_not_spin(running):
    running.loop.work_offline(True)
    waits = []
    wait_for = running.loop._wakes.wait_for

    def counting(condition, seconds=None):
        waits.append(1)
        return wait_for(condition, seconds)

    running.loop._wakes.wait_for = counting
    running.start().becomes(Connection.WORKING_OFFLINE)
    running.loop.request()
    running.stop()
    assert len(waits) == 1


def test_work_offline_is_shown_also_where_a_sign_in_is_wanted(running):
    running.line.token_is_good = False
    running.start().becomes(Connection.SIGN_IN_REQUIRED)
    running.loop.work_offline(True)
    running.becomes(Connection.WORKING_OFFLINE)


def test_after_a_new_sign_in_the_next_request_goes_through(hub, order, running):
    running.line.token_is_good = False
    running.person.changes(order, status="on_hold")
    running.start().becomes(Connection.SIGN_IN_REQUIRED)
    running.line.token_is_good = True
    running.loop.request()
    running.told.until(lambda: hub.record(order)["status"] == "on_hold")


def test_a_download_can_be_cancelled_and_goes_on_at_the_next_request(hub, dana, running):
    for number in range(30):
        hub.has("work_order", title=f"Pump {number}")
    dana.profile.cache.start_again()
    dana.backend.page = dana.backend.piece = 5
    told = running.loop.on_progress

    def cancels(progress):
        told(progress)
        if progress.done == 10:
            running.loop.cancel_download()

    dana.round.on_progress = cancels
    running.start()
    running.told.until(lambda: "paused" in running.loop.state.problem)
    assert running.loop.state.progress is None
    dana.round.on_progress = told
    running.loop.request()
    running.told.until(lambda: running.loop.state.last_synced != "")
    assert dana.profile.cache.is_complete()


def test_a_cancel_that_comes_too_late_does_not_swallow_the_next_request(hub, order, running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    running.loop.cancel_download()
    running.person.changes(order, status="on_hold")
    running.loop.request()
    running.told.until(lambda: hub.record(order)["status"] == "on_hold")


def test_what_was_put_off_is_tried_again_without_anybody_asking(hub, order, running, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.services.sync_loop._WATCH_SECONDS", 0.05)
    running.person.changes(order, status="on_hold")
    running.line.breaks_on = {order}
    running.start().rounds(2)
    assert running.told.results[0].put_off == 1
    running.line.breaks_on = set()
    running.told.until(lambda: hub.record(order)["status"] == "on_hold")


def test_a_cache_that_was_replaced_is_filled_without_anybody_asking(hub, order, running, monkeypatch):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    running.person.profile.cache.when_replaced = running.loop.request
    running.person.profile.cache.replace_damaged()
    running.told.until(lambda: order in (running.told.results[-1].changed if running.told.results else ()))


def test_a_quiet_hour_says_again_and_again_that_all_is_well(running, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.services.sync_loop._WATCH_SECONDS", 0.01)
    running.start()
    running.told.until(lambda: len({state.last_synced for state in running.told.states}) > 3)
    assert len(running.told.results) == 1


@pytest.mark.parametrize("problem", [CursorExpired("gone"), CacheDamaged("broken")])
def test_what_ends_the_wait_from_inside_is_seen_to_by_the_next_round(running, problem):
    first = []

    def once(cursor, seconds):
        if not first:
            first.append(1)
            raise problem
        return type(running.line).wait_for_change(running.line, cursor, seconds)

    running.line.wait_for_change = once
    running.start().rounds(2)


def test_a_dead_token_is_noticed_while_waiting(running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    running.line.token_is_good = False
    running.line.wait_problem = SignInRequired("Sign in again.")
    running.loop.request()
    running.becomes(Connection.SIGN_IN_REQUIRED)


def test_progress_is_in_the_state_and_gone_after_the_round(hub, running):
    for number in range(10):
        hub.has("work_order", title=f"Pump {number}")
    running.line.piece = 2
    running.start().becomes(Connection.ONLINE)
    running.told.until(lambda: len(running.told.results) >= 1)
    seen = [state.progress for state in running.told.states if state.progress]
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert seen[-1].what == "download"
    assert running.loop.state.progress is None


def test_since_says_how_long_it_has_been_so(running):
    running.start().becomes(Connection.ONLINE)
    running.waits_at_the_line()
    since = running.loop.state.since
    running.loop.request()
    running.rounds(2)
    running.told.until(lambda: running.loop.state.connection is Connection.ONLINE)
    assert running.loop.state.since == since


def test_a_loop_without_a_round_is_a_bug(dana):
    loop = SyncLoop(dana.backend, dana.profile.cache, lambda: datetime.now(UTC), Random(1))
    with pytest.raises(RuntimeError):
        loop.run()


def test_a_loop_that_is_stopped_before_it_starts_does_nothing(running):
    running.loop.stop()
    running.start()
    running.thread.join(LONG)
    assert running.told.results == []
