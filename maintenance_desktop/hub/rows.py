"""Records as they lie in the hub's table, and how they get there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, Final

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import SPECS, Fields, Value
from maintenance_desktop.hub.database import Transaction


class Rank(IntEnum):
    """Where a record stands in a first download: what a technician needs first comes first."""

    PERSON = 0
    LOCATION = 1
    OTHER = 2
    OPEN_WORK = 3
    FINISHED_WORK = 4
    CHILD = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One record with everything the hub knows about it. `body` is the record as JSON text.

    `seq` is 0 until the transaction's last statements give it its change number. A tombstone keeps
    its body, so that an update can bring the record back.
    """

    id: str
    type: str
    version: int
    seq: int
    parent_id: str | None
    unique_key: str | None
    number: str | None
    deleted: bool
    rank: int
    created_at: str
    created_by: str
    changed_at: str
    changed_by: str
    made_at: str
    finished_at: str | None
    finished_by: str | None
    body: str

    @property
    def fields(self) -> dict[str, Any]:
        """The record's content."""
        return content_of(self.body)

    @property
    def current(self) -> dict[str, Any] | None:
        """What others see: the content, or None where it was deleted."""
        return None if self.deleted else self.fields


_NAMES: Final = tuple(field.name for field in fields(Row))
COLUMNS: Final = ", ".join(_NAMES)
_INSERT: Final = f"INSERT INTO record ({COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"
_UPDATE: Final = (
    f"UPDATE record SET {', '.join(f'{name} = ?' for name in _NAMES)} WHERE id = ? AND version = ?"
)


def from_columns(values: Sequence[Any]) -> Row:
    """A row from what `SELECT {COLUMNS}` answers."""
    named: dict[str, Any] = dict(zip(_NAMES, values, strict=True))
    return Row(**(named | {"deleted": bool(named["deleted"])}))


def find(tx: Transaction, record_id: str, *, lock: bool = False) -> Row | None:
    """A record by its id, tombstones included. `lock` keeps it as it is until the transaction ends."""
    found = tx.row(f"SELECT {COLUMNS} FROM record WHERE id = ?{tx.lock if lock else ''}", record_id)
    return from_columns(found) if found else None


def holder(tx: Transaction, unique_key: str) -> Row | None:
    """The record that has this tag or user name now."""
    found = tx.row(f"SELECT {COLUMNS} FROM record WHERE unique_key = ?", unique_key)
    return from_columns(found) if found else None


def living(tx: Transaction, record_type: str) -> list[Row]:
    """All records of a type that is never numerous."""
    sql = f"SELECT {COLUMNS} FROM record WHERE type = ? AND deleted = 0"
    return [from_columns(values) for values in tx.rows(sql, record_type)]


def living_children(tx: Transaction, parent_id: str) -> list[Row]:
    """The children of a work order or asset, locked."""
    sql = f"SELECT {COLUMNS} FROM record WHERE parent_id = ? AND deleted = 0 ORDER BY id{tx.lock}"
    return [from_columns(values) for values in tx.rows(sql, parent_id)]


def insert(tx: Transaction, rows: Sequence[Row]) -> None:
    """Add new records."""
    tx.run_for_each(_INSERT, (_values(row) for row in rows))


def update(tx: Transaction, row: Row, *, from_version: int) -> bool:
    """Replace a record if it still has that version. False when somebody was faster."""
    return tx.run(_UPDATE, *_values(row), row.id, from_version) == 1


def take_numbers(tx: Transaction, changes: int, work_orders: int = 0) -> tuple[int, int]:
    """The last change number and the last work order number that this transaction may use.

    The counter's row stays locked until the commit, so numbers become visible in commit order.
    """
    tx.run(
        "UPDATE counter SET changes = changes + ?, work_orders = work_orders + ? WHERE id = 1",
        changes,
        work_orders,
    )
    row = tx.row("SELECT changes, work_orders FROM counter WHERE id = 1")
    if row is None:
        raise LookupError("the counter has no row")
    return int(row[0]), int(row[1])


def stamp(tx: Transaction, rows: Sequence[Row]) -> None:
    """Give the rows of this transaction their change numbers: its last statement, whatever else follows."""
    if not rows:
        return
    if tx.is_postgresql:
        places = ", ".join(["(?::text, ?::bigint)"] * len(rows))
        tx.run_last(
            "WITH taken AS (UPDATE counter SET changes = changes + ? WHERE id = 1 RETURNING changes)"
            " UPDATE record SET seq = taken.changes - place.before_last"
            f" FROM taken, (VALUES {places}) AS place (id, before_last) WHERE record.id = place.id",
            len(rows),
            *(part for n, row in enumerate(rows, start=1) for part in (row.id, len(rows) - n)),
        )
        return
    last, _ = take_numbers(tx, len(rows))
    first = last - len(rows) + 1
    tx.run_for_each(
        "UPDATE record SET seq = ? WHERE id = ?", ((first + n, row.id) for n, row in enumerate(rows))
    )


def last_change(tx: Transaction) -> int:
    """The newest change number that can be seen."""
    row = tx.row("SELECT changes FROM counter WHERE id = 1")
    return int(row[0]) if row else 0


def body_of(record_type: str, content: Fields) -> str:
    """A record as JSON text: every field of its type, null where it has no value."""
    return wire.encode_text({field.name: content.get(field.name) for field in SPECS[record_type].fields})


def content_of(body: str) -> dict[str, Any]:
    """The content of a record from its JSON text."""
    content: dict[str, Any] = wire.decode(body)
    return content


def rank_of(record_type: str, content: Fields) -> Rank:
    """Where it stands in a first download."""
    if record_type == "person":
        return Rank.PERSON
    if record_type == "location":
        return Rank.LOCATION
    if record_type == "work_order":
        return Rank.OPEN_WORK if content.get("status") in UNFINISHED else Rank.FINISHED_WORK
    return Rank.CHILD if SPECS[record_type].parents else Rank.OTHER


def unique_key_of(record_type: str, content: Fields) -> str | None:
    """What no two living records may share: an asset's tag, a person's user name in any case."""
    if record_type == "asset":
        return f"asset:{content['tag']}"
    if record_type == "person":
        return username_key(str(content["username"]))
    return None


def username_key(username: str) -> str:
    """How a user name is looked up: upper and lower case are the same."""
    return f"person:{username.casefold()}"


def _values(row: Row) -> tuple[Value, ...]:
    return tuple(int(row.deleted) if name == "deleted" else getattr(row, name) for name in _NAMES)
