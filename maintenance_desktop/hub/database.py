"""The one way to the database: pooled connections, transactions, retries. peewee stays in here."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import peewee
import psycopg.conninfo
from playhouse.pool import (  # type: ignore[import-untyped]  # peewee's stubs leave it out
    PooledPostgresqlDatabase,
    PooledSqliteDatabase,
)

from maintenance_desktop import disk
from maintenance_desktop.hub.errors import SetupError, Unavailable

if sys.platform != "win32":
    import pwd

T = TypeVar("T")

_POOL: Final = 12
_ATTEMPTS: Final = 12
_TRY_AGAIN: Final = frozenset({"40001", "40P01", "42710", "42P07"})
"""SQLSTATE of a serialization failure, of a deadlock, and of a type and a table that another made first.

`IF NOT EXISTS` does not see what a transaction beside it is just making. An advisory lock would do as well,
but CockroachDB has those only since 2026.
"""


class _DurableFile(PooledSqliteDatabase):  # type: ignore[misc]  # peewee's stubs leave it out
    """Gives out no connection whose commits might not be on the disk: a client forgets what was answered."""

    def _add_conn_hooks(self, conn: sqlite3.Connection) -> None:
        super()._add_conn_hooks(conn)
        if not disk.is_durable(conn):
            raise SetupError(
                f"The drive of {Path(self.database).parent} cannot keep a change through a power cut. "
                "Choose a folder on a disk of this machine."
            )


class Transaction:
    """Statements inside one transaction. `?` marks a parameter on every database."""

    def __init__(self, database: Any, *, is_postgresql: bool, lock: str) -> None:
        self._database = database
        self.is_postgresql = is_postgresql
        self.lock = lock
        """What to add to a SELECT so that its rows stay as they are until the end."""
        self.last_statements: list[tuple[str, tuple[Any, ...]]] = []

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return list(self._execute(sql, params).fetchall())

    def row(self, sql: str, *params: Any) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found: tuple[Any, ...] | None = self._execute(sql, params).fetchone()
        return found

    def batches(self, sql: str, *params: Any, size: int = 1_000) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query as they come, so many at a time and never all at once."""
        with peewee.__dict__["__exception_wrapper__"]:
            connection = self._database.connection()
            # Without a name, PostgreSQL sends the whole answer before its first row can be read
            cursor = connection.cursor("batches") if self.is_postgresql else connection.cursor()
            with contextlib.closing(cursor):
                cursor.execute(sql.replace("?", self._database.param), params)
                while found := cursor.fetchmany(size):
                    yield found

    def run(self, sql: str, *params: Any) -> int:
        """A statement that writes. Answers how many rows it touched."""
        return int(self._execute(sql, params).rowcount)

    def run_last(self, sql: str, *params: Any) -> None:
        """Run a statement after all others. On PostgreSQL it travels together with the commit.

        So what it locks is locked for no journey to here and back, and for no turn of a busy process.
        """
        self.last_statements.append((sql.replace("?", self._database.param), params))

    def run_for_each(self, sql: str, params: Iterable[tuple[Any, ...]]) -> None:
        """The same statement for many rows."""
        with peewee.__dict__["__exception_wrapper__"]:  # which only `execute_sql` has by itself
            self._database.cursor().executemany(sql.replace("?", self._database.param), list(params))

    def _execute(self, sql: str, params: tuple[Any, ...]) -> Any:
        return self._database.execute_sql(sql.replace("?", self._database.param), params)


