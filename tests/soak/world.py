"""The simulated plant: a hub, a network and two to eight computers, moved by one list of steps."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from maintenance_desktop.hub.errors import HubError
from maintenance_desktop.services.status import Connection
from tests.soak.computer import Computer
from tests.soak.hub_room import HubRoom, Request
from tests.soak.journal import Journal
from tests.soak.network import Network
from tests.soak.people import ACTS, RESCUES, Person, does
from tests.soak.plan import PEOPLE, Plan, Step, limits

_START: Final = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
_ROUNDS_TO_REST: Final = 40


@dataclass
class Tally:
    """What a run was made of."""

    steps: int = 0
    rounds: int = 0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class World:
    """A plant that a plan moves. `folder` is used up."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.journal = Journal()
        self.tally = Tally()
        self.now = _START
        self.haste = 0.0
        """How often a round goes on at once, without anything between."""
        self._words = 0
        luck = Random(plan.seed ^ 0x5EED)
        (folder / "hub").mkdir(parents=True)
        self.hub = HubRoom(folder / "hub", lambda: self.now, luck.getrandbits(40))
        self.ids = {name: self.hub.adds(name, *PEOPLE[name]) for name in PEOPLE}
        self.network = Network(self.hub, 0.0, self.tally.faults)
        self.computers = [
            Computer(
                f"{username}-{number}", username, folder / str(number),
                journal=self.journal, now=lambda: self.now, carry=self._carry,
                was_deleted=self.hub.was_deleted, seed=luck.getrandbits(40),
            )
            for number, username in enumerate(plan.seats)
        ]  # fmt: skip
        self._settles_in(luck)

    def runs(self) -> None:
        """Every step of the plan; what was going on at the end is still going on."""
        self.network.fault_rate, self.haste = self.plan.fault_rate, self.plan.haste
        for computer in self.computers:
            computer.pauses_between = self.plan.pauses_between
        for step in self.plan.steps:
            self.tally.steps += 1
            self.now += timedelta(seconds=1)
            self._does(step)
            self._buries_the_dead(step.luck)

    def comes_to_rest(self) -> None:
        """No more faults, and people answer everything: then all has to be over within so many rounds."""
        self.journal.notes("the faults stop")
        self.network.fault_rate = 0.0
        luck = Random(self.plan.seed)
        self.hub.disk.dies_in = None
        if not self.hub.is_up:
            self.hub.starts()
        while self.network.late:
            self.network.delivers_late(luck)
        for computer in self.computers:
            computer.pauses_between = 0.0
            computer.off = timedelta()
            computer.disk.dies_in, computer.disk.is_full = None, False
        was_busy = True
        for _ in range(_ROUNDS_TO_REST):
            is_busy = False
            for computer in self.computers:
                is_busy |= self._makes_progress(computer, luck)
            if not is_busy and not was_busy:
                return
            was_busy = is_busy
        self.journal.finds(f"not at rest after {_ROUNDS_TO_REST} rounds")

    def is_over(self) -> None:
        """Close everything."""
        for computer in self.computers:
            computer.is_removed()
        self.hub.is_removed()

    def story(self) -> str:
        """A fingerprint of everything that happened, down to the number of writes."""
        disks = [self.hub.disk, *(computer.disk for computer in self.computers)]
        told = [*self.journal.lines, *(str(disk.operations) for disk in disks)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def word(self) -> str:
        self._words += 1
        return f"w{self._words}"

    # one step

    def _does(self, step: Step) -> None:
        computer = self.computers[step.seat % len(self.computers)]
        pick = computer.pick = Random(step.luck)
        program = computer.program
        note = self.journal.notes
        match step.what:
            case "goes on":
                if program is not None:
                    note(f"{computer.name} goes on")
                    self._goes_on(computer, pick)
            case "acts" | "rescues":
                if program is not None:
                    acts = ACTS if step.what == "acts" else RESCUES
                    (act,) = pick.choices(list(acts), list(acts.values()))
                    note(f"{computer.name} {act}")
                    does(Person(program, pick, self.word), act)
            case "looks":
                if program is not None:
                    program.checks_what_is_shown()
            case "signs out":
                note(f"{computer.name} signs out")
                computer.signs_out()
            case "signs in":
                if not computer.is_signed_in or (program and _wants_sign_in(program)):
                    note(f"{computer.name} signs in")
                    computer.signs_in()
            case "starts":
                if program is None and computer.is_signed_in:
                    note(f"{computer.name} starts")
                    computer.starts()
            case "quits":
                note(f"{computer.name} quits")
                computer.quits()
            case "dies":
                if program is not None:
                    self._switches_off(computer, pick)
            case "will die":
                note(f"{computer.name} will die")
                computer.disk.dies_in = int(pick.expovariate(1 / 25))
                computer.disk.torn = pick.randrange
            case "clock jumps":
                self.tally.faults["clock jumped"] += 1
                computer.off = timedelta(hours=pick.choice([-48, -1, 0, 0, 1, 48]))
            case "disk is full":
                self.tally.faults["disk full"] += 1
                computer.disk.is_full = True
            case "disk has room":
                computer.disk.is_full = False
            case "cache rots":
                if program is None and computer.account is not None:
                    note(f"{computer.name}'s cache is damaged")
                    self.tally.faults["cache damaged"] += 1
                    computer.loses_cache(pick)
            case "time passes":
                self.now += timedelta(minutes=pick.randrange(600))
            case _:
                self._does_to_hub(step.what, computer, pick)

    def _does_to_hub(self, what: str, computer: Computer, pick: Random) -> None:
        hub, note = self.hub, self.journal.notes
        match what:
            case "late request":
                note("a late request arrives")
                self.network.delivers_late(pick)
            case "hub will die":
                note("the hub will die")
                hub.disk.dies_in = int(pick.expovariate(1 / 40))
                hub.disk.torn = pick.randrange
            case "hub dies":
                note("the hub dies")
                self.tally.faults["hub killed"] += 1
                hub.goes_down(pick if pick.random() < 0.5 else None)
            case "hub starts":
                if not hub.is_up:
                    note("the hub starts")
                    hub.starts()
            case "role changes":
                if hub.is_up and computer.username != "max":
                    role = pick.choice(["technician", "requester", "planner", PEOPLE[computer.username][1]])
                    note(f"{computer.username} becomes {role}")
                    self.tally.faults["role changed"] += 1
                    with contextlib.suppress(HubError):  # it may die over this
                        hub.changes_role(self.ids[computer.username], role)
            case "sessions end":
                if hub.is_up:
                    note(f"{computer.username}'s sessions end")
                    self.tally.faults["401"] += 1
                    person_id = self.ids[computer.username]
                    with contextlib.suppress(HubError):  # it may die over this
                        hub.writes(lambda tx: tx.run("DELETE FROM session WHERE person_id = ?", person_id))
            case _:
                raise ValueError(what)

    def _goes_on(self, computer: Computer, pick: Random) -> None:
        """A round begins, or goes on to where it waits next."""
        program = computer.program
        assert program is not None
        worker = program.worker
        if worker.is_idle:
            unbroken = program.result.connection is Connection.ONLINE and pick.random() < 0.5
            program.line_is_held = unbroken and computer.hub_seen == self.hub.generation
            computer.hub_seen = self.hub.generation
        elif worker.asked is not None and worker.answer is None:
            worker.answer = self._carry(worker.asked, pick)
            if pick.random() < 0.4:
                return  # the answer is under way
        before = program.rounds
        worker.resume()
        while not worker.is_idle and not computer.disk.is_dead and pick.random() < self.haste:
            if worker.asked is not None:
                worker.answer = self._carry(worker.asked, pick)
            worker.resume()
        if not worker.is_idle and worker.asked is None and not computer.disk.is_dead and pick.random() < 0.2:
            program.checks_what_is_shown()  # people look while a round is between two of its stores
        self.tally.rounds += program.rounds - before
        if program.rounds > before:
            self.journal.notes(f"  round: {program.result.connection.value} +{program.result.applied}")

    def _carry(self, request: Request, pick: Random) -> Any:
        self.tally.requests += 1
        reply = self.network.carries(request, pick)
        size = f"{reply.status}" if hasattr(reply, "status") else "no answer"
        self.journal.notes(f"  {request.seat} {request.method} {request.path}: {size}")
        if self.hub.disk.is_dead:
            self.tally.faults["hub killed"] += 1
            self.journal.notes("the hub died")
            self.hub.goes_down(pick if pick.random() < 0.5 else None)
        return reply

    def _switches_off(self, computer: Computer, pick: Random) -> None:
        power_cut = pick if pick.random() < 0.5 else None
        self.journal.notes(f"{computer.name} goes off")
        self.tally.faults["power cut" if power_cut else "killed"] += 1
        computer.goes_off(power_cut)

    def _buries_the_dead(self, luck: int) -> None:
        for computer in self.computers:
            if computer.disk.is_dead:
                self._switches_off(computer, Random(luck))
        if self.hub.disk.is_dead:
            self.tally.faults["hub killed"] += 1
            self.hub.goes_down(None)

    # before and after

    def _settles_in(self, luck: Random) -> None:
        """A few work orders, and most people have seen them."""
        for number, computer in enumerate(self.computers):
            computer.pick = luck
            if not (computer.signs_in() and computer.starts()):
                raise AssertionError("nobody can sign in")
            if number == 0:
                first = computer.program
                assert first is not None
                for _ in range(3):
                    first.records.create("work_order", {"title": self.word()})
            if number == 0 or luck.random() < 0.7:  # some begin without having seen anything
                self._whole_round(computer, luck)

    def _makes_progress(self, computer: Computer, luck: Random) -> bool:
        """One round and all answers. True while something is left to do."""
        computer.pick = luck
        if computer.program is None and not computer.is_signed_in:
            computer.signs_in()
        if computer.program is None:
            computer.starts()
        program = computer.program
        if program is None:
            return True
        if _wants_sign_in(program):
            computer.signs_in()
        if not program.worker.is_idle:
            self._whole_round(computer, luck)  # what was going on when the faults stopped
        self._whole_round(computer, luck)
        if program.result.connection is Connection.ONLINE and not program.result.put_off:
            program.checks_what_holds_up()
        person = Person(program, luck, self.word)
        asked = len(program.reader.notifications())
        for _ in range(asked):
            does(person, "answers")
        program.checks_what_is_shown()
        return bool(asked or program.reader.queue() or program.result.connection is not Connection.ONLINE)

    def _whole_round(self, computer: Computer, luck: Random) -> None:
        program = computer.program
        assert program is not None
        self._goes_on(computer, luck)
        for _ in range(10_000):
            if program.worker.is_idle:
                return
            self._goes_on(computer, luck)
        self.journal.finds(f"{computer.name}: a round does not end")


def _wants_sign_in(program: Any) -> bool:
    return program.result.connection is Connection.SIGN_IN_REQUIRED


@contextlib.contextmanager
def world_of(plan: Plan, folder: Path) -> Iterator[World]:
    """A world that is gone afterwards, with everything on its disks."""
    logging.disable(logging.CRITICAL)
    try:
        with limits(plan):
            world = World(plan, folder)
            try:
                yield world
            finally:
                world.is_over()
    finally:
        logging.disable(logging.NOTSET)
        shutil.rmtree(folder, ignore_errors=True)
