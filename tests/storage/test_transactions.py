"""A transaction ends as a whole, whatever ends it."""

from __future__ import annotations

import pytest

from maintenance_desktop import disk
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.storage.database import Database


@pytest.fixture
def file(tmp_path):
    file = Database(tmp_path / "file.db", disk.DURABLE)
    file.execute("CREATE TABLE word (word TEXT UNIQUE)")
    yield file
    file.close()


def words(file) -> list[str]:
    return [word for (word,) in file.rows("SELECT word FROM word ORDER BY word")]


def test_nothing_of_one_that_failed_stays(file):
    with pytest.raises(StorageTrouble), file.write() as db:
        db.execute_each("INSERT INTO word VALUES (?)", [("pump",), ("seal",), ("pump",)])
    assert words(file) == []
    with file.write() as db:
        db.execute("INSERT INTO word VALUES ('pump')")
    assert words(file) == ["pump"]


def breaks_off(file, error) -> None:
    with file.write() as outer:
        outer.execute("INSERT INTO word VALUES ('pump')")
        with file.write() as inner:
            inner.execute("INSERT INTO word VALUES ('seal')")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_one_inside_of_another_is_a_part_of_it_and_what_is_raised_comes_out(file, error):
    with pytest.raises(error):
        breaks_off(file, error)
    assert words(file) == []


def test_one_that_sqlite_ended_by_itself_tells_why(file):
    file.execute("PRAGMA max_page_count = 3")
    with pytest.raises(StorageTrouble, match="disk is full"), file.write() as db:
        db.execute("INSERT INTO word VALUES (?)", ("long" * 10_000,))
    assert words(file) == []
