"""What every connection promises, asked of SQLite itself."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.storage.cache import CacheFiles
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.profiles import create_profile
from maintenance_desktop.storage.work import WorkFile
from tests.person import Person
from tests.services.fakes import account_of

_NAMES = ("journal_mode", "synchronous", "fullfsync")
_KEPT = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}


def promises(database: Database) -> dict[str, object]:
    return {name: database.rows(f"PRAGMA {name}")[0][0] for name in _NAMES}


@pytest.fixture
def work(tmp_path):
    work = WorkFile(tmp_path / "work.db")
    yield work
    work.close()


def test_a_save_is_on_the_disk_when_it_returns(work):
    """FULL in WAL mode syncs the journal at every commit (https://sqlite.org/pragma.html#pragma_synchronous)."""
    assert promises(work.database) == _KEPT


def test_that_holds_on_every_thread(work):
    found = []

    def ask():
        found.append(promises(work.database))
        work.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [_KEPT]


def test_an_answer_is_on_the_disk_in_the_cache_and_people_read_while_it_is_filled(tmp_path, work):
    cache = CacheFiles(tmp_path, work)
    try:
        assert promises(cache._shown) == _KEPT
        shown = Database(cache.path, {})
        assert shown.rows("PRAGMA journal_mode") == [("wal",)]
        shown.close()
    finally:
        cache.close()


def test_who_only_looks_writes_a_journal_out_as_safely(dana):
    """The last connection to a file that is closed writes its journal into it, whatever it was opened for."""
    assert promises(dana.reader._view._database) == _KEPT


class TestWithoutWal:
    """Where memory cannot be shared, as on some network drives, SQLite answers `delete` and goes on."""

    @pytest.fixture(autouse=True)
    def drive(self, monkeypatch):
        connect = sqlite3.connect

        def on_such_a_drive(path, **rest):
            return connect(f"file:{path}?vfs=unix-none", uri=True, **rest)

        monkeypatch.setattr(sqlite3, "connect", on_such_a_drive)

    def test_a_profile_is_not_opened_and_the_folder_is_named(self, hub, tmp_path):
        create_profile(tmp_path / "dana", account_of(hub, "dana"))
        with pytest.raises(StorageTrouble, match=r"drive of .*dana cannot keep a save through a power cut"):
            Person(hub.line("dana"), tmp_path / "dana")

    def test_no_connection_is_given_out_however_often_one_is_asked_for(self, tmp_path):
        file = Database(tmp_path / "a.db", {"journal_mode": "wal", "synchronous": "full"})
        for _ in range(2):
            with pytest.raises(StorageTrouble, match="power cut"):
                file.rows("SELECT 1")
            with pytest.raises(StorageTrouble, match="power cut"), file.write() as db:
                db.execute("CREATE TABLE a (b)")
            assert file.peewee.is_closed()


def test_a_level_that_did_not_take_is_refused_too(tmp_path):
    file = Database(tmp_path / "a.db", {"journal_mode": "wal", "synchronous": "normal"})
    with pytest.raises(StorageTrouble, match="power cut"):
        file.rows("SELECT 1")
