"""A cache that an earlier version of the program left is read on, without a network."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.storage.profiles import Profile
from tests.services.fakes import cached

NOW = datetime(2026, 11, 22, tzinfo=UTC)
COLUMNS = (
    "n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, version INTEGER NOT NULL,"
    " changed_at TEXT NOT NULL, changed_by TEXT NOT NULL, body TEXT"
)


def becomes_old(person, *, cursor="1:0", body=None) -> None:
    """The file as the first layout had it: the same rows, with nothing beside them."""
    path = person.profile.cache.path
    person.leaves()
    tables = ("person", "location", "asset", "work_order", "labor", "comment", "other")
    with closing(sqlite3.connect(path)) as new:
        rows = {
            table: new.execute(
                f"SELECT id, type, version, changed_at, changed_by, body FROM {table} WHERE version > 0"
            ).fetchall()
            for table in tables
        }
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as old:
        old.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        for table, found in rows.items():
            old.execute(f"CREATE TABLE {table} ({COLUMNS})")
            old.executemany(
                f"INSERT INTO {table} (id, type, version, changed_at, changed_by, body)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                found,
            )
        facts = {"layout": "1", "complete": "1"} | ({"cursor": cursor} if cursor else {})
        old.executemany("INSERT INTO meta VALUES (?, ?)", facts.items())
        if body is not None:
            old.execute("UPDATE work_order SET body = ?", (body,))
        old.commit()


@pytest.fixture
def plant(hub):
    pump = hub.has("asset", tag="P-1", name="Pump")
    orders = [hub.has("work_order", title=f"Bearing {n}", asset_id=pump) for n in range(5)]
    hub.has("labor", work_order_id=orders[0], hours=2)
    return orders


def test_everything_is_there_as_before_and_changes_go_on_from_there(hub, people, plant):
    dana = people("dana")
    hub.deletes(plant[4])
    dana.syncs()
    dana.changes(plant[0], title="Changed while offline")
    folder, cursor, before = dana.profile.path, dana.profile.cache.cursor(), cached(dana)
    becomes_old(dana, cursor=cursor)
    again = people("dana", folder, syncs=False)
    assert again.profile.cache.is_complete()
    assert again.profile.cache.cursor() == cursor
    assert cached(again) == before
    rows = again.reader.work_orders(WorkOrderQuery(text="p-1"))
    assert {row.id for row in rows} == set(plant[:4])
    assert again.sees(plant[0]).fields["title"] == "Changed while offline"
    assert len(list(folder.glob("cache-*.db"))) == 1
    again.syncs()
    assert hub.record(plant[0])["title"] == "Changed while offline"
    assert cached(again) == hub.content()


@pytest.mark.parametrize("broken", [{"cursor": None}, {"body": '{"title": 5}'}, {"body": "no JSON"}])
def test_what_cannot_be_converted_is_downloaded_again(hub, people, plant, broken):
    dana = people("dana")
    folder = dana.profile.path
    becomes_old(dana, **broken)
    profile = Profile(folder, NOW)
    try:
        assert not profile.cache.is_complete()
        assert profile.cache.cursor() is None
    finally:
        profile.close()
    again = people("dana", folder)
    assert cached(again) == hub.content()
