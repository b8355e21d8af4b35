"""Backups in a form of our own, the same for every database: one taken on SQLite restores into PostgreSQL."""

from __future__ import annotations

import gzip
import json
import os
import uuid
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from maintenance_desktop import disk
from maintenance_desktop.hub import ledger_table, schema
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.rows import COLUMNS
from maintenance_desktop.hub.store import HubStore

_FORMAT: Final = "maintenance-hub-backup-2"
_READABLE: Final = (_FORMAT, "maintenance-hub-backup-1")
"""The first one has no ledger. Older hubs refuse the second in a sentence."""
_PAGE: Final = 1_000
_PREFIX: Final = "maintenance-hub-"
_SUFFIX: Final = ".backup.gz"

_TABLES: Final = {
    "meta": ("key, value", "key"),
    "counter": ("id, changes, work_orders", "id"),
    "record": (COLUMNS, "id"),
    "credential": ("person_id, password_hash", "person_id"),
    "edit_memory": ("person_id, edit_id, digest, version, record, remembered_at", "person_id, edit_id"),
    "decision": (ledger_table.COLUMNS, "person_id, edit_id"),
}
"""What is kept of which table, and its key. Sessions are not: a token revoked since must not live again."""

_EMPTIED: Final = (*_TABLES, "session", "sign_in_attempt", "snapshot", "snapshot_piece")


def backup(store: HubStore, file: Path) -> int:
    """Write everything to a file that only its owner can read, from one snapshot, while the hub runs.

    Answers how many rows. An older file of that name is replaced once the new one is on the disk.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as stream:
            count = store.database.read(lambda tx: _dump(tx, stream))
            stream.flush()
        disk.replace_file(unfinished, file)
    except OSError as error:
        raise SetupError(f"{file} cannot be written: {error.strerror}.") from error
    return count


def backup_into(store: HubStore, folder: Path, *, keep: int) -> tuple[Path, int]:
    """Write a backup named by the time, then delete the oldest of those, beyond the `keep` newest.

    Answers the file and how many rows. Raises SetupError.
    """
    if keep < 1:
        raise SetupError("--keep 0 would delete the backup that it makes.")
    file = folder / f"{_PREFIX}{store.clock():%Y%m%dT%H%M%SZ}{_SUFFIX}"
    count = backup(store, file)
    for old in sorted(folder.glob(f"{_PREFIX}*Z{_SUFFIX}"))[:-keep]:
        try:
            old.unlink()
        except OSError as error:
            raise SetupError(f"The new backup is {file}; {old} stays: {error.strerror}.") from error
    return file, count


def restore(store: HubStore, file: Path) -> int:
    """Replace everything in the database by a backup, all or nothing. Answers how many rows.

    The epoch is a new one, so that every client downloads again; nobody's waiting edits are lost by that.
    """
    _check(file)

    def work(tx: Transaction) -> int:
        for table in _EMPTIED:
            tx.run(f"DELETE FROM {table}")
        count = 0
        for table, values in _grouped(file):
            columns = _TABLES[table][0]
            marks = ", ".join("?" * len(columns.split(", ")))
            tx.run_for_each(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
            count += len(values)
        schema.write_meta(tx, "epoch", str(uuid.uuid4()))
        return count

    return store.write(work)


def _dump(tx: Transaction, stream: Any) -> int:
    write = partial(_write_line, stream)
    write([_FORMAT, schema.VERSION])
    count = 0
    for table, (columns, key) in _TABLES.items():
        for values in _all_rows(tx, table, columns, key):
            write([table, *values])
            count += 1
    write(["end", count])
    return count


def _all_rows(tx: Transaction, table: str, columns: str, key: str) -> Iterator[tuple[Any, ...]]:
    names = columns.split(", ")
    places = [names.index(name) for name in key.split(", ")]
    marks = ", ".join("?" * len(places))
    after: tuple[Any, ...] = ()
    while True:
        where = f" WHERE ({key}) > ({marks})" if after else ""
        page = tx.rows(f"SELECT {columns} FROM {table}{where} ORDER BY {key} LIMIT ?", *after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = tuple(page[-1][place] for place in places)


def _write_line(stream: Any, values: list[Any]) -> None:
    stream.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")


def _read_lines(file: Path) -> Iterator[list[Any]]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            for line in stream:
                yield json.loads(line)
    except gzip.BadGzipFile as error:
        raise SetupError(f"{file} is not a backup of a maintenance hub.") from error
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}.") from error
    except (EOFError, ValueError, zlib.error) as error:
        raise SetupError(f"{file} is damaged or incomplete.") from error


def _check(file: Path) -> None:
    """Read the whole file before anything is deleted."""
    lines = _read_lines(file)
    header = next(lines, None)
    if header not in [[readable, schema.VERSION] for readable in _READABLE]:
        raise SetupError(f"{file} is not a backup that this version of the hub can restore.")
    count = 0
    last: list[Any] = []
    for last in lines:
        count += last[:1] != ["end"]
    if last != ["end", count]:
        raise SetupError(f"{file} is damaged or incomplete.")


def _grouped(file: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The rows in batches of one table each."""
    lines = islice(_read_lines(file), 1, None)
    table = ""
    batch: list[tuple[Any, ...]] = []
    for name, *values in lines:
        if batch and (name != table or len(batch) >= _PAGE):
            yield table, batch
            batch = []
        table = name
        if name != "end":
            batch.append(tuple(values))
