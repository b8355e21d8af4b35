"""What the web handlers share: the store, the threads that use it, and whoever waits for a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar, cast

from litestar import Request

from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.hub.waiting import ChangeWatch

T = TypeVar("T")

_THREADS: Final = 8


class Desk:
    """One per web application. Database work and password hashing run in its threads, never on the loop."""

    def __init__(self, store: HubStore) -> None:
        self.store = store
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hub")
        self.watch = ChangeWatch(lambda: self.run(store.last_change))
        store.on_write = self.watch.wake
        _ = store.no_password  # made now, so that the first sign-in takes no longer than the others

    async def run(self, work: Callable[[], T]) -> T:
        """Do blocking work."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def close(self) -> None:
        """End waiting calls and the threads."""
        await self.watch.close()
        self._threads.shutdown(wait=True, cancel_futures=True)


def desk_of(request: Request[Any, Any, Any]) -> Desk:
    """The desk of the application that got this request."""
    return cast(Desk, request.app.state.desk)
