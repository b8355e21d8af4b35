"""The full-text side of the cache, kept in the transaction of the rows, and what a search text means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.storage.database import Transaction


def index_work_orders(db: Transaction, changes: Sequence[Change]) -> None:
    """Make work orders findable by number, title, description and their asset's tag and name."""
    for change in changes:
        db.execute(
            "DELETE FROM work_order_search WHERE rowid = (SELECT n FROM work_order WHERE id = ?)",
            (change.id,),
        )
        if change.record is not None:
            _insert(db, change.id, change.record)


def index_assets(db: Transaction, changes: Sequence[Change]) -> None:
    """Make assets findable by tag, name and serial number; their work orders are found by the new name."""
    for change in changes:
        (n,) = db.execute("SELECT n FROM asset WHERE id = ?", (change.id,)).fetchone()
        record = change.record or {}
        texts = tuple(str(record.get(name) or "") for name in ("tag", "name", "serial_number"))
        known = db.execute("SELECT tag, name FROM asset_search WHERE rowid = ?", (n,)).fetchone()
        db.execute("DELETE FROM asset_search WHERE rowid = ?", (n,))
        if change.record is not None:
            db.execute(
                "INSERT INTO asset_search (rowid, tag, name, serial_number) VALUES (?, ?, ?, ?)", (n, *texts)
            )
        if known != texts[:2]:
            db.execute(
                "UPDATE work_order_search SET asset = ?"
                " WHERE rowid IN (SELECT n FROM work_order WHERE asset_id = ?)",
                (" ".join(texts[:2]), change.id),
            )


def match_text(text: str) -> str:
    """What is typed, as an FTS5 query: every word has to begin a word of the record."""
    return " ".join(f'"{" ".join(words)}"*' for part in text.split() if (words := words_of(part)))


def words_of(text: str) -> list[str]:
    """The words of a text, folded as the index folds them."""
    plain = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def is_match(text: str, query: str) -> bool:
    """The same search over a record that is not in the index, because it is a pending edit."""
    words = words_of(text)
    return all(_has_run(words, words_of(part)) for part in query.split())


def _has_run(words: list[str], wanted: list[str]) -> bool:
    if not wanted:
        return True
    *whole, last = wanted
    return any(
        words[at : at + len(whole)] == whole and words[at + len(whole)].startswith(last)
        for at in range(len(words) - len(whole))
    )


def _insert(db: Transaction, record_id: str, record: Fields) -> None:
    db.execute(
        "INSERT INTO work_order_search (rowid, number, title, description, asset)"
        " SELECT n, ?, ?, ?, (SELECT coalesce(tag, '') || ' ' || coalesce(name, '') FROM asset WHERE id = ?)"
        " FROM work_order WHERE id = ?",
        (
            str(record.get("number") or ""),
            str(record.get("title") or ""),
            str(record.get("description") or ""),
            record.get("asset_id"),
            record_id,
        ),
    )
