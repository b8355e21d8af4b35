"""What an edit must satisfy in the database: parents, references, trees, tags, finished work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.records import SPECS, FieldKind
from maintenance_desktop.domain.values import missing_field, read_time
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import Rejection
from maintenance_desktop.hub.rows import Row
from maintenance_desktop.hub.store import name_of

TREES: Final = frozenset({"asset", "location"})
_TYPE_OF_PARENT: Final = {"work_order_id": "work_order", "asset_id": "asset", "meter_id": "meter"}


def check_complete(record_type: str, content: Mapping[str, Any]) -> None:
    """Every required field has a value, and a child has exactly one parent."""
    field = missing_field(record_type, content)
    if field is not None:
        raise Rejection("invalid", "This is needed.", field)


def check_parent(parent: Row | None, record_type: str, content: Mapping[str, Any]) -> None:
    """A child's parent exists and has the type its field names."""
    name = next(name for name in SPECS[record_type].parents if content.get(name))
    if parent is None or parent.deleted or parent.type != _TYPE_OF_PARENT[name]:
        what = _TYPE_OF_PARENT[name].replace("_", " ")
        raise Rejection("parent_missing", f"The {what} this belongs to does not exist any more.", name)


def check_unfinished(tx: Transaction, parents: Iterable[Row | None], record_type: str) -> None:
    """Hours, tasks and parts of a finished work order stay as they are; the message names who finished it."""
    if not SPECS[record_type].locked_when_finished:
        return
    for parent in parents:
        if parent is None or parent.deleted or parent.type != "work_order":
            continue
        status = parent.fields["status"]
        if status in FINISHED:
            name = name_of(tx, parent.finished_by or parent.changed_by)
            at = parent.finished_at or parent.changed_at
            raise Rejection(
                "work_order_finished",
                f"{name} {status} {parent.number} on {in_words(at)}.",
                finished_by_name=name,
                finished_at=at,
                number=parent.number,
                status=status,
            )


def check_references(
    tx: Transaction, record_type: str, content: Mapping[str, Any], stored: Mapping[str, Any]
) -> None:
    """Every record that is newly named exists. One that was named before may have been deleted since."""
    spec = SPECS[record_type]
    for field in spec.writable():
        value = content.get(field.name)
        is_reference = field.kind is FieldKind.REFERENCE and field.name not in spec.parents
        if not is_reference or value is None or value == stored.get(field.name):
            continue
        named = rows.find(tx, value)
        if named is None or named.deleted or named.type != field.refers_to:
            what = field.refers_to.replace("_", " ")
            raise Rejection(
                "unknown_reference", f"The {what} this names does not exist any more.", field.name
            )


def check_tree(tx: Transaction, record_id: str, parent_id: str | None) -> None:
    """No record is above itself. The caller holds the tree's lock."""
    seen: set[str] = set()
    above = parent_id
    while above and above not in seen:
        if above == record_id:
            raise Rejection("invalid", "This would put it below itself.", "parent_id")
        seen.add(above)
        row = rows.find(tx, above)
        above = row.fields.get("parent_id") if row else None


def check_unique(tx: Transaction, record_id: str, record_type: str, content: Mapping[str, Any]) -> None:
    """No two living assets share a tag, no two people a user name."""
    key = rows.unique_key_of(record_type, content)
    other = rows.holder(tx, key) if key else None
    if other is not None and other.id != record_id:
        field = "tag" if record_type == "asset" else "username"
        raise Rejection("invalid", f"Another {record_type} already has “{content[field]}”.", field)


def in_words(moment: str) -> str:
    """A time as it stands in a sentence: `22 Nov 2026 at 10:30 UTC`."""
    at = read_time(moment)
    return f"{at.day} {at:%b} {at.year} at {at:%H:%M} UTC"
