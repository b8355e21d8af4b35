"""A record being written: what the hub itself sets, and the row it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.records import Value, parent_of
from maintenance_desktop.hub.rows import Row, body_of, rank_of, unique_key_of


@dataclass(frozen=True, slots=True)
class Stroke:
    """Who writes, when by the hub's clock, and when the person did it (corrected)."""

    person_id: str
    now: str
    made_at: str


def with_defaults(record_type: str, sent: Mapping[str, Value], stroke: Stroke) -> dict[str, Value]:
    """What a create may leave out because the hub knows it."""
    content = dict(sent)
    if record_type == "person" and content.get("active") is None:
        content["active"] = True
    if record_type == "comment":
        content["written_at"] = content.get("written_at") or stroke.made_at
        content["written_by"] = content.get("written_by") or stroke.person_id
    return content


def settle_completion(content: dict[str, Any], before: str | None, stroke: Stroke) -> None:
    """Set who completed a work order, and when, on the way into `completed`; clear who on the way out."""
    after = content["status"]
    if after == "completed" and before != "completed":
        content["completed_by"] = stroke.person_id
        content["completed_at"] = content.get("completed_at") or stroke.made_at
    elif before == "completed" and after != "completed":
        content["completed_by"] = None


def new_row(
    record_id: str,
    record_type: str,
    content: dict[str, Any],
    stroke: Stroke,
    *,
    number: str | None = None,
    seq: int = 0,
) -> Row:
    """The first version of a record."""
    if record_type == "work_order":
        content |= {"number": number, "created_at": stroke.made_at, "created_by": stroke.person_id}
    row = Row(
        id=record_id,
        type=record_type,
        version=1,
        seq=seq,
        parent_id=parent_of(record_type, content),
        unique_key=unique_key_of(record_type, content),
        number=number,
        deleted=False,
        rank=rank_of(record_type, content),
        created_at=stroke.made_at,
        created_by=stroke.person_id,
        changed_at=stroke.now,
        changed_by=stroke.person_id,
        made_at=stroke.made_at,
        finished_at=None,
        finished_by=None,
        body=body_of(record_type, content),
    )
    return _with_finish(row, None, content, stroke)


def next_row(row: Row, content: dict[str, Any], stroke: Stroke) -> Row:
    """The next version of a record with this content; a tombstone comes back to life."""
    before = row.fields.get("status")
    if row.type == "work_order":
        settle_completion(content, before, stroke)
    changed = replace(
        row,
        version=row.version + 1,
        seq=0,
        parent_id=parent_of(row.type, content),
        unique_key=unique_key_of(row.type, content),
        deleted=False,
        rank=rank_of(row.type, content),
        changed_at=stroke.now,
        changed_by=stroke.person_id,
        made_at=stroke.made_at,
        body=body_of(row.type, content),
    )
    return _with_finish(changed, before, content, stroke)


def tombstone(row: Row, stroke: Stroke) -> Row:
    """What is left of a deleted record: id, version and number for ever."""
    return replace(
        row,
        version=row.version + 1,
        seq=0,
        unique_key=None,
        deleted=True,
        changed_at=stroke.now,
        changed_by=stroke.person_id,
        made_at=stroke.made_at,
    )


def _with_finish(row: Row, before: Any, content: Mapping[str, Any], stroke: Stroke) -> Row:
    """Note who finished a work order, for the sentence that others may read."""
    if row.type != "work_order" or content["status"] == before:
        return row
    if content["status"] not in FINISHED:
        return replace(row, finished_at=None, finished_by=None)
    if content["status"] == "completed" or before is None:
        at, by = content.get("completed_at"), content.get("completed_by")
        return replace(row, finished_at=at or stroke.made_at, finished_by=by or stroke.person_id)
    return replace(row, finished_at=stroke.made_at, finished_by=stroke.person_id)
