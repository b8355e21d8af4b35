"""Sync from day to day: nothing new, a thousand changes of others, a thousand changes of one's own."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.outcomes import Applied, Outcome
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import WorkOrderQuery, WorkOrderRow
from maintenance_desktop.services.status import Connection
from tests.bench import least
from tests.bench.laptop import counted_requests, cursor_of, hub_of, laptop_of, signed_in
from tests.bench.plant import ADMIN, PLANNER
from tests.bench.results import Result, result
from tests.bench.sizes import SIZES, runs_at
from tests.hub_process import HubProcess
from tests.person import Person

_CHANGES: Final = 1_000
_ROUNDS: Final = 10
"""So many rounds with nothing to do for each run: one takes milliseconds."""
_LARGEST_COPIED: Final = 100_000
_PAGE: Final = "/v1/changes?limit=5000&since="


def run(runs: int) -> list[Result]:
    """Nothing new at each size; the thousands where it is cheap to have everything several times."""
    results: list[Result] = []
    for n in SIZES:
        with tempfile.TemporaryDirectory() as name:
            room = Path(name)
            with hub_of(n, room / "hub") as hub, laptop_of(n, hub, room / "laptop") as person:
                results += _nothing_new(hub, person, n, runs * _ROUNDS)
                if n <= _LARGEST_COPIED:
                    results.append(_others_changes(room, hub, person, n, runs_at(n, runs)))
        if n <= _LARGEST_COPIED:
            with tempfile.TemporaryDirectory() as name:
                results.append(_own_changes(Path(name), n, runs_at(n, runs)))
    return results


def _nothing_new(hub: HubProcess, person: Person, n: int, times: int) -> list[Result]:
    """Beside the same request by itself. A first round asks who answers, and is not counted."""
    person.syncs()
    line = least.Line(hub.url, PLANNER)
    path = _PAGE + quote(cursor_of(hub.data_dir))
    ours, floor, requests = [], [], []
    os.sync()
    for _ in range(times):
        with counted_requests() as sent:
            began = time.perf_counter()
            done = person.syncs()
            ours.append(_milliseconds(began))
        if done.connection is not Connection.ONLINE or done.changed:
            raise RuntimeError(f"there was something to do: {done}")
        requests.append(float(len(sent)))
        began = time.perf_counter()
        line.get(path)
        floor.append(_milliseconds(began))
    line.close()
    return [
        result("a round with nothing to do", ours, "ms", n=n, floor=floor),
        result("a round with nothing to do, requests", requests, "", n=n, floor=[1]),
    ]


def _others_changes(room: Path, hub: HubProcess, person: Person, n: int, runs: int) -> Result:
    """Each thousand is pulled by the program, and by the least code into a copy of its cache."""
    shown = person.profile.cache.path
    person.profile.close_thread()  # the last one to close a file writes its journal into it
    shutil.copyfile(shown, room / "copy.db")
    colleague, line = signed_in(hub.url, ADMIN), least.Line(hub.url, ADMIN)
    ours, floor = [], []
    with closing(least.durable(room / "copy.db")) as copy:
        for number in range(runs + 1):  # the first one fills caches, and is not counted
            path = _PAGE + quote(cursor_of(hub.data_dir))
            _change(person, colleague, random.Random(number))
            answer = line.get(path)
            os.sync()
            began = time.perf_counter()
            done = person.syncs()
            ours.append(_milliseconds(began))
            if len(done.changed) != _CHANGES:
                raise RuntimeError(f"{len(done.changed)} records changed. {done.problem}")
            os.sync()
            began = time.perf_counter()
            least.pull(answer, copy)
            floor.append(_milliseconds(began))
        _check_same(shown, copy)
    line.close()
    colleague.close()
    return result("1,000 changes of others", ours[1:], "ms", n=n, floor=floor[1:])


def _own_changes(room: Path, n: int, runs: int) -> Result:
    """The program sends to one hub; the least code sends the same, in the same requests, to its twin."""
    ours, floor = [], []
    with (
        hub_of(n, room / "hub") as hub,
        hub_of(n, room / "twin") as twin,
        laptop_of(n, hub, room / "laptop") as person,
        closing(least.durable(room / "bare.db")) as bare,
    ):
        bare.execute("CREATE TABLE answer (id TEXT, outcome TEXT, version INTEGER, record TEXT)")
        line = least.Line(twin.url, PLANNER)
        sent = _recorded(person)
        person.syncs()
        for number in range(runs + 1):
            _work_offline(person, random.Random(number))
            sent.clear()
            os.sync()
            began = time.perf_counter()
            done = person.syncs()
            ours.append(_milliseconds(began))
            if done.applied != _CHANGES or done.needs_you:
                raise RuntimeError(f"{done.applied} edits were applied. {done.problem}")
            os.sync()
            began = time.perf_counter()
            for batch in sent:
                least.keep_answers(bare, line.push(batch, write_time(datetime.now(UTC))))
            floor.append(_milliseconds(began))
        line.close()
        ((applied,),) = bare.execute("SELECT count(*) FROM answer WHERE outcome = 'applied'").fetchall()
        if applied != _CHANGES * (runs + 1):
            raise RuntimeError(f"the twin applied {applied} edits")
    return result("1,000 changes of one's own", ours[1:], "ms", n=n, floor=floor[1:])


def _recorded(person: Person) -> list[Sequence[Edit]]:
    """The requests that this person sends, from now on."""
    sent: list[Sequence[Edit]] = []
    backend = person.backend
    original = backend.push

    def push(edits: Sequence[Edit], sent_at: datetime) -> list[Outcome]:
        sent.append(edits)
        return original(edits, sent_at)

    backend.push = push  # type: ignore[method-assign]
    return sent


def _change(person: Person, colleague: HubBackend, pick: random.Random) -> None:
    """What others do in some hours: most of it moves work on, some is written, and comments come."""
    moved = _some(person, UNFINISHED, _CHANGES * 6 // 10, pick)
    written = _some(person, frozenset({"completed", "closed"}), _CHANGES - len(moved), pick)
    edits = [_update(person, row, {"status": _next(row.status, pick)}) for row in moved]
    for number, row in enumerate(written):
        part = f"{number}-{pick.randrange(10**9)}"
        if number % 2:
            edits.append(_update(person, row, {"remedy": f"Seal {part} replaced, tested for an hour"}))
        elif number % 4:
            edits.append(_update(person, row, {"description": f"Oil at the seal {part} again"}))
        else:
            edits.append(_comment(row, pick))
    for start in range(0, len(edits), 500):
        for one in colleague.push(edits[start : start + 500], datetime.now(UTC)):
            if not isinstance(one, Applied):
                raise RuntimeError(f"the hub did not do it: {one}")


def _next(status: str, pick: random.Random) -> str:
    return pick.choice([one for one in ("open", "in_progress", "on_hold", "completed") if one != status])


def _some(person: Person, statuses: frozenset[str], count: int, pick: random.Random) -> list[WorkOrderRow]:
    """So many work orders of these, from all over; fewer where there are not as many."""
    query = WorkOrderQuery(statuses=statuses)
    there = person.reader.count_work_orders(query)
    offsets = [pick.randrange(max(1, there - 50)) for _ in range(count // 4)]
    rows = {row.id: row for at in offsets for row in person.reader.work_orders(query, at, 50)}
    return pick.sample(list(rows.values()), min(count, len(rows)))


def _update(person: Person, row: WorkOrderRow, patch: dict[str, Any]) -> Edit:
    seen = person.sees(row.id)
    now = datetime.now(UTC)
    return Edit(
        id=new_id(now, random.Random()),
        kind=EditKind.UPDATE,
        type="work_order",
        record_id=row.id,
        mine={**seen.fields, **patch},
        made_at=write_time(now),
        base_version=seen.version,
    )


def _comment(row: WorkOrderRow, pick: random.Random) -> Edit:
    now = datetime.now(UTC)
    return Edit(
        id=new_id(now, pick),
        kind=EditKind.CREATE,
        type="comment",
        record_id=new_id(now, pick),
        mine={
            "work_order_id": row.id,
            "text": "Looked at it again: it holds.",
            "written_at": write_time(now),
        },
        made_at=write_time(now),
    )


def _work_offline(person: Person, pick: random.Random) -> None:
    """What a crew does in days without a network: work moved on and written, hours, comments, new work.

    No record twice: changes of the same one would become one.
    """
    moved = _some(person, UNFINISHED, _CHANGES * 4 // 10, pick)
    written = _some(person, frozenset({"completed"}), _CHANGES - len(moved), pick)
    for number, row in enumerate((*moved, *written)):
        match number % 10:
            case _ if number < len(moved):
                person.changes(row.id, status=pick.choice([one for one in UNFINISHED if one != row.status]))
            case 0 | 1 | 2:
                person.records.create("labor", {"work_order_id": moved[number % len(moved)].id, "hours": 2})
            case 3 | 4:
                person.records.create("comment", {"work_order_id": row.id, "text": "Holds since."})
            case 5 | 6:
                fields = {"title": f"Leak {number}", "description": row.title, "asset_id": row.asset_id}
                person.records.create("work_order", fields)
            case _:
                person.changes(row.id, title=f"{row.title[:150]} ({pick.randrange(10**9)})")


def _check_same(shown: Path, copy: sqlite3.Connection) -> None:
    """Both hold the same, and what searches is sound in both."""
    with closing(sqlite3.connect(shown)) as file:
        for what in (
            "id, version, changed_at, changed_by, title, status, asset, body FROM work_order ORDER BY id",
            "id, version, changed_at, changed_by, work_order_id, body FROM comment ORDER BY id",
            "word FROM word ORDER BY word",
        ):
            ours, least_ = (one.execute(f"SELECT {what}").fetchall() for one in (file, copy))
            if ours != least_:
                raise RuntimeError(f"the copy differs in {what}")
        for one in (file, copy):
            one.execute(
                "INSERT INTO work_order_search (work_order_search, rank) VALUES ('integrity-check', 1)"
            )


def _milliseconds(began: float) -> float:
    return (time.perf_counter() - began) * 1000
