"""Large downloads: whatever way they come, and wherever they break, they end as the small ones do."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from itertools import islice

import pytest

from maintenance_desktop.domain.cache_filling import CacheFilling, Line
from maintenance_desktop.domain.outcomes import Snapshot, Unreachable
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services import download, pull
from maintenance_desktop.services.status import Connection
from maintenance_desktop.storage import cache
from tests.services.fakes import FakeLine, cached, joins, line_of, new_id, person_id

FINISHED = ("completed", "closed", "cancelled")


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch):
    monkeypatch.setattr(pull, "LARGE", 5)


@pytest.fixture
def plant(hub):
    """More than fits into one page, in the order in which hubs send it."""
    hall = hub.has("location", name="Hall A")
    pumps = [hub.has("asset", tag=f"P-{n}", name="Pump", location_id=hall) for n in range(3)]
    orders = [
        hub.has(
            "work_order",
            title=f"Bearing {number} of {status}",
            status=status,
            asset_id=pumps[number % 3],
            location_id=hall,
            assigned_to=person_id("dana"),
            priority="high",
        )
        for status in ("open", "on_hold", *FINISHED)
        for number in range(4)
    ]
    for order in orders[:3]:
        hub.has("labor", work_order_id=order, hours=2)
        hub.has("comment", work_order_id=order, text="Hot")
    return orders


@pytest.fixture
def newcomer(hub, tmp_path, plant):
    made = []

    def comes_in(folder="new"):
        person = joins(hub, "dana", tmp_path / folder)
        person.backend.page, person.backend.piece = 7, 3
        made.append(person)
        return person

    yield comes_in
    for person in made:
        person.leaves()


def lists(person):
    """Everything a person can look at in lists."""
    reader = person.reader
    queries = [
        WorkOrderQuery(sort=sort, descending=down, text=text, statuses=statuses)
        for sort in ("number", "title", "status", "asset_tag", "due_at", "created_at", "assigned_name")
        for down in (False, True)
        for text in ("", "bear", "p-1", "wo-10", "hold")
        for statuses in (frozenset(), frozenset({"open"}), frozenset(FINISHED))
    ]
    rows = [[row.number for row in reader.work_orders(query)] for query in queries]
    counts = [reader.found_work_orders(query) for query in queries]
    return rows, counts, reader.work_order_counts(person_id("dana"), ""), reader.assets_below(None)


def test_a_large_download_ends_as_a_small_one_does(hub, newcomer, monkeypatch):
    large = newcomer()
    assert large.syncs().connection is Connection.ONLINE
    assert large.profile.cache.is_complete()
    monkeypatch.setattr(pull, "LARGE", 10**6)
    small = newcomer("small")
    small.syncs()
    assert cached(large) == cached(small) == hub.content()
    found, expected = lists(large), lists(small)
    assert found[1:] == expected[1:]
    assert [sorted(rows) for rows in found[0]] == [sorted(rows) for rows in expected[0]]


def test_what_changes_after_a_large_download_is_found_and_counted(hub, newcomer, plant):
    dana = newcomer()
    dana.syncs()
    hub.changes(plant[0], title="Xylophone", status="completed")
    hub.changes(plant[-1], title="Zither", status="open")
    hub.deletes(plant[1])
    new = hub.has("work_order", title="Xylophone again")
    dana.syncs()
    assert cached(dana) == hub.content()
    found = [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="xylo"))]
    assert set(found) == {plant[0], new}
    assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="zither"))] == [plant[-1]]
    unfinished = WorkOrderQuery(statuses=frozenset({"open", "in_progress", "on_hold"}))
    ids = {row.id for row in dana.reader.work_orders(unfinished)}
    assert ids == (set(plant[:8]) - set(plant[:2])) | {plant[-1], new}
    assert dana.reader.count_work_orders(unfinished) == len(ids)


@pytest.mark.parametrize("cut", range(0, 48, 3))
def test_wherever_it_breaks_it_goes_on_there_also_in_another_process(hub, newcomer, cut):
    dana = newcomer()
    dana.backend.cuts_after = 4
    pages = iter(range(cut // 3))
    original = dana.backend.lines

    def lines_(cursor, **rest):
        dana.backend.cuts_after = None if next(pages, None) is not None else cut % 7
        return original(cursor, **rest)

    dana.backend.lines = lines_
    first = dana.syncs()
    while first.connection is Connection.ONLINE and not dana.profile.cache.is_complete():
        first = dana.syncs()
    asked = len(dana.backend.calls)
    dana.leaves()
    again = newcomer()
    again.syncs()
    assert cached(again) == hub.content()
    assert asked


def test_unfinished_work_is_there_while_the_rest_still_comes(hub, newcomer, plant):
    dana = newcomer()
    original, seen = dana.backend.lines, []

    def lines_(cursor, **rest):
        for piece in original(cursor, **rest):
            seen.append(
                dana.reader.count_work_orders(WorkOrderQuery(statuses=frozenset({"open", "on_hold"})))
            )
            yield piece

    dana.backend.lines = lines_
    result = dana.syncs()
    assert result.everything_changed
    assert seen[0] == 0
    assert 8 in seen[: len(seen) - 2]
    assert not dana.backend.faults


def test_what_is_saved_meanwhile_is_sent_before_the_download_goes_on(hub, newcomer, plant, monkeypatch):
    monkeypatch.setattr(download, "_PATIENCE", -1)
    dana = newcomer()
    original, saved = dana.backend.lines, []

    def lines_(cursor, **rest):
        yield from islice(original(cursor, **rest), 2)
        if not saved:
            saved.append(dana.records.create("work_order", {"title": "Made while it loads"}))
        yield from islice(original(cursor, **rest), 2, None)

    dana.backend.lines = lines_
    assert dana.syncs().connection is Connection.ONLINE
    calls = dana.backend.calls
    assert "push" in calls[: len(calls) - 3]
    assert hub.record(saved[0])["title"] == "Made while it loads"
    assert cached(dana) == hub.content()
    assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="while loads"))] == saved


def test_a_cursor_that_is_forgotten_in_the_middle_begins_the_download_anew(hub, newcomer):
    dana = newcomer()
    dana.backend.cuts_after = None
    original, times = dana.backend.lines, iter(range(3))

    def lines_(cursor, **rest):
        if next(times, None) == 2:
            hub.era += 1
        return original(cursor, **rest)

    dana.backend.lines = lines_
    for _ in range(3):
        dana.syncs()
    assert cached(dana) == hub.content()


def test_a_server_that_knows_no_cursor_at_all_is_left(hub, newcomer):
    dana = newcomer()
    dana.backend.cuts_after = 4
    dana.syncs()
    dana.backend.cuts_after, dana.backend.always_expired = None, True
    for _ in range(3):
        assert dana.syncs().connection is Connection.OFFLINE
    dana.backend.always_expired = False
    dana.syncs()
    assert cached(dana) == hub.content()


def test_no_save_waits_while_a_file_is_prepared(hub, newcomer, tmp_path, monkeypatch):
    dana = newcomer()
    seen = []
    prepared = cache.CacheFiles._prepared

    def saves_meanwhile(self, *args):
        def save():
            with dana.profile._work.database.write():
                pass
            dana.profile.close_thread()

        saving = threading.Thread(target=save, daemon=True)
        saving.start()
        saving.join(10)
        seen.append(saving.is_alive())
        return prepared(self, *args)

    monkeypatch.setattr(cache.CacheFiles, "_prepared", saves_meanwhile)
    dana.backend.snapshot = snapshot_of(hub, tmp_path / "file.db")
    dana.syncs()
    assert seen == [False]


def snapshot_of(hub, path, *, layout_change="") -> Snapshot:
    """What a hub puts ready, with everything it has now."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        filling = CacheFilling(file)
        filling.begin()
        lines = [line_of(change) for piece in FakeLine(hub, "dana").changes(None) for change in piece.changes]
        filling.add([line for line in lines if line.body is not None])
        filling.finish("unused")
        if layout_change:
            file.execute(layout_change)
    return Snapshot(path, f"{hub.era}:{hub.seq}")


