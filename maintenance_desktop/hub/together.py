"""Doing together what many ask for at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

_MOST: Final = 500


class Together(Generic[Q, A]):
    """One piece of work at a time: who comes while it runs is in the next one, together with all the others.

    So an answer is never older than its question, and nobody waits for company. `work` gives an answer for
    each question, in order; an exception among them is raised where that question was asked.
    """

    def __init__(self, work: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]]) -> None:
        self._work = work
        self._coming: list[tuple[Q, asyncio.Future[A]]] = []
        self._runs: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer to one question."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[A] = loop.create_future()
        self._coming.append((question, turn))
        if self._runs is None or self._runs.done():
            self._runs = loop.create_task(self._run())
        return await turn

    async def _run(self) -> None:
        while self._coming:
            batch, self._coming = self._coming[:_MOST], self._coming[_MOST:]
            (done,) = await asyncio.gather(
                self._work([question for question, _ in batch]), return_exceptions=True
            )
            answers = [done] * len(batch) if isinstance(done, BaseException) else done
            for (_, turn), answer in zip(batch, answers, strict=True):
                if turn.done():
                    continue  # whoever asked has hung up
                if isinstance(answer, BaseException):
                    turn.set_exception(answer)
                else:
                    turn.set_result(answer)
