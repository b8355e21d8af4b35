"""Reading one edit as it came over the wire. Whatever is odd in it is its own rejection."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from maintenance_desktop.domain.lifecycle import Action
from maintenance_desktop.domain.records import SPECS, Value
from maintenance_desktop.domain.values import (
    InvalidValue,
    canonical_fields,
    is_record_id,
    read_time,
    write_time,
)
from maintenance_desktop.hub.errors import Rejection


@dataclass(frozen=True, slots=True)
class EditRequest:
    """An edit that can be judged. `sent` are the writable fields, `made_at` is by the hub's clock."""

    kind: Action
    type: str
    record_id: str
    base_version: int
    sent: Mapping[str, Value]
    made_at: str


def usable_id(edit: Any) -> str | None:
    """The id of an edit in its one form; None where it has none that could be remembered."""
    text = edit.get("id") if isinstance(edit, Mapping) else None
    if not isinstance(text, str) or len(text) != 36 or not text.isascii():
        return None
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def read_edit(edit: Mapping[str, Any], *, now: datetime, sent_at: datetime | None) -> EditRequest:
    """The edit in a form that can be judged. Raises Rejection."""
    kind, record_type, record_id = edit.get("kind"), edit.get("type"), edit.get("record_id")
    if kind not in ("create", "update", "delete"):
        raise Rejection("invalid", "An edit creates, updates or deletes.", "kind")
    if not isinstance(record_type, str) or record_type not in SPECS:
        raise Rejection("invalid", "This server does not know this type of record.", "type")
    if not is_record_id(record_id):
        raise Rejection("invalid", "A record's id is a UUID in lower case.", "record_id")
    return EditRequest(
        kind=kind,
        type=record_type,
        record_id=str(record_id),
        base_version=0 if kind == "create" else _base_version(edit.get("base_version")),
        sent={} if kind == "delete" else _sent(record_type, edit.get("record")),
        made_at=corrected(edit.get("made_at"), now=now, sent_at=sent_at),
    )


def corrected(made_at: Any, *, now: datetime, sent_at: datetime | None) -> str:
    """When the person saved, by the hub's clock. Raises Rejection.

    Without a usable `sent_at` there is nothing to correct by; never in the future all the same.
    """
    try:
        made = read_time(made_at)
    except (TypeError, ValueError) as error:
        raise Rejection("invalid", "This is not a date and time.", "made_at") from error
    try:
        made += now - sent_at if sent_at else now - now
    except OverflowError:
        made = now
    return write_time(min(made, now))


def _base_version(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**53:
        raise Rejection("invalid", "The version this edit is based on is missing.", "base_version")
    return value


def _sent(record_type: str, record: Any) -> dict[str, Value]:
    if not isinstance(record, Mapping):
        raise Rejection("invalid", "The record is missing.", "record")
    try:
        return canonical_fields(record_type, record)
    except InvalidValue as problem:
        raise Rejection("invalid", str(problem), problem.field) from problem