class Database:
    """One SQLite file or one PostgreSQL database."""

    def __init__(
        self, pool: PooledSqliteDatabase | PooledPostgresqlDatabase, folder: Path | None = None
    ) -> None:
        self._pool = pool
        self.folder = folder
        """Where an SQLite file lies; None for PostgreSQL."""
        self.is_postgresql = isinstance(pool, PooledPostgresqlDatabase)
        self._one_writer = threading.Lock()

    @classmethod
    def open(cls, target: Path | str) -> Database:
        """A folder (its `hub.db`) or a `postgresql://` address. Raises SetupError."""
        if isinstance(target, str) and "://" in target:
            return cls._open_postgresql(target)
        folder = Path(target)
        try:
            disk.make_folder(folder)
        except OSError as error:
            raise SetupError(f"The folder {folder} cannot be used: {error.strerror}.") from error
        _check_owner(folder)
        pool = _DurableFile(
            str(folder / "hub.db"),
            pragmas={**disk.DURABLE, "busy_timeout": 30_000},
            max_connections=_POOL,
            timeout=30,
            check_same_thread=False,
        )
        return cls(pool, folder)

    @classmethod
    def _open_postgresql(cls, url: str) -> Database:
        if not url.startswith(("postgresql://", "postgres://")):
            raise SetupError("The database address must begin with postgresql://")
        address = url.replace("postgres://", "postgresql://", 1)
        if not _can_be_read(address):
            raise SetupError(
                "The database address cannot be read. Signs like @ : / in a password are written %40 %3A %2F."
            )
        return cls(PooledPostgresqlDatabase(address, prefer_psycopg3=True, max_connections=_POOL, timeout=30))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close_all()

    def read(self, work: Callable[[Transaction], T]) -> T:
        """Read inside one snapshot: every statement sees the same state."""
        mode = "REPEATABLE READ" if self.is_postgresql else "DEFERRED"
        return self._repeat(lambda: self._attempt(work, mode, lock=""))

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Write in one transaction. `work` runs again if the database asks for it, so it keeps nothing."""
        if self.is_postgresql:
            return self._repeat(lambda: self._attempt(work, "READ COMMITTED", lock=" FOR UPDATE"))
        with self._one_writer:
            return self._repeat(lambda: self._attempt(work, "IMMEDIATE", lock=""))

    def set_up(self, work: Callable[[Transaction], T]) -> T:
        """Write as `write` does; what the database does not allow us is a sentence. Raises Unavailable."""
        try:
            return self.write(work)
        except peewee.ProgrammingError as error:
            raise Unavailable(str(error)) from error

    def _attempt(self, work: Callable[[Transaction], T], mode: str, *, lock: str) -> T:
        with self._pool.connection_context(), contextlib.ExitStack() as after_commit:
            with self._pool.atomic(mode):
                transaction = Transaction(self._pool, is_postgresql=self.is_postgresql, lock=lock)
                answer = work(transaction)
                if transaction.last_statements and self.is_postgresql:
                    after_commit.enter_context(peewee.__dict__["__exception_wrapper__"])
                    after_commit.enter_context(self._pool.connection().pipeline())
                for sql, params in transaction.last_statements:
                    self._pool.execute_sql(sql, params)
            return answer

    def _repeat(self, attempt: Callable[[], T]) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                return attempt()
            except peewee.IntegrityError:
                pass  # a concurrent writer was first with that key: look again
            except (peewee.OperationalError, peewee.InterfaceError) as error:
                if not _is_passing(error):
                    raise Unavailable(str(error)) from error
            except peewee.ProgrammingError as error:
                if not _is_passing(error):
                    raise
        try:
            return attempt()
        except peewee.PeeweeException as error:
            raise Unavailable(str(error)) from error


def _can_be_read(url: str) -> bool:
    """Whether host, port and name are such: errors quote them, and a stray @ puts parts of a password in."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return False
    host, port, name = (str(parts.get(part) or "") for part in ("host", "port", "dbname"))
    is_number = port.replace(",", "").isdecimal() or not port
    return is_number and "@" not in host and "@" not in name


def _check_owner(folder: Path) -> None:
    """What root writes in somebody else's folder, that somebody cannot open any more. Raises SetupError."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    owner = folder.stat().st_uid
    if owner != 0:
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise SetupError(f"The folder {folder} belongs to {name}: run this as {name}, not as root.")


def _is_passing(error: peewee.PeeweeException) -> bool:
    """Whether the same transaction may well succeed when it runs again."""
    original = getattr(error, "orig", None)
    if getattr(original, "sqlstate", None) in _TRY_AGAIN:
        return True
    # A connection that broke while idle in the pool; a new one is opened for the next attempt.
    lost = (
        "terminating connection",
        "server closed the connection",
        "connection is lost",
        "connection is closed",
    )
    return any(sign in str(error) for sign in lost)
