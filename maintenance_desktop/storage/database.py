"""One SQLite file: a connection per thread, one writer at a time, errors as sentences."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import peewee

from maintenance_desktop import disk
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.drives import is_remote

_log = logging.getLogger(__name__)

_BUSY_SECONDS: Final = 30
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DAMAGED_WORDS: Final = ("malformed JSON", "no such table", "Could not decode to UTF-8")
"""What SQLite says of our fixed statements only when the file does not hold what was written into it."""

READING: Final = {"synchronous": "full", "fullfsync": 1, "query_only": 1}
"""For looking: who closes a file as the last one writes its journal into it and throws the journal away."""


class Damaged(StorageTrouble):
    """The file is not a sound database."""


class _DurableFile(peewee.SqliteDatabase):
    """Gives out no connection that is less durable than it was asked to be."""

    def connect(self, reuse_if_open: bool = False) -> bool:
        is_new: bool = super().connect(reuse_if_open)
        current: Callable[[], sqlite3.Connection] = self.connection  # peewee's stubs leave it untyped
        if is_new and not disk.is_durable(current()):
            current().execute(f"PRAGMA journal_mode = {disk.WITHOUT_SHARED_MEMORY}")
        if is_new and not disk.is_durable(current()):
            self.close()
            raise StorageTrouble(
                f"The drive of {Path(self.database).parent} cannot keep a save through a power cut, so "
                "nothing is saved there. Ask your IT for a data folder on a disk of this computer."
            )
        return is_new


class Transaction:
    """What can be done inside of a transaction.

    Statements go straight to SQLite: peewee's own way to them costs as much as most of them do.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, tuple(parameters))

    def execute_each(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of these."""
        self._connection.executemany(sql, rows)


class Database:
    """One SQLite file. Each thread that uses it gets a connection and gives it back with `close`."""

    def __init__(self, path: Path, pragmas: dict[str, Any]) -> None:
        self.path = path
        kind = _DurableFile if "journal_mode" in pragmas else peewee.SqliteDatabase
        if kind is _DurableFile and is_remote(path):
            pragmas = {**pragmas, "journal_mode": disk.WITHOUT_SHARED_MEMORY}
        self.peewee = kind(str(path), pragmas=pragmas, timeout=_BUSY_SECONDS)
        self._one_writer = threading.RLock()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """The only way to write: one transaction, on disk when it ends. Raises StorageTrouble.

        Writers queue here instead of in SQLite's busy loop, which starves them. What is written inside of
        another transaction of the same thread is a part of that.
        """
        with sentences(), self._one_writer:
            connection = self._connection()
            if connection.in_transaction:
                yield Transaction(connection)
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # SQLite has ended it by itself where the disk is full
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other writers out for a while."""
        with self._one_writer:
            yield

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Reads that see one moment. Raises StorageTrouble."""
        with sentences(), self.peewee.atomic("DEFERRED"):
            yield Transaction(self._connection())

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one query. Raises StorageTrouble."""
        with sentences():
            return self._connection().execute(sql, tuple(parameters)).fetchall()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement that cannot stand in a transaction. Raises StorageTrouble."""
        self.rows(sql, parameters)

    def close(self) -> None:
        """Give back this thread's connection."""
        if not self.peewee.is_closed():
            self.peewee.close()

    def _connection(self) -> sqlite3.Connection:
        """This thread's, opened when it is first needed."""
        current: Callable[[], sqlite3.Connection] = self.peewee.connection  # peewee's stubs leave it untyped
        return current()


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what SQLite or the system says into a sentence for people. Raises StorageTrouble or Damaged."""
    try:
        yield
    except (peewee.PeeweeException, sqlite3.Error, OSError) as error:
        _log.error("storage: %s", error)
        if _error_code(error) & 0xFF in _DAMAGED or any(words in str(error) for words in _DAMAGED_WORDS):
            raise Damaged("A data file on this computer is damaged.") from error
        raise StorageTrouble(_sentence(error)) from error


def _error_code(error: BaseException | None) -> int:
    """The first cause that says more than "error": a failed rollback hides what made it necessary."""
    codes = []
    while error is not None:
        codes.append(int(getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR))
        error = error.__cause__ or error.__context__
    return next((code for code in codes if code != sqlite3.SQLITE_ERROR), sqlite3.SQLITE_ERROR)


def _sentence(error: BaseException) -> str:
    match _error_code(error) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "The disk is full, so this could not be saved. Free some space and save again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return "The data folder cannot be written, so nothing was saved. Ask your IT about its rights."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "Another program holds the data file, so this could not be saved. Close it and save again."
    return "The disk reported an error, so this could not be saved. What was saved before is safe."
