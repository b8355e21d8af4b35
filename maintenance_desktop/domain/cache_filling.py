"""Filling an empty `cache.db` with all that a server has: rows first, whatever is built upon them at the end.

The client fills its own file like this, and the hub the file that it gives out as a snapshot.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final, NamedTuple, Protocol

import msgspec

from maintenance_desktop.domain.cache_layout import (
    FIRST_FINISHED,
    FIRST_OPEN,
    OPEN_FROM,
    OTHER,
    TABLES,
    columns,
    finishing,
    statements,
)
from maintenance_desktop.domain.cache_rows import moment_of, number_of, place_of, table_of
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import SPECS, FieldKind, RecordSpec

_NAMED: Final = ("person", "location", "asset")
_LARGEST: Final = 10**12


class UnreadableRecord(ValueError):
    """A record whose fields are not of the types that the contract gives them."""


class Line(NamedTuple):
    """One record as a server tells it; `body` is the record as JSON text."""

    type: str
    id: str
    version: int
    changed_at: str
    changed_by: str
    body: str | None
    """None: it was deleted."""


class _Connection(Protocol):
    """What is needed of an open SQLite connection, which the domain does not make."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any: ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any: ...


class CacheFilling:
    """Puts records into a file that nothing reads yet. Each call but `begin` is one transaction."""

    def __init__(self, connection: _Connection) -> None:
        self._file = connection
        self._rows: dict[str, dict[str, int]] = {table: {} for table in _NAMED}
        self._only_named: list[tuple[int, str, str]] = []
        self._next_open, self._next_finished = FIRST_OPEN, FIRST_FINISHED

    def begin(self) -> None:
        """Make the tables."""
        with self._transaction():
            for statement in statements():
                self._file.execute(statement)

    def go_on(self) -> None:
        """Learn again what a filling that was broken off knew."""
        for table, rows in self._rows.items():
            rows.update(self._file.execute(f"SELECT id, n FROM {table}").fetchall())
        lowest = "SELECT min(n) FROM work_order WHERE n"
        ((open_,),) = self._file.execute(f"{lowest} >= {OPEN_FROM}").fetchall()
        ((finished,),) = self._file.execute(f"{lowest} < {OPEN_FROM}").fetchall()
        self._next_open = min(FIRST_OPEN, open_ or FIRST_OPEN)
        self._next_finished = min(FIRST_FINISHED, finished or FIRST_FINISHED)

    def add(self, lines: Sequence[Line], cursor: str | None = None) -> None:
        """Keep what is newer, and where to go on, in one transaction. Raises UnreadableRecord."""
        by_table: dict[str, list[Line]] = {}
        for line in lines:
            by_table.setdefault(table_of(line.type), []).append(line)
        with self._transaction():
            try:
                for table, some in by_table.items():
                    self._file.executemany(_INSERT[table], self._cells(table, some))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise UnreadableRecord(str(error)) from error
            self._keep_only_named()
            if cursor is not None:
                self._file.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (cursor,))

    def finish(self, cursor: str) -> None:
        """Build what searches, sorts and counts."""
        with self._transaction():
            for statement in finishing():
                self._file.execute(statement)
            self._file.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (cursor,))
        self._file.execute("PRAGMA analysis_limit = 400")
        self._file.execute("ANALYZE")

    @property
    def has_what_comes_first(self) -> bool:
        """Whether all unfinished work is here: servers tell of finished work orders after that."""
        return self._next_finished < FIRST_FINISHED

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with contextlib.suppress(Exception):  # SQLite has ended it by itself where the disk is full
                self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def _cells(self, table: str, lines: list[Line]) -> Iterator[tuple[Any, ...]]:
        decode, names, rows = _DECODERS[table].decode, columns(table), self._rows.get(table)
        for line in lines:
            found = decode(line.body or "{}")
            if table == "work_order":
                yield (self._next_row(found), *line[:5], *self._keys(found), line.body)
                continue
            n = None if rows is None else rows.setdefault(line.id, len(rows) + 1)
            yield (n, *line[:5], *(getattr(found, name) for name in names), line.body)

    def _keys(self, found: Any) -> tuple[Any, ...]:
        """The same as `cells_of`, without a mapping in between: this is where a download spends its time."""
        return (
            found.title,
            moment_of(found.created_at),
            place_of("status", found.status),
            place_of("priority", found.priority),
            place_of("work_type", found.work_type),
            self._row("asset", found.asset_id),
            self._row("location", found.location_id),
            self._row("person", found.assigned_to),
            moment_of(found.due_at),
            moment_of(found.completed_at),
            number_of(found.number),
        )

    def _next_row(self, found: Any) -> int:
        """Newest first, so each stands below the one before."""
        if found.status in UNFINISHED:
            self._next_open -= 1
            return self._next_open
        self._next_finished -= 1
        return self._next_finished

    def _row(self, table: str, record_id: str | None) -> int | None:
        """Where a record stands, or will stand once it comes."""
        if record_id is None:
            return None
        rows = self._rows[table]
        n = rows.get(record_id)
        if n is None:
            n = rows[record_id] = len(rows) + 1
            self._only_named.append((n, record_id, table))
        return n

    def _keep_only_named(self) -> None:
        for n, record_id, table in self._only_named:
            self._file.execute(
                f"INSERT OR IGNORE INTO {table} (n, id, type, version, changed_at, changed_by)"
                " VALUES (?, ?, ?, 0, '', '')",
                (n, record_id, table),
            )
        self._only_named = []


def insert_sql(table: str) -> str:
    """The SQL that keeps a record in the file where it is newer than what is there."""
    names = ("n", "type", "id", "version", "changed_at", "changed_by", *columns(table), "body")
    replaced = ", ".join(f"{name} = excluded.{name}" for name in names if name not in ("id", "type"))
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        f" ON CONFLICT DO UPDATE SET {replaced}"
        " WHERE excluded.version > version OR (excluded.version = version AND changed_at = '')"
    )


def _decoder(spec: RecordSpec | None) -> msgspec.json.Decoder[Any]:
    fields = spec.fields if spec else ()
    shape = [(field.name, _TYPES.get(field.kind, str | None), None) for field in fields]
    return msgspec.json.Decoder(msgspec.defstruct("Record", shape, gc=False))


_NUMBER: Final = (
    Annotated[int, msgspec.Meta(gt=-_LARGEST, lt=_LARGEST)]
    | Annotated[float, msgspec.Meta(gt=-_LARGEST, lt=_LARGEST)]
    | None
)
_TYPES: Final = {
    FieldKind.BOOLEAN: bool | None,
    FieldKind.NUMBER: _NUMBER,
    FieldKind.INTEGER: _NUMBER,
}
_ALL: Final = (*TABLES, OTHER)
_DECODERS: Final = {table: _decoder(SPECS.get(table)) for table in _ALL}
_INSERT: Final = {table: insert_sql(table) for table in _ALL}
