"""Adding many records at once: imports, the demo plant, tests at scale."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.records import Fields
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.drafts import Stroke, new_row, with_defaults
from maintenance_desktop.hub.rows import Row

BATCH: Final = 500
_OUR_NUMBER: Final = re.compile(r"WO-([1-9]\d{0,15})")


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record with its history: unlike an edit it may say who made it, when, and its number.

    `fields` are stored as they are; whoever cannot vouch for them checks them first.
    """

    id: str
    type: str
    fields: Fields
    created_by: str
    created_at: str
    number: str | None = None


def insert_batch(tx: Transaction, records: Sequence[NewRecord], now: str) -> None:
    """Insert these in the order they come, in the caller's transaction."""
    unnumbered = sum(record.type == "work_order" and not record.number for record in records)
    _raise_last_number(tx, [record.number for record in records])
    last_change, last_number = rows.take_numbers(tx, len(records), unnumbered)
    number = last_number - unnumbered
    change = last_change - len(records)
    made = []
    for record in records:
        stroke = Stroke(record.created_by, now, record.created_at)
        content: dict[str, Any] = with_defaults(record.type, record.fields, stroke)
        wanted = record.number
        if record.type == "work_order" and not wanted:
            number += 1
            wanted = f"WO-{number}"
        change += 1
        made.append(new_row(record.id, record.type, content, stroke, number=wanted, seq=change))
    rows.insert(tx, made)


def draft(record: NewRecord, now: str) -> Row:
    """The row of a record that gets its change number, and its own if it needs one, from `settle`."""
    stroke = Stroke(record.created_by, now, record.created_at)
    content: dict[str, Any] = with_defaults(record.type, record.fields, stroke)
    return new_row(record.id, record.type, content, stroke, number=record.number)


def settle(tx: Transaction, written: Sequence[Row]) -> None:
    """Give what this transaction wrote its numbers: the last thing it does."""
    unnumbered = [row for row in written if row.type == "work_order" and row.number is None]
    _raise_last_number(tx, [row.number for row in written])
    _, last_number = rows.take_numbers(tx, 0, len(unnumbered))
    first = last_number - len(unnumbered) + 1
    for n, row in enumerate(unnumbered):
        number = f"WO-{first + n}"
        body = rows.body_of(row.type, row.fields | {"number": number})
        tx.run("UPDATE record SET number = ?, body = ? WHERE id = ?", number, body, row.id)
    rows.stamp(tx, written)


def _raise_last_number(tx: Transaction, numbers: Sequence[str | None]) -> None:
    """Numbers given out later come after every number that was brought along."""
    matches = (_OUR_NUMBER.fullmatch(number) for number in numbers if number)
    highest = max((int(match[1]) for match in matches if match), default=0)
    tx.run("UPDATE counter SET work_orders = ? WHERE id = 1 AND work_orders < ?", highest, highest)
