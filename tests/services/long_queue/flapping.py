"""A network that comes and goes while the sync loop runs in its thread, as in the program."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from socket import socket

from maintenance_desktop.services.status import Connection
from maintenance_desktop.services.sync_loop import Listeners, SyncLoop
from tests.cable import Cable
from tests.person import Person
from tests.services.long_queue.patience import SOAK

_LONG = 2_000 if SOAK else 300


class FlappingCable(Cable):
    """Breaks all it carries after so many bytes and is there again at once; tells before each cut.

    Bytes and not seconds, so that it breaks at the same places on every computer, mostly in the middle of a
    request or of an answer.
    """

    def __init__(self, to_port: int, lasts_for: int, before_cut: Callable[[], None]) -> None:
        self._lasts_for = self._left = lasts_for
        self._before_cut = before_cut
        self._counting = threading.Lock()
        super().__init__(to_port)

    def _deliver(self, data: bytes, to: socket) -> None:
        with self._counting:
            passed = data[: self._left]
            self._left -= len(passed)
            is_over = not self._left
            if is_over:
                self._left = self._lasts_for
        super()._deliver(passed, to)
        if is_over:
            self._before_cut()
            self.pull()
            self.plug_in()


class Running:
    """The sync loop of a person on a thread of its own, from the start to its end."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._moves = threading.Condition()
        self._problems: list[BaseException] = []
        self.loop = SyncLoop(person.backend, person.profile.cache, lambda: datetime.now(UTC), Random(1))
        self.loop.round = person.round
        self.loop.listeners = Listeners(lambda: None, lambda result: None, lambda state: self._notice())
        person.round.should_stop = self.loop.should_stop
        person.round.on_progress = self.loop.on_progress
        self._thread = threading.Thread(target=self._run, name="sync")

    def until_online(self) -> None:
        """Wait until a round came to its end."""
        with self._moves:
            is_there = self._moves.wait_for(self._is_online_or_broken, _LONG)
        assert is_there, self.loop.state
        assert self._problems == []

    def _is_online_or_broken(self) -> bool:
        return self.loop.state.connection is Connection.ONLINE or bool(self._problems)

    def _notice(self) -> None:
        with self._moves:
            self._moves.notify_all()

    def _run(self) -> None:
        try:
            self.loop.run()
        except BaseException as error:
            self._problems.append(error)
            self._notice()
        finally:
            self._person.profile.close_thread()

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.stop()
        self._thread.join(_LONG)
        assert not self._thread.is_alive()


@contextmanager
def cut_every(seconds: float, cable: Cable, before_cut: Callable[[], None]) -> Iterator[None]:
    """Pull the cable every so many seconds, and plug it in again at once."""
    is_over = threading.Event()

    def cuts() -> None:
        while not is_over.wait(seconds):
            before_cut()
            cable.pull()
            cable.plug_in()

    thread = threading.Thread(target=cuts, name="cuts")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
