"""Where people sit: a program that is killed and started again on the same profile, again and again."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.services.sessions import sign_in
from maintenance_desktop.storage.profiles import create_profile
from tests.soak.journal import Journal
from tests.soak.processes.client import BUSY, TokensInFile
from tests.soak.processes.nursery import Child, Nursery
from tests.soak.processes.witness import reads

PASSWORD: Final = "secret word"
_PATIENCE: Final = 150.0
"""Seconds after which a program does not end by itself any more."""
_AFRESH: Final = 0.06
"""How many programs are loaded from the disk, as people start them."""
_LIVES: Final = (0.1, 0.5, 1.0, 4.0)
"""Seconds that a service lives on average."""


@dataclass
class Tally:
    """What happened, counted under one lock. `wanted`: how many kills are enough."""

    wanted: int
    kills: Counter[str] = field(default_factory=Counter)
    programs: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    is_enough: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def counts_kill(self, kind: str) -> None:
        with self.lock:
            self.kills[kind] += 1
            if self.kills.total() >= self.wanted:
                self.is_enough.set()

    def counts(self, kind: str) -> None:
        with self.lock:
            self.programs[kind] += 1

    def finds(self, problem: str) -> None:
        with self.lock:
            self.problems.append(problem)


class Seat:
    """One person's computer. What each program did is in a journal of its own."""

    def __init__(
        self, name: str, username: str, folder: Path, url: str, nursery: Nursery, tally: Tally, pick: Random
    ) -> None:
        self.name, self.username, self.folder = name, username, folder
        self.profile = folder / "profile"
        self.tally = tally
        self.pick = pick
        self.life = 0
        self._url, self._nursery = url, nursery
        self._thread = threading.Thread(target=self._lives, name=name)
        folder.mkdir()

    def begins(self) -> None:
        self._thread.start()

    def ends(self) -> None:
        self._thread.join()

    def signs_in(self) -> None:
        """For the first time."""
        backend = HubBackend(self._url)
        opened = sign_in(backend, TokensInFile(self.tokens), self._url, self.username, PASSWORD)
        create_profile(self.profile, opened.account)
        backend.close()

    def comes_to_rest(self) -> bool:
        """True while there was something to do."""
        raise NotImplementedError

    def lives_once(self) -> None:
        raise NotImplementedError

    def reads_into(self, journal: Journal) -> None:
        for life in range(1, self.life + 1):
            reads(journal, self.name, self.journal_of(life))

    @property
    def tokens(self) -> Path:
        return self.folder / "token"

    def journal_of(self, life: int) -> Path:
        return self.folder / f"{life}.jsonl"

    def starts(self, kind: str, **more: Any) -> Child:
        self.life += 1
        what = {
            "kind": kind, "seat": self.name, "life": self.life, "folder": str(self.profile),
            "journal": str(self.journal_of(self.life)), "tokens": str(self.tokens), "password": PASSWORD,
            "seed": self.pick.getrandbits(40), "afresh": self.pick.random() < _AFRESH,
            "out": str(self.folder / f"{self.life}.out"), "err": str(self.folder / f"{self.life}.err"),
        }  # fmt: skip
        return self._nursery.starts({**what, **more})

    def has_ended(self, child: Child, what: str) -> None:
        """Wait for it. What it must never do or say is found."""
        if not child.has_ended.wait(_PATIENCE):
            self.tally.finds(f"{self.name}: {what} does not end")
            child.kill()
            child.has_ended.wait()
        if "Traceback" in self._said():
            self.tally.finds(f"{self.name}: {what} crashed: {self._said()[-3000:]}")
        if child.was_killed:
            self.tally.counts_kill(what)

    def _said(self) -> str:
        errors = self.folder / f"{self.life}.err"
        return errors.read_text(errors="replace") if errors.exists() else ""

    def _lives(self) -> None:
        try:
            while not self.tally.is_enough.is_set():
                self.lives_once()
        except Exception as error:
            self.tally.finds(f"{self.name}: the test itself failed: {error!r}")
            raise


class ServiceSeat(Seat):
    """The service of the window runs here."""

    def lives_once(self) -> None:
        child = self.starts("service")
        if self.pick.random() < 0.1:  # while it opens the profile
            child.has_ended.wait(self.pick.uniform(0.0, 0.1))
            child.kill()
            self.has_ended(child, "service, opening")
            return
        child.is_up.wait(_PATIENCE)
        self.tally.is_enough.wait(self.pick.choice(_LIVES) * self.pick.expovariate(1))
        if self.pick.random() < 0.08:
            child.asks_to_end()
            if self.pick.random() < 0.5:
                child.has_ended.wait(self.pick.uniform(0.0, 0.2))
                child.kill()
            self.has_ended(child, "service, closing")
        else:
            child.kill()
            self.has_ended(child, "service")
        if not child.was_killed and child.code != 0:
            self.tally.finds(f"{self.name}: the service ended with {child.code}")

    def comes_to_rest(self) -> bool:
        child = self.starts("rest")
        self.has_ended(child, "service, coming to rest")
        if child.code not in (0, BUSY):
            self.tally.finds(f"{self.name}: cannot come to rest: {child.code}")
        return child.code != 0
