"""One save at a time, durable when it returns: alone, behind a long queue, and during a first download."""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import RecordView, WorkOrderQuery
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.storage.edit_rows import EDIT_COLUMNS
from maintenance_desktop.storage.profiles import Profile
from tests.bench.hubs import PASSWORD, hub_with
from tests.bench.laptop import signed_in
from tests.bench.plant import PLANNER
from tests.bench.profiles import profile_with
from tests.bench.results import Result, percentile, result
from tests.bench.sizes import SIZES
from tests.hub_process import HubProcess
from tests.person import Person

_PENDING: Final = (0, 2_000)
_SAVES: Final = 100
"""For each run: a run is too short to tell what one of a hundred saves takes."""
_PAUSE: Final = 0.02
"""Between two saves during a download, far quicker than people are."""
_SAVES_DURING: Final = 1_000
"""At least so many during downloads, and as many downloads as that takes: a hundredth of them are ten."""


def run(runs: int) -> list[Result]:
    """Saves at the largest size up to 100,000, and during a first download of that size."""
    n = max((size for size in SIZES if size <= 100_000), default=min(SIZES))
    results: list[Result] = []
    for pending in _PENDING:
        with tempfile.TemporaryDirectory() as room:
            results += _alone(Path(room), n, pending, runs * _SAVES)
    for how, options in (("lines", ("--snapshots", "no")), ("a file", ())):
        with tempfile.TemporaryDirectory() as room:
            results += _during_downloads(Path(room), n, how, options)
    return results


def _alone(room: Path, n: int, pending: int, times: int) -> list[Result]:
    profile = Profile(profile_with(n, room / "profile", pending=pending), datetime.now(UTC))
    bare = _Bare(room / "profile" / "bare.db")
    try:
        records = RecordService(
            profile.account, profile.reader, profile.edits, lambda: datetime.now(UTC), random.Random(1)
        )
        seen = _unfinished(profile, 500)
        saves: dict[str, Callable[[int], object]] = {
            "change": lambda number: records.update(
                seen[number % len(seen)], {"title": f"Changed at {number}", "priority": "high"}
            ),
            "new work order": lambda number: records.create(
                "work_order",
                {"title": f"Leak {number}", "asset_id": seen[number % len(seen)].fields["asset_id"]},
            ),
            "hours": lambda number: records.create(
                "labor", {"work_order_id": seen[number % len(seen)].id, "hours": 2, "note": "Seal changed"}
            ),
        }
        os.sync()  # what was prepared is not to be written while this is measured
        results: list[Result] = []
        for name, save in saves.items():
            ours, floor = _beside(profile, records, bare, save, times)
            results += _results(f"save a {name}" if name != "hours" else "save hours", pending, ours, floor)
        return results
    finally:
        bare.close()
        profile.close()


def _beside(
    profile: Profile, records: RecordService, bare: _Bare, save: Callable[[int], object], times: int
) -> tuple[list[float], list[float]]:
    """Each save, and right after it the same row by itself; then it is taken back, so the queue stays."""
    ours, floor = [], []
    for number in range(times):
        began = time.perf_counter()
        save(number)
        ours.append((time.perf_counter() - began) * 1000)
        cells = bare.row_of(profile.path / "work.db")
        began = time.perf_counter()
        bare.save(cells)
        floor.append((time.perf_counter() - began) * 1000)
        if not records.undo(str(cells[1])):
            raise RuntimeError("what was saved is not there")
    return ours, floor


class _Bare:
    """A table of edits and nothing around it: the least that a durable save can cost."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = wal")
        self._file.execute("PRAGMA synchronous = full")
        self._file.execute(f"CREATE TABLE edit (n INTEGER PRIMARY KEY, {', '.join(EDIT_COLUMNS)})")
        self._insert = (
            f"INSERT INTO edit ({', '.join(EDIT_COLUMNS)}) VALUES ({', '.join('?' * len(EDIT_COLUMNS))})"
        )

    @staticmethod
    def row_of(work: Path) -> tuple[Any, ...]:
        """What the newest save wrote."""
        with closing(sqlite3.connect(f"file:{work}?mode=ro", uri=True)) as file:
            (row,) = file.execute(f"SELECT {', '.join(EDIT_COLUMNS)} FROM edit ORDER BY seq DESC LIMIT 1")
            return tuple(row)

    def save(self, cells: tuple[Any, ...]) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        self._file.execute(self._insert, cells)
        self._file.execute("COMMIT")

    def close(self) -> None:
        self._file.close()


def _unfinished(profile: Profile, count: int) -> list[RecordView]:
    """Work orders that nothing waits for."""
    rows = profile.reader.work_orders(WorkOrderQuery(statuses=UNFINISHED), 0, 3 * count)
    views = [profile.reader.record("work_order", row.id) for row in rows]
    return [one for one in views if one is not None and not one.edits][:count]


def _during_downloads(room: Path, n: int, how: str, options: tuple[str, ...]) -> list[Result]:
    """The saves of all downloads together: one download as a file is over after some dozens."""
    hub = HubProcess(hub_with(n, room / "hub"), None)
    hub.start_again(0, *options)
    took: list[float] = []
    worst: list[float] = []
    try:
        if not options:
            _until_ready(hub.url, room)
        while len(took) < _SAVES_DURING:
            with tempfile.TemporaryDirectory(dir=room) as laptop:
                some = list(_download(hub.url, Path(laptop)))
            took += some
            worst.append(max(some))
    finally:
        hub.stop()
    name = f"save during a download as {how}"
    return [
        percentile(name, took, 99, "ms", n=n),
        Result(f"{name}, longest", n, max(took), "ms", None, None, tuple(took)),
        result(f"{name}, longest of each download", worst, "ms", n=n),
        result(f"{name}, how many", [len(took)], "saves", n=n),
    ]


def _download(url: str, folder: Path) -> Iterator[float]:
    """What saves take while another thread downloads everything into an empty profile."""
    os.sync()
    person = Person.signs_in(url, PLANNER, folder, PASSWORD)
    failures: list[BaseException] = []
    is_over = threading.Event()

    def download() -> None:
        try:
            while not person.profile.cache.is_complete():
                problem = person.syncs().problem
                if problem:
                    raise RuntimeError(problem)
        except BaseException as error:  # it is raised where the saves are
            failures.append(error)
        finally:
            person.profile.close_thread()
            is_over.set()

    thread = threading.Thread(target=download)
    thread.start()
    number = 0
    while not is_over.wait(_PAUSE):
        began = time.perf_counter()
        person.records.create("work_order", {"title": f"Leak {number}"})
        yield (time.perf_counter() - began) * 1000
        number += 1
    thread.join()
    person.leaves()
    if failures:
        raise failures[0]


def _until_ready(url: str, room: Path) -> None:
    """The hub makes its file in the background after it has started, and tells nobody when it is there."""
    backend = signed_in(url, PLANNER)
    (room / "fetched").mkdir()
    while backend.fetch_snapshot(LAYOUT, room / "fetched", lambda *_: None, lambda: False) is None:
        time.sleep(1)  # noqa: TID251 - nobody tells when it is ready
    backend.close()


def _results(name: str, pending: int, ours: list[float], floor: list[float]) -> list[Result]:
    found = []
    for which, at in (("median", 50), ("99 %", 99)):
        value, least = (
            statistics.quantiles(some, n=100, method="inclusive")[at - 1] for some in (ours, floor)
        )
        found.append(Result(f"{name}, {which}", pending, value, "ms", least, value / least, tuple(ours)))
    return found
