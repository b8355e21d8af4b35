"""A laptop that has a whole plant in its cache, in sync with a hub process that has the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.hub.cursor import Cursor
from maintenance_desktop.storage.profiles import read_account, write_account
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
    _belong_to(hub, folder)
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


def _belong_to(hub: HubProcess, folder: Path) -> None:
    """Let a profile go on from where this hub is. A kept one may be older than that, with the same in it."""
    with closing(sqlite3.connect(hub.data_dir / "hub.db")) as file:
        ((instance,),) = file.execute("SELECT value FROM meta WHERE key = 'instance'")
    account = replace(read_account(folder), instance=instance, server_url=hub.url)
    write_account(folder, account)
    (cache,) = folder.glob("cache-*.db")
    for path, key, value in (
        (folder / "work.db", "identity", f"{instance} {account.person_id}"),
        (cache, "cursor", cursor_of(hub.data_dir)),
    ):
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


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
