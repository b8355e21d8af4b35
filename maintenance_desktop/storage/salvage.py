"""Reading what can still be read of a damaged `work.db`."""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.wire import UnreadableJson
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.edit_rows import EDIT_COLUMNS, HISTORY_COLUMNS, edit_of, entry_of
from maintenance_desktop.storage.work import WorkFile

_log = logging.getLogger(__name__)
_AT_ONCE: Final = 200
_ROWS_TO_TRY: Final = 20_000
"""How many numbers are tried where the file does not even tell how many rows it had."""


def salvage(damaged: Path, fresh: WorkFile) -> int:
    """Copy every row that can still be read and understood; how many waiting edits those were.

    What is read is a copy: SQLite tidies up in a file that it opens, and the damaged one stays as it is.
    """
    with TemporaryDirectory(dir=damaged.parent, ignore_cleanup_errors=True) as folder:
        for ending in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f"{damaged}{ending}", Path(folder) / f"work.db{ending}")
        old = Database(Path(folder) / "work.db", {"query_only": 1})
        try:
            _copy(fresh, "meta", ("key", "value"), _facts(old))
            _copy(fresh, "history", HISTORY_COLUMNS, _rows(old, "history", "n", HISTORY_COLUMNS))
            return _copy(fresh, "edit", EDIT_COLUMNS, _rows(old, "edit", "seq", EDIT_COLUMNS))
        finally:
            old.close()


def _copy(fresh: WorkFile, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> int:
    sql = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    found = list(rows)
    copied = 0
    for start in range(0, len(found), _AT_ONCE):
        with fresh.database.write() as db:
            copied += sum(max(0, db.execute(sql, row).rowcount) for row in found[start : start + _AT_ONCE])
    _log.warning("%d rows of %s were read from the damaged file", copied, table)
    return copied


def _facts(old: Database) -> Iterator[tuple[Any, ...]]:
    for key in ("identity", "cache_file", "provisional_number", "epoch"):
        with contextlib.suppress(StorageTrouble):
            yield from old.rows("SELECT key, value FROM meta WHERE key = ?", (key,))


def _rows(old: Database, table: str, number: str, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Row by row, each looked up by itself, so that one broken page hides only what stands on it."""
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {number} = ?"
    for place in range(1, _last_number(old, table, number) + 1):
        with contextlib.suppress(StorageTrouble):
            yield from (row for row in old.rows(sql, (place,)) if _is_understood(table, row))


def _last_number(old: Database, table: str, number: str) -> int:
    try:
        old.rows("SELECT name FROM sqlite_master")
    except StorageTrouble:
        return 0  # not even the table of contents
    found = []
    for sql in (
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",
        f"SELECT max({number}) FROM {table}",
    ):
        with contextlib.suppress(StorageTrouble):
            found += [int(row[0] or 0) for row in old.rows(sql)]
    return max(found, default=_ROWS_TO_TRY)


def _is_understood(table: str, row: tuple[Any, ...]) -> bool:
    try:
        if table == "edit":
            edit_of(row)
        else:
            entry_of(row)
    except (UnreadableJson, TypeError, ValueError, KeyError):
        return False
    return True
