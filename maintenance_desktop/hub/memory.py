"""What the hub remembers of applied edits, so that a repeat is answered and never done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import Rejection
from maintenance_desktop.hub.ledger_table import forget_done

_KEPT_FOR: Final = timedelta(days=120)
_CONTENT: Final = ("kind", "type", "record_id", "base_version", "record")


def digest(edit: Mapping[str, Any]) -> str:
    """A fingerprint of what an edit wants; when it was made or sent does not matter."""
    content = {name: edit.get(name) for name in _CONTENT}
    try:
        text = json.dumps(content, sort_keys=True, default=str)
    except (RecursionError, ValueError) as error:
        raise Rejection("invalid", "This cannot be read.", "record") from error
    return hashlib.sha256(text.encode()).hexdigest()


def claim(tx: Transaction, person_id: str, edit_id: str, fingerprint: str, now: str) -> dict[str, Any] | None:
    """Take an edit id for this transaction: its first statement. Answers what was done under it before.

    A concurrent repeat waits here until the first one has ended.
    """
    inserted = tx.run(
        "INSERT INTO edit_memory (person_id, edit_id, digest, remembered_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        *(person_id, edit_id, fingerprint, now),
    )
    if inserted:
        return None
    row = tx.row(
        "SELECT digest, version, record FROM edit_memory WHERE person_id = ? AND edit_id = ?",
        person_id,
        edit_id,
    )
    if row is None or row[0] != fingerprint:
        raise Rejection("id_reused", "This edit was sent before with other content, so it was not applied.")
    record = wire.decode(row[2]) if row[2] is not None else None
    return {"outcome": "applied", "version": row[1], "record": record, "replayed": True}


def remember(tx: Transaction, person_id: str, edit_id: str, version: int, record: str | None) -> None:
    """Keep what this edit produced, for whoever asks again."""
    tx.run(
        "UPDATE edit_memory SET version = ?, record = ? WHERE person_id = ? AND edit_id = ?",
        *(version, record, person_id, edit_id),
    )


def forget_old(tx: Transaction, now: datetime) -> None:
    """Forget edits older than the contract's 90 days, and a month more."""
    before = write_time(now - _KEPT_FOR)
    forget_done(tx, before)
    tx.run("DELETE FROM edit_memory WHERE remembered_at < ?", before)
