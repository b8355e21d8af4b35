from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from maintenance_desktop.hub import rows
from maintenance_desktop.hub.changes import read_page
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.loading import NewRecord
from maintenance_desktop.hub.store import HubStore

from .world import edit, lines, new_id


def test_a_first_download_sends_first_what_a_technician_needs_first(world):
    asset = world.asset("P-1")
    location = world.create("location", {"name": "Hall 1"})
    done, opened = world.work_order(), world.work_order()
    of_done, of_open, of_asset = (
        world.labor(done),
        world.labor(opened),
        world.create("comment", {"asset_id": asset, "text": "Hm"}),
    )
    world.update("work_order", done, 1, {"status": "completed"})
    found, _ = world.read_all()
    people = {line["id"] for line in found[:5]}
    assert people == {world.dana, world.bob, world.planner, world.admin, world.requester}
    rest = [line["id"] for line in found[5:]]
    assert rest[:5] == [location, asset, opened, of_open, done]
    assert set(rest[5:]) == {of_done, of_asset}


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_small_pages_bring_every_record_once(world, limit):
    for _ in range(3):
        work = world.work_order()
        world.labor(work)
        world.labor(work)
    done = world.work_order()
    world.labor(done)
    world.update("work_order", done, 1, {"status": "completed"})
    found, _ = world.read_all(limit=limit)
    ids = [line["id"] for line in found]
    assert len(ids) == len(set(ids)) == 5 + 3 + 6 + 2


def test_the_total_counts_down(world):
    first, _, end = lines(read_page(world.store, None, 2))
    second, _, _ = lines(read_page(world.store, end["cursor"], 2))
    assert (first, second) == ({"total": 5}, {"total": 3})


def test_a_download_goes_on_in_another_hub_process(world, target):
    world.work_order()
    _, seen, end = lines(read_page(world.store, None, 3))
    other = HubStore.open(target, hasher=world.store.hasher)
    try:
        _, rest, last = lines(read_page(other, end["cursor"], 100))
    finally:
        other.close()
    assert len({line["id"] for line in seen + rest}) == 6
    assert not last["more"]


def test_after_the_download_come_the_changes_tombstones_included(world):
    record_id = world.work_order()
    gone = world.work_order()
    _, cursor = world.read_all()
    world.update("work_order", record_id, 1, {"title": "New"})
    world.delete("work_order", gone, 1)
    _, found, end = lines(read_page(world.store, cursor, 10))
    assert [(line["id"], line["version"]) for line in found] == [(record_id, 2), (gone, 2)]
    assert found[0]["record"]["title"] == "New"
    assert found[0]["changed_by"] == world.planner
    assert found[1]["deleted"]
    assert lines(read_page(world.store, end["cursor"], 10))[1] == []


def test_pages_of_changes_go_on_where_the_last_one_ended(world):
    _, cursor = world.read_all()
    made = [world.work_order() for _ in range(5)]
    total, found, end = lines(read_page(world.store, cursor, 2))
    assert (total["total"], end["more"]) == (5, True)
    rest, _ = world.read_all(end["cursor"], limit=2)
    assert [line["id"] for line in found + rest] == made


def test_what_changes_during_a_download_is_seen_afterwards(world):
    open_work, closed = world.work_order(), world.work_order(status="completed")
    child, other = world.labor(open_work), new_id()
    seen, cursor = [], None
    state = iter(
        [
            lambda: world.update("work_order", open_work, 1, {"status": "completed"}),
            lambda: world.update("work_order", open_work, 2, {"status": "open"}),
            lambda: world.update("work_order", closed, 1, {"status": "open"}),
            lambda: world.create("labor", _labor(world, closed), world.dana, record_id=other),
        ]
    )
    while True:
        _, page, end = lines(read_page(world.store, cursor, 2))
        seen += page
        cursor = end["cursor"]
        next(state, lambda: None)()
        if not end["more"]:
            break
    latest = {line["id"]: line["version"] for line in seen}
    assert latest[open_work] == 3
    assert latest[closed] == 2
    assert {child, other} <= set(latest)


def test_a_child_is_not_lost_when_its_work_order_is_closed_and_reopened_meanwhile(world):
    parent = world.work_order()
    child = world.labor(parent)
    world.update("work_order", parent, 1, {"status": "completed"})
    found, cursor = [], None
    for _ in range(2):  # people, and the children of open work orders: there are none just now
        _, page, end = lines(read_page(world.store, cursor, 5 if cursor is None else 1))
        found += page
        cursor = end["cursor"]
    assert found[-1]["id"] == parent
    world.update("work_order", parent, 2, {"status": "open"})
    rest, _ = world.read_all(cursor)
    assert child in {line["id"] for line in rest}


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "ÿ",
        "e30",
        base64.urlsafe_b64encode(b"[1,2,3,4,5]").decode(),
        base64.urlsafe_b64encode(b'["x",true,-1,[],0]').decode(),
        base64.urlsafe_b64encode(b'["other-epoch",1,-1,[],0]').decode(),
    ],
)
def test_a_cursor_that_leads_nowhere_is_expired(world, cursor):
    with pytest.raises(Problem) as caught:
        read_page(world.store, cursor, 10)
    assert caught.value.status == 410


