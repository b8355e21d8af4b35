"""Where the bytes of snapshots lie: beside an SQLite file, else in the database, for every hub process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from maintenance_desktop import disk
from maintenance_desktop.hub.database import Database, Transaction
from maintenance_desktop.hub.snapshot_list import digests

PIECE: Final = 512 * 1024
"""So many bytes are in one row, and leave a hub at once. Databases are full of such rows: it stays."""

_FOLDER: Final = "snapshots"
_ENDING: Final = ".db.gz"
_REMOVED_AT_ONCE: Final = 32
"""Pieces: a transaction that removes more would hold others up."""


class Shelf(Protocol):
    """Keeps files under the digest of their bytes. Which of them count is in the list, not here."""

    def keep(self, file: Path, digest: str) -> None:
        """Take a finished file in."""
        ...

    def holds(self, digest: str) -> bool:
        """Whether all of it is here."""
        ...

    def pieces(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`. Raises LookupError where they are gone."""
        ...

    def remove_unlisted(self) -> None:
        """Remove what is not in the list. Only whose turn it is may do this: it may be unfinished."""
        ...


def shelf_of(database: Database) -> Shelf:
    """The shelf that belongs to a database."""
    if database.folder is None:
        return TableShelf(database)
    return FolderShelf(database, database.folder / _FOLDER)


class FolderShelf:
    """Files in a folder."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self.folder = folder

    def keep(self, file: Path, digest: str) -> None:
        """Take a finished file in; it is moved."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        disk.replace_file(file, self._path(digest))

    def holds(self, digest: str) -> bool:
        """Whether it is here."""
        return self._path(digest).is_file()

    def pieces(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`. Raises LookupError."""
        try:
            with self._path(digest).open("rb") as file:
                file.seek(start)
                while start < end:
                    piece = file.read(min(PIECE, end - start))
                    if not piece:
                        raise LookupError(digest)
                    start += len(piece)
                    yield piece
        except OSError as error:
            raise LookupError(digest) from error

    def remove_unlisted(self) -> None:
        """Remove what is not in the list."""
        listed = self._database.read(digests)
        for path in self.folder.glob(f"*{_ENDING}"):
            if path.name.removesuffix(_ENDING) not in listed:
                with contextlib.suppress(OSError):  # Windows: somebody still reads it; the next time, then
                    path.unlink()

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}{_ENDING}"


class TableShelf:
    """Rows of a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, file: Path, digest: str) -> None:
        """Copy a finished file, one small transaction for each piece."""
        self._database.write(partial(_remove, digest=digest, before=1 << 31))
        with file.open("rb") as stream:
            place = 0
            while content := stream.read(PIECE):
                self._database.write(partial(_insert, digest=digest, place=place, content=content))
                place += 1

    def holds(self, digest: str) -> bool:
        """Whether any of it is here: it is listed only after its last piece."""
        return self._database.read(partial(_piece, digest=digest, place=0)) is not None

    def pieces(self, digest: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to `end`. Raises LookupError."""
        while start < end:
            place, skipped = divmod(start, PIECE)
            content = self._database.read(partial(_piece, digest=digest, place=place))
            piece = (content or b"")[skipped : skipped + end - start]
            if not piece:
                raise LookupError(digest)
            start += len(piece)
            yield piece

    def remove_unlisted(self) -> None:
        """Remove what is not in the list, in small transactions."""

        def unlisted(tx: Transaction) -> list[tuple[str, int]]:
            here = tx.rows("SELECT digest, count(*) FROM snapshot_piece GROUP BY digest")
            listed = digests(tx)
            return [(str(digest), int(count)) for digest, count in here if digest not in listed]

        for digest, count in self._database.read(unlisted):
            for before in range(_REMOVED_AT_ONCE, count + _REMOVED_AT_ONCE, _REMOVED_AT_ONCE):
                self._database.write(partial(_remove, digest=digest, before=before))


def _insert(tx: Transaction, *, digest: str, place: int, content: bytes) -> None:
    tx.run("INSERT INTO snapshot_piece (digest, place, content) VALUES (?, ?, ?)", digest, place, content)


def _piece(tx: Transaction, *, digest: str, place: int) -> bytes | None:
    row = tx.row("SELECT content FROM snapshot_piece WHERE digest = ? AND place = ?", digest, place)
    return None if row is None else bytes(row[0])


def _remove(tx: Transaction, *, digest: str, before: int) -> None:
    tx.run("DELETE FROM snapshot_piece WHERE digest = ? AND place < ?", digest, before)
