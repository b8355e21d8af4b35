"""`python -m tests.upgrades.make_profile`: keep a profile as this version of the program leaves it.

It writes `profiles/layout-N/` with `work.sql`, `profile.json` and the hub that this person works with as
`hub.sql`. Run it once for each layout of `work.db`, before the next one is begun, and never again: what it
wrote is what people have on their disks. The same program writes the same files each time. The cache is left
out: it is a copy of the hub, and a program whose layout of it is another one downloads it anyway.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from unittest import mock

from argon2 import PasswordHasher

from maintenance_desktop.domain.edits import EditState
from maintenance_desktop.domain.views import ConflictView
from maintenance_desktop.storage.work_schema import MIGRATIONS
from tests.person import Person
from tests.soak import hub_room
from tests.upgrades.plant import Clock, Plant

KEPT = Path(__file__).parent / "profiles"
_TRIGGERS = ("watch_new", "watch_changed", "watch_claimed", "watch_remembered")  # of hub_room.py


def main() -> int:
    folder = KEPT / f"layout-{len(MIGRATIONS)}"
    if folder.exists():
        print(f"{folder} is there: it is what people have on their disks, and stays as it is.")
        return 1
    make(folder)
    return 0


def make(folder: Path) -> None:
    """Pia's computer after a week, and the hub at that moment."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as room, _same_each_time():
        plant = Plant(Path(room, "hub"), Clock())
        for username, name, role in (("pia", "Pia Plan", "planner"), ("bob", "Bob Lee", "technician")):
            plant.hub.adds(username, name, role)
        pia = plant.signs_in("pia", Path(room, "pia"), seed=2)
        bob = plant.signs_in("bob", Path(room, "bob"), seed=3)
        week(plant, pia, bob)
        profile = pia.profile.path
        pia.leaves()
        bob.leaves()
        plant.hub.goes_down(None)
        (folder / "work.sql").write_text(_dump(profile / "work.db"), encoding="utf-8")
        shutil.copyfile(profile / "profile.json", folder / "profile.json")
        (folder / "hub.sql").write_text(_dump(_tidied(Path(room, "hub", "hub.db"))), encoding="utf-8")
        plant.closes()


def week(plant: Plant, pia: Person, bob: Person) -> None:
    """What happened: a history of each kind, a conflict, a refusal, a lost answer, and then no network."""
    hall = pia.records.create("location", {"name": "Hall 2"})
    pumps = [_asset(pia, number, hall) for number in range(4)]
    orders = [
        pia.records.create("work_order", {"title": f"Inspect pump {number}", "asset_id": pumps[number % 4]})
        for number in range(20)
    ]
    for order in orders:
        pia.logs_hours(order, Decimal("0.25"))
    for _ in range(3):
        pia.syncs()
    _history(pia, bob, orders)
    _open_questions(pia, bob, orders)
    plant.loses_answers = True
    pia.changes(orders[4], description="The answer to this was lost.")
    pia.syncs()
    plant.loses_answers = False
    pia.changes(orders[4], priority="high")
    _offline(pia, orders, pumps)


def _asset(pia: Person, number: int, hall: str) -> str:
    fields = {"tag": f"P-{number}", "name": f"Pump {number} – Größe № {number}", "status": "running"}
    return pia.records.create("asset", fields | {"location_id": hall})


def _history(pia: Person, bob: Person, orders: list[str]) -> None:
    """One edit for each way to end."""
    bob.syncs()
    for order in orders[:2]:
        pia.changes(order, title="Pia's title")
        bob.changes(order, title="Bob's title")
    pia.changes(orders[3], remedy="Pia: greased.")
    bob.changes(orders[3], cause="Bob: ran dry.")
    pia.logs_hours(orders[2], Decimal("1.5"))
    bob.changes(orders[2], status="completed")
    bob.syncs()
    pia.syncs()
    pia.decisions.combine(_conflict_of(pia, orders[3]), {})
    conflicts = [item.edit.id for item in pia.reader.notifications() if item.edit.server]
    first, second = (pia.reader.conflict(edit_id, "planner") for edit_id in conflicts)
    assert first is not None
    assert second is not None
    pia.decisions.overwrite(first.id, first.server.version)
    pia.decisions.discard(second.id)
    (refused,) = (one.edit.id for one in pia.reader.notifications() if one.edit.state is EditState.REFUSED)
    pia.decisions.acknowledge(refused)
    undone = pia.records.create("work_order", {"title": "A mistake"})
    pia.records.undo(pia.sees(undone).edits[-1].id)
    pia.syncs()


