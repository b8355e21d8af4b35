"""`python -m maintenance_desktop.hub.demo --data DIR`: the demo hub, which ends when its standard input does.

The program starts it as a child process and holds the other end of that pipe, so that the hub never outlives
it, however it ends. It prints `listening on http://127.0.0.1:PORT` when it can be called.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from maintenance_desktop.domain.records import SPECS, Value
from maintenance_desktop.hub import schema
from maintenance_desktop.hub.address import Address
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.demo_people import DEMO_PASSWORD
from maintenance_desktop.hub.demo_plant import Plant, build_plant
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.loading import NewRecord
from maintenance_desktop.hub.serving import serve
from maintenance_desktop.hub.sessions import set_password
from maintenance_desktop.hub.store import HubStore, utc_now

NAME: Final = "Alder Creek plant (demo)"
_DATABASE: Final = "hub.db"
_TELL_AGAIN: Final = 0.2
"""Seconds until a server that was not up yet when it was told to stop is told again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the folder if it is new, then answer calls until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m maintenance_desktop.hub.demo")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    options = parser.parse_args(arguments)
    try:
        with open_demo(options.data, utc_now()) as store, _end_with_input():
            serve(store, Address(port=options.port))
    except SetupError as error:
        print(f"demo hub: {error}", file=sys.stderr)  # noqa: T201 - this is a program
        return 1
    return 0


@contextmanager
def open_demo(folder: Path, today: datetime) -> Iterator[HubStore]:
    """The demo hub in this folder, made there first if there is none."""
    if not (folder / _DATABASE).exists():
        _make(folder, today)
    store = _open(folder)
    try:
        yield store
    finally:
        store.close()


def fill(store: HubStore, plant: Plant) -> None:
    """Load the plant, and let everybody in it sign in."""
    store.load(_new_records(plant))
    password = store.hasher.hash(DEMO_PASSWORD)

    def work(tx: Transaction) -> None:
        schema.write_meta(tx, "name", NAME)
        for person in plant.people:
            set_password(tx, str(person["id"]), password)

    store.write(work)


def _open(folder: Path) -> HubStore:
    # the password is no secret, so nothing is gained by hashing it slowly
    return HubStore.open(folder, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def _make(folder: Path, today: datetime) -> None:
    """Fill a database beside and move it in when it is complete, so that no half a plant is ever shown."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        filling = folder / "filling"
        shutil.rmtree(filling, ignore_errors=True)
        store = _open(filling)
        try:
            fill(store, build_plant(today))
        finally:
            store.close()
        (filling / _DATABASE).replace(folder / _DATABASE)
        shutil.rmtree(filling)
    except OSError as error:
        raise SetupError(f"The demo cannot be made in {folder}: {error.strerror}.") from error


def _new_records(plant: Plant) -> Iterator[NewRecord]:
    for record_type, records in plant.by_type():
        names = [field.name for field in SPECS[record_type].fields]
        for record in records:
            yield NewRecord(
                id=str(record["id"]),
                type=record_type,
                fields={name: record[name] for name in names if name in record},
                created_by=str(record["created_by"]),
                created_at=str(record["created_at"]),
                number=_text(record.get("number")),
            )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)


@contextmanager
def _end_with_input() -> Iterator[None]:
    """Send this process SIGTERM when standard input ends."""
    ended = threading.Event()

    def watch() -> None:
        # os.read holds no lock that the interpreter would wait for on its way out
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        while not ended.wait(_TELL_AGAIN):
            signal.raise_signal(signal.SIGTERM)

    # until the server listens to it, the signal has to be harmless
    signal.signal(signal.SIGTERM, lambda *_: None)
    threading.Thread(target=watch, name="end with input", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


if __name__ == "__main__":
    sys.exit(main())
