"""What the database layer promises when the database is difficult."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from maintenance_desktop.hub.database import Database
from maintenance_desktop.hub.errors import SetupError, Unavailable
from maintenance_desktop.hub.store import HubStore


@pytest.fixture
def postgres_database(postgres):
    name = postgres.new_database()
    database = Database.open(postgres.url(name))
    database.write(lambda tx: tx.run("CREATE TABLE thing (id INTEGER PRIMARY KEY, n INTEGER NOT NULL)"))
    database.write(lambda tx: tx.run("INSERT INTO thing VALUES (1, 0), (2, 0)"))
    yield database
    database.close()
    postgres.drop_database(name)


def test_connections_that_the_server_ended_are_opened_again(postgres, postgres_database):
    barrier = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: postgres_database.read(lambda tx: barrier.wait()), range(4)))
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert postgres_database.write(lambda tx: tx.run("UPDATE thing SET n = 5")) == 2
    assert postgres_database.read(lambda tx: tx.row("SELECT n FROM thing WHERE id = 1")) == (5,)


def test_a_deadlock_is_tried_again(postgres_database):
    both_hold_one = threading.Barrier(2)
    attempts = []

    def add(first, second):
        def work(tx):
            attempts.append(first)
            tx.run("UPDATE thing SET n = n + 1 WHERE id = ?", first)
            if attempts.count(first) == 1:
                both_hold_one.wait()
            tx.run("UPDATE thing SET n = n + 1 WHERE id = ?", second)

        postgres_database.write(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, (1, 2), (2, 1)))
    assert postgres_database.read(lambda tx: tx.rows("SELECT n FROM thing")) == [(2,), (2,)]
    assert len(attempts) > 2


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE thing (id INTEGER)", "CREATE TYPE thing AS (id INTEGER)"]
)
def test_what_another_made_meanwhile_is_looked_at_again(postgres_database, statement):
    attempts = []

    def work(tx):
        attempts.append(statement)
        if len(attempts) == 1:  # as if `thing` had been made between the look for it and this
            tx.run(statement)
        return tx.run("UPDATE thing SET n = 7")

    assert postgres_database.write(work) == 2
    assert len(attempts) == 2


def test_what_the_database_does_not_allow_is_no_reason_to_come_back_later(postgres_database):
    """Whoever hears *unavailable* sends all of it again, and never only what is at fault."""
    statements = ("SET ROLE pg_monitor", "UPDATE thing SET n = 7")
    with pytest.raises(Exception, match="permission denied") as caught:
        postgres_database.write(lambda tx: [tx.run(one) for one in statements])
    assert not isinstance(caught.value, Unavailable)


@pytest.mark.parametrize(
    "statement", ["SELECT nonsense", "INSERT INTO meta (key, value) VALUES ('schema', '1')"]
)
def test_what_fails_for_good_says_so(store, statement):
    if "nonsense" in statement:
        with pytest.raises(Exception, match="nonsense"):
            store.database.write(lambda tx: tx.run(statement))
    else:
        with pytest.raises(Unavailable):
            store.database.write(lambda tx: tx.run(statement))


def test_what_fails_leaves_nothing_behind(store):
    class Stop(Exception):
        pass

    def work(tx):
        tx.run("UPDATE meta SET value = 'half' WHERE key = 'name'")
        raise Stop

    with pytest.raises(Stop):
        store.database.write(work)
    assert store.facts().name == "Maintenance"


def test_the_last_statement_comes_after_all_others_and_is_there_when_the_answer_is(store):
    def work(tx):
        tx.run_last("UPDATE meta SET value = ? WHERE key = 'name'", "last")
        tx.run("UPDATE meta SET value = ? WHERE key = 'name'", "first")
        return tx.row("SELECT value FROM meta WHERE key = 'name'")[0]

    assert store.database.write(work) == "first"
    assert store.facts().name == "last"


def test_a_last_statement_that_fails_takes_everything_with_it(store):
    def work(tx):
        tx.run("UPDATE meta SET value = 'half' WHERE key = 'name'")
        tx.run_last("INSERT INTO meta (key, value) VALUES (?, ?)", "schema", "1")

    for _ in range(20):  # more often than there are connections: none of them stays in its transaction
        with pytest.raises(Unavailable):
            store.database.write(work)
    assert store.facts().name == "Maintenance"
    store.database.write(lambda tx: tx.run("UPDATE meta SET value = 'whole' WHERE key = 'name'"))
    assert store.facts().name == "whole"


def test_a_deadlock_at_the_last_statement_is_tried_again(postgres_database):
    both_hold_one = threading.Barrier(2)
    attempts = []

    def add(first, second):
        def work(tx):
            attempts.append(first)
            tx.run("UPDATE thing SET n = n + 1 WHERE id = ?", first)
            if attempts.count(first) == 1:
                both_hold_one.wait()
            tx.run_last("UPDATE thing SET n = n + 1 WHERE id = ?", second)

        postgres_database.write(work)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, (1, 2), (2, 1)))
    assert postgres_database.read(lambda tx: tx.rows("SELECT n FROM thing")) == [(2,), (2,)]
    assert len(attempts) > 2


def test_a_database_that_is_gone_is_unavailable(store, tmp_path):
    gone = Database.open("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        gone.read(lambda tx: tx.row("SELECT 1"))
    gone.close()


def test_every_connection_keeps_what_it_commits(tmp_path):
    """FULL in WAL mode syncs the journal at every commit (https://sqlite.org/pragma.html#pragma_synchronous)."""
    database = Database.open(tmp_path / "hub")
    found = database.read(
        lambda tx: [tx.row(f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "fullfsync")]
    )
    database.close()
    assert found == [("wal",), (2,), (1,)]


def test_a_drive_without_wal_is_refused_and_named(tmp_path, monkeypatch):
    connect = sqlite3.connect

    def on_such_a_drive(path, **rest):
        return connect(f"file:{path}?vfs=unix-none", uri=True, **rest)

    monkeypatch.setattr(sqlite3, "connect", on_such_a_drive)
    with pytest.raises(SetupError, match=r"drive of .*hub cannot keep a change through a power cut"):
        HubStore.open(tmp_path / "hub")
