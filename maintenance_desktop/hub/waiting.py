"""Holding a call until something changes: woken inside the process, by polling across processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from maintenance_desktop.hub.errors import HubError

_POLL: Final = 0.25
_BEYOND_ALL: Final = 2**63


class ChangeWatch:
    """One look at the counter every 250 ms for all waiting calls of this process; none when nobody waits."""

    def __init__(self, last_change: Callable[[], Awaitable[int]]) -> None:
        self._last_change = last_change
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look_now = asyncio.Event()
        self._changed = asyncio.Condition()
        self._seen = 0
        self._waiting = 0
        self._poller: asyncio.Task[None] | None = None
        self._closed = False

    def wake(self) -> None:
        """Something was written. Called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look_now.set)

    async def wait_beyond(self, change: int, seconds: float) -> None:
        """Come back when there is a newer change, the time is over, or the hub stops."""
        self._loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            if self._poller is None or self._poller.done():
                self._poller = self._loop.create_task(self._poll())
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._closed or self._seen > change)
        except TimeoutError:
            pass
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End all waiting calls now."""
        self._closed = True
        self._look_now.set()
        async with self._changed:
            self._changed.notify_all()

    async def _poll(self) -> None:
        self._seen = 0
        while self._waiting and not self._closed:
            self._look_now.clear()
            try:
                seen = await self._last_change()
            except HubError:
                seen = _BEYOND_ALL  # whoever waits looks for himself and finds out what is wrong
            async with self._changed:
                self._seen = seen
                self._changed.notify_all()
            try:
                async with asyncio.timeout(_POLL):
                    await self._look_now.wait()
            except TimeoutError:
                pass
