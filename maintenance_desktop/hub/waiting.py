"""Holding a call until something changes: woken inside the process, by polling across processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from maintenance_desktop.hub.errors import HubError

_POLL: Final = 0.25
_BEYOND_ALL: Final = 2**63
_PER_CALL: Final = 0.001
"""Seconds of work that the answer to one waiting call brings with it: people then ask, and wait again."""

_LONGEST_PAUSE: Final = 0.5


class ChangeWatch:
    """One look at the counter every 250 ms for all waiting calls of this process; none when nobody waits.

    Where many wait and much changes, answering each of them for each change would leave time for nothing
    else. So after so many calls were answered at once, the next ones have to wait a moment for company: 10
    people 10 ms, 200 people 200 ms, nobody longer than half a second.
    """

    def __init__(self, last_change: Callable[[], Awaitable[int]]) -> None:
        self._last_change = last_change
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look_now = asyncio.Event()
        self._closing = asyncio.Event()
        self._waiting: dict[asyncio.Future[None], int] = {}
        self._seen = 0
        self._next_answers = 0.0
        self._poller: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something was written. Called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look_now.set)

    def takes_turn(self) -> bool:
        """Whether a call that need not wait may be answered at once; otherwise it waits for the next turn."""
        now = asyncio.get_running_loop().time()
        if now < self._next_answers:
            return False
        self._next_answers = now + _PER_CALL
        return True

    async def wait_beyond(self, change: int, seconds: float) -> None:
        """Come back when there is a newer change, the time is over, or the hub stops."""
        if self._closing.is_set():
            return
        self._loop = asyncio.get_running_loop()
        turn = self._loop.create_future()
        self._waiting[turn] = change
        if self._poller is None or self._poller.done():
            self._poller = self._loop.create_task(self._poll())
        elif self._seen > change:
            self._look_now.set()
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            pass
        finally:
            self._waiting.pop(turn, None)

    async def close(self) -> None:
        """End all waiting calls now."""
        self._closing.set()
        self._look_now.set()
        self._answer(_BEYOND_ALL)

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        self._seen = 0
        while self._waiting and not self._closing.is_set():
            self._look_now.clear()
            try:
                self._seen = await self._last_change()
            except HubError:
                self._seen = _BEYOND_ALL  # whoever waits looks for himself and finds out what is wrong
            now = loop.time()
            if now >= self._next_answers:
                answered = self._answer(self._seen)
                self._next_answers = now + min(answered * _PER_CALL, _LONGEST_PAUSE)
            else:
                self._look_now.set()  # as soon as answers are due again
            pause = min(max(self._next_answers - now, 0), _POLL)
            await _set_within(self._closing, pause)
            if loop.time() >= self._next_answers:
                await _set_within(self._look_now, _POLL - pause)

    def _answer(self, seen: int) -> int:
        """Let all go on who have waited for this. Answers how many."""
        turns = [turn for turn, change in self._waiting.items() if change < seen]
        for turn in turns:
            del self._waiting[turn]
            if not turn.done():
                turn.set_result(None)
        return len(turns)


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