def test_a_cursor_ahead_of_the_hub_is_expired(world):
    _, cursor = world.read_all()
    content = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    for ahead in (content[1] + 1, 2**80):
        forged = base64.urlsafe_b64encode(json.dumps([content[0], ahead, -1, [], 0]).encode()).decode()
        with pytest.raises(Problem):
            read_page(world.store, forged, 10)


def test_a_large_page_comes_in_large_chunks(world):
    _load_work_orders(world, 400)
    chunks = list(read_page(world.store, None, 5000).chunks())
    assert all(len(chunk) >= 64 * 1024 for chunk in chunks[:-1])
    assert len(chunks) > 2


class LateStamp:
    """How the hub numbers changes: from the counter, as the last statement of the transaction."""

    def begin(self, tx):
        return None

    def end(self, tx, number):
        return rows.take_numbers(tx, 1)[0]


class EarlyNumber:
    """The naive way: a number from a sequence at the start. It shows when its transaction ends."""

    def __init__(self, store):
        store.database.write(lambda tx: tx.run("CREATE SEQUENCE naive"))

    def begin(self, tx):
        return tx.row("SELECT nextval('naive')")[0]

    def end(self, tx, number):
        tx.run("UPDATE counter SET changes = ? WHERE id = 1 AND changes < ?", number, number)
        return number


def _skipped_changes(store, numbering, writers=6, each=25):
    """Let many write while one follows with a cursor. Answers the changes that the cursor never brought."""
    store.database.write(lambda tx: tx.run("CREATE TABLE change (seq BIGINT, name TEXT)"))
    committed, seen = set(), set()
    writing = threading.Event()
    turn = threading.Barrier(writers)

    def write(writer):
        for n in range(each):
            name = f"{writer}-{n}"

            def work(tx, name=name, waits=writer % 2 == 0):
                number = numbering.begin(tx)
                if waits:
                    tx.run("SELECT pg_sleep(0.002)")  # the others overtake a slow transaction
                tx.run("INSERT INTO change (seq, name) VALUES (0, ?)", name)
                tx.run("UPDATE change SET seq = ? WHERE name = ?", numbering.end(tx, number), name)

            if n == 0:
                turn.wait()
            store.database.write(work)
            committed.add(name)

    def follow():
        position = 0
        while True:
            is_last_look = writing.is_set()
            found = store.database.read(lambda tx, after=position: _after(tx, after))
            seen.update(name for _, name in found)
            position = max([position, *(seq for seq, _ in found)])
            if is_last_look:
                return

    def _after(tx, position):
        return tx.rows("SELECT seq, name FROM change WHERE seq > ? ORDER BY seq", position)

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    writing.set()
    follower.join()
    assert len(committed) == writers * each
    return committed - seen


@pytest.fixture
def postgres_store(postgres, postgres_template, hub_hasher):
    name = postgres.new_database(postgres_template)
    store = HubStore.open(postgres.url(name), hasher=hub_hasher)
    yield store
    store.close()
    postgres.drop_database(name)


def test_no_change_is_skipped_with_many_writers(postgres_store):
    assert _skipped_changes(postgres_store, LateStamp()) == set()


def test_the_same_check_catches_numbers_taken_too_early(postgres_store):
    assert _skipped_changes(postgres_store, EarlyNumber(postgres_store)) != set()


def test_everything_written_is_read_by_whoever_follows_the_real_stream(world):
    """Writers use the real edits, several readers start and follow at different moments."""
    writers, each = 4, 12
    made: set[str] = set()
    done = threading.Event()

    def write(writer):
        person = (world.dana, world.bob)[writer % 2]
        for _ in range(each):
            work = new_id()
            content = {"title": "A", "status": "open"}
            assert world.push(person, edit("create", "work_order", work, content))["outcome"] == "applied"
            made.update((work, world.labor(work, by=person)))

    def follow(limit):
        seen, cursor = set(), None
        while True:
            is_last_look = done.is_set()
            found, cursor = world.read_all(cursor, limit)
            seen.update(line["id"] for line in found)
            if is_last_look:
                return seen

    with ThreadPoolExecutor(writers + 3) as pool:
        readers = [pool.submit(follow, limit) for limit in (2, 5, 5000)]
        for writer in [pool.submit(write, n) for n in range(writers)]:
            writer.result()
        done.set()
        for reader in readers:
            assert made <= reader.result()
    assert len(made) == writers * each * 2


def test_loading_many_records_keeps_their_dates_and_numbers(world):
    progress = []
    _load_work_orders(world, 1_100, on_progress=progress.append)
    assert progress == [500, 1000, 1100]
    found = [line["record"] for line in world.read_all()[0] if line["type"] == "work_order"]
    assert {record["created_at"][:4] for record in found} == {"2024"}
    assert len({record["number"] for record in found}) == 1_100
    world.work_order()
    newest = next(line["record"] for line in world.read_all()[0] if line["type"] == "work_order")
    assert newest["number"] == "WO-6100"


def _load_work_orders(world, count, **more):
    records = (
        NewRecord(
            id=new_id(),
            type="work_order",
            fields={"title": f"Job {n}", "status": "open"},
            created_by=world.dana,
            created_at=f"2024-01-01T00:00:{n % 60:02}.000Z",
            number="WO-5000" if n == 0 else None,
        )
        for n in range(count)
    )
    assert world.store.load(records, **more) == count


def _labor(world, work_order_id):
    return {"work_order_id": work_order_id, "person_id": world.bob, "hours": 1, "labor_type": "regular"}
