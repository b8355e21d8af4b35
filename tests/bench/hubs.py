"""Hubs with a whole plant in them, made quickly, and kept in `build/bench` for the next time."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher

from maintenance_desktop.domain import records, wire
from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.records import parent_of
from maintenance_desktop.hub import rows, schema
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.rows import COLUMNS, rank_of, unique_key_of
from maintenance_desktop.hub.store import HubStore
from tests.bench import plant as plants
from tests.bench import words
from tests.bench.plant import FIRST_NUMBER, Made, Plant, plant

KEPT: Final = Path(__file__).parents[2] / "build" / "bench"
PASSWORD: Final = "correct horse"
"""Everybody's, in every hub made here."""

_BATCH: Final = 20_000
_INSERT: Final = f"INSERT INTO record ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(', ')))})"
RECORD_INDEXES: Final = {
    statement.split()[5]: statement for statement in schema._TABLES if " ON record (" in statement
}

CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""For hubs under test: signing 200 people in is not what is measured."""


def fill_hub(store: HubStore, made: Plant) -> int:
    """Write a whole plant into an empty hub, as if it had grown there. Answers how many records.

    Everybody can sign in with `PASSWORD`. Its indexes are made at the end, which is several times faster.
    """
    password_hash = store.hasher.hash(PASSWORD)
    store.database.write(lambda tx: [tx.run(f"DROP INDEX {name}") for name in RECORD_INDEXES])
    lines = _lines(made)
    people: list[tuple[str, str]] = []
    while batch := list(islice(lines, _BATCH)):
        people += [(line[0], password_hash) for line in batch if line[1] == "person"]
        store.database.write(partial(_insert, lines=batch))

    def finish(tx: Transaction) -> None:
        tx.run_for_each("INSERT INTO credential (person_id, password_hash) VALUES (?, ?)", people)
        for statement in RECORD_INDEXES.values():
            tx.run(statement)
        last_number = FIRST_NUMBER + made.n - 1
        tx.run("UPDATE counter SET changes = ?, work_orders = ? WHERE id = 1", made.total, last_number)

    store.database.write(finish)
    if store.database.is_postgresql:
        with store.database._pool.connection_context():
            store.database._pool.connection().execute("ANALYZE")
    return made.total


def kept_hub(n: int, seed: int = 1) -> Path:
    """The data folder of a SQLite hub with this plant. It is made once: copy it before changing it."""
    name = f"hub-{n}-{seed}"
    folder = KEPT / f"{name}-{_recipe()}"
    if folder.exists():
        return folder
    for old in KEPT.glob(f"{name}-*"):
        shutil.rmtree(old)
    unfinished = folder.with_name(f"unfinished-{os.getpid()}")
    store = HubStore.open(unfinished, hasher=CHEAP)
    try:
        fill_hub(store, plant(n, seed))
    finally:
        store.close()
    try:
        return unfinished.replace(folder)
    except OSError:  # another process was faster, and made the same
        shutil.rmtree(unfinished)
        return folder


def hub_with(n: int, folder: Path, seed: int = 1) -> Path:
    """A copy of a kept hub that may be changed."""
    folder.mkdir(parents=True)
    for file in kept_hub(n, seed).iterdir():
        shutil.copyfile(file, folder / file.name)
    return folder


def present_indexes(tx: Transaction) -> set[str]:
    """The names of all indexes there are."""
    catalogue = "indexname FROM pg_indexes" if tx.is_postgresql else "name FROM sqlite_master"
    return {str(name) for (name,) in tx.rows(f"SELECT {catalogue}")}


def _recipe() -> str:
    """What a kept hub depends on: another generator or another table makes another hub."""
    digest = hashlib.sha256()
    for module in (plants, words, records, rows, schema):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:12]


def _insert(tx: Transaction, lines: list[tuple[Any, ...]]) -> None:
    if not tx.is_postgresql:
        tx.run_for_each(_INSERT, lines)
        return
    with tx._database.cursor().copy(f"COPY record ({COLUMNS}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)


def _lines(made: Plant) -> Iterator[tuple[Any, ...]]:
    """The rows of the hub's table, in the order of `COLUMNS`."""
    for seq, record in enumerate(made.records(), start=1):
        yield _line(record, seq)


def _line(record: Made, seq: int) -> tuple[Any, ...]:
    kind, record_id, created_at, created_by, content = record
    finished_at = finished_by = None
    changed_at = created_at
    if kind == "work_order" and content["status"] in FINISHED:
        finished_at = changed_at = content["completed_at"] or created_at
        finished_by = content["completed_by"] or created_by
    return (
        record_id,
        kind,
        1,
        seq,
        parent_of(kind, content),
        unique_key_of(kind, content),
        content.get("number"),
        0,
        int(rank_of(kind, content)),
        created_at,
        created_by,
        changed_at,
        finished_by or created_by,
        created_at,
        finished_at,
        finished_by,
        wire.encode_text(content),
    )
