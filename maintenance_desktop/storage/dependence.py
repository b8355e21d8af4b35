"""What an edit depends on and what ends with it, found without reading the content of the whole queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.planning import dependants
from maintenance_desktop.domain.records import SPECS, FieldKind, Fields
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.edit_rows import EDIT_SELECT, edit_of

Rows = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
"""Runs one query over `work.db`."""


_LINKED: Final = (
    "SELECT id, kind, record_id, after_ids FROM main.edit WHERE seq >= ? AND (after_ids <> '[]'"
    " OR kind <> 'create' AND record_id IN (SELECT m.record_id FROM main.edit AS m WHERE m.kind = 'create')"
    " OR id IN (SELECT value FROM json_each(?))) ORDER BY seq"
)
"""Whatever can depend on another edit names one, or changes a record that is made here."""


def dependants_of(rows: Rows, *edits: Edit) -> list[Edit]:
    """All pending edits that cannot be without these, in order; not these themselves."""
    ids = [edit.id for edit in edits]
    outlines = [
        Edit(edit_id, EditKind(kind), "", record_id, {}, "", after=frozenset(decode(after)))
        for edit_id, kind, record_id, after in rows(
            _LINKED, (min(edit.seq for edit in edits), encode_text(ids))
        )
    ]
    found = [outline.id for outline in dependants(outlines, *ids)]
    if not found:
        return []
    named = f"{EDIT_SELECT} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq"
    return [edit_of(row) for row in rows(named, (encode_text(found),))]


def ordered(rows: Rows, edit: Edit, also: frozenset[str] = frozenset()) -> Edit:
    """Name the pending edits that have to be on the server before this one, and those in `also`."""
    named = _references(edit.type, edit.mine)
    if not named:
        return edit
    # Their order does not matter here, and sorting them would cost as much as finding them
    marks = ", ".join("?" * len(named))
    found = rows(f"{EDIT_SELECT} WHERE record_id IN ({marks})", named)
    if not found:
        return edit
    is_locked = SPECS[edit.type].locked_when_finished
    after = {
        one.id
        for one in map(edit_of, found)
        if one.kind is EditKind.CREATE or (is_locked and one.record_id == edit.parent_id and _reopens(one))
    }
    return replace(edit, after=frozenset(after) | also)


def _references(record_type: str, fields: Fields) -> list[str]:
    return [
        str(fields[field.name])
        for field in SPECS[record_type].fields
        if field.kind is FieldKind.REFERENCE and fields.get(field.name)
    ]


def _reopens(edit: Edit) -> bool:
    before = edit.base.get("status") if edit.base else None
    return before in FINISHED and edit.mine.get("status") not in FINISHED
