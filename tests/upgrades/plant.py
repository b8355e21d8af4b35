"""A hub and the computers at it, without sockets and with clocks that say the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.outcomes import Unreachable
from maintenance_desktop.services.sessions import sign_in
from maintenance_desktop.storage.profiles import create_profile, profile_folder
from tests.person import Person, TokensInMemory
from tests.soak.hub_room import HubRoom, Reply, Request
from tests.soak.network import PagesInTurn, SimulatedTransport

PASSWORD = "secret word"
URL = "http://127.0.0.1:1"
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Clock:
    """Each time it is looked at it is a second later."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Plant:
    """The hub in a folder, which may have been there before."""

    def __init__(self, folder: Path, clock: Clock, seed: int = 1) -> None:
        self.clock = clock
        self.hub = HubRoom(folder, clock, seed)
        self.loses_answers = False

    def signs_in(self, username: str, root: Path, seed: int) -> Person:
        """A computer on which this person signs in for the first time."""
        backend = self._backend(username)
        opened = sign_in(backend, TokensInMemory(), URL, username, PASSWORD)
        folder = profile_folder(root, opened.account)
        create_profile(folder, opened.account)
        return Person(backend, folder, clock=self.clock, seed=seed)

    def comes_back(self, folder: Path) -> Person:
        """A profile that was there before, opened again and signed in."""
        person = Person(self._backend(folder.name), folder, clock=self.clock, seed=99)
        account = person.profile.account
        sign_in(person.backend, TokensInMemory(), URL, account.username, PASSWORD, expected=account)
        return person

    def closes(self) -> None:
        self.hub.is_removed()

    def _backend(self, name: str) -> HubBackend:
        backend = HubBackend(URL)
        backend._calls = backend._waiting = line = SimulatedTransport(name, self._carries)
        backend._pages = PagesInTurn(line)
        return backend

    def _carries(self, request: Request) -> Reply | Unreachable:
        reply = self.hub.answers(request)
        if reply is None or (self.loses_answers and request.path == "/v1/edits"):
            return Unreachable("The server did not answer in time.", maybe_applied=True)
        return reply
