"""The program ends between any two statements: nothing saved is lost, nothing is done twice."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from maintenance_desktop.storage import database
from maintenance_desktop.storage.database import Database, Transaction
from tests.person import Person
from tests.services.fakes import FakeHub, FakeLine, cached, joins, lost, unreachable

REPOSITORY = Path(__file__).parents[2]


@dataclass
class Moment:
    """The disk and the hub as a power cut would have left them, and what the screen had said by then."""

    folder: Path
    hub: FakeHub
    saved: list


@dataclass
class Camera:
    """Takes a picture of a profile's files whenever they are different from the last one."""

    folder: Path
    album: Path
    hub: FakeHub
    saved: list = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    seen: set = field(default_factory=set)
    is_off: bool = False

    def shoot(self) -> None:
        if self.is_off:
            return
        files = sorted(path for path in self.folder.rglob("*") if path.is_file() and "-shm" not in path.name)
        digest = hashlib.sha256(repr((self.hub.seq, self.saved)).encode())
        for path in files:
            if path.suffix != ".lock":
                digest.update(path.name.encode() + path.read_bytes())
        if digest.digest() in self.seen:
            return
        self.seen.add(digest.digest())
        place = self.album / str(len(self.moments))
        place.mkdir(parents=True)
        for path in files:
            (place / path.relative_to(self.folder)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place / path.relative_to(self.folder))
        self.moments.append(Moment(place, copy.deepcopy(self.hub), list(self.saved)))


@pytest.fixture
def camera(tmp_path, monkeypatch):
    """Takes a picture before every statement and after every transaction of everything under `dana`."""
    found = Camera(tmp_path / "dana", tmp_path / "album", FakeHub())
    execute, commit = Transaction.execute, Database.write.__wrapped__

    def shooting(self, sql, parameters=()):
        found.shoot()
        return execute(self, sql, parameters)

    def shooting_after(self):
        yield from commit(self)
        found.shoot()

    monkeypatch.setattr(Transaction, "execute", shooting)
    monkeypatch.setattr(Database, "write", contextlib.contextmanager(shooting_after))
    return found


def work_of(camera: Camera, dana: Person, order: str) -> None:
    """A day's work; `camera.saved` is told what the screen has said is saved."""

    def saved(what, value):
        camera.saved.append((what, value))

    dana.syncs()
    for hours in (1, 2):
        dana.logs_hours(order, hours)
        saved("hours", hours)
    dana.changes(order, title="Pump drips")
    saved("title", "Pump drips")
    dana.changes(order, description="Under the flange")
    saved("description", "Under the flange")
    new = dana.records.create("work_order", {"title": "Second pump"})
    dana.logs_hours(new, 3)
    saved("hours", 3)
    dana.backend.faults = [None, lost()]
    dana.syncs()
    dana.changes(order, status="on_hold")
    saved("status", "on_hold")
    camera.hub.has("work_order", title="From Bob", by="bob")
    dana.syncs()
    dana.changes(order, status="completed")
    saved("status", "completed")
    dana.syncs()


def reopened(moment: Moment) -> Person:
    return Person(FakeLine(moment.hub, "dana"), moment.folder, seed=2)


@pytest.fixture(params=["on a disk of this computer", "on a network drive"])
def drive(request):
    """Without shared memory the journal is another one."""
    with pytest.MonkeyPatch.context() as patch:
        if "network" in request.param:
            patch.setattr(database, "is_remote", lambda path: True)
        yield


@pytest.mark.usefixtures("drive")
def test_a_day_can_end_at_any_moment(camera, monkeypatch):
    order = camera.hub.has("work_order", title="Pump leaks", description="As found")
    dana = joins(camera.hub, "dana", camera.folder)
    dana.backend.piece = 2
    dana.backend.after_commit = camera.shoot
    work_of(camera, dana, order)
    dana.leaves()
    monkeypatch.undo()
    assert len(camera.moments) > 40
    for number, moment in enumerate(camera.moments):
        again = reopened(moment)
        for _ in range(3):
            again.syncs()
        told = f"moment {number} of {len(camera.moments)}"
        assert again.reader.queue() == [], told
        assert cached(again) == moment.hub.content(), told
        assert len(moment.hub.applied) == len(set(moment.hub.applied)), told
        hours = sorted(labor["hours"] for labor in moment.hub.of_type("labor"))
        known = [value for what, value in moment.saved if what == "hours"]
        assert hours in (known, [*known, len(known) + 1]), told
        latest = {what: value for what, value in moment.saved if what != "hours"}
        record = moment.hub.record(order)
        unseen = {"title": "Pump drips", "description": "Under the flange", "status": "completed"}
        for name, value in latest.items():
            assert record[name] in (value, unseen[name], "on_hold" if name == "status" else value), told
        titles = [row["title"] for row in moment.hub.of_type("work_order")]
        assert titles.count("Second pump") <= 1, told
        again.leaves()


