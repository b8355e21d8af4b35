"""One epoch: so many kills in one plant, then quiet, then the judge."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

from maintenance_desktop.hub.errors import HubError
from tests.soak.evidence import Final_
from tests.soak.journal import Journal
from tests.soak.judge import Judge
from tests.soak.processes.client import Station
from tests.soak.processes.command_seat import CommandSeat
from tests.soak.processes.hub_log import ends_sessions, log_and_records, sets_up
from tests.soak.processes.hubs import HubKeeper, MortalHub
from tests.soak.processes.nursery import Nursery
from tests.soak.processes.proxy import FaultyProxy
from tests.soak.processes.seats import PASSWORD, Seat, ServiceSeat, Tally
from tests.soak.run import final_of

_PEOPLE: Final = (("ada", "pia", "bob", "max"), ("bob", "ada", "ada", "pia"), ("eve", "rob", "pia", "ada"))
_RATES: Final = (0.1, 0.25, 0.25, 0.5)
_PASSES: Final = 40
_PACE: Final = 10.0
"""So many seconds a kill may take on average before an epoch is given up."""


@dataclass
class Verdict:
    """What came out of an epoch."""

    seed: int
    problems: list[str]
    folder: Path
    tally: Tally
    faults: Counter[str]
    connections: int
    edits: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    where: str = ""
    seconds: tuple[float, ...] = ()
    """How long the kills took, coming to rest, and judging."""


class Plant:
    """Hubs, a proxy and four seats in a fresh folder."""

    def __init__(self, seed: int, kills: int, database: str | None, hubs: int, nursery: Nursery) -> None:
        self.seed, self.database = seed, database
        self.folder = Path(tempfile.mkdtemp(prefix=f"soak-kill-{seed}-", dir=_fastest_place()))
        self.pick = Random(seed)
        self.tally = Tally(kills)
        self.ids = sets_up(self.target, PASSWORD)
        self.keepers = [
            HubKeeper(
                MortalHub(number, self.folder, database, nursery),
                self._luck(), self.tally.counts_kill, self.tally.finds,
            )
            for number in range(hubs)
        ]  # fmt: skip
        ports = [keeper.hub.port for keeper in self.keepers]
        self.proxy = FaultyProxy(ports, self.pick.getrandbits(40))
        self.seats = self._seats(nursery)

    @property
    def target(self) -> Path | str:
        return self.database or self.folder / "hub"

    def runs(self) -> None:
        """Everybody works and is killed, until it is enough."""
        for keeper in self.keepers:
            keeper.starts()
        for number, seat in enumerate(self.seats):
            seat.signs_in()
            if number or self.pick.random() < 0.5:  # else the first download is broken off, too
                seat.comes_to_rest()
        self.proxy.rate = self.pick.choice(_RATES)
        workers: list[Seat | HubKeeper] = [*self.seats, *self.keepers]
        for worker in workers:
            worker.begins()
        until = time.monotonic() + 60 + _PACE * self.tally.wanted
        while not self.tally.is_enough.wait(self.pick.uniform(2, 20)):
            if time.monotonic() > until:
                self.tally.finds("so many kills were not possible in time")
                self.tally.is_enough.set()
            person_id = self.ids[self.pick.choice(self.seats).username]
            with contextlib.suppress(HubError):
                ends_sessions(self.target, person_id)
                self.proxy.faults["sessions ended"] += 1
        for worker in workers:
            worker.ends()

    def comes_to_rest(self) -> None:
        """No more faults, and people answer everything."""
        self.proxy.rate = 0.0
        was_busy = True
        for _ in range(_PASSES):
            is_busy = sum(seat.comes_to_rest() for seat in self.seats) > 0
            if not is_busy and not was_busy:
                return
            was_busy = is_busy
        self.tally.finds(f"not at rest after {_PASSES} passes")

    def is_judged(self) -> Verdict:
        journal = Journal()
        for seat in self.seats:
            seat.reads_into(journal)
        log, records = log_and_records(self.target)
        deleted = {row[0] for row in records if row[5]}
        finals = [self._final(seat, journal, deleted) for seat in self.seats]
        for keeper in self.keepers:
            keeper.checks_what_it_said()
        judge = Judge(journal, log, records, finals)
        problems = [*self.tally.problems, *judge.judges()]
        return Verdict(
            self.seed, problems, self.folder, self.tally, self.proxy.faults, self.proxy.connections,
            len(journal.saves), judge.endings,
        )  # fmt: skip

    def is_given_up(self) -> Verdict:
        return Verdict(
            self.seed, self.tally.problems, self.folder, self.tally, self.proxy.faults, self.proxy.connections
        )

    def is_over(self) -> None:
        self.tally.is_enough.set()
        for keeper in self.keepers:
            keeper.hub.kill()
        self.proxy.ends()

    def _final(self, seat: Seat, journal: Journal, deleted: Collection[str]) -> Final_:
        station = Station(seat.name, seat.profile, journal, deleted.__contains__)
        try:
            station.checks_what_is_shown()
            return final_of(station.computer, self.ids[seat.username])
        finally:
            station.closes()

    def _seats(self, nursery: Nursery) -> list[Seat]:
        usernames = self.pick.choice(_PEOPLE)
        seats: list[Seat] = []
        for number, username in enumerate(usernames):
            name = f"{username}-{number}"
            details = name, username, self.folder / name, self.proxy.url, nursery, self.tally, self._luck()
            is_service = number < 2 or (number == 2 and self.pick.random() < 0.5)
            seats.append(
                ServiceSeat(*details) if is_service else CommandSeat(*details, has_keyring=number == 3)
            )
        return seats

    def _luck(self) -> Random:
        return Random(self.pick.getrandbits(40))


def epoch(seed: int, kills: int, nursery: Nursery, database: str | None = None, hubs: int = 1) -> Verdict:
    """A whole epoch. The folder is kept only where something is wrong."""
    times = [time.monotonic()]
    plant = Plant(seed, kills, database, hubs, nursery)
    try:
        plant.runs()
        times.append(time.monotonic())
        plant.comes_to_rest()
        times.append(time.monotonic())
        verdict = plant.is_judged()
    except Exception as error:  # whatever ends it is what is looked for
        plant.tally.finds("".join(traceback.format_exception(error)))
        verdict = plant.is_given_up()
    finally:
        plant.is_over()
    times.append(time.monotonic())
    verdict.seconds = tuple(later - earlier for earlier, later in pairwise(times))
    verdict.where = f"{hubs} hubs on PostgreSQL" if database else "a hub on SQLite"
    if not verdict.problems:
        shutil.rmtree(plant.folder)
    return verdict


def _fastest_place() -> str | None:
    """Memory instead of a disk, where there is one: a kill takes nothing that was written."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None
