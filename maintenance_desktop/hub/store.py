"""The hub's store: one database, one clock, and what everybody else needs of them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, TypeVar

from argon2 import PasswordHasher

from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub import rows, schema
from maintenance_desktop.hub.database import Database, Transaction
from maintenance_desktop.hub.loading import BATCH, NewRecord, insert_batch

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HubFacts:
    """Which database this is. `epoch` changes when a backup is restored."""

    instance: str
    epoch: str
    name: str


@dataclass(frozen=True, slots=True)
class Author:
    """A person who may act: signed in, or named on the command line."""

    id: str
    name: str
    role: str
    active: bool = True


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class HubStore:
    """Everything the hub remembers. Nothing is kept in memory: several processes may share one database."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime] = utc_now,
        random: Random | None = None,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.hasher = hasher or PasswordHasher()
        self.on_write: Callable[[], None] = _nobody
        """Called after each committed write, from the writing thread."""
        self.combine = "off"
        """Whether clients combine by themselves where nothing overlaps: a setting of the site."""
        self._random = random or SystemRandom()
        self._random_lock = threading.Lock()

    @classmethod
    def open(cls, target: Path | str, **options: Any) -> HubStore:
        """Open a data folder or a `postgresql://` address; its tables are made where there are none."""
        database = Database.open(target)
        try:
            schema.prepare(database)
        except BaseException:
            database.close()
            raise
        return cls(database, **options)

    @cached_property
    def no_password(self) -> str:
        """A hash nobody knows the password of, to be compared where there is no user."""
        return self.hasher.hash(secrets.token_urlsafe(16))

    def close(self) -> None:
        """Close every connection."""
        self.database.close()

    def now_text(self) -> str:
        """The hub's time as it travels."""
        return write_time(self.clock())

    def new_id(self) -> str:
        """An id for a record that the hub makes itself."""
        with self._random_lock:
            return new_id(self.clock(), self._random)

    def facts(self) -> HubFacts:
        """Which database this is."""
        return self.database.read(read_facts)

    def load(self, records: Iterable[NewRecord], *, on_progress: Callable[[int], None] | None = None) -> int:
        """Insert many new records, in transactions of at most 500. Answers how many.

        `on_progress` hears after each transaction how many there are so far.
        """
        done = 0
        coming = iter(records)
        while batch := list(islice(coming, BATCH)):
            self.write(partial(insert_batch, records=batch, now=self.now_text()))
            done += len(batch)
            if on_progress is not None:
                on_progress(done)
        return done

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Write in one transaction, then tell whoever waits for a change."""
        answer = self.database.write(work)
        self.on_write()
        return answer

    def rename(self, name: str) -> None:
        """Change what people call this server."""
        self.database.write(lambda tx: schema.write_meta(tx, "name", name))

    def last_change(self) -> int:
        """The newest change number."""
        return self.database.read(rows.last_change)


def read_facts(tx: Transaction) -> HubFacts:
    """Which database this is."""
    return HubFacts(*(schema.read_meta(tx, key) for key in ("instance", "epoch", "name")))


def read_epoch(tx: Transaction) -> str:
    """Which life of the database this is."""
    return schema.read_meta(tx, "epoch")


def find_author(tx: Transaction, person_id: str) -> Author | None:
    """The person with this id; None when there is none (any more)."""
    row = rows.find(tx, person_id)
    if row is None or row.deleted or row.type != "person":
        return None
    return author_in(row.id, row.body)


def author_in(person_id: str, body: str) -> Author:
    """The person of a record."""
    person = rows.content_of(body)
    return Author(person_id, person["name"], person["role"], person["active"] is not False)


def name_of(tx: Transaction, person_id: str | None) -> str:
    """What to call a person in a sentence, also one who has been deleted."""
    row = rows.find(tx, person_id) if person_id else None
    return str(row.fields["name"]) if row else "Someone"


def _nobody() -> None:
    """Nobody listens yet."""
