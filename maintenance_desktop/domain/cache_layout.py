"""The layout of `cache.db`: plain SQL and its number, shared by the client and whoever makes snapshots.

Every record type has a table of one shape: the record as it came is `body` (null: deleted, or only named by
another record so far; kept so that an older copy cannot come back), and what lists sort and filter by stands
beside it. A work order's columns are whole numbers: choices by their place, times in milliseconds, references
by the row of what they name. Each of its indexes holds them all, so that a list is read from one index.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LAYOUT: Final = 2

TABLES: Final = ("person", "location", "asset", "work_order", "labor", "comment")
OTHER: Final = "other"

OPEN_FROM: Final = 1 << 27
"""Unfinished work orders stand at rows from here on, finished ones below: a search reads those it wants."""
FIRST_OPEN: Final = OPEN_FROM + (1 << 26)
FIRST_FINISHED: Final = 1 << 26
"""Where a download begins to count down; whatever comes later counts up, so newer ones have higher rows."""

_KEYS: Final = (
    "created", "status", "priority", "work_type", "asset", "location", "person", "due", "completed",
    "number_n",
)  # fmt: skip
"""What work orders are filtered and sorted by, as whole numbers."""

_COLUMNS: Final = {
    "person": ("name", "username"),
    "location": ("name", "code", "parent_id"),
    "asset": ("tag", "name", "status", "criticality", "category", "parent_id", "location_id",
              "manufacturer", "model", "serial_number"),
    "work_order": ("title", *_KEYS),
    "labor": ("work_order_id",),
    "comment": ("work_order_id", "asset_id"),
    OTHER: (),
}  # fmt: skip

_INDEXED: Final = {
    "person": ("name",),
    "location": ("name", "parent_id"),
    "asset": ("tag", "name", "parent_id", "location_id"),
    "labor": ("work_order_id",),
    "comment": ("work_order_id", "asset_id"),
}

_TOKENS: Final = "tokenize = 'unicode61 remove_diacritics 2'"


def columns(table: str) -> tuple[str, ...]:
    """The columns of a table that are taken from the record."""
    return _COLUMNS[table]


def statements() -> Iterator[str]:
    """The SQL that makes the tables of an empty cache, quick to be filled."""
    yield "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
    for table, names in _COLUMNS.items():
        is_keyed = table == "work_order"
        own = "".join(
            f", {name} {'INTEGER' if is_keyed and name in _KEYS else 'TEXT COLLATE NOCASE'}" for name in names
        )
        yield (
            f"CREATE TABLE {table} (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,"
            f" version INTEGER NOT NULL, changed_at TEXT NOT NULL, changed_by TEXT NOT NULL{own}, body TEXT)"
        )
    yield (
        "CREATE TABLE tally (status INTEGER, priority INTEGER, work_type INTEGER, count INTEGER NOT NULL,"
        " PRIMARY KEY (status, priority, work_type)) WITHOUT ROWID"
    )
    yield "CREATE TABLE word (word TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID"
    yield (
        "CREATE VIEW work_order_text AS SELECT w.n AS n, json_extract(w.body, '$.number') AS number,"
        " w.title AS title, json_extract(w.body, '$.description') AS description,"
        " coalesce(a.tag, '') || ' ' || coalesce(a.name, '') AS asset"
        " FROM work_order AS w LEFT JOIN asset AS a ON a.n = w.asset WHERE w.body IS NOT NULL"
    )
    yield (
        "CREATE VIRTUAL TABLE work_order_search USING fts5(number, title, description, asset,"
        f" content = 'work_order_text', content_rowid = 'n', {_TOKENS})"
    )
    yield (
        f"CREATE VIRTUAL TABLE asset_search USING fts5(tag, name, serial_number, {_TOKENS}, prefix = '1 2 3')"
    )


def finishing() -> Iterator[str]:
    """The SQL that makes what searches, sorts and counts, once the tables are filled."""
    for table, names in _INDEXED.items():
        for name in names:
            yield f"CREATE INDEX {table}_{name} ON {table} ({name})"
    for name in ("title", *_KEYS):
        keys = ", ".join(dict.fromkeys((name, "created", "n", *_KEYS)))
        yield f"CREATE INDEX work_order_{name} ON work_order ({keys}) WHERE body IS NOT NULL"
    keys = ", ".join(dict.fromkeys(("created", "n", *_KEYS)))
    yield (f"CREATE INDEX work_order_open ON work_order ({keys}) WHERE body IS NOT NULL AND n >= {OPEN_FROM}")
    yield (
        "INSERT INTO tally SELECT coalesce(status, -1), coalesce(priority, -1), coalesce(work_type, -1),"
        " count(*) FROM work_order WHERE body IS NOT NULL GROUP BY 1, 2, 3"
    )
    yield from _tally_keepers()
    yield (
        "INSERT INTO asset_search (rowid, tag, name, serial_number)"
        " SELECT n, tag, name, serial_number FROM asset WHERE body IS NOT NULL ORDER BY n"
    )
    yield (
        "INSERT INTO work_order_search (rowid, number, title, description, asset)"
        " SELECT n, number, title, description, asset FROM work_order_text ORDER BY n"
    )
    yield "INSERT INTO work_order_search (work_order_search) VALUES ('optimize')"
    yield "CREATE VIRTUAL TABLE temp.found_word USING fts5vocab(main, work_order_search, row)"
    # Numbers are found by their beginning in another way, and there is one for each work order
    yield "INSERT INTO word SELECT term, doc FROM temp.found_word WHERE term GLOB '*[^0-9]*'"
    yield "DROP TABLE temp.found_word"
    yield f"INSERT INTO meta VALUES ('layout', '{LAYOUT}')"


def _tally_keepers() -> Iterator[str]:
    """The counts change in the statement that changes a work order, so that they cannot be wrong."""
    old, new = (
        ", ".join(f"coalesce({row}.{name}, -1)" for name in ("status", "priority", "work_type"))
        for row in ("old", "new")
    )
    less = f"UPDATE tally SET count = count - 1 WHERE (status, priority, work_type) = ({old});"
    more = (
        f"INSERT INTO tally VALUES ({new}, 1)"
        " ON CONFLICT (status, priority, work_type) DO UPDATE SET count = count + 1;"
    )
    yield (
        "CREATE TRIGGER work_order_joins AFTER INSERT ON work_order WHEN new.body IS NOT NULL"
        f" BEGIN {more} END"
    )
    yield (
        "CREATE TRIGGER work_order_leaves AFTER DELETE ON work_order WHEN old.body IS NOT NULL"
        f" BEGIN {less} END"
    )
    yield (
        "CREATE TRIGGER work_order_left AFTER UPDATE ON work_order WHEN old.body IS NOT NULL"
        f" BEGIN {less} END"
    )
    yield (
        "CREATE TRIGGER work_order_joined AFTER UPDATE ON work_order WHEN new.body IS NOT NULL"
        f" BEGIN {more} END"
    )
