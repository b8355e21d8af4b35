"""Snapshots: what is in them, how they are served, when they are made, and where they lie."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import sqlite3
import threading
import time

import httpx
import pytest
from hub_process import HubProcess

from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.hub import snapshot_keeper, snapshot_list, snapshot_making
from maintenance_desktop.hub.backup import backup, restore
from maintenance_desktop.hub.errors import HubError
from maintenance_desktop.hub.loading import NewRecord
from maintenance_desktop.hub.people import add_person
from maintenance_desktop.hub.snapshot_keeper import SnapshotKeeper
from maintenance_desktop.hub.snapshot_list import FEWEST
from maintenance_desktop.hub.snapshot_making import make_snapshot
from maintenance_desktop.hub.snapshot_shelf import PIECE, shelf_of
from maintenance_desktop.hub.store import HubStore

from .world import PASSWORD, new_id, read_everything

PATH = f"/v1/snapshot?schema={LAYOUT}"
_NICE_SECONDS = 400
"""What makes a snapshot lets everything else go first: on a busy computer that takes a while."""


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def make(world, scratch):
    return lambda: make_snapshot(world.store, shelf_of(world.store.database), scratch)


@pytest.fixture
def plant(world):
    """Some of everything, the open and the finished, what was deleted, and a comment of an asset."""
    asset = world.asset("P-1")
    for status in ("open", "completed", "in_progress"):
        order = world.work_order(asset_id=asset, status=status)
        if status == "open":
            world.labor(order)
    world.create("comment", {"asset_id": asset, "text": "Naïve «pump»"}, world.dana)
    world.delete("work_order", world.work_order(), 1)
    return world


def unpacked(content, folder):
    file = folder / "found.db"
    file.write_bytes(gzip.decompress(content))
    return file


def records_in(file):
    """(type, id, version, record) of everything in a snapshot that has a record."""
    found = {}
    connection = sqlite3.connect(file)
    try:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%changed_by%'"
            )
        ]
        for table in tables:
            for kind, record_id, version, at, by, body in connection.execute(
                f"SELECT type, id, version, changed_at, changed_by, body FROM {table} WHERE body IS NOT NULL"
            ):
                found[record_id] = (kind, version, at, by, json.loads(body))
    finally:
        connection.close()
    return found


def test_a_snapshot_has_what_a_first_download_brings_and_its_cursor_goes_on(plant, web, make, tmp_path):
    make()
    lines, _ = read_everything(plant.store)
    response = web.get(PATH)
    assert response.status_code == 200
    file = unpacked(response.content, tmp_path)
    assert records_in(file) == {
        line["id"]: (line["type"], line["version"], line["changed_at"], line["changed_by"], line["record"])
        for line in lines
    }
    assert int(response.headers["snapshot-size"]) == file.stat().st_size
    late = plant.work_order()
    changes = web.changes(since=response.headers["snapshot-cursor"])
    assert [line["id"] for line in changes[1:-1]] == [late]


def test_the_answer_means_the_packed_bytes(plant, web, make):
    make()
    response = web.get(PATH)
    digest = hashlib.sha256(response.content)
    assert response.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in response.headers
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.headers["etag"] == f'"{digest.hexdigest()}"'
    assert response.headers["accept-ranges"] == "bytes"
    encoded = response.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")

    assert base64.b64decode(encoded) == digest.digest()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, None),
        ("bytes=10-19", 10, 19),
        ("bytes=-5", -5, None),
        ("bytes=7-99999999999", 7, None),
    ],
)
def test_a_single_range_is_served(plant, web, make, asked, first, last):
    make()
    whole = web.get(PATH).content
    response = web.client.get(PATH, headers=web.headers("dana", Range=asked))
    assert response.status_code == 206
    expected = whole[first:] if last is None else whole[first : last + 1]
    assert response.content == expected
    start = first if first >= 0 else len(whole) + first
    assert response.headers["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"
    assert response.headers["etag"] == f'"{hashlib.sha256(whole).hexdigest()}"'


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=-", "bytes=9-3", "lines=0-1", "bytes=x-", "²"])
def test_what_is_no_single_range_gets_everything(plant, web, make, asked):
    make()
    response = web.client.get(PATH, headers=web.headers("dana", Range=asked.encode("latin-1", "replace")))
    assert (response.status_code, response.content) == (200, web.get(PATH).content)


def test_a_range_behind_the_end_is_refused_and_tells_the_size(plant, web, make):
    made = make()
    for asked in (f"bytes={made.size}-", "bytes=-0"):
        response = web.client.get(PATH, headers=web.headers("dana", Range=asked))
        assert (response.status_code, response.headers["content-range"]) == (416, f"bytes */{made.size}")


def test_if_range_wants_the_very_same_file(plant, web, make):
    made = make()
    for tag, status in ((made.etag, 206), ('"other"', 200), (f"W/{made.etag}", 200)):
        headers = web.headers("dana", Range="bytes=3-", **{"If-Range": tag})
        assert web.client.get(PATH, headers=headers).status_code == status
    headers = web.headers("dana", **{"If-None-Match": made.etag})
    assert web.client.get(PATH, headers=headers).status_code == 304


def test_head_tells_the_same_without_reading_the_file(plant, web, make, monkeypatch):
    make()
    whole = web.get(PATH)
    shelf = web.client.app.state.desk.shelf
    monkeypatch.setattr(type(shelf), "pieces", lambda *_: pytest.fail("it was read"))
    head = web.client.head(PATH, headers=web.headers("dana"))
    assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)


def test_another_layout_and_none_yet_are_406(plant, web, make):
    assert web.get(PATH).status_code == 406
    make()
    assert web.get(PATH).status_code == 200
    for path in ("/v1/snapshot", f"/v1/snapshot?schema={LAYOUT + 1}"):
        assert web.get(path).status_code == 406
    assert web.get("/v1/snapshot?schema=x").status_code == 400


def test_a_file_of_several_pieces_comes_whole_from_any_place(plant, web, scratch):
    """The shelf alone: what a large snapshot is made of."""
    content = bytes(range(256)) * 5_000
    assert len(content) > 2 * PIECE
    file = scratch / "large"
    file.write_bytes(content)
    shelf = shelf_of(plant.store.database)
    shelf.keep(file, "abc")
    for start, end in ((0, len(content)), (PIECE - 1, PIECE + 1), (2 * PIECE, len(content)), (5, 5)):
        assert b"".join(shelf.pieces("abc", start, end)) == content[start:end]
    shelf.remove_unlisted()
    assert not shelf.holds("abc")
    with pytest.raises(LookupError):
        list(shelf.pieces("abc", 0, 10))


def test_every_hub_process_serves_the_same_bytes(plant, web, make, target):
    made = make()
    other = HubStore.open(target)
    try:
        found = b"".join(shelf_of(other.database).pieces(made.digest, 0, made.size))
    finally:
        other.close()
    assert found == web.get(PATH).content


def test_the_one_before_can_be_fetched_for_an_hour_and_then_is_gone(plant, web, make, clock):
    first = make()
    old = web.get(PATH).content
    plant.work_order()
    clock.move(minutes=1)
    second = make()
    assert web.get(PATH).headers["etag"] == second.etag
    for tag in (first.etag, first.digest):
        headers = web.headers("dana", Range="bytes=100-", **{"If-Range": first.etag})
        rest = web.client.get(PATH, params={"schema": LAYOUT, "etag": tag}, headers=headers)
        assert (rest.status_code, rest.content) == (206, old[100:])
    clock.move(minutes=59)
    assert web.get(PATH, params={"schema": LAYOUT, "etag": first.etag}).headers["etag"] == first.etag
    clock.move(minutes=2)
    keeper(plant).look()
    assert web.get(PATH, params={"schema": LAYOUT, "etag": first.etag}).headers["etag"] == second.etag
    assert not shelf_of(plant.store.database).holds(first.digest)
    assert shelf_of(plant.store.database).holds(second.digest)


def keeper(world):
    """One that never makes anything by itself here: what it starts is looked at by other tests."""
    return SnapshotKeeper(world.store, "nowhere")


@pytest.fixture
def due(plant, monkeypatch):
    monkeypatch.setattr(snapshot_list, "FEWEST", 5)
    return lambda: plant.store.database.read(lambda tx: snapshot_list.is_due(tx, plant.clock()))


def test_the_first_is_due_where_there_are_records_enough(due, monkeypatch):
    assert due()
    monkeypatch.setattr(snapshot_list, "FEWEST", 2_000)
    assert not due()


def test_none_is_due_while_nothing_or_little_changed_or_the_last_one_is_fresh(plant, due, make, clock):
    make()
    clock.move(days=3)
    assert not due()
    order = plant.work_order()
    assert due()
    make()
    plant.update("work_order", order, 1, {"title": "New"})
    clock.move(minutes=9)
    assert not due()
    clock.move(minutes=2)
    assert due()


def test_one_process_at_a_time_has_the_turn(plant, clock):
    database = plant.store.database

    def take(holder):
        return database.write(lambda tx: snapshot_list.take_turn(tx, holder, clock()))

    assert take("a")
    assert not take("b")
    assert take("a")
    clock.move(minutes=4)
    assert take("b")
    database.write(lambda tx: snapshot_list.end_turn(tx, "a"))
    assert not take("a")
    database.write(lambda tx: snapshot_list.end_turn(tx, "b"))
    assert take("a")


def test_edits_are_applied_while_one_is_made_and_it_has_none_of_them(plant, web, make, monkeypatch, tmp_path):
    """It stops after its first batch until somebody has saved."""
    reads, saved = threading.Event(), threading.Event()
    real = snapshot_making.living_records

    def slowly(tx, seq):
        for number, batch in enumerate(real(tx, seq)):
            yield batch
            if number == 0:
                reads.set()
                assert saved.wait(30)

    monkeypatch.setattr(snapshot_making, "living_records", slowly)
    making = threading.Thread(target=make)
    making.start()
    assert reads.wait(30)
    late = plant.work_order()
    saved.set()
    making.join()
    response = web.get(PATH)
    assert late not in records_in(unpacked(response.content, tmp_path))
    changes = web.changes(since=response.headers["snapshot-cursor"])
    assert late in [line.get("id") for line in changes]


def test_a_restored_hub_serves_none_from_before(plant, web, make, tmp_path):
    file = tmp_path / "backup.gz"
    made = make()
    backup(plant.store, file)
    assert made.digest.encode() not in gzip.decompress(file.read_bytes())
    restore(plant.store, file)
    web._tokens.clear()
    assert web.get(PATH).status_code == 406
    assert web.get(f"{PATH}&etag={made.digest}").status_code == 406


def test_one_that_was_begun_before_a_restore_is_not_served(plant, web, make, tmp_path, monkeypatch):
    file = tmp_path / "backup.gz"
    backup(plant.store, file)
    packed = snapshot_making._pack

    def restores_meanwhile(*files):
        restore(plant.store, file)
        return packed(*files)

    monkeypatch.setattr(snapshot_making, "_pack", restores_meanwhile)
    assert make() is None
    assert web.get(PATH).status_code == 406


def test_one_whose_bytes_are_gone_is_none(plant, web, make, due):
    made = make()
    assert not due()
    shelf_of(plant.store.database).remove_unlisted()
    assert web.get(PATH).status_code == 200
    database = plant.store.database
    if database.folder is None:
        database.write(lambda tx: tx.run("DELETE FROM snapshot_piece WHERE digest = ?", made.digest))
    else:
        (database.folder / "snapshots" / f"{made.digest}.db.gz").unlink()
    assert web.get(PATH).status_code == 406
    assert keeper(plant)._strike_out_lost() == 1
    assert due()


@pytest.mark.parametrize(
    "lacking", [("decision",), ("decision", "snapshot", "snapshot_piece", "snapshot_turn")], ids=len
)
def test_a_hub_of_an_older_version_gets_the_tables_it_lacks(world, target, lacking):
    for table in lacking:
        world.store.database.write(lambda tx, table=table: tx.run(f"DROP TABLE {table}"))
    results = []
    threads = [threading.Thread(target=lambda: results.append(HubStore.open(target))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    for store in results:
        assert store.database.read(lambda tx: tx.rows("SELECT holder FROM snapshot_turn")) == [("",)]
        assert store.database.read(lambda tx: tx.rows("SELECT place FROM decision")) == []
        assert store.facts().name == "Maintenance"
        store.close()


@pytest.fixture
def many(target, hub_hasher):
    """A hub with as many records as make a snapshot worth while."""
    store = HubStore.open(target, hasher=hub_hasher)
    dana = add_person(store, "dana", name="Dana Ortiz", role="planner", password=PASSWORD)
    store.load(
        NewRecord(
            new_id(),
            "asset",
            {"tag": f"P-{number}", "name": "Pump", "status": "running"},
            dana,
            store.now_text(),
        )
        for number in range(snapshot_list.FEWEST)
    )
    yield store
    store.close()


@pytest.mark.timeout(_NICE_SECONDS + 60)
def test_a_running_hub_makes_one_by_itself_beside_its_calls(many, target, tmp_path):
    hub = HubProcess(tmp_path / "hub", target if isinstance(target, str) else None)
    with hub.start_again(0):
        body = {"username": "dana", "password": PASSWORD}
        token = httpx.post(f"{hub.url}/v1/sessions", json=body).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        until = time.monotonic() + _NICE_SECONDS
        while (response := httpx.get(hub.url + PATH, headers=headers)).status_code != 200:
            assert response.status_code == 406
            assert time.monotonic() < until
        assert len(records_in(unpacked(response.content, tmp_path))) == FEWEST + 1
        assert hub.stop() == 0
    assert list((tmp_path / "hub").glob("maintenance-hub-snapshot-*")) == []


def test_none_is_made_where_the_administrator_does_not_want_it(many, target, tmp_path):
    hub = HubProcess(tmp_path / "hub", target if isinstance(target, str) else None)
    with hub.start_again(0, "--snapshots", "no"):
        assert many.database.read(snapshot_list.digests) == set()
    assert many.database.read(lambda tx: snapshot_list.is_due(tx, many.clock()))


def test_a_process_that_fails_is_a_sentence_in_the_log_and_ends_its_turn(many, tmp_path, caplog):
    keeper = SnapshotKeeper(many, "postgresql://nobody@127.0.0.1:1/none", tmp_path)
    with pytest.raises(HubError, match="maintenance-hub: "):
        keeper.look()
    assert many.database.write(lambda tx: snapshot_list.take_turn(tx, "other", many.clock()))


@pytest.mark.timeout(_NICE_SECONDS)
def test_of_two_hub_processes_one_makes_it(many, target, tmp_path, monkeypatch):
    begun, has_begun, both_may_go_on = [], threading.Event(), threading.Event()
    real = snapshot_keeper.start_process

    def start(*told):
        begun.append(told)
        has_begun.set()
        assert both_may_go_on.wait(30)
        return real(*told)

    monkeypatch.setattr(snapshot_keeper, "start_process", start)
    other = HubStore.open(target)
    made = []
    first = threading.Thread(target=lambda: made.append(SnapshotKeeper(many, target, tmp_path).look()))
    first.start()
    assert has_begun.wait(30)
    made.append(SnapshotKeeper(other, target, tmp_path).look())
    both_may_go_on.set()
    first.join()
    assert (made, len(begun)) == ([False, True], 1)
    assert not SnapshotKeeper(other, target, tmp_path).look()
    assert len(other.database.read(snapshot_list.digests)) == 1
    other.close()


def test_where_there_is_no_room_none_is_begun(many, target, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot_keeper, "start_process", lambda *_: pytest.fail("it was begun"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 9 * 10**8, 10**8))
    with pytest.raises(HubError, match=r"takes \d+ MB in .*, and only 100 MB are free"):
        SnapshotKeeper(many, target, tmp_path).look()


def test_stopping_ends_the_process_that_makes_one(many, target, tmp_path, monkeypatch):
    started = threading.Event()
    real = snapshot_keeper.start_process

    def start(*told):
        process = real(*told)
        started.set()
        return process

    monkeypatch.setattr(snapshot_keeper, "start_process", start)
    keeper = SnapshotKeeper(many, target, tmp_path)
    keeper.start()
    assert started.wait(30)
    keeper.stop()
    assert not keeper._thread.is_alive()
    assert keeper._process.returncode is not None
    assert list(tmp_path.glob("maintenance-hub-snapshot-*")) == []
