"""The hubs of a plant: `maintenance-hub serve` over one database, killed and started again and again."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from tests.soak.processes.nursery import Child, Nursery

_PATIENCE: Final = 90.0
_MEAN_LIFE: Final = 2.5
_AFRESH: Final = 0.1
"""How many are loaded from the disk, as an administrator starts them."""


class MortalHub:
    """One hub process after the other on the same data and the same port. What it says is kept."""

    def __init__(self, number: int, folder: Path, database: str | None, nursery: Nursery) -> None:
        self.name = f"hub-{number}"
        self.database = database
        self.port = _free_port()
        self._data = folder / "hub"
        self._out, self._err = folder / f"{self.name}.out", folder / f"{self.name}.err"
        self._nursery = nursery
        self._child: Child | None = None

    def begins(self, *, afresh: bool) -> None:
        where = ["--data", str(self._data), *(["--database", self.database] if self.database else [])]
        words = ["serve", *where, "--port", str(self.port)]
        outputs = {"out": str(self._out), "err": str(self._err)}
        self._child = self._nursery.starts({"kind": "hub", "words": words, "afresh": afresh, **outputs})

    def answers_within(self, seconds: float) -> bool:
        """Whether it takes calls before the time is over."""
        assert self._child is not None
        until = time.monotonic() + seconds
        while not self._is_listening():
            if time.monotonic() > until or self._child.has_ended.wait(0.02):
                return False
        return True

    def kill(self) -> bool:
        """Whether it was alive."""
        child, self._child = self._child, None
        if child is None:
            return False
        child.kill()
        child.has_ended.wait()
        return child.was_killed

    def last_words(self) -> str:
        return self._err.read_text(errors="replace") if self._err.exists() else ""

    def _is_listening(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False


class HubKeeper:
    """Keeps one hub running, and kills it every now and then until the end."""

    def __init__(
        self, hub: MortalHub, pick: Random, counts: Callable[[str], None], finds: Callable[[str], None]
    ) -> None:
        self.hub = hub
        self._pick, self._counts, self._finds = pick, counts, finds
        self._kind = "hub on PostgreSQL" if hub.database else "hub on SQLite"
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._lives, name=hub.name)

    def starts(self) -> None:
        """The hub is up afterwards."""
        self.hub.begins(afresh=self._pick.random() < _AFRESH)
        if not self.hub.answers_within(_PATIENCE):
            self._finds(f"{self.hub.name} does not start: {self.hub.last_words()[-2000:]}")
            self._is_over.set()

    def begins(self) -> None:
        self._thread.start()

    def ends(self) -> None:
        """No more kills; the hub is up."""
        self._is_over.set()
        self._thread.join()

    def checks_what_it_said(self) -> None:
        if "Traceback" in self.hub.last_words():
            self._finds(f"{self.hub.name} crashed: {self.hub.last_words()[-3000:]}")

    def _lives(self) -> None:
        while not self._is_over.wait(self._pick.expovariate(1 / _MEAN_LIFE)):
            self._kills(self._kind)
            if self._pick.random() < 0.2:
                self.hub.begins(afresh=self._pick.random() < _AFRESH)
                is_up = self.hub.answers_within(self._pick.uniform(0.0, 0.5))
                self._kills(self._kind if is_up else f"{self._kind}, starting")
            self.starts()

    def _kills(self, kind: str) -> None:
        if self.hub.kill():
            self._counts(kind)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
