from __future__ import annotations

import asyncio

import pytest

from maintenance_desktop.hub.errors import Unavailable
from maintenance_desktop.hub.together import Together


class Work:
    """Answers each question with its double once it may; negative ones cannot be answered."""

    def __init__(self):
        self.batches = []
        self.may_end = asyncio.Event()
        self.failure = None

    async def __call__(self, questions):
        self.batches.append(list(questions))
        await self.may_end.wait()
        if self.failure:
            raise self.failure
        return [ValueError(one) if one < 0 else 2 * one for one in questions]


async def everybody_has_asked(together, *questions):
    tasks = [asyncio.ensure_future(together.ask(one)) for one in questions]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def test_who_asks_while_the_work_runs_is_answered_together_by_the_next():
    async def story():
        work = Work()
        together = Together(work)
        first = await everybody_has_asked(together, 1)
        others = await everybody_has_asked(together, 2, 3, 4)
        assert work.batches == [[1]]
        work.may_end.set()
        assert await asyncio.gather(*first, *others) == [2, 4, 6, 8]
        assert work.batches == [[1], [2, 3, 4]]

    asyncio.run(story())


def test_a_question_that_cannot_be_answered_does_not_hurt_the_others():
    async def story():
        work = Work()
        work.may_end.set()
        good, bad = await everybody_has_asked(Together(work), 5, -5)
        assert await good == 10
        with pytest.raises(ValueError, match="-5"):
            await bad

    asyncio.run(story())


def test_a_failure_of_the_work_is_everybodys_and_the_next_work_is_as_usual():
    async def story():
        work = Work()
        work.may_end.set()
        work.failure = Unavailable("gone")
        together = Together(work)
        for one in await everybody_has_asked(together, 1, 2):
            with pytest.raises(Unavailable):
                await one
        work.failure = None
        assert await together.ask(3) == 6

    asyncio.run(story())


def test_who_hangs_up_disturbs_nobody():
    async def story():
        work = Work()
        gone, stays = await everybody_has_asked(Together(work), 1, 2)
        gone.cancel()
        work.may_end.set()
        assert await stays == 4
        assert gone.cancelled() or await asyncio.wait((gone,))

    asyncio.run(story())
