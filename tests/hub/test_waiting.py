from __future__ import annotations

import asyncio
import time

import pytest

from maintenance_desktop.hub import waiting
from maintenance_desktop.hub.errors import Unavailable
from maintenance_desktop.hub.waiting import ChangeWatch


class Counter:
    """The counter of a database, and how often it was looked at."""

    def __init__(self, change=0):
        self.change = change
        self.looks = 0
        self.was_looked_at = asyncio.Event()

    async def __call__(self):
        self.looks += 1
        self.was_looked_at.set()
        if self.change is None:
            raise Unavailable("gone")
        return self.change


def run(story):
    async def within_its_time():
        async with asyncio.timeout(20):
            await story()

    asyncio.run(within_its_time())


@pytest.mark.parametrize("is_told", [True, False])
def test_a_change_ends_the_waits_that_it_is_beyond_and_no_other(is_told):
    async def story():
        counter = Counter(3)
        watch = ChangeWatch(counter)
        early, late = (asyncio.ensure_future(watch.wait_beyond(change, 30)) for change in (3, 5))
        await counter.was_looked_at.wait()
        counter.change = 5
        if is_told:
            watch.wake()
        await early
        assert not late.done()
        counter.change = 6
        await late

    run(story)


def test_a_wait_ends_with_its_time():
    async def story():
        counter = Counter(3)
        began = time.monotonic()
        await ChangeWatch(counter).wait_beyond(3, 0.3)
        assert time.monotonic() - began >= 0.29

    run(story)


def test_a_change_from_before_the_wait_began_ends_it():
    """Between the look at the database and the wait, somebody wrote."""

    async def story():
        counter = Counter(4)
        watch = ChangeWatch(counter)
        stays = asyncio.ensure_future(watch.wait_beyond(4, 30))
        await counter.was_looked_at.wait()
        await watch.wait_beyond(3, 30)
        assert not stays.done()
        await watch.close()
        await stays

    run(story)


def test_after_many_were_answered_the_next_ones_are_answered_together(monkeypatch):
    monkeypatch.setattr(waiting, "_PER_CALL", 0.005)

    async def story():
        counter = Counter(1)
        watch = ChangeWatch(counter)
        await asyncio.gather(*(watch.wait_beyond(0, 30) for _ in range(40)))
        turn, looks = watch._next_answers, counter.looks
        ended = []

        async def wait():
            await watch.wait_beyond(0, 30)
            ended.append(asyncio.get_running_loop().time())

        watch.wake()
        await asyncio.gather(*(wait() for _ in range(40)))
        assert ended[0] >= turn
        assert counter.looks == looks + 1

    run(story)


def test_a_single_one_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(waiting, "_POLL", 5)

    async def story():
        counter = Counter(0)
        watch = ChangeWatch(counter)
        began = time.monotonic()
        for _ in range(20):
            wait = asyncio.ensure_future(watch.wait_beyond(counter.change, 30))
            await asyncio.sleep(0)
            counter.change += 1
            watch.wake()
            await wait
        assert time.monotonic() - began < 5

    run(story)


def test_closing_ends_all_waits_and_those_to_come():
    async def story():
        counter = Counter(3)
        watch = ChangeWatch(counter)
        wait = asyncio.ensure_future(watch.wait_beyond(3, 30))
        await counter.was_looked_at.wait()
        await watch.close()
        await wait
        await watch.wait_beyond(3, 30)

    run(story)


def test_where_the_database_is_gone_everybody_looks_for_himself():
    async def story():
        await ChangeWatch(Counter(None)).wait_beyond(3, 30)

    run(story)


def test_nobody_looks_when_nobody_waits():
    async def story():
        counter = Counter(1)
        watch = ChangeWatch(counter)
        await watch.wait_beyond(0, 30)
        poller = watch._poller
        await poller
        assert counter.looks <= 2
        await watch.wait_beyond(0, 30)  # and it begins again

    run(story)


def test_who_need_not_wait_takes_turns_with_those_who_do(monkeypatch):
    monkeypatch.setattr(waiting, "_PER_CALL", 1)

    async def story():
        watch = ChangeWatch(Counter(1))
        assert watch.takes_turn()
        turn = watch._next_answers
        assert not watch.takes_turn()
        await watch.wait_beyond(0, 30)
        assert asyncio.get_running_loop().time() >= turn
        assert not watch.takes_turn()

    run(story)


def test_nobody_is_kept_longer_than_half_a_second_and_the_database_is_looked_at_meanwhile(monkeypatch):
    monkeypatch.setattr(waiting, "_PER_CALL", 10)

    async def story():
        counter = Counter(1)
        watch = ChangeWatch(counter)
        await watch.wait_beyond(0, 30)
        began, looks = time.monotonic(), counter.looks
        await watch.wait_beyond(0, 30)
        assert time.monotonic() - began >= 0.4
        assert counter.looks >= looks + 2

    run(story)
