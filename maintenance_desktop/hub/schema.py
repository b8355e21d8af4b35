"""The hub's tables. One generic table holds every record type, so a new type needs no new table."""

from __future__ import annotations

import uuid
from typing import Final

from maintenance_desktop.hub.database import Database, Transaction
from maintenance_desktop.hub.errors import SetupError

VERSION: Final = "1"

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # changes: the last change number given out; work_orders: the last work order number
    """CREATE TABLE IF NOT EXISTS counter (
        id INTEGER PRIMARY KEY, changes BIGINT NOT NULL, work_orders BIGINT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS record (
        id TEXT PRIMARY KEY, type TEXT NOT NULL, version BIGINT NOT NULL, seq BIGINT NOT NULL,
        parent_id TEXT, unique_key TEXT UNIQUE, number TEXT UNIQUE,
        deleted INTEGER NOT NULL, rank INTEGER NOT NULL,
        created_at TEXT NOT NULL, created_by TEXT NOT NULL, changed_at TEXT NOT NULL,
        changed_by TEXT NOT NULL, made_at TEXT NOT NULL, finished_at TEXT, finished_by TEXT,
        body TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS record_by_change ON record (seq)",
    "CREATE INDEX IF NOT EXISTS record_by_parent ON record (parent_id, id)",
    "CREATE INDEX IF NOT EXISTS record_by_rank ON record (rank, created_at, id)",
    "CREATE INDEX IF NOT EXISTS record_by_type ON record (type, created_at, id)",
    "CREATE TABLE IF NOT EXISTS credential (person_id TEXT PRIMARY KEY, password_hash TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS session (
        token_hash TEXT PRIMARY KEY, person_id TEXT NOT NULL, device_id TEXT NOT NULL,
        device_name TEXT NOT NULL,
        created_at TEXT NOT NULL, expires_at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS edit_memory (
        person_id TEXT NOT NULL, edit_id TEXT NOT NULL, digest TEXT NOT NULL, version BIGINT, record TEXT,
        remembered_at TEXT NOT NULL, PRIMARY KEY (person_id, edit_id))""",
    "CREATE INDEX IF NOT EXISTS edit_memory_by_time ON edit_memory (remembered_at)",
    """CREATE TABLE IF NOT EXISTS sign_in_attempt (
        key TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_at TEXT NOT NULL)""",
    # What is made ahead for first downloads; its bytes lie beside an SQLite file, else in pieces
    """CREATE TABLE IF NOT EXISTS snapshot (
        digest TEXT PRIMARY KEY, layout INTEGER NOT NULL, epoch TEXT NOT NULL, seq BIGINT NOT NULL,
        records BIGINT NOT NULL, size BIGINT NOT NULL, unpacked BIGINT NOT NULL,
        seconds INTEGER NOT NULL, read_at TEXT NOT NULL, replaced_at TEXT)""",
    """CREATE TABLE IF NOT EXISTS snapshot_piece (
        digest TEXT NOT NULL, place INTEGER NOT NULL, content BYTEA NOT NULL,
        PRIMARY KEY (digest, place))""",
    """CREATE TABLE IF NOT EXISTS snapshot_turn (
        id INTEGER PRIMARY KEY, holder TEXT NOT NULL, until TEXT NOT NULL)""",
    # The ledger: what was not done, what was overwritten, and what people chose
    """CREATE TABLE IF NOT EXISTS decision (
        person_id TEXT NOT NULL, edit_id TEXT NOT NULL, place BIGINT NOT NULL, kind TEXT NOT NULL,
        edit_kind TEXT NOT NULL, type TEXT NOT NULL, record_id TEXT NOT NULL,
        number TEXT NOT NULL, title TEXT NOT NULL, happened_at TEXT NOT NULL, code TEXT NOT NULL,
        message TEXT NOT NULL, base TEXT, mine TEXT, theirs TEXT, result TEXT, version BIGINT NOT NULL,
        changed_by TEXT NOT NULL, changed_at TEXT NOT NULL, choice TEXT NOT NULL,
        chosen_at TEXT NOT NULL, lost TEXT NOT NULL, PRIMARY KEY (person_id, edit_id))""",
    "CREATE INDEX IF NOT EXISTS decision_by_place ON decision (place)",
    "CREATE INDEX IF NOT EXISTS decision_by_record ON decision (record_id, place)",
    "CREATE INDEX IF NOT EXISTS decision_by_time ON decision (happened_at)",
)
_NEWEST_TABLE: Final = "decision"
"""The last one above: a database made by an older hub lacks it, and gets what it lacks."""

_ONCE: Final = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING"


def prepare(database: Database) -> None:
    """Make the tables where there are none. Several hub processes may do this at the same time."""
    if not database.read(_has_tables):
        database.set_up(_create)
    found = database.read(lambda tx: read_meta(tx, "schema"))
    if found != VERSION:
        raise SetupError(
            f"This database was made by another version of the hub (layout {found}, not {VERSION})."
        )


def read_meta(tx: Transaction, key: str) -> str:
    """One of the facts about this database: `instance`, `epoch`, `name`, `schema`."""
    row = tx.row("SELECT value FROM meta WHERE key = ?", key)
    return str(row[0]) if row else ""


def write_meta(tx: Transaction, key: str, value: str) -> None:
    """Change one of the facts about this database."""
    tx.run(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = ?",
        key,
        value,
        value,
    )


def lock_tree(tx: Transaction, record_type: str) -> None:
    """Take turns with everyone else who changes the tree of this type."""
    tx.row(f"SELECT value FROM meta WHERE key = ?{tx.lock}", f"tree:{record_type}")


def _has_tables(tx: Transaction) -> bool:
    catalogue = (
        "pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename"
        if tx.is_postgresql
        else ("sqlite_master WHERE name")
    )
    return tx.row(f"SELECT 1 FROM {catalogue} = ?", _NEWEST_TABLE) is not None


def _create(tx: Transaction) -> None:
    for statement in _TABLES:
        tx.run(statement)
    tx.run("INSERT INTO counter (id, changes, work_orders) VALUES (1, 0, 1000) ON CONFLICT DO NOTHING")
    tx.run("INSERT INTO snapshot_turn (id, holder, until) VALUES (1, '', '') ON CONFLICT DO NOTHING")
    facts = {
        "schema": VERSION,
        "instance": str(uuid.uuid4()),
        "epoch": str(uuid.uuid4()),
        "name": "Maintenance",
    }
    for key, value in (facts | {"tree:asset": "", "tree:location": ""}).items():
        tx.run(_ONCE, key, value)
