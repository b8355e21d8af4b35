"""The window while it syncs: how evenly its events come while a first download or a push runs in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any, Final

from maintenance_desktop.domain.records import PRIORITIES
from maintenance_desktop.domain.views import WorkOrderQuery
from tests.bench.first_download import _fetch
from tests.bench.hubs import PASSWORD, hub_with
from tests.bench.plant import PLANNER
from tests.bench.results import Result, result
from tests.bench.watched import LONG_MS
from tests.hub_process import HubProcess
from tests.person import Person

N: Final = 100_000
_PENDING: Final = 1_000
_LAYOUT: Final = 2
_MOST_RUNS: Final = 3


def run(runs: int) -> list[Result]:
    """Each case several times, its ticks taken together; what the person did is printed beside it."""
    results: list[Result] = []
    runs = min(runs, _MOST_RUNS)
    with tempfile.TemporaryDirectory() as room:
        hub = HubProcess.start(hub_with(N, Path(room) / "hub"))
        try:
            _fetch(hub.url, f"/v1/snapshot?schema={_LAYOUT}", Path(room) / "file", until_ready=True)
            (Path(room) / "file").unlink()
            results += _watched("a first download as a file", [_opens(hub.url, room) for _ in range(runs)])
            pushes = []
            for number in range(runs):
                used = Path(room) / f"used-{number}"
                _prepare(hub.url, used, number)
                if number == 0:
                    still = _opens(hub.url, room, "--without-sync", "--least-seconds", "15", root=used)
                    results = [*_watched("nothing", [still]), *results]
                pushes.append(_opens(hub.url, room, root=used))
            results += _watched(f"a push of {_PENDING:,} edits", pushes)
        finally:
            hub.stop()
    with tempfile.TemporaryDirectory() as room:
        hub = HubProcess(hub_with(N, Path(room) / "hub"), None)
        hub.start_again(0, "--snapshots", "no")
        try:
            results += _watched("a first download as lines", [_opens(hub.url, room) for _ in range(runs)])
        finally:
            hub.stop()
    return results


def _watched(what: str, runs: list[dict[str, Any]]) -> list[Result]:
    gaps = [gap for one in runs for gap in one["gaps"]]
    even = 100 * sum(gap <= LONG_MS for gap in gaps) / len(gaps)
    did = sum((Counter(one["done"]) for one in runs), Counter[str]())
    felt = sum(long["gap"] - long["waited"] > LONG_MS for one in runs for long in one["long"])
    print(f"while {what}: {len(gaps):,} ticks; the person: {dict(did)}")
    for long in sorted((long for one in runs for long in one["long"]), key=lambda long: -long["gap"])[:8]:
        print("  {gap:5.0f} ms ({worked:.0f} worked, {waited:.0f} without a core): {did}".format(**long))
    own = [max([one["gap"] - one["waited"] for one in run["long"]], default=0.0) for run in runs]
    seconds = [one["seconds"] for one in runs]
    name = f"the window during {what}"
    return [
        result(f"{name}: longest gap", [max(one["gaps"]) for one in runs], "ms", n=N),
        result(f"{name}: longest gap, without waiting for a core", own, "ms", n=N),
        result(f"{name}: gaps of {LONG_MS} ms or less", [even], "%", n=N),
        result(f"{name}: the same, without waiting for a core", [100 - 100 * felt / len(gaps)], "%", n=N),
        result(f"{name}: it took", seconds, "s", n=N),
    ]


def _opens(url: str, room: str, *options: str, root: Path | None = None) -> dict[str, Any]:
    """One run of the program in a process of its own."""
    with tempfile.TemporaryDirectory(dir=room) as new:
        os.sync()  # what was prepared is not to be written while this is measured
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.watched", url, str(root or new), *options],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _prepare(url: str, root: Path, seed: int) -> None:
    """A profile with everything in it, and a thousand edits that wait."""
    person = Person.signs_in(url, PLANNER, root, PASSWORD)
    while not person.profile.cache.is_complete():
        person.syncs()
    count = person.reader.count_work_orders(WorkOrderQuery())
    first = Random(seed).randrange(count - _PENDING)
    rows = person.reader.work_orders(WorkOrderQuery(), first, _PENDING)
    for number, row in enumerate(rows):
        seen = person.sees(row.id)
        if number % 4 == 0:
            person.records.create("work_order", {"title": f"Guard loose ({number})"})
        elif number % 4 == 1 and row.status in ("open", "in_progress", "on_hold"):
            person.logs_hours(row.id, 1)
        else:
            other = PRIORITIES[(PRIORITIES.index(row.priority) + 1) % len(PRIORITIES)]
            person.records.update(seen, {"priority": other})
    person.leaves()
