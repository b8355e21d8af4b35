"""Slowing down whoever guesses passwords: per user name and address, so that nobody locks out another."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from math import ceil
from typing import Final

from maintenance_desktop.domain.values import read_time
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.store import HubStore

_FREE: Final = 5
_LONGEST: Final = 60
_FORGOTTEN_AFTER: Final = timedelta(minutes=15)


def count_attempt(store: HubStore, username: str, address: str) -> str:
    """Count a sign-in as failed before it is tried, so that parallel guesses count too. Answers its key.

    Raises Problem (429) while this name and address have to wait: 1, 2, 4 … 60 s from the fifth failure.
    """
    key = hashlib.sha256(f"{username.casefold()}\n{address}".encode(errors="replace")).hexdigest()

    def work(tx: Transaction) -> float:
        now = store.clock()
        # The row is made first, so that two first attempts at once take turns as well.
        tx.run(
            "INSERT INTO sign_in_attempt (key, failures, last_at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING",
            *(key, store.now_text()),
        )
        row = tx.row(f"SELECT failures, last_at FROM sign_in_attempt WHERE key = ?{tx.lock}", key)
        failures, last_at = (int(row[0]), read_time(row[1])) if row else (0, now)
        if now - last_at > _FORGOTTEN_AFTER:
            failures = 0
        pause = min(2 ** (failures - _FREE), _LONGEST) if failures >= _FREE else 0
        left = (last_at + timedelta(seconds=pause) - now).total_seconds()
        if pause and left > 0:
            return left
        tx.run(
            "UPDATE sign_in_attempt SET failures = ?, last_at = ? WHERE key = ?",
            failures + 1,
            store.now_text(),
            key,
        )
        return 0

    left = store.database.write(work)
    if left > 0:
        raise Problem(
            "too-many-requests",
            "Too many failed attempts. Wait a moment, then try again.",
            headers={"Retry-After": str(ceil(left))},
        )
    return key


def clear_attempts(tx: Transaction, key: str) -> None:
    """A right password: start from zero."""
    tx.run("DELETE FROM sign_in_attempt WHERE key = ?", key)
