"""One first download in a process of its own, by the program or by the least code that does the same."""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import resource
import socket
import sqlite3
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from maintenance_desktop.backends.stream import read_lines
from maintenance_desktop.domain.cache_filling import CacheFilling
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services.status import Progress
from tests.bench.hubs import PASSWORD
from tests.bench.plant import PLANNER
from tests.person import Person

_PIECE = 512 * 1024


def program(url: str, folder: Path) -> dict[str, float]:
    """Sign in, then run rounds until everything is here; lines that break are tried again."""
    person = Person.signs_in(url, PLANNER, folder, PASSWORD)
    first: list[float] = []

    shown = person.profile.cache.path

    def heard(_: Progress) -> None:
        if not first and person.profile.cache.path != shown:
            first.append(time.perf_counter() - began)

    person.round.on_progress = heard
    began = time.perf_counter()
    rounds = 0
    while not person.profile.cache.is_complete():
        rounds += 1
        result = person.syncs()
        if rounds > 50:
            raise RuntimeError(result.problem)
    page = person.reader.work_orders(WorkOrderQuery(statuses=UNFINISHED))
    seconds = time.perf_counter() - began
    count = person.reader.count_work_orders(WorkOrderQuery())
    person.leaves()
    return {"seconds": seconds, "first": first[0] if first else seconds, "count": count, "page": len(page)}


def file_floor(address: str, folder: Path) -> dict[str, float]:
    """Read a prepared file from a socket, unpack it, open it and read one page."""
    began = time.perf_counter()
    path = folder / "file.db"
    unpacker = zlib.decompressobj(31)
    with path.open("wb") as file:
        for piece in _bytes(address):
            while piece:
                file.write(unpacker.decompress(piece))
                piece = unpacker.unused_data
                if unpacker.eof:
                    unpacker = zlib.decompressobj(31)
    with closing(sqlite3.connect(path)) as opened:
        page = opened.execute(
            "SELECT body FROM work_order INDEXED BY work_order_open WHERE body IS NOT NULL"
            " AND n >= 134217728 ORDER BY created DESC LIMIT 200"
        ).fetchall()
        seconds = time.perf_counter() - began
        ((count,),) = opened.execute("SELECT sum(count) FROM tally").fetchall()
    return {"seconds": seconds, "first": seconds, "count": count, "page": len(page)}


def lines_floor(address: str, folder: Path) -> dict[str, float]:
    """Read one stream from a socket into SQLite in batches, then build indexes and search."""
    began = time.perf_counter()
    with closing(sqlite3.connect(folder / "file.db", isolation_level=None)) as file:
        for pragma in ("journal_mode = wal", "synchronous = normal", "cache_size = -65536"):
            file.execute(f"PRAGMA {pragma}")
        filling = CacheFilling(file)
        filling.begin()
        for piece in read_lines(_bytes(address)):
            filling.add(piece.lines)
        filling.finish("cursor")
        seconds = time.perf_counter() - began
        ((count,),) = file.execute("SELECT sum(count) FROM tally").fetchall()
    return {"seconds": seconds, "first": seconds, "count": count, "page": 200}


def _bytes(address: str) -> Iterator[bytes]:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port))) as connection:
        while piece := connection.recv(_PIECE):
            yield piece


def main() -> None:
    how, where, folder = sys.argv[1:]
    measure = {"program": program, "file": file_floor, "lines": lines_floor}[how]
    profile = cProfile.Profile()
    if os.environ.get("BENCH_PROFILE"):
        found = profile.runcall(measure, where, Path(folder))
        pstats.Stats(profile, stream=sys.stderr).strip_dirs().sort_stats("tottime").print_stats(15)
    else:
        found = measure(where, Path(folder))
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
