"""Adding people and their passwords from the command line."""

from __future__ import annotations

from maintenance_desktop.domain.values import InvalidValue, canonical_fields
from maintenance_desktop.hub import rows, sessions
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.drafts import Stroke, new_row, next_row, with_defaults
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.rows import Row
from maintenance_desktop.hub.store import HubStore

_SHORTEST_PASSWORD = 8


def add_person(
    store: HubStore, username: str, *, name: str, role: str, password: str | None = None, check: bool = True
) -> str:
    """A new person; with a password they can sign in. Answers their id. Raises SetupError.

    `check` False lets the demo and tests use short passwords.
    """
    password_hash = _hashed(store, password, check=check) if password is not None else None
    person_id = store.new_id()
    try:
        sent = canonical_fields("person", {"username": username, "name": name, "role": role})
    except InvalidValue as problem:
        raise SetupError(f"{problem.field}: {problem}") from problem

    def work(tx: Transaction) -> None:
        if rows.holder(tx, rows.username_key(username)) is not None:
            raise SetupError(f"There is a person with the user name “{username}” already.")
        stroke = Stroke(person_id, store.now_text(), store.now_text())
        row = new_row(person_id, "person", with_defaults("person", sent, stroke), stroke)
        rows.insert(tx, [row])
        if password_hash is not None:
            sessions.set_password(tx, person_id, password_hash)
        rows.stamp(tx, [row])

    store.write(work)
    return person_id


def change_password(store: HubStore, username: str, password: str, *, check: bool = True) -> None:
    """Set a person's password; whoever was signed in with the old one is signed out. Raises SetupError."""
    password_hash = _hashed(store, password, check=check)

    def work(tx: Transaction) -> None:
        person = _find(tx, username)
        sessions.set_password(tx, person.id, password_hash)
        sessions.end_sessions(tx, person.id)

    store.database.write(work)


def disable_person(store: HubStore, username: str) -> None:
    """From now on this person cannot sign in, and their tokens are dead. Raises SetupError."""

    def work(tx: Transaction) -> None:
        person = rows.find(tx, _find(tx, username).id, lock=True) or _find(tx, username)
        sessions.end_sessions(tx, person.id)
        if person.fields["active"] is False:
            return
        stroke = Stroke(person.id, store.now_text(), store.now_text())
        changed = next_row(person, person.fields | {"active": False}, stroke)
        rows.update(tx, changed, from_version=person.version)
        rows.stamp(tx, [changed])

    store.write(work)


def find_person(store: HubStore, username: str) -> str:
    """The id of the person with this user name. Raises SetupError."""
    return store.database.read(lambda tx: _find(tx, username)).id


def _find(tx: Transaction, username: str) -> Row:
    person = rows.holder(tx, rows.username_key(username))
    if person is None:
        raise SetupError(f"There is no person with the user name “{username}”.")
    return person


def _hashed(store: HubStore, password: str, *, check: bool) -> str:
    if check and len(password) < _SHORTEST_PASSWORD:
        raise SetupError(f"A password has at least {_SHORTEST_PASSWORD} characters.")
    return store.hasher.hash(password)


def first_admin(store: HubStore) -> str:
    """The id of the administrator who has been here longest. Raises SetupError."""
    for person in sorted(store.database.read(lambda tx: rows.living(tx, "person")), key=_by_age):
        if person.fields["role"] == "admin" and person.fields["active"] is not False:
            return person.id
    raise SetupError("There is no administrator yet: add one with `maintenance-hub person add`.")


def _by_age(row: Row) -> tuple[str, str]:
    return row.created_at, row.id
