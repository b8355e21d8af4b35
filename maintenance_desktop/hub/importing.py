"""Importing a CSV file: bad rows are reported and the others go in; the same file twice adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from maintenance_desktop.hub import checks, loading, rows, table_rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.drafts import Stroke, next_row
from maintenance_desktop.hub.errors import Rejection
from maintenance_desktop.hub.loading import BATCH, NewRecord
from maintenance_desktop.hub.matching import find_match, id_of_row, is_nameless, parents_first
from maintenance_desktop.hub.rows import Row
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.hub.table_rows import RowMistake, TableRow
from maintenance_desktop.hub.tables import TABLES, Table


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that did not go in."""

    line: int
    field: str
    message: str


@dataclass(slots=True)
class ImportResult:
    """What an import did, or in a dry run would do."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many rows were looked at."""
        return self.added + self.changed + self.unchanged + len(self.mistakes)

    def add(self, other: ImportResult) -> None:
        """Count another batch in."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.mistakes += other.mistakes


class _DryRun(Exception):
    """Carries a batch's result out of the transaction that is rolled back."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__("nothing was written")
        self.result = result


def import_file(
    store: HubStore,
    kind: str,
    file: Path,
    *,
    person_id: str | None = None,
    dry_run: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> ImportResult:
    """Add the file's records and change those that are there already, in batches of at most 500.

    `person_id` is who does it; people who are imported come on their own behalf. Raises SetupError.
    """
    table = TABLES[kind]
    total = ImportResult()
    coming = table_rows.read_rows(file, table)
    if kind == "assets":
        coming = iter(parents_first(list(coming)))
    # A rehearsal is one transaction, so that later rows may name earlier ones.
    for batch in [list(coming)] if dry_run else _batches(coming):
        total.add(_import_batch(store, table, batch, person_id=person_id, dry_run=dry_run))
        if on_progress is not None:
            on_progress(total.total)
    total.mistakes.sort(key=lambda mistake: mistake.line)
    return total


def _import_batch(
    store: HubStore, table: Table, batch: list[TableRow], *, person_id: str | None, dry_run: bool
) -> ImportResult:
    def work(tx: Transaction) -> ImportResult:
        result = ImportResult()
        written: list[Row] = []
        for row in batch:
            try:
                written += _import_row(store, tx, table, row, person_id, result)
            except RowMistake as mistake:
                result.mistakes.append(Mistake(row.line, mistake.field, str(mistake)))
            except Rejection as refusal:
                result.mistakes.append(Mistake(row.line, refusal.field or "", str(refusal)))
        if dry_run:
            raise _DryRun(result)
        loading.settle(tx, written)
        return result

    try:
        return store.write(work)
    except _DryRun as rehearsal:
        return rehearsal.result


def _import_row(
    store: HubStore, tx: Transaction, table: Table, row: TableRow, person_id: str | None, result: ImportResult
) -> list[Row]:
    """Answers the row it wrote, if it wrote one."""
    found: dict[str, Any] = table_rows.read_fields(tx, table, row)
    nameless = is_nameless(table.record_type, found)
    record_id = id_of_row(row) if nameless else store.new_id()
    existing = rows.find(tx, record_id) if nameless else find_match(tx, table.record_type, found)
    if existing is not None and nameless and (existing.deleted or not found.get("created_at")):
        result.unchanged += 1
        return []
    if existing is None:
        content = table_rows.with_defaults(table.record_type, found)
        _check(tx, table, record_id, content)
        made = loading.draft(_new_record(store, table, record_id, content, person_id), store.now_text())
        rows.insert(tx, [made])
        result.added += 1
        return [made]
    stored = existing.fields
    # A file does not tell no text from an empty one.
    content = stored | {name: value for name, value in found.items() if value or stored[name] != ""}
    if table.record_type == "work_order":
        # Whoever made it, and when, stays; so does who completed it, unless the file names somebody.
        content |= {name: stored[name] for name in ("number", "created_at", "created_by")}
        content["completed_by"] = found.get("completed_by") or stored["completed_by"]
    if content == stored:
        result.unchanged += 1
        return []
    _check(tx, table, existing.id, content)
    now = store.now_text()
    changed = next_row(existing, content, Stroke(person_id or existing.id, now, now))
    rows.update(tx, changed, from_version=existing.version)
    result.changed += 1
    return [changed]


def _check(tx: Transaction, table: Table, record_id: str, content: dict[str, Any]) -> None:
    checks.check_complete(table.record_type, content)
    if table.record_type in checks.TREES:
        checks.check_tree(tx, record_id, content.get("parent_id"))
    checks.check_unique(tx, record_id, table.record_type, content)


def _new_record(
    store: HubStore, table: Table, record_id: str, content: dict[str, Any], person_id: str | None
) -> NewRecord:
    return NewRecord(
        id=record_id,
        type=table.record_type,
        fields=content,
        created_by=content.get("created_by") or person_id or record_id,
        created_at=content.get("created_at") or store.now_text(),
        number=content.get("number"),
    )


def _batches(coming: Iterator[TableRow]) -> Iterator[list[TableRow]]:
    while batch := list(islice(coming, BATCH)):
        yield batch
