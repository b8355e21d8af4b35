"""Which record a row of a file means: what makes importing the same file twice harmless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.rows import COLUMNS, Row, from_columns
from maintenance_desktop.hub.table_rows import RowMistake, TableRow
from maintenance_desktop.hub.tables import cell_of


def find_match(tx: Transaction, record_type: str, found: Mapping[str, Any]) -> Row | None:
    """Assets are known by tag, people by user name, work orders by number (`is_nameless`: not at all)."""
    if record_type != "work_order":
        key_field = "tag" if record_type == "asset" else "username"
        if not found.get(key_field):
            raise RowMistake(key_field, "This is needed.")
        key = rows.unique_key_of(record_type, found)
        return rows.holder(tx, key) if key else None
    return _by_number(tx, found["number"])


def is_nameless(record_type: str, found: Mapping[str, Any]) -> bool:
    """Whether no one cell tells which record the row means: a work order without its number."""
    return record_type == "work_order" and not found.get("number")


def id_of_row(row: TableRow) -> str:
    """An id that the same row of the same file always gets, so that it goes in once.

    Two orders on one day with the same words are two orders, as they often are where work is planned in bulk.
    """
    seed = int.from_bytes(row.fingerprint) + row.repeats
    return new_id(datetime.fromtimestamp(0, UTC), Random(seed))


def parents_first(coming: Sequence[TableRow]) -> list[TableRow]:
    """Assets in an order in which each one's parent is there before it, as far as that is possible."""
    by_tag = {row.cells.get("tag", ""): row for row in coming}
    ordered: dict[int, TableRow] = {}
    for row in coming:
        chain: dict[int, TableRow] = {}
        above: TableRow | None = row
        while above is not None and above.line not in ordered and above.line not in chain:
            chain[above.line] = above
            parent = cell_of(above.cells, "parent_tag", "parent_id")
            above = by_tag.get(parent) if parent else None
        ordered |= dict(reversed(chain.items()))
    return list(ordered.values())


def _by_number(tx: Transaction, number: str) -> Row | None:
    values = tx.row(f"SELECT {COLUMNS} FROM record WHERE number = ?", number)
    row = from_columns(values) if values else None
    if row is not None and row.deleted:
        raise RowMistake("number", f"{number} has been deleted, and its number stays its own.")
    return row
