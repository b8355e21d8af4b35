"""A laptop that has a whole plant in its cache, in sync with a hub process that has the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.hub.cursor import Cursor
from tests.bench.hubs import PASSWORD, hub_with
from tests.bench.plant import PLANNER
from tests.bench.profiles import profile_with
from tests.hub_process import HubProcess
from tests.person import Person

_NO_SNAPSHOTS: Final = ("--snapshots", "no")
"""Making one keeps a core busy, and nobody fetches it here."""


@contextmanager
def hub_of(n: int, folder: Path) -> Iterator[HubProcess]:
    """A hub process with a plant of its own."""
    hub = HubProcess(hub_with(n, folder), None)
    hub.start_again(0, *_NO_SNAPSHOTS)
    try:
        yield hub
    finally:
        hub.stop()


@contextmanager
def laptop_of(n: int, hub: HubProcess, folder: Path) -> Iterator[Person]:
    """The planner's, with everything that this hub has."""
    profile_with(n, folder)
    (cache,) = folder.glob("cache-*.db")
    stand_at(cache, cursor_of(hub.data_dir))
    person = Person(signed_in(hub.url, PLANNER), folder)
    try:
        yield person
    finally:
        person.leaves()


def signed_in(url: str, username: str) -> HubBackend:
    """The line of somebody who signed in."""
    backend = HubBackend(url)
    backend.use_token(backend.sign_in(username, PASSWORD).token)
    return backend


def cursor_of(hub: Path) -> str:
    """Where somebody stands who has seen everything in a hub's folder."""
    with closing(sqlite3.connect(hub / "hub.db")) as file:
        ((epoch,),) = file.execute("SELECT value FROM meta WHERE key = 'epoch'")
        ((changes,),) = file.execute("SELECT changes FROM counter")
    return Cursor(epoch, changes).encode()


def stand_at(cache: Path, cursor: str) -> None:
    """Let a cache go on from a cursor."""
    with closing(sqlite3.connect(cache)) as file, file:
        file.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (cursor,))


@contextmanager
def counted_requests() -> Iterator[list[str]]:
    """The requests that leave this process: every HTTP library here makes them by the same method."""
    sent: list[str] = []
    original = HTTPConnection.putrequest

    def putrequest(self: HTTPConnection, method: str, url: str, *args: Any, **rest: Any) -> None:
        sent.append(f"{method} {url.partition('?')[0]}")
        original(self, method, url, *args, **rest)

    HTTPConnection.putrequest = putrequest  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        HTTPConnection.putrequest = original  # type: ignore[method-assign]
