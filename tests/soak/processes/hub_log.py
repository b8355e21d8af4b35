"""The hub's own log of what its transactions did, written by triggers in whichever database it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher

from maintenance_desktop.hub.people import add_person
from maintenance_desktop.hub.store import HubStore
from tests.soak.hub_room import WATCHING, LogEntry, log_entry
from tests.soak.world import PEOPLE

_QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_WATCHING_POSTGRESQL: Final = (
    """CREATE TABLE watch (n BIGSERIAL PRIMARY KEY, what TEXT, edit_id TEXT, person_id TEXT, record_id TEXT,
       type TEXT, version BIGINT, deleted INTEGER, body TEXT, transaction BIGINT DEFAULT txid_current())""",
    """CREATE FUNCTION watch_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO watch (what, person_id, record_id, type, version, deleted, body) VALUES
       ('version', new.changed_by, new.id, new.type, new.version, new.deleted, new.body);
       RETURN NULL; END $$""",
    """CREATE FUNCTION watch_edit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       INSERT INTO watch (what, edit_id, person_id, version) VALUES
       (CASE TG_OP WHEN 'INSERT' THEN 'claimed' ELSE 'remembered' END, new.edit_id, new.person_id,
        new.version);
       RETURN NULL; END $$""",
    "CREATE TRIGGER watch_new AFTER INSERT ON record FOR EACH ROW EXECUTE FUNCTION watch_version()",
    """CREATE TRIGGER watch_changed AFTER UPDATE OF version ON record
       FOR EACH ROW EXECUTE FUNCTION watch_version()""",
    """CREATE TRIGGER watch_edit AFTER INSERT OR UPDATE ON edit_memory
       FOR EACH ROW EXECUTE FUNCTION watch_edit()""",
)


def sets_up(target: Path | str, password: str) -> dict[str, str]:
    """Make the hub's database, with people in it and the log switched on. The people's ids by user name."""
    store = HubStore.open(target, hasher=_QUICK)
    try:
        watching = _WATCHING_POSTGRESQL if store.database.is_postgresql else WATCHING
        store.write(lambda tx: [tx.run(statement) for statement in watching])
        return {
            username: add_person(store, username, name=name, role=role, password=password)
            for username, (name, role) in PEOPLE.items()
        }
    finally:
        store.close()


def ends_sessions(target: Path | str, person_id: str) -> None:
    """Whoever was signed in as this person has to sign in again."""
    store = HubStore.open(target)
    try:
        store.write(lambda tx: tx.run("DELETE FROM session WHERE person_id = ?", person_id))
    finally:
        store.close()


def log_and_records(target: Path | str) -> tuple[list[LogEntry], list[tuple[Any, ...]]]:
    """What the transactions did, in order, and every record as it lies in the database."""
    store = HubStore.open(target)
    try:
        transaction = "transaction" if store.database.is_postgresql else "0"
        return store.database.read(
            lambda tx: (
                [
                    log_entry(row)
                    for row in tx.rows(
                        "SELECT n, what, edit_id, person_id, record_id, type, version, deleted, body,"
                        f" {transaction} FROM watch ORDER BY n"
                    )
                ],
                tx.rows(
                    "SELECT id, type, version, changed_at, changed_by, deleted, body FROM record ORDER BY id"
                ),
            )
        )
    finally:
        store.close()
