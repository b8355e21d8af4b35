"""Writing records to a CSV file that can be imported again."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.hub import rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.hub.tables import TABLES, Table, write_cell

_PAGE: Final = 1_000
NAMED_BY: Final = {"asset": "tag", "location": "code", "person": "username"}


def export(store: HubStore, kind: str, file: Path) -> int:
    """Write all living records of that kind, oldest first, from one snapshot. Answers how many."""
    table = TABLES[kind]
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(table.columns)
            return store.database.read(lambda tx: _write_all(tx, table, writer))
    except OSError as error:
        raise SetupError(f"{file} cannot be written: {error.strerror}.") from error


def _write_all(tx: Transaction, table: Table, writer: Any) -> int:
    names = _names(tx)
    count = 0
    after = ("", "")
    while True:
        page = tx.rows(
            f"SELECT {rows.COLUMNS} FROM record WHERE type = ? AND deleted = 0 AND (created_at, id) > (?, ?)"
            " ORDER BY created_at, id LIMIT ?",
            *(table.record_type, *after, _PAGE),
        )
        for values in page:
            row = rows.from_columns(values)
            writer.writerow(_cells(table, row.fields, names))
            after = (row.created_at, row.id)
        count += len(page)
        if len(page) < _PAGE:
            return count


def _cells(table: Table, content: dict[str, Any], names: dict[str, str]) -> list[str]:
    cells = []
    for column in table.columns:
        if column in table.named:
            field, _ = table.named[column]
            # A record that people cannot name (any more) is named by its id.
            value = content[field] and names.get(content[field], content[field])
        else:
            value = content[column]
        cells.append(write_cell(value))
    return cells


def _names(tx: Transaction) -> dict[str, str]:
    """What people call each asset, location and person."""
    names = {}
    for record_type, field in NAMED_BY.items():
        for record_id, body in tx.rows(
            "SELECT id, body FROM record WHERE type = ? AND deleted = 0", record_type
        ):
            name = rows.content_of(body).get(field)
            if name:
                names[record_id] = name
    return names
