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
    _raise_last_number(tx, records)
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


def _raise_last_number(tx: Transaction, records: Sequence[NewRecord]) -> None:
    """Numbers given out later come after every number that was brought along."""
    matches = (_OUR_NUMBER.fullmatch(record.number) for record in records if record.number)
    highest = max((int(match[1]) for match in matches if match), default=0)
    tx.run("UPDATE counter SET work_orders = ? WHERE id = 1 AND work_orders < ?", highest, highest)
