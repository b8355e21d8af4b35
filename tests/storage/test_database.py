"""What every connection promises, asked of SQLite itself."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.storage import database
from maintenance_desktop.storage.cache import CacheFiles
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.profiles import create_profile
from maintenance_desktop.storage.work import WorkFile
from tests.person import Person
from tests.services.fakes import account_of

_NAMES = ("journal_mode", "synchronous", "fullfsync")
_KEPT = {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}


def promises(file: Database) -> dict[str, object]:
    return {name: file.rows(f"PRAGMA {name}")[0][0] for name in _NAMES}


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


_WITHOUT_WAL = _KEPT | {"journal_mode": "truncate"}
"""FULL syncs a truncated journal, too, so that a commit is on the disk when it returns."""


class TestWithoutWal:
    """Where memory cannot be shared, as on some network drives, SQLite answers `delete` and goes on."""

    @pytest.fixture(autouse=True)
    def drive(self, monkeypatch):
        connect = sqlite3.connect

        def on_such_a_drive(path, **rest):
            return connect(f"file:{path}?vfs=unix-none", uri=True, **rest)

        monkeypatch.setattr(sqlite3, "connect", on_such_a_drive)

    def test_a_profile_works_with_the_other_journal(self, hub, tmp_path):
        create_profile(tmp_path / "dana", account_of(hub, "dana"))
        dana = Person(hub.line("dana"), tmp_path / "dana")
        try:
            assert promises(dana.profile._work.database) == _WITHOUT_WAL
            dana.records.create("work_order", {"title": "Pump leaks"})
            assert dana.syncs().applied == 1
            assert [row["title"] for row in hub.of_type("work_order")] == ["Pump leaks"]
        finally:
            dana.leaves()

    def test_a_level_that_did_not_take_is_refused_however_often_one_asks(self, tmp_path):
        file = Database(tmp_path / "a.db", {"journal_mode": "wal", "synchronous": "normal"})
        for _ in range(2):
            with pytest.raises(StorageTrouble, match=r"drive of .* cannot keep a save through a power cut"):
                file.rows("SELECT 1")
            with pytest.raises(StorageTrouble, match="power cut"), file.write() as db:
                db.execute("CREATE TABLE a (b)")
            assert file.peewee.is_closed()


class TestOnANetworkDrive:
    """SQLite would use WAL there, which is only right while all who use a file are on one computer."""

    @pytest.fixture
    def is_remote(self, monkeypatch):
        monkeypatch.setattr(database, "is_remote", lambda path: True)

    def test_there_is_no_shared_memory(self, is_remote, dana):
        assert promises(dana.profile._work.database) == _WITHOUT_WAL
        assert promises(dana.profile.cache._shown) == _WITHOUT_WAL
        dana.records.create("work_order", {"title": "Pump leaks"})
        assert not [path.name for path in dana.profile.path.iterdir() if path.name.endswith(("-wal", "-shm"))]
        assert [item.edit.mine["title"] for item in dana.reader.queue()] == ["Pump leaks"]

    def test_a_profile_that_moved_there_or_back_keeps_what_waits(self, hub, people, monkeypatch):
        dana = people("dana")
        dana.records.create("work_order", {"title": "On the laptop"})
        dana.leaves()
        for is_remote, title, mode in ((True, "On the server", "truncate"), (False, "Back again", "wal")):
            monkeypatch.setattr(database, "is_remote", lambda path, answer=is_remote: answer)
            again = Person(hub.line("dana"), dana.profile.path)
            assert promises(again.profile._work.database)["journal_mode"] == mode
            again.records.create("work_order", {"title": title})
            again.leaves()
        last = Person(hub.line("dana"), dana.profile.path)
        waiting = [item.edit.mine["title"] for item in last.reader.queue()]
        assert waiting == ["On the laptop", "On the server", "Back again"]
        last.syncs()
        assert len(hub.of_type("work_order")) == 3
        last.leaves()


def test_a_level_that_did_not_take_is_refused_too(tmp_path):
    file = Database(tmp_path / "a.db", {"journal_mode": "wal", "synchronous": "normal"})
    with pytest.raises(StorageTrouble, match="power cut"):
        file.rows("SELECT 1")
