"""Reading the rows of a CSV file: cells become checked fields, and names become ids."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.domain.cells import unguard
from maintenance_desktop.domain.records import SPECS, Value
from maintenance_desktop.domain.values import InvalidValue, canonical, is_record_id, missing_field
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.rows import Row
from maintenance_desktop.hub.tables import Table, cell_of, read_cell

_DEFAULTS: Final[Mapping[str, Mapping[str, Value]]] = {
    "asset": {"status": "running"},
    "work_order": {"status": "open"},
    "person": {"role": "technician", "active": True},
}


class RowMistake(Exception):
    """A row that cannot go in; `str()` is a sentence, `field` the column."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the file by column name; `line` is where it begins, the header being line 1."""

    line: int
    cells: Mapping[str, str]
    repeats: int = 0
    """How many rows above have the same fingerprint."""

    @property
    def fingerprint(self) -> bytes:
        """What a row without a number is known by: what, when and where; without a time, all of it."""
        cells = dict(self.cells)
        if cells.get("created_at"):
            where = cell_of(cells, "asset_tag", "asset_id")
            cells = {"what": cells.get("title", ""), "when": cells["created_at"], "where": where or ""}
        return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).digest()


def read_rows(file: Path, table: Table) -> Iterator[TableRow]:
    """The rows of a file. Columns that the table does not know are ignored. Raises SetupError."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, None)
            if not header or not set(header) & set(table.columns):
                raise SetupError(
                    f"{file} has no first line with column names such as {', '.join(table.columns[:4])}."
                )
            line = reader.line_num + 1
            seen: Counter[bytes] = Counter()
            for cells in reader:
                if cells:
                    row = TableRow(line, dict(zip(header, cells, strict=False)))
                    yield replace(row, repeats=seen[row.fingerprint])
                    seen[row.fingerprint] += 1
                line = reader.line_num + 1
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SetupError(f"{file} is not UTF-8 text. Save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise SetupError(f"{file} is not a CSV file: {error}.") from error


def read_fields(tx: Transaction, table: Table, row: TableRow) -> dict[str, Value]:
    """The checked fields that this row has columns for. Raises RowMistake."""
    spec = SPECS[table.record_type]
    found: dict[str, Value] = {}
    for column in table.columns:
        name, refers_to = table.named.get(column, (column, ""))
        text = cell_of(row.cells, column, name)
        if text is None:
            continue
        field = spec.field(name)
        if field is None:
            raise LookupError(name)
        try:
            value = _look_up(tx, column, refers_to, text) if refers_to else read_cell(field, text)
            found[name] = None if value is None else canonical(field, value)
        except InvalidValue as problem:
            raise RowMistake(column, str(problem)) from problem
    for name, value in _DEFAULTS[table.record_type].items():
        if name in found and found[name] is None:
            found[name] = value
    return found


def with_defaults(record_type: str, found: Mapping[str, Value]) -> dict[str, Value]:
    """A new record's fields. Raises RowMistake when one is missing."""
    content = dict(_DEFAULTS[record_type]) | dict(found)
    missing = missing_field(record_type, content)
    if missing is not None:
        raise RowMistake(missing, "This is needed.")
    return content


def _look_up(tx: Transaction, column: str, refers_to: str, text: str) -> Any:
    name = unguard(text)
    if not name:
        return None
    found = _named(tx, refers_to, name)
    if len(found) == 1:
        return found[0].id
    if len(found) > 1:
        raise RowMistake(column, f"There is more than one {refers_to} called “{name}”.")
    if is_record_id(name) and (row := rows.find(tx, name)) is not None and row.type == refers_to:
        return name
    raise RowMistake(column, f"There is no {refers_to} called “{name}”.")


def _named(tx: Transaction, refers_to: str, name: str) -> Sequence[Row]:
    if refers_to == "location":
        found = rows.living(tx, "location")
        return [row for row in found if name in (row.fields["code"], row.fields["name"])]
    key = f"asset:{name}" if refers_to == "asset" else rows.username_key(name)
    holder = rows.holder(tx, key) if "\0" not in name else None
    return [holder] if holder else []
