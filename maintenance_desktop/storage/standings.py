"""What the cache knows of the records that pending edits change, belong to and name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from maintenance_desktop.domain.cache_layout import TABLES
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.forecast import Standing
from maintenance_desktop.domain.records import SPECS, FieldKind
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.edit_rows import EDIT_SELECT, edit_of
from maintenance_desktop.storage.view import View


class StandingsReader:
    """The `Standings` port: one statement for each type of record, however long the queue is."""

    def __init__(self, view: View) -> None:
        self._view = view

    def pending_edits(self) -> list[Edit]:
        return [edit_of(row) for row in self._view.rows(f"{EDIT_SELECT} ORDER BY seq")]

    def standings(self, edits: Sequence[Edit], person_id: str) -> dict[str, Standing]:
        wanted: dict[str, set[str]] = {"person": {person_id}}
        for edit in edits:
            wanted.setdefault(edit.type, set()).add(edit.record_id)
            for record_type, record_id in _named(edit):
                wanted.setdefault(record_type, set()).add(record_id)
        found: dict[str, Standing] = {}
        for record_type in sorted(wanted.keys() & set(TABLES)):
            found |= self._read(record_type, sorted(wanted[record_type]))
        return found

    def _read(self, table: str, record_ids: Sequence[str]) -> dict[str, Standing]:
        rows = self._view.rows(
            f"SELECT id, version, changed_by, body FROM cache.{table}"
            " WHERE id IN (SELECT value FROM json_each(?)) AND version > 0",
            (encode_text(record_ids),),
        )
        return {
            record_id: Standing(table, version, None if body is None else decode(body), changed_by)
            for record_id, version, changed_by, body in rows
        }


def _named(edit: Edit) -> Iterable[tuple[str, str]]:
    """What the record belongs to and names, as it was and as it will be."""
    for field in SPECS[edit.type].fields:
        if field.kind is not FieldKind.REFERENCE:
            continue
        for fields in (edit.mine, edit.base or {}):
            if fields.get(field.name):
                yield field.refers_to, str(fields[field.name])