def test_the_servers_file_is_taken_and_what_changed_since_comes_after_it(hub, newcomer, plant, tmp_path):
    dana = newcomer()
    dana.backend.snapshot = snapshot_of(hub, tmp_path / "file.db")
    hub.changes(plant[0], title="Xylophone")
    new = hub.has("work_order", title="New since")
    assert dana.syncs().everything_changed
    assert dana.profile.cache.is_complete()
    assert cached(dana) == hub.content()
    assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="new sin"))] == [new]
    assert dana.backend.calls.count("changes") == 1


def test_the_file_counts_only_once_it_is_on_the_disk(hub, newcomer, tmp_path, monkeypatch):
    dana = newcomer()
    before = dana.profile.cache.path

    def fails(path):
        raise OSError("the disk is gone")

    monkeypatch.setattr(cache, "sync_file", fails)
    dana.backend.snapshot = snapshot_of(hub, tmp_path / "file.db")
    assert dana.syncs().connection is Connection.LOCAL_TROUBLE
    assert dana.profile.cache.path == before
    dana.leaves()
    monkeypatch.undo()
    again = newcomer()
    assert again.profile.cache.path == before
    again.syncs()
    assert cached(again) == hub.content()


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE extra (a)",
        "DROP INDEX work_order_due",
        "UPDATE meta SET value = '99' WHERE key = 'layout'",
    ],
)
def test_a_file_of_another_layout_is_not_used(hub, newcomer, tmp_path, change):
    dana = newcomer()
    dana.backend.snapshot = snapshot_of(hub, tmp_path / "file.db", layout_change=change)
    dana.syncs()
    assert cached(dana) == hub.content()
    assert dana.profile.cache.is_complete()


