"""What every connection promises, asked of SQLite itself."""

from __future__ import annotations

import threading

import pytest

from maintenance_desktop.storage.cache import CacheFiles
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.work import WorkFile

_NAMES = ("journal_mode", "synchronous", "fullfsync")


def promises(database: Database) -> dict[str, object]:
    return {name: database.rows(f"PRAGMA {name}")[0][0] for name in _NAMES}


@pytest.fixture
def work(tmp_path):
    work = WorkFile(tmp_path / "work.db")
    yield work
    work.close()


def test_a_save_is_on_the_disk_when_it_returns(work):
    """FULL in WAL mode syncs the journal at every commit (https://sqlite.org/pragma.html#pragma_synchronous)."""
    assert promises(work.database) == {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}


def test_that_holds_on_every_thread(work):
    found = []

    def ask():
        found.append(promises(work.database))
        work.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [{"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}]


def test_the_cache_lets_people_read_while_it_is_filled(tmp_path, work):
    cache = CacheFiles(tmp_path, work)
    try:
        shown = Database(cache.path, {})
        assert shown.rows("PRAGMA journal_mode") == [("wal",)]
        shown.close()
    finally:
        cache.close()
