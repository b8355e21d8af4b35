"""The layout of `cache.db`: plain SQL and its number, shared by the client and whoever makes snapshots.

Every record type has a table of one shape: the record as it came is `body` (null: deleted, kept so that
an older copy cannot come back), and what lists sort and filter by is computed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LAYOUT: Final = 1

TABLES: Final = ("person", "location", "asset", "work_order", "labor", "comment")
OTHER: Final = "other"

_COMPUTED: Final = {
    "person": ("name", "username"),
    "location": ("name", "code", "parent_id"),
    "asset": ("tag", "name", "status", "criticality", "category", "parent_id", "location_id",
              "manufacturer", "model", "serial_number"),
    "work_order": ("number", "title", "status", "priority", "work_type", "asset_id", "location_id",
                   "assigned_to", "due_at", "created_at", "completed_at"),
    "labor": ("work_order_id", "hours"),
    "comment": ("work_order_id", "asset_id"),
    OTHER: (),
}  # fmt: skip

_INDEXED: Final = {
    "person": (),
    "location": (),
    "asset": ("tag", "parent_id", "location_id"),
    "work_order": ("number", "status", "asset_id", "location_id", "assigned_to", "due_at", "created_at"),
    "labor": ("work_order_id",),
    "comment": ("work_order_id", "asset_id"),
    OTHER: (),
}

_SEARCH: Final = "tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'"


def columns(table: str) -> tuple[str, ...]:
    """The computed columns of a table."""
    return _COMPUTED[table]


def statements() -> Iterator[str]:
    """The SQL that makes an empty cache."""
    yield "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
    yield f"INSERT INTO meta VALUES ('layout', '{LAYOUT}')"
    for table, names in _COMPUTED.items():
        computed = "".join(
            f", {name} TEXT GENERATED ALWAYS AS (json_extract(body, '$.{name}')) VIRTUAL" for name in names
        )
        yield (
            f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,"
            f" version INTEGER NOT NULL, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL,"
            f" body TEXT{computed})"
        )
        for name in _INDEXED[table]:
            yield f"CREATE INDEX {table}_{name} ON {table} ({name})"
    yield f"CREATE VIRTUAL TABLE work_order_search USING fts5(number, title, description, asset, {_SEARCH})"
    yield f"CREATE VIRTUAL TABLE asset_search USING fts5(tag, name, serial_number, {_SEARCH})"
