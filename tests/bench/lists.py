"""Lists at any size: pages, sorts, filters, search and counts, with thousands of pending edits laid over."""

from __future__ import annotations

import gc
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import PRIORITIES, STATUSES, WORK_TYPES
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.storage.profiles import Profile
from tests.bench.profiles import profile_with
from tests.bench.results import Result, percentile
from tests.bench.sizes import SIZES

PENDING: Final = 2_000
_QUERIES: Final = 300
_NOW: Final = "2026-11-22T12:00:00.000Z"
_SORTS: Final = (
    "number", "title", "status", "priority", "work_type", "asset_tag", "asset_name", "location_name",
    "assigned_name", "due_at", "created_at", "completed_at", "mark",
)  # fmt: skip
_COMMON: Final = ("bearing", "pump", "replace", "leak", "check")
_RARE: Final = ("élan", "gehäuse", "labyrinth", "wo-10234", "20417", "pump seal", "worn bear", "P-20")


def run(_runs: int) -> list[Result]:
    """Each kind of read at each size: the 95th percentile of hundreds of different ones."""
    results = []
    for n in SIZES:
        with tempfile.TemporaryDirectory() as room:
            profile = Profile(profile_with(n, Path(room) / "p", pending=PENDING), datetime.now(UTC))
            os.sync()  # what was copied is not to be written while this is measured
            gc.collect()
            gc.disable()  # as in the program, where only the idle window collects (ui/garbage.py)
            try:
                results += _measure(profile.reader, n)
            finally:
                gc.enable()
                profile.close()
    return results


def _measure(reader: Reader, n: int) -> list[Result]:
    queries, me = list(_queries(reader)), reader.people()[0].id
    reader.work_orders(WorkOrderQuery())

    def milliseconds(read: Callable[[], object]) -> float:
        began = time.perf_counter()
        read()
        return (time.perf_counter() - began) * 1000

    def timed(name: str, read: Callable[[WorkOrderQuery], object], some: list[WorkOrderQuery]) -> Result:
        return percentile(name, [milliseconds(partial(read, query)) for query in some], 95, "ms", n=n)

    def pages(name: str, some: list[WorkOrderQuery]) -> list[Result]:
        """The first two of each list, one after the other: nobody comes to the second in another way."""
        took = [
            [milliseconds(partial(reader.work_orders, query, offset)) for offset in (0, 200)]
            for query in some
        ]
        return [
            percentile(f"{page} page, {name}", list(one), 95, "ms", n=n)
            for page, one in zip(("first", "next"), zip(*took, strict=True), strict=True)
        ]

    sorts = [WorkOrderQuery(sort=sort, descending=down) for sort, down in product(_SORTS, (False, True))]
    typed = [
        WorkOrderQuery(text=word[:length], statuses=statuses)
        for word in (*_COMMON, *_RARE)
        for length in range(1, len(word) + 1)
        for statuses in (frozenset[str](), UNFINISHED)
    ]
    return [
        *pages("any sort", sorts * 3),
        *pages("any filters and sort", queries),
        timed("search as you type", lambda query: reader.work_orders(query), typed),
        timed("numbers of found", lambda query: reader.found_work_orders(query), queries),
        timed("numbers beside the filters", lambda query: reader.work_order_counts(me, query.now), queries),
        timed("a page in the middle", lambda query: reader.work_orders(query, n // 2), sorts),
    ]


def _queries(reader: Reader) -> Iterator[WorkOrderQuery]:
    pick = random.Random(5)
    people = [one.id for one in reader.people()]
    places = [one.id for one in reader.locations()]
    rows = reader.work_orders(WorkOrderQuery(), 0, 200)
    assets = [row.asset_id for row in rows if row.asset_id]

    def some(values: tuple[str, ...]) -> frozenset[str]:
        return frozenset(pick.sample(values, pick.choice((1, 1, 2)))) if pick.random() < 0.4 else frozenset()

    for _ in range(_QUERIES):
        query = WorkOrderQuery(
            statuses=some(STATUSES),
            priorities=some(PRIORITIES),
            work_types=some(WORK_TYPES),
            asset_id=pick.choice(assets) if pick.random() < 0.15 else None,
            location_id=pick.choice(places) if pick.random() < 0.2 else None,
            assigned_to=pick.choice(people) if pick.random() < 0.25 else None,
            overdue=pick.random() < 0.1,
            now=_NOW,
            sort=pick.choice(_SORTS),
            descending=pick.random() < 0.5,
        )
        yield replace(query, statuses=UNFINISHED) if pick.random() < 0.3 else query
