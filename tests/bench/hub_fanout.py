"""From one person's save to another's screen: 200 people, 100 edits a second, PostgreSQL, one or two hubs."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.domain.records import known_writable
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.cursor import Cursor
from maintenance_desktop.hub.people import add_person
from maintenance_desktop.hub.rows import Rank
from maintenance_desktop.hub.sessions import sign_in
from maintenance_desktop.hub.store import HubStore
from tests.bench.hubs import CHEAP, PASSWORD, fill_hub
from tests.bench.plant import plant
from tests.bench.results import Result, result
from tests.hub_process import HubProcess
from tests.postgres import postgres_server

_ROOT: Final = Path(__file__).parents[2]
_WORK_ORDERS: Final = 100_000
_PEOPLE: Final = 200
_RATE: Final = 100
_SECONDS: Final = 15
_WARM_UP: Final = 3.0


@dataclass
class Works:
    """A PostgreSQL database with a plant in it, hubs before it, and people who are signed in."""

    url: str
    store: HubStore
    hubs: list[HubProcess]
    postgres: int
    people: list[dict[str, Any]]

    def load(
        self, *, rate: float, seconds: float, people: int | None = None, warm_up: float = _WARM_UP
    ) -> dict[str, Any]:
        """Let so many of them work, spread over all hubs; what they found after the first seconds."""
        facts = self.store.facts()
        chosen = self.people[:people]
        ports = [hub.port for hub in self.hubs]
        plan = {
            "people": [one | {"port": ports[k % len(ports)]} for k, one in enumerate(chosen)],
            "cursor": Cursor(facts.epoch, self.store.last_change()).encode(),
            "rate": rate,
            "seconds": seconds,
            "warm_up": warm_up,
            "seed": 1,
            "processes": {"hub": [hub.pid for hub in self.hubs], "postgres": [self.postgres]},
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.hub_load"],
            input=json.dumps(plan),
            capture_output=True,
            text=True,
            cwd=_ROOT,
            timeout=warm_up + seconds + 120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        if found["unread"]:
            raise RuntimeError(f"{found['unread']} changes were not seen by somebody: {found}")
        self._read_again(chosen)
        return found

    def _read_again(self, people: list[dict[str, Any]]) -> None:
        """What the last load changed is where the next one begins."""
        for one in people:
            for order in one["work"]:
                row = self.store.database.read(partial(rows.find, record_id=order["id"]))
                assert row is not None
                order["version"] = row.version


@contextmanager
def works(hubs: int, *, people: int = _PEOPLE, work_orders: int = _WORK_ORDERS) -> Iterator[Works]:
    """Everything, with durable commits, in a temporary folder."""
    with ExitStack() as at_end:
        room = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        server = at_end.enter_context(postgres_server(is_durable=True))
        url = server.url(server.new_database())
        store = HubStore.open(url, hasher=CHEAP)
        at_end.callback(store.close)
        fill_hub(store, plant(work_orders))
        signed_in = _people(store, people)
        made = [HubProcess(room / str(k), url) for k in range(hubs)]
        # a new hub makes its first snapshot at once, which is another story
        running = [at_end.enter_context(one.start_again(0, "--snapshots", "no")) for one in made]
        postmaster = int((server.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        yield Works(url, store, running, postmaster, signed_in)


def _people(store: HubStore, count: int) -> list[dict[str, Any]]:
    """Each with a token, and with unfinished work orders that nobody else changes."""
    open_work = store.database.read(
        lambda tx: tx.rows(
            "SELECT id, version, body FROM record WHERE rank = ? ORDER BY created_at DESC LIMIT ?",
            int(Rank.OPEN_WORK),
            count * 8,
        )
    )
    made = []
    for k in range(count):
        add_person(store, f"client{k}", name=f"Client {k}", role="technician", password=PASSWORD)
        session = sign_in(store, f"client{k}", PASSWORD, address="")
        work = [{"id": one[0], "version": one[1], "record": _writable(one[2])} for one in open_work[k::count]]
        made.append({"token": session["token"], "person_id": session["person"]["id"], "work": work})
    return made


def _writable(body: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(body)
    return known_writable("work_order", content)


def run(times: int) -> list[Result]:
    """Both ways, as often as asked, but at most three times: each takes its time."""
    results = []
    for hubs in (1, 2):
        with works(hubs) as made:
            found = [made.load(rate=_RATE, seconds=_SECONDS) for _ in range(min(times, 3))]
        name = f"save to another's screen, {_PEOPLE} people, {_RATE} edits/s, {hubs} hub process(es)"
        results += [
            result(f"{name}: {part}", [one["late_ms"][part] for one in found], "ms", n=_PEOPLE)
            for part in ("p50", "p95", "p99")
        ]
        pushes = [one["push_ms"]["p95"] for one in found]
        results.append(result(f"{name}: push answered, p95", pushes, "ms", n=_PEOPLE))
        results += [
            result(f"{name}: cores used, {part}", [one["cores"][part] for one in found], "cores", n=_PEOPLE)
            for part in ("hub", "postgres", "load", "machine")
        ]
    return results


def main() -> int:
    """Any other number of people, edits and hub processes, measured once."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hub_fanout", description=main.__doc__)
    parser.add_argument("--people", type=int, default=_PEOPLE, metavar="N")
    parser.add_argument(
        "--rate", type=float, default=_RATE, metavar="N", help="edits per second of all together"
    )
    parser.add_argument("--hubs", type=int, default=1, metavar="N", help="hub processes")
    parser.add_argument("--work-orders", type=int, default=_WORK_ORDERS, metavar="N")
    parser.add_argument("--seconds", type=float, default=_SECONDS, metavar="N")
    given = parser.parse_args()
    warm_up = max(_WARM_UP, given.people / 80)  # all come at once
    with works(given.hubs, people=given.people, work_orders=given.work_orders) as made:
        print(json.dumps(made.load(rate=given.rate, seconds=given.seconds, warm_up=warm_up), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
