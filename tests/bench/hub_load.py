"""The process that is all the people: a plan comes as JSON on standard input, what they saw goes out.

Saves come by a clock and not when the hub is ready for them: a slow hub must not make itself look good.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.bench.hub_people import Person

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PATIENCE: Final = 30.0


@dataclass
class Board:
    """What was saved when, and who has read it when."""

    people: int
    saved: dict[bytes, list[tuple[int, float, int]]] = field(default_factory=dict)
    """By record: the version, when, and by whom."""
    known: list[dict[bytes, int]] = field(default_factory=list)
    """By person: the newest version of a record that they have read."""
    edits: int = 0
    late: array[float] = field(default_factory=lambda: array("d"))
    unread: int = 0
    counts_from: float = 0.0

    def __post_init__(self) -> None:
        self.known = [{} for _ in range(self.people)]

    def save(self, person: Person, at: float) -> None:
        record_id, version = person.save(at)
        self.saved.setdefault(record_id.encode(), []).append((version, at, person.number))
        self.unread += self.people - 1
        self.edits += 1

    def seen(self, number: int, records: list[tuple[bytes, bytes]], at: float) -> None:
        """Who reads a version has read those before it, which it replaced."""
        for record_id, text in records:
            made = self.saved.get(record_id)
            if made is None or made[0][2] == number:
                continue
            version, before = int(text), self.known[number].get(record_id, 0)
            self.known[number][record_id] = max(version, before)
            for one, saved_at, _ in made:
                if before < one <= version:
                    self.unread -= 1
                    if saved_at >= self.counts_from:
                        self.late.append(at - saved_at)


async def load(plan: dict[str, Any]) -> dict[str, Any]:
    """Let them work for so many seconds; then everything must have been read by everybody."""
    loop = asyncio.get_running_loop()
    random = Random(plan["seed"])
    board = Board(len(plan["people"]))
    people = [
        Person(k, **one, cursor=plan["cursor"], seen=board.seen, random=random)
        for k, one in enumerate(plan["people"])
    ]
    lives = [asyncio.create_task(person.live()) for person in people]
    warm_up = plan["warm_up"]
    began = loop.time() + warm_up
    board.counts_from = began
    rate, over = plan["rate"], began + plan["seconds"]
    used: dict[str, float] = {}
    for k in range(1, int((plan["seconds"] + warm_up) * rate) + 1) if rate else ():
        at = began - warm_up + k / rate
        await asyncio.sleep(at - loop.time())
        _raise_what_failed(lives)
        if not used and at >= began:
            used = _used(plan["processes"])
        board.save(random.choice(people), at)
    if not rate:
        await asyncio.sleep(began - loop.time())
        used = _used(plan["processes"])
        await asyncio.sleep(over - loop.time())
    now = _used(plan["processes"])
    until = loop.time() + _PATIENCE
    while board.unread and loop.time() < until:
        await asyncio.sleep(0.05)
        _raise_what_failed(lives)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    pushes = [one for person in people for one in person.pushes]
    return {
        "edits": board.edits,
        "read": len(board.late),
        "unread": board.unread,
        "late_ms": _percentiles(board.late),
        "push_ms": _percentiles(pushes),
        "rounds_per_second": sum(person.rounds for person in people) / (warm_up + plan["seconds"]),
        "cores": {name: (now[name] - used[name]) / plan["seconds"] for name in now},
        "memory_mb": {name: _memory(pids) for name, pids in plan["processes"].items()},
    }


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    if len(values) < 2:
        return {}
    found = statistics.quantiles(values, n=100)
    return {"p50": found[49] * 1e3, "p95": found[94] * 1e3, "p99": found[98] * 1e3, "max": max(values) * 1e3}


def _raise_what_failed(lives: list[asyncio.Task[None]]) -> None:
    for life in lives:
        if life.done():
            life.result()


def _used(processes: dict[str, list[int]]) -> dict[str, float]:
    """Seconds of processor time so far, with all children; `load` is this process, `machine` everything."""
    found = {name: sum(processor_time(pid) for pid in pids) for name, pids in processes.items()}
    busy = [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    machine = (sum(busy) - busy[3] - busy[4]) / _TICKS  # all but idle and waiting for a disk
    return found | {"load": time.process_time(), "machine": machine}


def processor_time(pid: int) -> float:
    """Seconds that a process and all its children have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(ticks) for ticks in fields[11:15]) / _TICKS  # with those children that have ended
    return own + sum(processor_time(child) for child in _children(pid))


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pids: list[int]) -> list[float]:
    """Resident megabytes of each."""
    status = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
    return [int(text.partition("VmRSS:")[2].split()[0]) / 1024 for text in status]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))
