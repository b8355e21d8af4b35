"""What a hub costs at rest and at its limit: people who wait, edits, and the counter that all edits share."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Final

from maintenance_desktop.hub.edits import apply_edit
from tests.bench.hub_fanout import Works, works
from tests.bench.hub_load import processor_time
from tests.bench.hub_people import WAIT
from tests.bench.results import Result, result
from tests.postgres import find_binaries

_WORK_ORDERS: Final = 20_000
_MANY: Final = 1_000
_EDITS: Final = 2_000
_THREADS: Final = 8
_SECONDS: Final = 5
_RUSH: Final = 10.0
_WRITERS: Final = (1, 4, 16)

_TRANSACTION: Final = """
\\set n random(1001, 20000)
\\startpipeline
BEGIN;
UPDATE record SET version = version + 1 WHERE number = 'WO-' || :n;
WITH taken AS (UPDATE counter SET changes = changes + 1 WHERE id = 1 RETURNING changes)
  UPDATE record SET seq = taken.changes FROM taken WHERE number = 'WO-' || :n;
COMMIT;
\\endpipeline
"""
"""As little as a change can be: a record of 1.2 kB, its change number, and a commit that is on the disk."""


def run(times: int) -> list[Result]:
    """Each as often as asked, but at most three times."""
    times = min(times, 3)
    with works(1, people=_MANY, work_orders=_WORK_ORDERS) as made:
        return [*_waiting(made, times), *_edits(made, times), *_counter(made, times)]


def _waiting(made: Works, times: int) -> list[Result]:
    """What so many cost who only wait, beyond a few."""
    few = made.load(rate=0, seconds=1, people=10)
    # Long enough that everybody's call ends once and is made again, after the rush of the beginning
    first, *others = (made.load(rate=0, seconds=WAIT, warm_up=_RUSH) for _ in range(times))
    many = [first, *others]
    cores = [one["cores"]["hub"] * 1e6 / _MANY for one in many]
    # Later ones find the memory of the first already there
    memory = [(first["memory_mb"]["hub"][0] - few["memory_mb"]["hub"][0]) * 1024 / (_MANY - 10)]
    return [
        result("hub: memory of a waiting person", memory, "kB", n=_MANY),
        result("hub: processor time of a waiting person", cores, "µs each second", n=_MANY),
    ]


def _edits(made: Works, times: int) -> list[Result]:
    """Edits without the web around them, from eight threads of this process."""
    rates, own, database = [], [], []
    numbers = count()
    for _ in range(times):
        began, used, used_there = time.perf_counter(), time.process_time(), processor_time(made.postgres)
        with ThreadPoolExecutor(_THREADS) as pool:
            outcomes = list(pool.map(partial(_comment, made), (next(numbers) for _ in range(_EDITS))))
        seconds = time.perf_counter() - began
        if set(outcomes) != {"applied"}:
            raise RuntimeError(f"edits were not applied: {set(outcomes)}")
        rates.append(_EDITS / seconds)
        own.append((time.process_time() - used) * 1e3 / _EDITS)
        database.append((processor_time(made.postgres) - used_there) * 1e3 / _EDITS)
    return [
        result("hub: edits of one process, without HTTP", rates, "edits/s", n=_EDITS),
        result("hub: processor time of an edit, hub", own, "ms", n=_EDITS),
        result("hub: processor time of an edit, PostgreSQL", database, "ms", n=_EDITS),
    ]


def _comment(made: Works, number: int) -> str:
    person = made.people[number % len(made.people)]
    order = person["work"][0] if person["work"] else made.people[number % 50]["work"][0]
    now = datetime.now(UTC)
    edit = {
        "id": made.store.new_id(),
        "kind": "create",
        "type": "comment",
        "record_id": made.store.new_id(),
        "base_version": None,
        "record": {"work_order_id": order["id"], "text": "Checked this morning, not worse than yesterday."},
        "made_at": now.isoformat(),
    }
    return str(apply_edit(made.store, person["person_id"], edit, now)["outcome"])


def _counter(made: Works, times: int) -> list[Result]:
    """How many changes per second the one-row counter lets through, whoever writes them."""
    results = []
    with tempfile.TemporaryDirectory() as room:
        script = Path(room, "change.sql")
        script.write_text(_TRANSACTION)
        for writers in _WRITERS:
            rates = [_changes_per_second(made, script, writers) for _ in range(times)]
            name = f"PostgreSQL: changes through the counter, {writers} writer(s)"
            results.append(result(name, rates, "changes/s", n=writers))
    return results


def _changes_per_second(made: Works, script: Path, writers: int) -> float:
    command = [
        *(str(find_binaries() / "pgbench"), "--no-vacuum", "--protocol=extended", f"--file={script}"),
        *(f"--client={writers}", f"--time={_SECONDS}", made.url),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=os.environ | {"LC_ALL": "C"}
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(done.stderr)
    return float(found[1])
