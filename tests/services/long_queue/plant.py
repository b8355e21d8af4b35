"""The plant that the three days are about: made once, and copied for each test that spoils it."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from unittest.mock import patch

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.services.sessions import sign_in
from tests.hub_process import HubProcess
from tests.person import LaptopClock, Person, TokensInMemory
from tests.services.long_queue.three_days import (
    ASSETS,
    FINISHED_ORDERS,
    OPEN_ORDERS,
    Fate,
    Others,
    ThreeDays,
)

PASSWORD = "correct horse"
_TOLD = "told.json"


@dataclass(frozen=True)
class Plant:
    """A folder with a hub's data, the profile of Dana, who was offline for three days, and what to expect.

    `seconds` is what each of her saves took of the processor.
    """

    folder: Path
    doomed: dict[str, Fate]
    seconds: list[float]

    @classmethod
    def make(cls, folder: Path, *, share: int = 1, database: str | None = None) -> Plant:
        """Let Dana work for three days, and let others do meanwhile what dooms some of it."""
        folder.mkdir(parents=True)
        with HubProcess.start(folder / "hub", database) as hub:
            hub.add_person("pia", "Pia Plan", "admin")
            hub.add_person("dana", "Dana Ortiz", "planner")
            _import(hub, folder)
            clock = LaptopClock()
            dana = Person.signs_in(hub.url, "dana", folder, clock=clock)
            dana.syncs()
            days = ThreeDays(dana, clock, share=share)
            days.pass_by()
            _others_work(hub, folder, dana, days.others)
            dana.leaves()
        told = {"doomed": {name: asdict(fate) for name, fate in days.doomed.items()}, "seconds": days.seconds}
        (folder / _TOLD).write_text(json.dumps(told))
        return cls(folder, days.doomed, days.seconds)

    @classmethod
    def of(cls, folder: Path) -> Plant | None:
        """The one that was made in that folder; None when there is none."""
        if not (folder / _TOLD).exists():
            return None
        told = json.loads((folder / _TOLD).read_text())
        return cls(folder, {name: Fate(**fate) for name, fate in told["doomed"].items()}, told["seconds"])

    def copy_to(self, folder: Path) -> Plant:
        """The same once more, to be spoiled."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder)

    @property
    def profile(self) -> Path:
        """Where Dana's profile is."""
        (found,) = (self.folder / "profiles").iterdir()
        return found


@contextmanager
def breaking_hub(plant: Plant, database: str | None = None) -> Iterator[HubProcess]:
    """The hub of the plant, with a bug: it breaks on some of the edits."""
    with patch("tests.hub_process._HUB", [sys.executable, str(Path(__file__).with_name("breaking_hub.py"))]):
        hub = HubProcess.start(plant.folder / "hub", database)
    with hub:
        yield hub


@contextmanager
def dana_at(plant: Plant, url: str) -> Iterator[Person]:
    """Dana in front of her laptop, signed in at that address; the clock is right again."""
    backend = HubBackend(url)
    person = Person(backend, plant.profile)
    signs_in_again(person, url)
    try:
        yield person
    finally:
        person.leaves()


@contextmanager
def dana_offline(plant: Plant) -> Iterator[Person]:
    """The same without a network."""
    person = Person(HubBackend("http://127.0.0.1:9"), plant.profile)
    try:
        yield person
    finally:
        person.leaves()


def signs_in_again(person: Person, url: str, password: str = PASSWORD) -> None:
    """The same person at the same profile."""
    account = person.profile.account
    sign_in(person.backend, TokensInMemory(), url, account.username, password, expected=account)


def _import(hub: HubProcess, folder: Path) -> None:
    assets = [(f"A-{number:04}", f"Pump {number}", "running") for number in range(ASSETS)]
    orders = [
        (
            f"Check pump {number}",
            "completed" if number >= OPEN_ORDERS else "open",
            "As the plan says: seal, bearing, noise. " * 5,
            f"A-{number % ASSETS:04}",
        )
        for number in range(OPEN_ORDERS + FINISHED_ORDERS)
    ]
    for kind, head, rows in (
        ("assets", ("tag", "name", "status"), assets),
        ("work-orders", ("title", "status", "description", "asset_tag"), orders),
    ):
        file = folder / f"{kind}.csv"
        with file.open("w", newline="") as stream:
            csv.writer(stream).writerows([head, *rows])
        done = hub.run("import", kind, str(file))
        assert done.returncode == 0, done.stderr


def _others_work(hub: HubProcess, folder: Path, dana: Person, others: Others) -> None:
    """Pia changes, deletes, completes and scraps; Dana is no longer a planner."""
    edits = {edit.id: edit for edit in dana.profile.outbox.pending()}
    otherwise = [replace(edits[one], mine={**edits[one].mine, "hours": 19}) for one in others.reuse_ids]
    dana.backend.push(otherwise, dana.clock())
    pia = Person.signs_in(hub.url, "pia", folder / "pia")
    pia.syncs()
    for record_id in others.change:
        pia.changes(record_id, description="Pia was here")
    for record_id in others.delete:
        pia.records.delete(pia.sees(record_id))
    for record_id in others.complete:
        pia.changes(record_id, status="completed")
    for asset_id in others.scrap:
        pia.records.delete(pia.sees(asset_id, "asset"))
    for tag in others.take_tags:
        pia.records.create("asset", {"tag": tag, "name": "Compressor", "status": "running"})
    pia.changes(dana.profile.account.person_id, "person", role="technician")
    assert pia.syncs().needs_you == ()
    pia.leaves()
    _lose(hub, others.lose)


def _lose(hub: HubProcess, record_ids: list[str]) -> None:
    store = HubStore.open(hub.database or hub.data_dir)
    for record_id in record_ids:
        store.database.write(lambda tx, one=record_id: tx.run("DELETE FROM record WHERE id = ?", one))
    store.close()
