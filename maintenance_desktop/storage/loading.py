"""A large download on its way into a file that nobody looks at yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.disk import WITHOUT_SHARED_MEMORY
from maintenance_desktop.domain.cache_filling import CacheFilling, Line
from maintenance_desktop.drives import is_remote
from maintenance_desktop.storage.database import Database, sentences

# Nothing is lost with what was not on the disk yet: the download goes on where the file's own cursor says
_PRAGMAS: Final = {
    "synchronous": "normal",
    "fullfsync": 1,
    "cache_size": -65_536,
    "wal_autocheckpoint": 16_384,
    "threads": 2,
}


class Loading:
    """One file being filled. It is used by one thread at a time; another one learns what it knew from it."""

    def __init__(self, path: Path) -> None:
        """Raises StorageTrouble."""
        self.file = Database(path, _PRAGMAS)
        self._filling: CacheFilling | None = None
        self._connection: sqlite3.Connection | None = None

    @classmethod
    def begun(cls, path: Path) -> Loading:
        """A new file. Raises StorageTrouble."""
        made = cls(path)
        mode = WITHOUT_SHARED_MEMORY if is_remote(path) else "wal"
        made.file.execute(f"PRAGMA journal_mode = {mode}")
        with sentences():
            CacheFilling(made._connected()).begin()
        return made

    @property
    def cursor(self) -> str | None:
        """Where the download goes on; None before the end of its first page. Raises StorageTrouble."""
        found = self.file.rows("SELECT value FROM meta WHERE key = 'cursor'")
        return str(found[0][0]) if found else None

    @property
    def has_what_comes_first(self) -> bool:
        """Whether all unfinished work is in it."""
        return self._filling is not None and self._filling.has_what_comes_first

    def add(self, lines: Sequence[Line], cursor: str | None = None) -> None:
        """Keep these. Raises StorageTrouble, UnreadableRecord."""
        with sentences():
            self._here().add(lines, cursor)

    def finish(self, cursor: str) -> None:
        """Build what searches, sorts and counts, and have all of it on the disk. Raises StorageTrouble."""
        with sentences():
            self._here().finish(cursor)
        self.file.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give back this thread's connection."""
        self.file.close()

    def _here(self) -> CacheFilling:
        connection = self._connected()
        if self._filling is None or connection is not self._connection:
            self._connection = connection
            self._filling = CacheFilling(connection)
            self._filling.go_on()
        return self._filling

    def _connected(self) -> sqlite3.Connection:
        database: Any = self.file.peewee
        database.connect(reuse_if_open=True)
        connection: sqlite3.Connection = database.connection()
        return connection


def layout_of(file: Database) -> frozenset[tuple[str, str]]:
    """What a file is made of. Raises StorageTrouble."""
    return frozenset(
        file.rows("SELECT name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'")
    )
