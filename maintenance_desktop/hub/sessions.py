"""Signing in and out: passwords are kept as argon2 hashes, tokens as SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from argon2.exceptions import InvalidHashError, VerificationError

from maintenance_desktop.domain.values import is_storable_text, write_time
from maintenance_desktop.hub import ledger_table, memory, rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import Problem, not_signed_in
from maintenance_desktop.hub.store import Author, HubStore, author_in, read_facts
from maintenance_desktop.hub.throttle import clear_attempts, count_attempt

_LIFETIME: Final = timedelta(days=30)
_LONGEST_PASSWORD: Final = 1_000


def sign_in(
    store: HubStore, username: str, password: str, *, address: str, device_id: str = "", device_name: str = ""
) -> dict[str, Any]:
    """A new token for whoever knows the password. Raises Problem: 401, or 429 after too many failures.

    The answer and the work are the same whether or not there is such a user.
    """
    key = count_attempt(store, username, address)
    person_id, stored = store.database.read(lambda tx: _credential(tx, username))
    if not _is_right(store, stored, password) or person_id is None:
        raise Problem("not-signed-in", "The user name or the password is wrong.")
    token = secrets.token_urlsafe(32)
    now = store.clock()
    expires_at = write_time(now + _LIFETIME)

    def work(tx: Transaction) -> dict[str, Any]:
        clear_attempts(tx, key)
        tx.run("DELETE FROM session WHERE expires_at < ?", write_time(now))
        memory.forget_old(tx, now)
        ledger_table.forget_old(tx, now)
        tx.run(
            "INSERT INTO session (token_hash, person_id, device_id, device_name, created_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(_hash(token), person_id, device_id, device_name, write_time(now), expires_at),
        )
        facts = read_facts(tx)
        row = rows.find(tx, person_id)
        person = {"id": person_id} | (row.fields if row else {})
        return {"person": person, "instance": facts.instance, "epoch": facts.epoch}

    return {"token": token, "expires_at": expires_at} | store.database.write(work)


def who_is(store: HubStore, token: str) -> Author:
    """The person a token belongs to. Raises Problem (401) when it is unknown, old, or they are disabled."""
    author = store.database.read(lambda tx: authors_of(tx, (token,), store.now_text())).get(token)
    if author is None:
        raise not_signed_in()
    return author


def authors_of(tx: Transaction, tokens: Collection[str], now: str) -> dict[str, Author]:
    """Whose tokens these are; left out are unknown and old ones, and those of disabled people."""
    wanted = {_hash(token): token for token in tokens}
    hashes = list(wanted)
    # Few different lengths: for each, PostgreSQL plans the statement once
    room = next(size for size in (1, 8, 64, 512, len(hashes)) if size >= len(hashes))
    marks = ", ".join("?" * room)
    found = tx.rows(
        "SELECT s.token_hash, r.id, r.body FROM session s JOIN record r ON r.id = s.person_id"
        f" WHERE s.token_hash IN ({marks}) AND s.expires_at > ? AND r.deleted = 0 AND r.type = 'person'",
        *(hashes + hashes[:1] * (room - len(hashes))),
        now,
    )
    authors = {wanted[token_hash]: author_in(person_id, body) for token_hash, person_id, body in found}
    return {token: author for token, author in authors.items() if author.active}


def sign_out(store: HubStore, token: str) -> None:
    """The token is dead at once."""
    store.database.write(lambda tx: tx.run("DELETE FROM session WHERE token_hash = ?", _hash(token)))


def end_sessions(tx: Transaction, person_id: str) -> None:
    """All tokens of this person are dead."""
    tx.run("DELETE FROM session WHERE person_id = ?", person_id)


def set_password(tx: Transaction, person_id: str, password_hash: str) -> None:
    """Replace a person's password."""
    tx.run(
        "INSERT INTO credential (person_id, password_hash) VALUES (?, ?)"
        " ON CONFLICT (person_id) DO UPDATE SET password_hash = ?",
        *(person_id, password_hash, password_hash),
    )


def _credential(tx: Transaction, username: str) -> tuple[str | None, str | None]:
    row = rows.holder(tx, rows.username_key(username)) if is_storable_text(username) else None
    if row is None or row.fields["active"] is False:
        return None, None
    found = tx.row("SELECT password_hash FROM credential WHERE person_id = ?", row.id)
    return row.id, found[0] if found else None


def _is_right(store: HubStore, stored: str | None, password: str) -> bool:
    nobodys = store.no_password
    fits = len(password) <= _LONGEST_PASSWORD and is_storable_text(password)
    try:
        # Without a stored hash the same work is done for nothing, so that time tells nothing.
        return store.hasher.verify(stored or nobodys, password if fits else "") and fits and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
