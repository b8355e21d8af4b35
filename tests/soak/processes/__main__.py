"""`make soak-kill`: kills real programs until it is enough, epoch by epoch, and judges each.

python -m tests.soak.processes [--kills N] [--seed FIRST] [--budget SECONDS]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from typing import Final

from tests.postgres import postgres_server
from tests.soak.processes.epoch import Verdict, epoch
from tests.soak.processes.nursery import Nursery

_KILLS: Final = 1000
_AN_EPOCH: Final = 100
_SHOWN: Final = 30


def soak(kills: int, first: int, budget: float) -> int:
    until = time.monotonic() + budget
    total = _Sum()
    nursery = Nursery()
    try:
        with postgres_server() as server:
            for number in range(1_000_000):
                left = kills - total.kills.total()
                if left <= 0 or time.monotonic() > until:
                    break
                seed, size = first + number, min(left, _AN_EPOCH)
                if number % 2:
                    name = server.new_database()
                    verdict = epoch(seed, size, nursery, server.url(name), hubs=2 + number // 2 % 2)
                    server.drop_database(name)
                else:
                    verdict = epoch(seed, size, nursery)
                total.adds(verdict)
    finally:
        nursery.closes()
    return total.tells()


class _Sum:
    """What all epochs were made of."""

    def __init__(self) -> None:
        self.kills: Counter[str] = Counter()
        self.programs: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.endings: Counter[str] = Counter()
        self.edits = self.violations = self.epochs = 0
        self.seconds = 0.0

    def adds(self, verdict: Verdict) -> None:
        self.epochs += 1
        self.kills += verdict.tally.kills
        self.programs += verdict.tally.programs
        self.faults += verdict.faults
        self.endings += verdict.endings
        self.edits += verdict.edits
        self.seconds += sum(verdict.seconds)
        self.violations += len(verdict.problems)
        kills, problems = verdict.tally.kills.total(), len(verdict.problems)
        times = " + ".join(f"{seconds:.0f}" for seconds in verdict.seconds)
        _say(
            f"seed {verdict.seed}, {verdict.where}: {kills} kills, {verdict.edits} edits,"
            f" {verdict.connections} connections, {problems} violations, {times} s"
        )
        for problem in verdict.problems[:_SHOWN]:
            _say(f"  {problem}")
        if verdict.problems:
            _say(f"  its files are kept in {verdict.folder}")

    def tells(self) -> int:
        for title, counts in (
            ("kills", self.kills), ("commands", self.programs), ("faults of the network", self.faults),
            ("edits by ending", self.endings),
        ):  # fmt: skip
            _say(f"\n{title}")
            for name, count in counts.most_common():
                _say(f"  {count:>7,}  {name}")
        _say(f"\n{self.epochs} epochs, {self.seconds:.0f} s")
        _say(
            f"kills={self.kills.total()} commands={self.programs.total()} edits={self.edits}"
            f" violations={self.violations}"
        )
        return 1 if self.violations else 0


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.processes", description=__doc__)
    parser.add_argument("--kills", type=int, default=_KILLS)
    parser.add_argument(
        "--seed", type=int, default=None, help="the first seed; another one each time without it"
    )
    parser.add_argument("--budget", type=float, default=3600.0, help="seconds after which no epoch begins")
    told = parser.parse_args()
    first = int.from_bytes(os.urandom(4)) if told.seed is None else told.seed
    return soak(told.kills, first, told.budget)


if __name__ == "__main__":
    sys.exit(main())