@pytest.mark.parametrize("answer", ["overwrites", "discards", "overwrites_again"])
def test_an_answer_can_be_cut_off_at_any_moment(camera, monkeypatch, answer):
    order = camera.hub.has("work_order", title="Pump leaks", description="As found")
    dana = joins(camera.hub, "dana", camera.folder)
    dana.syncs()
    dana.changes(order, title="Pump drips")
    dana.backend.faults = [unreachable()]
    dana.syncs()
    dana.changes(order, status="on_hold")
    camera.hub.changes(order, description="Bob")
    dana.syncs()
    before = len(camera.moments)
    if answer == "overwrites_again":
        dana.overwrites()
        camera.hub.changes(order, description="Bob again")
        dana.syncs()
    (dana.discards if answer == "discards" else dana.overwrites)()
    camera.saved.append("answered")
    dana.syncs()
    camera.shoot()
    dana.leaves()
    monkeypatch.undo()
    assert len(camera.moments) > before + 2
    for moment in camera.moments[before:]:
        again = reopened(moment)
        again.syncs()
        if again.reader.notifications():
            assert not moment.saved
            (again.discards if answer == "discards" else again.overwrites)()
            again.syncs()
        if again.reader.notifications():
            again.overwrites()
            again.syncs()
        record = moment.hub.record(order)
        if answer == "discards":
            assert (record["title"], record["status"], record["description"]) == ("Pump leaks", "open", "Bob")
        else:
            assert (record["title"], record["status"]) == ("Pump drips", "on_hold")
            assert record["description"] == "As found"
        assert again.reader.queue() == []
        assert cached(again) == moment.hub.content()
        again.leaves()


def test_a_download_can_be_cut_off_at_any_moment(camera, monkeypatch):
    for number in range(6):
        camera.hub.has("work_order", title=f"Pump {number}")
    dana = joins(camera.hub, "dana", camera.folder)
    dana.backend.page, dana.backend.piece = 4, 2
    dana.syncs()
    dana.logs_hours(camera.hub.has("work_order", title="Seventh"), 1)
    camera.hub.forgets_cursors()
    dana.syncs()
    dana.leaves()
    monkeypatch.undo()
    for moment in camera.moments:
        again = reopened(moment)
        again.syncs()
        again.syncs()
        assert cached(again) == moment.hub.content()
        assert again.reader.queue() == []
        assert len(moment.hub.of_type("labor")) <= 1
        again.leaves()


SAVING_FOR_EVER = """
import sys
from pathlib import Path
from tests.person import Person
from tests.services.fakes import FakeHub, FakeLine

person = Person(FakeLine(FakeHub(), "dana"), Path(sys.argv[1]))
for number in range(1, 100_000):
    person.records.create("work_order", {"title": f"Order {number}"})
    print(number, flush=True)
"""


def test_a_killed_program_has_everything_that_it_said_was_saved(tmp_path):
    hub = FakeHub()
    joins(hub, "dana", tmp_path / "dana").leaves()
    process = subprocess.Popen(
        [sys.executable, "-c", SAVING_FOR_EVER, str(tmp_path / "dana")],
        stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    said = [int(process.stdout.readline()) for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    said += [int(line) for line in process.stdout.read().splitlines() if line.strip()]
    process.wait()
    process.stdout.close()
    dana = Person(hub.line("dana"), tmp_path / "dana")
    found = [item.edit.mine["title"] for item in dana.reader.queue()]
    assert found[: len(said)] == [f"Order {number}" for number in said]
    assert len(found) <= len(said) + 1
    dana.syncs()
    assert len(hub.of_type("work_order")) == len(found)
    dana.leaves()
