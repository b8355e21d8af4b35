"""What the web handlers share: the store, the threads that use it, and whoever waits for a change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, TypeVar, cast

from litestar import Request

from maintenance_desktop.hub.questions import Answer, Clerk, Question
from maintenance_desktop.hub.snapshot_shelf import shelf_of
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.hub.together import Together
from maintenance_desktop.hub.waiting import ChangeWatch

T = TypeVar("T")

_THREADS: Final = 8


class Desk:
    """One per web application. Database work and password hashing run in its threads, never on the loop."""

    def __init__(self, store: HubStore) -> None:
        self.store = store
        self.shelf = shelf_of(store.database)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hub")
        # One of its own: edits that wait for each other in the database hold up nobody who only reads
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="hub reader")
        self._clerk = Clerk(store)
        self._questions = Together(self._answer)
        self.watch = ChangeWatch(lambda: self._read(store.last_change))
        store.on_write = self.watch.wake
        _ = store.no_password  # made now, so that the first sign-in takes no longer than the others

    async def run(self, work: Callable[[], T]) -> T:
        """Do blocking work."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def ask(self, question: Question) -> Answer:
        """Ask together with all who ask at this moment. Raises HubError."""
        return await self._questions.ask(question)

    async def close(self) -> None:
        """End waiting calls and the threads."""
        await self.watch.close()
        self._reader.shutdown(wait=True, cancel_futures=True)
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _answer(self, questions: Sequence[Question]) -> list[Answer | Exception]:
        return await self._read(partial(self._clerk.answer, questions))

    async def _read(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)


def desk_of(request: Request[Any, Any, Any]) -> Desk:
    """The desk of the application that got this request."""
    return cast(Desk, request.app.state.desk)
