"""Reading what can still be read of a damaged `work.db`."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.wire import UnreadableJson
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.edit_rows import (
    EDIT_COLUMNS,
    EDIT_SELECT,
    HISTORY_COLUMNS,
    edit_of,
    entry_of,
)
from maintenance_desktop.storage.work import WorkFile

_log = logging.getLogger(__name__)
_META: Final = ("key", "value")


def salvage(damaged: Path, fresh: WorkFile) -> int:
    """Copy every row that can still be read and understood; how many waiting edits those were.

    The damaged file itself is only read.
    """
    old = Database(damaged, {"query_only": 1})
    try:
        _copy(old, fresh, "meta", _META)
        _copy(old, fresh, "history", HISTORY_COLUMNS)
        return _copy(old, fresh, "edit", EDIT_COLUMNS)
    finally:
        old.close()


def _copy(old: Database, fresh: WorkFile, table: str, columns: tuple[str, ...]) -> int:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    select = EDIT_SELECT if table == "edit" else f"SELECT {names} FROM {table}"
    copied = 0
    for direction in ("ASC", "DESC"):  # both ends, up to the damaged page
        for place in range(_rows_at_most(old, table)):
            try:
                rows = old.rows(f"{select} ORDER BY {_order(table)} {direction} LIMIT 1 OFFSET ?", (place,))
            except StorageTrouble:
                break
            if not rows:
                break
            if not _is_understood(table, rows[0]):
                continue
            with contextlib.suppress(StorageTrouble), fresh.database.write() as db:
                sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"
                copied += max(0, db.execute(sql, rows[0]).rowcount)
    _log.warning("%d rows of %s were read from the damaged file", copied, table)
    return copied


def _order(table: str) -> str:
    return {"edit": "seq", "history": "n", "meta": "key"}[table]


def _rows_at_most(old: Database, table: str) -> int:
    if table == "meta":
        return 100
    try:
        found = old.rows(f"SELECT max({_order(table)}) FROM {table}")
    except StorageTrouble:
        return 0
    return int(found[0][0] or 0)


def _is_understood(table: str, row: tuple[object, ...]) -> bool:
    try:
        if table == "edit":
            edit_of(row)
        elif table == "history":
            entry_of(row)
    except (UnreadableJson, TypeError, ValueError, KeyError):
        return False
    return True
