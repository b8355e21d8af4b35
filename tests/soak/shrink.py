"""Making a failing run small: the fewest steps, and the fewest oddities, that still show the same problem."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.soak.plan import Plan
from tests.soak.run import Verdict, run

_NAMES = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\bw\d+\b|\b[a-z]+-\d+\b|\d+")


def kind_of(problem: str) -> str:
    """A problem without the ids and words of this one run."""
    return _NAMES.sub("#", problem)


def shrink(failed: Verdict, seconds: float, run_one: Callable[[Plan], Verdict] = run) -> Verdict:
    """The smallest run found in that time which has one of the problems of the failed one."""
    until = time.monotonic() + seconds
    wanted = {kind_of(problem) for problem in failed.problems}

    def still_fails(plan: Plan) -> Verdict | None:
        verdict = run_one(plan)
        return verdict if wanted & {kind_of(problem) for problem in verdict.problems} else None

    best = failed
    for plain in (
        {"fault_rate": 0.0}, {"pauses_between": 0.0}, {"page": 5_000}, {"piece": 200},
        {"edits_per_push": 500},
        {"haste": 0.9},
    ):  # fmt: skip
        if time.monotonic() < until:
            best = still_fails(replace(best.plan, **plain)) or best
    size = max(1, len(best.plan.steps) // 2)
    while time.monotonic() < until:
        for fewer in _without_parts(best.plan, size):
            verdict = still_fails(fewer)
            if verdict is not None:
                best = verdict
                break
            if time.monotonic() > until:
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
    return best


def _without_parts(plan: Plan, size: int) -> Iterator[Plan]:
    """The plan without each run of so many steps, the last ones first."""
    for end in range(len(plan.steps), 0, -size):
        start = max(0, end - size)
        yield replace(plan, steps=plan.steps[:start] + plan.steps[end:])
