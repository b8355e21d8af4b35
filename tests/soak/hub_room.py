"""The hub's machine: the real application over a real SQLite file, asked without a network."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from argon2 import PasswordHasher
from requests.structures import CaseInsensitiveDict

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.app import create_app
from maintenance_desktop.hub.drafts import Stroke, next_row
from maintenance_desktop.hub.errors import HubError
from maintenance_desktop.hub.people import add_person
from maintenance_desktop.hub.store import HubStore
from tests.soak.disk import Disk

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Request:
    """One call as it leaves a computer."""

    seat: str
    method: str
    path: str
    params: dict[str, str]
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What comes back. `cut`: the connection breaks after the body."""

    status: int
    headers: Any
    body: bytes
    cut: bool = False


@dataclass(frozen=True)
class LogEntry:
    """What a transaction of the hub did: a version of a record, or an edit claimed or remembered."""

    n: int
    what: str
    edit_id: str
    person_id: str
    record_id: str
    type: str
    version: int
    deleted: bool
    content: dict[str, Any] = field(default_factory=dict)
    transaction: int = 0


WATCHING = (
    """CREATE TABLE watch (n INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, edit_id TEXT, person_id TEXT,
       record_id TEXT, type TEXT, version INTEGER, deleted INTEGER, body TEXT)""",
    """CREATE TRIGGER watch_new AFTER INSERT ON record BEGIN
       INSERT INTO watch (what, person_id, record_id, type, version, deleted, body) VALUES
       ('version', new.changed_by, new.id, new.type, new.version, new.deleted, new.body); END""",
    """CREATE TRIGGER watch_changed AFTER UPDATE OF version ON record BEGIN
       INSERT INTO watch (what, person_id, record_id, type, version, deleted, body) VALUES
       ('version', new.changed_by, new.id, new.type, new.version, new.deleted, new.body); END""",
    """CREATE TRIGGER watch_claimed AFTER INSERT ON edit_memory BEGIN
       INSERT INTO watch (what, edit_id, person_id) VALUES ('claimed', new.edit_id, new.person_id); END""",
    """CREATE TRIGGER watch_remembered AFTER UPDATE ON edit_memory BEGIN
       INSERT INTO watch (what, edit_id, person_id, version)
       VALUES ('remembered', new.edit_id, new.person_id, new.version); END""",
)
"""The hub's database itself writes down what each transaction did, whatever the program says it did."""


class HubRoom:
    """A hub that can be asked, killed and started again."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], seed: int) -> None:
        self.folder = folder
        self.disk = Disk(folder)
        self.generation = 0
        self._clock = clock
        self._random = Random(seed)
        self._loop = asyncio.new_event_loop()
        self.store: HubStore | None = None
        self._app: Any = None
        self.starts()
        self.writes(lambda tx: [tx.run(statement) for statement in WATCHING])

    @property
    def is_up(self) -> bool:
        return self.store is not None

    def starts(self) -> bool:
        """False where it died while it was starting."""
        with contextlib.suppress(HubError):
            store = HubStore.open(self.folder, clock=self._clock, random=self._random, hasher=_QUICK)
            self._app = create_app(store)
            desk = self._app.state.desk
            desk.run = _at_once
            self.store = store
            self.generation += 1
        return self.is_up

    def writes(self, work: Callable[[Any], Any]) -> Any:
        assert self.store is not None
        return self.store.write(work)

    def adds(self, username: str, name: str, role: str) -> str:
        assert self.store is not None
        return add_person(self.store, username, name=name, role=role, password="secret word", check=False)

    def changes_role(self, person_id: str, role: str) -> None:
        """An administrator gives somebody another role."""

        def work(tx: Any) -> None:
            row = rows.find(tx, person_id, lock=True)
            assert row is not None
            stroke = Stroke(person_id, self._clock_text(), self._clock_text())
            changed = next_row(row, row.fields | {"role": role}, stroke)
            rows.update(tx, changed, from_version=row.version)
            rows.stamp(tx, [changed])

        self.writes(work)

    def _clock_text(self) -> str:
        return write_time(self._clock())

    def answers(self, request: Request) -> Reply | None:
        """The whole answer; None where the hub is off, or goes off before it is through."""
        if not self.is_up:
            return None
        reply = self._loop.run_until_complete(self._ask(request))
        return None if self.disk.is_dead else reply

    def goes_down(self, power_cut: Random | None) -> None:
        """After a crash, or now by one. What was being done is not done."""
        self.disk.dies()
        if self.store is not None:
            with contextlib.suppress(Exception):
                self.store.close()
        self.store = None
        self.disk.lives_again(power_cut)

    def log(self) -> list[LogEntry]:
        """Everything that its transactions did, in order."""
        assert self.store is not None
        found = self.store.database.read(
            lambda tx: tx.rows(
                "SELECT n, what, edit_id, person_id, record_id, type, version, deleted, body FROM watch"
                " ORDER BY n"
            )
        )
        return [log_entry(row) for row in found]

    def records(self) -> list[tuple[Any, ...]]:
        """Every record as it lies in the database."""
        assert self.store is not None
        return self.store.database.read(
            lambda tx: tx.rows(
                "SELECT id, type, version, changed_at, changed_by, deleted, body FROM record ORDER BY id"
            )
        )

    def was_deleted(self, record_id: str) -> bool:
        """Whether this record has ever been deleted, as the hub's file says, whether it is up or not.

        Who looks leaves no trace: whoever could write would tidy up the journal when they close as the last.
        """
        address = f"{(self.folder / 'hub.db').as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as file:
            found = file.execute("SELECT 1 FROM watch WHERE record_id = ? AND deleted = 1", (record_id,))
            return found.fetchone() is not None

    def is_removed(self) -> None:
        if self.store is not None:
            self.store.close()
        self._loop.close()
        self.disk.remove()

    async def _ask(self, request: Request) -> Reply:
        sent: list[Any] = []
        coming = [{"type": "http.request", "body": request.body, "more_body": False}]
        is_answered = asyncio.Event()

        async def receive() -> Any:
            if coming:
                return coming.pop()
            await is_answered.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                is_answered.set()

        headers = [(name.lower().encode(), value.encode()) for name, value in request.headers.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
            "scheme": "http", "path": request.path, "raw_path": request.path.encode(), "root_path": "",
            "query_string": urlencode(request.params).encode(), "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "state": {},
        }  # fmt: skip
        await self._app(scope, receive, send)
        start, *rest = sent
        told = CaseInsensitiveDict({name.decode(): value.decode() for name, value in start["headers"]})
        return Reply(start["status"], told, b"".join(part.get("body", b"") for part in rest))


def log_entry(row: tuple[Any, ...]) -> LogEntry:
    n, what, edit_id, person_id, record_id, record_type, version, deleted, body, *transaction = row
    content = wire.decode(body) if body else {}
    return LogEntry(
        n, what, edit_id or "", person_id, record_id or "", record_type or "", version or 0, bool(deleted),
        content, *transaction,
    )  # fmt: skip


async def _at_once(work: Callable[[], Any]) -> Any:
    """In place of the hub's threads: one call at a time, so that a run can be repeated."""
    return work()