def _conflict_of(pia: Person, order: str) -> ConflictView:
    (edit_id,) = (one.edit.id for one in pia.reader.notifications() if one.edit.record_id == order)
    view = pia.reader.conflict(edit_id, "planner")
    assert view is not None
    return view


def _open_questions(pia: Person, bob: Person, orders: list[str]) -> None:
    """A conflict with a change behind it, an error with hours that are not added, and hours booked twice."""
    bob.syncs()
    pia.logs_hours(orders[17], Decimal("0.25"))
    pia.round.forget_server()
    pia.changes(orders[0], description="Pia: bearing noisy at the drive end.")
    pia.logs_hours(orders[3], Decimal("2.5"))
    bob.changes(orders[0], description="Bob: bearing seized, pump isolated.")
    bob.changes(orders[3], status="completed")
    bob.syncs()
    pia.syncs()
    pia.changes(orders[0], status="in_progress")


def _offline(pia: Person, orders: list[str], pumps: list[str]) -> None:
    """Changes of every kind, chains of them, and some that need others."""
    for number, order in enumerate(orders[5:15]):
        pia.changes(order, status="in_progress")
        pia.logs_hours(order, Decimal(number + 1) / 4)
        pia.records.create("comment", {"work_order_id": order, "text": f"Seen on round {number}: “läuft”"})
        (booked, *_) = pia.reader.children("labor", order)
        pia.records.update(booked, {"hours": Decimal("0.5")})
    for order in orders[5:8]:
        pia.changes(order, status="completed", completion_notes="Done offline.")
    (booked, *_) = pia.reader.children("labor", orders[15])
    pia.records.delete(booked)
    pia.records.delete(pia.sees(orders[16]))
    pia.changes(pumps[0], "asset", status="down")
    motor = {"tag": "P-0-M", "name": "Motor", "status": "running", "parent_id": pumps[0]}
    part = pia.records.create("asset", motor)
    new = pia.records.create("work_order", {"title": "Replace motor", "asset_id": part})
    for hours in ("1", "0.75"):
        pia.logs_hours(new, Decimal(hours))
    pia.changes(new, priority="high")
    pia.changes(new, status="completed")


@contextlib.contextmanager
def _same_each_time() -> Iterator[None]:
    """Ids and salts that luck would make otherwise."""
    luck = Random(20_261_123)

    class Hasher(PasswordHasher):
        def hash(self, password: str, *, salt: bytes | None = None) -> str:
            return super().hash(password, salt=salt or luck.randbytes(16))

    quick = Hasher(time_cost=1, memory_cost=8, parallelism=1)

    def made_up() -> uuid.UUID:
        return uuid.UUID(int=luck.getrandbits(128), version=4)

    with mock.patch.object(uuid, "uuid4", made_up), mock.patch.object(hub_room, "_QUICK", quick):
        yield


def _tidied(hub: Path) -> Path:
    """Without what a test wrote down in it, and without sessions: their tokens are another one each time."""
    with contextlib.closing(sqlite3.connect(hub)) as file:
        for name in _TRIGGERS:
            file.execute(f"DROP TRIGGER {name}")
        file.executescript("DROP TABLE watch; DELETE FROM session; DELETE FROM sign_in_attempt;")
    return hub


def _dump(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as file:
        ((layout,),) = file.execute("PRAGMA user_version")
        lines = [*file.iterdump(), f"PRAGMA user_version = {layout};"]
    if not any("AUTOINCREMENT" in line for line in lines):  # `watch` was the only table that counts
        lines = [line for line in lines if "sqlite_sequence" not in line]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
