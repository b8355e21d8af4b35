"""The table of the hub's ledger: one entry for each edit that was not done, overwrote or combined."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Final

from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub.database import Transaction

_KEPT_FOR: Final = timedelta(days=730)
_COUNTER: Final = "decisions"
"""Which row of `meta` holds the last place given out."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry as it lies in its table; contents are JSON text. `place` is 0 until it is written."""

    person_id: str
    edit_id: str
    place: int
    kind: str
    edit_kind: str
    type: str
    record_id: str
    number: str
    title: str
    happened_at: str
    code: str
    message: str
    base: str | None
    mine: str | None
    theirs: str | None
    result: str | None
    version: int
    changed_by: str
    changed_at: str
    choice: str
    chosen_at: str
    lost: str


_NAMES: Final = tuple(field.name for field in fields(Decision))
COLUMNS: Final = ", ".join(_NAMES)
_PUT: Final = (
    f"INSERT INTO decision ({COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"
    " ON CONFLICT (person_id, edit_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES[2:])
)


def find(tx: Transaction, person_id: str, edit_id: str) -> Decision | None:
    """The entry about one edit."""
    found = tx.row(
        f"SELECT {COLUMNS} FROM decision WHERE person_id = ? AND edit_id = ?{tx.lock}", person_id, edit_id
    )
    return Decision(*found) if found else None


def put(tx: Transaction, decision: Decision) -> None:
    """Write an entry, at a place of its own behind all others.

    The counter's row stays locked until the commit, so places become visible in their order.
    """
    tx.run(
        "INSERT INTO meta (key, value) VALUES (?, '1')"
        " ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
        _COUNTER,
    )
    row = tx.row("SELECT value FROM meta WHERE key = ?", _COUNTER)
    placed = replace(decision, place=int(row[0]) if row else 1)
    tx.run(_PUT, *(getattr(placed, name) for name in _NAMES))


def forget_done(tx: Transaction, before: str) -> None:
    """Forget refusals of what was done under its id after all, as soon as that is not remembered any more."""
    tx.run(
        "DELETE FROM decision WHERE kind IN ('conflict', 'refusal') AND (person_id, edit_id) IN"
        " (SELECT person_id, edit_id FROM edit_memory WHERE remembered_at < ?)",
        before,
    )


def forget_old(tx: Transaction, now: datetime) -> None:
    """Forget what is older than two years."""
    tx.run("DELETE FROM decision WHERE happened_at < ?", write_time(now - _KEPT_FOR))