def test_what_is_no_database_is_not_used(hub, newcomer, tmp_path):
    dana = newcomer()
    (tmp_path / "file.db").write_bytes(b"<html>" * 1000)
    dana.backend.snapshot = Snapshot(tmp_path / "file.db", "x")
    dana.syncs()
    assert cached(dana) == hub.content()


def test_an_answer_that_is_newer_than_the_file_is_seen_all_the_time(hub, newcomer, plant, tmp_path):
    dana = newcomer()
    dana.backend.snapshot = snapshot_of(hub, tmp_path / "file.db")
    made = dana.records.create("work_order", {"title": "Made before the first download"})
    original = dana.backend.changes

    def changes(cursor, **rest):
        assert dana.reader.record("work_order", made) is not None
        return original(cursor, **rest)

    dana.backend.changes = changes
    dana.syncs()
    assert dana.sees(made).fields["title"] == "Made before the first download"
    assert cached(dana) == hub.content()


def test_a_whole_copy_stays_until_the_new_one_is_as_new(hub, newcomer, plant, tmp_path):
    dana = newcomer()
    dana.syncs()
    hub.changes(plant[0], title="Xylophone")
    dana.syncs()
    old = dana.profile.cache.path
    dana.profile.cache.start_again()
    dana.backend.snapshot = snapshot_of(hub, tmp_path / "file.db")
    hub.changes(plant[0], title="Zither")
    original = dana.backend.changes

    def cut(cursor, **rest):
        raise Unreachable("The connection broke.")

    dana.backend.changes = cut
    dana.round._pull._has_no_file = False
    dana.syncs()
    assert dana.profile.cache.path == old
    assert dana.sees(plant[0]).fields["title"] == "Xylophone"
    dana.backend.changes = original
    dana.syncs()
    assert dana.profile.cache.path != old
    assert cached(dana) == hub.content()


def test_a_stale_file_does_not_keep_anybody_from_downloading(hub, newcomer, tmp_path):
    dana = newcomer()
    dana.backend.snapshot = Snapshot(snapshot_of(hub, tmp_path / "file.db").path, "99:1")
    dana.syncs()
    dana.syncs()
    assert cached(dana) == hub.content()


def test_a_record_that_is_not_what_the_contract_says_ends_the_round(hub, newcomer):
    dana = newcomer()
    original = dana.backend.lines

    def lines_(cursor, **rest):
        for piece in original(cursor, **rest):
            yield piece
        yield type(piece)((Line("work_order", new_id(), 1, "", "", '{"title": 5}'),))

    dana.backend.lines = lines_
    assert dana.syncs().connection is Connection.OFFLINE
    dana.backend.lines = original
    dana.syncs()
    assert cached(dana) == hub.content()
