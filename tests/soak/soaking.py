"""`make soak`: runs until the budget is used up, shrinks what fails, and says what was seen.

python -m tests.soak [--budget SECONDS] [--seed FIRST] [--jobs N]
python -m tests.soak --planted [--budget SECONDS]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any, Final

from tests.soak.plan import Plan
from tests.soak.planted import PLANTS, name_of, planted
from tests.soak.regressions import keep
from tests.soak.run import TWO_STORIES, Verdict, run, run_twice
from tests.soak.shrink import kind_of, shrink

_BUDGET: Final = 120.0
_SHRINKING: Final = 120.0
_RUN_TWICE: Final = 25
"""Of so many seeds one is run twice, to see that the same seed tells the same story."""
_ENOUGH_FAILURES: Final = 3
_TELLS_EVERY: Final = 60
"""Seconds between two lines about how far a process is."""
_LAST_LINES: Final = 60


@dataclass
class Sum:
    """What many runs were made of."""

    runs: int = 0
    steps: int = 0
    rounds: int = 0
    edits: int = 0
    twice: int = 0
    violations: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    failed: list[Verdict] = field(default_factory=list)

    def adds(self, verdict: Verdict) -> None:
        self.runs += 1
        self.steps += verdict.tally.steps
        self.rounds += verdict.tally.rounds
        self.edits += verdict.edits
        self.violations += len(verdict.problems)
        self.faults += verdict.tally.faults
        self.endings += verdict.endings
        if verdict.problems:
            self.failed.append(verdict)

    def merges(self, other: Sum) -> None:
        for name in ("runs", "steps", "rounds", "edits", "twice", "violations", "faults", "endings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.failed += other.failed

    def last_line(self) -> str:
        faults = self.faults.total()
        counts = f"runs={self.runs} steps={self.steps} faults={faults} edits={self.edits}"
        return f"{counts} violations={self.violations}"


def work(first: int, stride: int, until: float) -> Sum:
    """Run every so-manieth seed until the time is over or several failed; at least one."""
    found = Sum()
    seed, told_at = first, time.time()
    while len(found.failed) < _ENOUGH_FAILURES:
        is_twice = found.runs % _RUN_TWICE == 0
        verdict = run_twice(Plan.drawn(seed)) if is_twice else run(Plan.drawn(seed))
        found.twice += is_twice
        found.adds(verdict)
        now = time.time()
        if verdict.problems:
            print(f"seed {seed} failed: {verdict.problems[0]}", file=sys.stderr, flush=True)
        if now >= told_at + _TELLS_EVERY:
            told_at = now
            print(f"{max(until - now, 0):.0f} s to go: {found.last_line()}", file=sys.stderr, flush=True)
        if now >= until:
            break
        seed += stride
    return found


def soak(budget: float, first: int, jobs: int) -> int:
    until = time.time() + budget
    total = Sum()
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(work, first + job, jobs, until) for job in range(jobs)]):
            total.merges(done.result())
    for verdict in {kind_of(one.problems[0]): one for one in total.failed}.values():
        _explain(verdict)  # one of each kind: shrinking takes its time
    print(f"\nseeds from {first}; {total.rounds} sync rounds; {total.twice} seeds run twice")
    _table("faults", total.faults)
    _table("edits by ending", total.endings)
    print(total.last_line())
    return 1 if total.violations else 0


def catch(plant: Callable[[], Any], budget: float, first: int) -> tuple[int, Verdict | None]:
    """Look for a planted bug; how many runs it took, and the run that showed it."""
    until = time.time() + budget
    for tried in range(1_000_000):
        with planted(plant):
            verdict = run(Plan.drawn(first + tried))
        if verdict.problems:
            return tried + 1, verdict
        if time.time() > until:
            break
    return tried + 1, None


def soak_planted(budget: float, first: int, jobs: int) -> int:
    """Plant each bug in turn; all have to be caught."""
    caught = 0
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        looking = {pool.submit(catch, plant, budget, first): plant for plant in PLANTS}
        for done in as_completed(looking):
            tried, verdict = done.result()
            caught += verdict is not None
            said = verdict.problems[0] if verdict else "NOT CAUGHT"
            print(f"{name_of(looking[done])}: {tried} runs: {said}", flush=True)
    print(f"caught {caught} of {len(PLANTS)}")
    return 0 if caught == len(PLANTS) else 1


def _explain(verdict: Verdict) -> None:
    print(f"\nseed {verdict.plan.seed} failed; again: make soak SEED={verdict.plan.seed} BUDGET=0")
    for problem in verdict.problems[:10]:
        print(f"  {problem}")
    smallest = shrink(verdict, _SHRINKING, run_twice if TWO_STORIES in verdict.problems else run)
    place = keep(smallest)
    print(
        f"the shortest way there that was found has {len(smallest.plan.steps)} steps and is kept as {place}"
    )
    print("\n".join(f"    {line}" for line in smallest.lines[-_LAST_LINES:]))
    print(f"    => {smallest.problems[0]}")


def _table(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:>9,}  {name}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--budget", type=float, default=_BUDGET, help="seconds")
    parser.add_argument(
        "--seed", type=int, default=None, help="the first seed; another one each time without it"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--planted", action="store_true", help="plant bugs and see that each is caught")
    told = parser.parse_args()
    if told.planted:
        return soak_planted(told.budget, told.seed or 0, told.jobs)
    first = int.from_bytes(os.urandom(4)) if told.seed is None else told.seed
    jobs = 1 if told.budget == 0 else told.jobs
    return soak(told.budget, first, jobs)
