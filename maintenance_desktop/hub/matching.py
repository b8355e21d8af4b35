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


def find_match(tx: Transaction, record_type: str, found: Mapping[str, Any]) -> Row | None:
    """Assets are known by tag, people by user name, work orders by number or else by what, when and where."""
    if record_type != "work_order":
        key_field = "tag" if record_type == "asset" else "username"
        if not found.get(key_field):
            raise RowMistake(key_field, "This is needed.")
        key = rows.unique_key_of(record_type, found)
        return rows.holder(tx, key) if key else None
    if found.get("number"):
        return _by_number(tx, found["number"])
    return _by_content(tx, found) if found.get("created_at") else None


def is_nameless(record_type: str, found: Mapping[str, Any]) -> bool:
    """Whether nothing in the row but all of it together tells which record it means."""
    return record_type == "work_order" and not found.get("number") and not found.get("created_at")


def id_of_row(row: TableRow) -> str:
    """An id that the same row of the same file always gets, so that it goes in once."""
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
            above = by_tag.get(above.cells.get("parent_tag", "")) if above.cells.get("parent_tag") else None
        ordered |= dict(reversed(chain.items()))
    return list(ordered.values())


def _by_number(tx: Transaction, number: str) -> Row | None:
    values = tx.row(f"SELECT {COLUMNS} FROM record WHERE number = ?", number)
    row = from_columns(values) if values else None
    if row is not None and row.deleted:
        raise RowMistake("number", f"{number} has been deleted, and its number stays its own.")
    return row


def _by_content(tx: Transaction, found: Mapping[str, Any]) -> Row | None:
    same_time = tx.rows(
        f"SELECT {COLUMNS} FROM record WHERE type = 'work_order' AND created_at = ? AND deleted = 0",
        found["created_at"],
    )
    for values in same_time:
        row = from_columns(values)
        content = row.fields
        if content["title"] == found.get("title") and content["asset_id"] == found.get("asset_id"):
            return row
    return None
