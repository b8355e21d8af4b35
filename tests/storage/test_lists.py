"""Lists, counts, totals and search tell the truth about offline work: compared with plain Python."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from sqlite3 import connect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.records import PRIORITIES, STATUSES
from maintenance_desktop.domain.views import AssetQuery, Mark, WorkOrderQuery
from maintenance_desktop.storage import far_pages, strands, work_order_search, work_order_strands
from maintenance_desktop.storage.search_index import is_match, match_text
from maintenance_desktop.storage.trees import topmost
from tests.services.fakes import new_id, person_id, unreachable

DUE = [f"2026-11-{day:02d}T12:00:00.000Z" for day in range(1, 9)]
NOW = "2026-11-05T00:00:00.000Z"


@pytest.fixture
def plant(hub):
    """Places below places, assets below assets, and work orders with gaps everywhere."""
    pick = random.Random(7)
    site = hub.has("location", name="Site")
    halls = [hub.has("location", name=name, parent_id=site) for name in ("hall b", "Hall A")]
    pump = hub.has("asset", tag="P-1", name="Pump", location_id=halls[0])
    motor = hub.has("asset", tag="m-2", name="motor", parent_id=pump, serial_number="SN 9/7")
    fan = hub.has("asset", tag="F-3", name="Fan", location_id=halls[1], criticality="a")
    for number in range(40):
        hub.has(
            "work_order",
            title=pick.choice(["Pump leaks", "pump drips", "Fan", "Ünïcode élan"]) + f" {number}",
            description=pick.choice([None, "under the flange", "WO-1001 again"]),
            status="open" if number < 12 else pick.choice(STATUSES),
            priority=pick.choice([None, *PRIORITIES]),
            work_type=pick.choice([None, "corrective", "safety"]),
            asset_id=pick.choice([None, pump, motor, fan]),
            location_id=pick.choice([None, site, *halls]),
            assigned_to=pick.choice([None, person_id("dana"), person_id("bob")]),
            due_at=pick.choice([None, *DUE]),
        )
    return {"site": site, "halls": halls, "pump": pump, "motor": motor, "fan": fan}


@pytest.fixture
def busy(hub, plant, people):
    """Pia with pending edits of every kind and state over that plant."""
    pia = people("pia")
    orders = [one for one, row in hub.rows.items() if row.type == "work_order"]
    for one in orders[:3]:
        pia.changes(one, title="Leaks by Pia", status="on_hold", due_at=DUE[0])
    hub.changes(orders[0], description="Bob")
    hub.changes(orders[1], description="Bob")
    pia.changes(orders[3], asset_id=new_id())
    pia.syncs()
    for one in orders[4:8]:
        pia.changes(one, title="Waiting pump", asset_id=plant["motor"], priority="critical")
    for one in orders[8:10]:
        pia.records.delete(pia.sees(one))
    for number in range(3):
        made = pia.records.create("work_order", {"title": f"New pump {number}", "asset_id": plant["pump"]})
    pia.logs_hours(made, 1)
    pia.logs_hours(orders[10], 1)
    return pia


def truth(hub, pia) -> dict[str, dict]:
    """What a person should see, from the hub and the queue alone."""
    seen = {one: dict(row.record) for one, row in hub.rows.items() if row.record and row.type == "work_order"}
    for item in pia.reader.queue():
        edit = item.edit
        if edit.type != "work_order":
            continue
        if edit.kind == "delete":
            seen.pop(edit.record_id, None)
        else:
            seen[edit.record_id] = dict(edit.mine)
    return seen


def wanted(query, fields, below) -> bool:
    def among(values, name):
        return not values or fields.get(name) in values

    return (
        among(query.statuses, "status")
        and among(query.priorities, "priority")
        and among(query.work_types, "work_type")
        and (query.assigned_to is None or fields.get("assigned_to") == query.assigned_to)
        and (query.asset_id is None or fields.get("asset_id") in below[query.asset_id])
        and (query.location_id is None or fields.get("location_id") in below[query.location_id])
        and (
            not query.overdue
            or (
                fields["status"] in UNFINISHED and bool(fields.get("due_at")) and fields["due_at"] < query.now
            )
        )
        and all(
            word in f"{fields.get('title')} {fields.get('description') or ''} {fields.get('number')}".lower()
            for word in query.text.lower().split()
        )
    )


def test_every_combination_of_filters_lists_counts_and_places_the_same_work_orders(hub, plant, busy):
    below = {
        plant["pump"]: {plant["pump"], plant["motor"]},
        plant["site"]: {plant["site"], *plant["halls"]},
    }
    everything = truth(hub, busy)
    combinations = product(
        (frozenset(), frozenset({"open", "on_hold"}), frozenset({"it's"})),
        (frozenset(), frozenset({"critical"})),
        (frozenset(), frozenset({"safety", "corrective"})),
        (None, person_id("dana")),
        (None, plant["pump"]),
        (None, plant["site"]),
        (False, True),
        ("", "leaks", "new-1"),
    )
    for statuses, priorities, types, who, asset, place, overdue, text in combinations:
        query = WorkOrderQuery(text, statuses, priorities, types, asset, place, who, overdue, NOW)
        expected = {one for one, fields in everything.items() if wanted(query, fields, below)}
        rows = busy.reader.work_orders(query, 0, 1000)
        assert {row.id for row in rows} == expected, query
        assert len(rows) == len(expected) == busy.reader.count_work_orders(query)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "column",
    [
        "number", "title", "status", "priority", "work_type", "asset_tag", "asset_name", "location_name",
        "assigned_name", "due_at", "created_at", "completed_at", "mark",
    ],
)  # fmt: skip
def test_every_column_sorts_with_empty_values_last(busy, column, descending):
    query = WorkOrderQuery(sort=column, descending=descending)
    rows = busy.reader.work_orders(query, 0, 1000)
    order = {
        "status": STATUSES.index,
        "priority": PRIORITIES.index,
        "mark": ["", "waiting", "refused", "conflict"].index,
        "number": lambda text: (text.startswith("New-"), int(text.split("-")[1])),
    }.get(column, str.lower)
    shown = [getattr(row, column) for row in rows]
    if column == "mark":
        keys = [order(value) for value in shown]
    else:
        filled = [value for value in shown if value]
        assert shown[: len(filled)] == filled
        keys = [order(value) for value in filled]
    assert keys == sorted(keys, reverse=descending)
    pages = [row for start in range(0, 60, 7) for row in busy.reader.work_orders(query, start, 7)]
    assert pages == rows
    for place, row in enumerate(rows):
        assert busy.reader.work_order_position(query, row.id) == place


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(
    "column",
    [
        "number", "title", "status", "asset_tag", "location_name", "assigned_name", "due_at", "created_at",
        "completed_at", "mark",
    ],
)  # fmt: skip
@pytest.mark.parametrize("last_first", [False, True])
def test_far_pages_are_those_of_the_whole_list(hub, busy, column, descending, last_first, monkeypatch):
    """Whatever was saved, or came, since the landmarks were passed."""
    monkeypatch.setattr(far_pages, "_FAR", 1)
    monkeypatch.setattr(far_pages, "_STEP", 3)
    jumps = []
    found = far_pages._behind
    monkeypatch.setattr(
        far_pages, "_behind", lambda *known, **how: jumps.append(known) or found(*known, **how)
    )
    query = WorkOrderQuery(sort=column, descending=descending)
    starts = range(1, 45)[::-1] if last_first else range(1, 45)

    def compare():
        rows = busy.reader.work_orders(query, 0, 1000)
        for start in starts:
            assert busy.reader.work_orders(query, start, 4) == rows[start : start + 4]

    compare()
    assert jumps
    orders = [one for one, row in hub.rows.items() if row.type == "work_order"]
    busy.changes(orders[20], title="a title", due_at=DUE[2], assigned_to=None)
    busy.records.delete(busy.sees(orders[30]))
    compare()
    hub.changes(orders[25], title="zz", priority="low", due_at=None)
    hub.deletes(orders[26])
    hub.has("work_order", title="Came later")
    busy.syncs()
    compare()


@pytest.mark.parametrize(("first", "then"), [("mark", "created_at"), ("created_at", "mark")])
def test_a_far_page_has_nothing_from_a_list_in_another_order(hub, people, first, then, monkeypatch):
    """Work orders with changes only below them are hidden in the one, and not in the other."""
    monkeypatch.setattr(far_pages, "_FAR", 10)
    monkeypatch.setattr(far_pages, "_STEP", 3)
    orders = [
        hub.has("work_order", number=f"WO-{minute}", created_at=f"2026-11-01T10:{minute}:00.000Z")
        for minute in range(10, 60)
    ]
    pia = people("pia")
    for order in orders[-5:]:
        pia.logs_hours(order, 1)
    everything = pia.reader.work_orders(WorkOrderQuery(sort=then), 0, 1000)
    pia.reader.work_orders(WorkOrderQuery(sort=first), 30, 5)
    assert pia.reader.work_orders(WorkOrderQuery(sort=then), 30, 5) == everything[30:35]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ["status", "title", "due_at", "assigned_name", "created_at"])
def test_a_work_order_without_a_time_of_creation_has_its_place(hub, people, column, descending):
    times = (None, "2026-11-01T10:00:00.000Z", "nonsense", "2026-11-02T10:00:00.000Z")
    for number, created_at in enumerate(times):
        hub.has("work_order", number=f"WO-{number}", created_at=created_at)
    pia, query = people("pia"), WorkOrderQuery(sort=column, descending=descending)
    rows = pia.reader.work_orders(query)
    assert [pia.reader.work_order_position(query, row.id) for row in rows] == [0, 1, 2, 3]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ["number", "title", "priority", "asset_name", "due_at", "created_at"])
@pytest.mark.parametrize("is_gathered", [False, True])
def test_pages_that_were_kept_are_those_of_the_whole_list(
    hub, busy, column, descending, is_gathered, monkeypatch
):
    """Whatever was saved, or came, since the first of them was read; in whatever order they are read."""
    cost = -1000 if is_gathered else 1000
    monkeypatch.setattr(work_order_strands, "_KEPT", cost)
    monkeypatch.setattr(work_order_strands, "_LOOKED_UP", cost)
    monkeypatch.setattr(strands, "_FAR", 1)
    monkeypatch.setattr(strands, "_OFTEN", 2)
    gathered, select = [], strands._select
    monkeypatch.setattr(
        strands, "_select", lambda view, strand, *some, **how: gathered.append(strand)
        or select(view, strand, *some, **how),
    )  # fmt: skip
    kinds = [
        WorkOrderQuery(statuses=frozenset({"open", "completed"}), sort=column, descending=descending),
        WorkOrderQuery(priorities=frozenset({"critical", "low"}), sort=column, descending=descending),
        WorkOrderQuery(assigned_to=person_id("dana"), sort=column, descending=descending),
        WorkOrderQuery(statuses=UNFINISHED, sort=column, descending=descending),
        WorkOrderQuery(work_types=frozenset({"safety"}), sort=column, descending=descending),
    ]

    def compare():
        everything = truth(hub, busy)
        for query in kinds:
            pages = {start: busy.reader.work_orders(query, start, 3) for start in (3, 0, 12, 6, 9, 15, 60)}
            monkeypatch.setattr(strands, "_MOST_ROWS", 0)
            rows = busy.reader.work_orders(query, 0, 1000)
            for few in (0, 1_000, 2):  # what is hidden is left out before it is sorted, or after that
                monkeypatch.setattr(strands, "_FEW", few)
                some = [row for start in range(0, 18, 3) for row in busy.reader.work_orders(query, start, 3)]
                assert some == rows[:18], (query, few)
            monkeypatch.setattr(strands, "_MOST_ROWS", 250_000)
            assert {row.id for row in rows} == {
                one for one, fields in everything.items() if wanted(query, fields, {})
            }
            for start, page in pages.items():
                assert page == rows[start : start + 3], (query, start)

    compare()
    if is_gathered:
        assert any(not strand.is_in_order for strand in gathered)
        assert any(strand.from_end for strand in gathered) is (descending and column != "title")
    else:
        assert any(strand.is_in_order for strand in gathered)
    orders = [one for one, row in hub.rows.items() if row.type == "work_order"]
    busy.changes(orders[20], title="a title", priority="low", due_at=DUE[2], assigned_to=None)
    busy.records.delete(busy.sees(orders[30]))
    compare()
    hub.changes(orders[25], title="zz", priority="low", due_at=None)
    hub.deletes(orders[26])
    hub.has("work_order", title="Came later", priority="critical")
    busy.syncs()
    compare()


def test_what_stands_below_an_asset_follows_moves_that_nobody_else_knows_of(hub, people):
    plant, pump, motor, seal = (hub.has("asset", tag=tag, name=tag) for tag in ("A", "B", "C", "D"))
    dana = people("dana")
    hub.changes(seal, parent_id=motor)
    orders = {one: hub.has("work_order", title="Grease", asset_id=one) for one in (plant, pump, motor, seal)}
    dana.syncs()

    def on(asset):
        query = WorkOrderQuery(asset_id=asset)
        found = {row.id for row in dana.reader.work_orders(query)}
        assert len(found) == dana.reader.count_work_orders(query)
        return {one for one, order in orders.items() if order in found}

    assert on(plant) == {plant}
    assert on(motor) == {motor, seal}
    dana.changes(motor, "asset", parent_id=plant)
    assert on(plant) == {plant, motor, seal}
    dana.changes(plant, "asset", parent_id=seal)
    assert on(plant) == on(seal) == {plant, motor, seal}
    dana.changes(seal, "asset", parent_id=None)
    assert (on(motor), on(seal)) == ({motor}, {seal, plant, motor})
    hub.changes(pump, parent_id=plant)
    dana.syncs()
    assert on(plant) == {plant, pump, motor}


def test_a_work_order_that_is_filtered_out_has_no_place(busy):
    (row, *_) = busy.reader.work_orders(WorkOrderQuery(statuses=frozenset({"open"})))
    query = WorkOrderQuery(statuses=frozenset({"closed"}))
    assert busy.reader.work_order_position(query, row.id) is None


def test_counts_are_those_of_the_lists(hub, busy):
    counts = busy.reader.work_order_counts(person_id("dana"), NOW)
    unfinished = WorkOrderQuery(statuses=UNFINISHED)
    count = busy.reader.count_work_orders
    assert counts.open == count(unfinished)
    assert counts.mine == count(replace(unfinished, assigned_to=person_id("dana")))
    assert counts.overdue == count(WorkOrderQuery(overdue=True, now=NOW))
    assert counts.everything == len(truth(hub, busy))


def test_marks_tell_the_gravest_state_of_the_work_order_and_its_children(hub, busy):
    marks = {row.id: row.mark for row in busy.reader.work_orders(WorkOrderQuery(), 0, 1000)}
    orders = [one for one, row in hub.rows.items() if row.type == "work_order"]
    assert [marks[one] for one in orders[:4]] == [Mark.CONFLICT, Mark.CONFLICT, Mark.NONE, Mark.REFUSED]
    assert {marks[one] for one in orders[4:8]} == {Mark.WAITING}


def test_refused_hours_mark_their_work_order(hub, people):
    order = hub.has("work_order")
    dana = people("dana")
    dana.logs_hours(order, 1)
    hub.changes(order, status="completed")
    dana.syncs()
    (row,) = dana.reader.work_orders(WorkOrderQuery())
    assert row.mark is Mark.REFUSED
    (child,) = dana.reader.children("labor", order)
    assert child.mark is Mark.REFUSED


def test_provisional_numbers_are_found_until_the_server_gives_one(hub, dana):
    for number in range(12):
        made = dana.records.create("work_order", {"title": f"Pump {number}"})
    assert dana.reader.find_work_order(" new-12 ") == made
    rows = dana.reader.work_orders(WorkOrderQuery(sort="number", descending=False))
    assert [row.number for row in rows] == [f"New-{number}" for number in range(1, 13)]
    assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="new-12"))] == [made]
    dana.syncs()
    assert dana.reader.find_work_order("New-12") is None
    assert dana.reader.find_work_order("wo-1012") == made


def test_what_was_just_made_here_stands_first_in_the_list_of_the_newest(hub, people):
    hub.has("work_order")
    dana = people("dana")
    made = dana.records.create("work_order", {"title": "Brand new"})
    assert dana.reader.work_orders(WorkOrderQuery())[0].id == made


def test_an_assets_own_pending_change_is_seen_in_the_work_orders(hub, plant, people):
    pia = people("pia")
    pia.changes(plant["pump"], "asset", tag="X-77", name="Xylophone")
    new = pia.records.create(
        "asset", {"tag": "N-1", "name": "New", "status": "running", "parent_id": plant["pump"]}
    )
    order = pia.records.create("work_order", {"title": "For the new one", "asset_id": new})
    row = next(row for row in pia.reader.work_orders(WorkOrderQuery(), 0, 1000) if row.id == order)
    assert (row.asset_tag, row.asset_name) == ("N-1", "New")
    tags = {row.asset_tag for row in pia.reader.work_orders(WorkOrderQuery(asset_id=plant["pump"]), 0, 1000)}
    assert tags <= {"X-77", "m-2", "N-1"}
    assert {"X-77", "N-1"} <= tags
    assert [row.id for row in pia.reader.work_orders(WorkOrderQuery(text="n-1 new one"))] == [order]
    assert pia.reader.find_asset("x-77") == plant["pump"]
    assert pia.reader.find_asset("P-1") is None


def test_what_waits_is_counted_once_per_change_and_by_every_thread(hub, people, monkeypatch):
    order, dana, counted = hub.has("work_order"), people("dana"), []
    real = dana.reader._counted
    monkeypatch.setattr(dana.reader, "_counted", lambda: counted.append(1) or real())
    dana.syncs()
    for waiting in range(3):
        assert [dana.reader.tally().waiting for _ in range(3)] == [waiting] * 3
        assert len(counted) == waiting + 1
        dana.logs_hours(order, 1)
    other = threading.Thread(target=lambda: (dana.logs_hours(order, 1), dana.profile.close_thread()))
    other.start()
    other.join()
    assert dana.reader.tally().waiting == 4
    dana.syncs()
    assert dana.reader.tally().waiting == 0


class TestSearch:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("pümp", {"a"}), ("PUMP", {"a"}), ("elan", {"b"}), ("élan", {"b"}), ("pum lea", {"a"}),
            ("lea pum", {"a"}), ("pump drips", set()), ("wo-1001", {"a"}), ("1001", {"a"}), ("flange", {"b"}),
            ('"pump', {"a"}), ('pu"mp', set()), ("pump*", {"a"}), ("pump)", {"a"}), ("a AND b", set()),
            ("🔧 pump", {"a"}), ("🔧", {"a", "b", "c"}), ("  ", {"a", "b", "c"}), ("-", {"a", "b", "c"}),
            ("ماء", {"c"}), ("o'clock", {"c"}), ("clock'", {"c"}), ("50%", {"c"}), ("p_1", {"b"}),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("pending", [False, True])
    @pytest.mark.parametrize("few", [20_000, 0])
    def test_words_begin_words_whatever_stands_around_them(
        self, hub, people, text, found, pending, few, monkeypatch
    ):
        """Among few work orders the index completes words, among many the list of words does."""
        monkeypatch.setattr(work_order_search, "_FEW", few)
        asset = hub.has("asset", tag="P-1", name="Press")
        ids = {
            "a": hub.has("work_order", title="Pump leaks 🔧"),
            "b": hub.has("work_order", title="Élan vital", description="the flange", asset_id=asset),
            "c": hub.has("work_order", title="ماء at 5 o'clock, 50 %"),
        }
        dana = people("dana")
        if pending:
            for one in ids.values():
                dana.changes(one, priority="high")
        rows = dana.reader.work_orders(WorkOrderQuery(text=text))
        assert {row.id for row in rows} == {ids[one] for one in found}

    def test_an_assets_new_name_finds_its_work_orders(self, hub, people):
        asset = hub.has("asset", tag="P-1", name="Press")
        order = hub.has("work_order", title="Grease", asset_id=asset)
        dana = people("dana")
        hub.changes(asset, name="Xylophone")
        dana.syncs()
        assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="xylo"))] == [order]
        assert dana.reader.work_orders(WorkOrderQuery(text="press")) == []
        hub.deletes(asset)
        dana.syncs()
        assert dana.reader.work_orders(WorkOrderQuery(text="xylo")) == []

    def test_a_work_order_can_arrive_before_its_asset(self, hub, people):
        dana = people("dana")
        asset, order = new_id(), new_id()
        cache = dana.profile.cache
        cache.put([Change("work_order", order, 1, {"title": "Grease", "status": "open", "asset_id": asset})])
        cache.put([Change("asset", asset, 1, {"tag": "P-1", "name": None})])
        assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="p-1"))] == [order]
        cache.put([Change("work_order", order, 2, {"title": "Oil", "status": "open", "asset_id": asset})])
        assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text="oil p-1"))] == [order]

    def test_words_that_came_later_are_completed_too(self, hub, people, monkeypatch):
        monkeypatch.setattr(work_order_search, "_FEW", 0)
        order, asset = hub.has("work_order", title="Grease"), hub.has("asset", tag="P-1", name="Press")
        dana = people("dana")
        hub.changes(order, title="Überholung", asset_id=asset)
        hub.changes(asset, name="Xylophone")
        dana.syncs()
        for text in ("uber", "xylo", "überh xyl"):
            assert [row.id for row in dana.reader.work_orders(WorkOrderQuery(text=text))] == [order], text
        assert dana.reader.work_orders(WorkOrderQuery(text="grea")) == []

    def test_more_than_can_be_shown_is_said(self, hub, people, monkeypatch):
        monkeypatch.setattr(work_order_search, "MOST_FOUND", 5)
        orders = [hub.has("work_order", title=f"Pump {n}") for n in range(9)]
        dana = people("dana")
        found = dana.reader.found_work_orders(WorkOrderQuery(text="pump"))
        assert (found.count, found.is_bounded) == (5, True)
        newest = {row.id for row in dana.reader.work_orders(WorkOrderQuery(text="pump"))}
        assert newest == set(orders[4:])
        assert not dana.reader.found_work_orders(WorkOrderQuery(text="wo-1003")).is_bounded

    def test_numbers_and_tags_stand_before_what_only_mentions_them(self, hub, people):
        asset = hub.has("asset", tag="1001-A", name="Press")
        mentions = hub.has("work_order", title="See 1003", description="and 1001")
        on_it = hub.has("work_order", title="Grease", asset_id=asset)
        numbered = hub.has("work_order", title="Oil")
        dana = people("dana")
        dana.changes(numbered, priority="high")

        def found(text, *, descending):
            query = WorkOrderQuery(text=text, sort="title", descending=descending)
            return [row.id for row in dana.reader.work_orders(query)]

        for descending in (False, True):
            assert found("1003", descending=descending) == [numbered, mentions]
            assert found("1001-a", descending=descending) == [on_it]

    def test_history_is_searched_by_words(self, hub, people):
        orders = [hub.has("work_order", title=title) for title in ("100 % done", "Pump_1")]
        dana = people("dana")
        for one in orders:
            dana.changes(one, priority="high")
        dana.syncs()
        assert [entry.edit.record_id for entry in dana.reader.history("100 %")] == [orders[0]]
        assert [entry.edit.record_id for entry in dana.reader.history("pump_1 high")] == [orders[1]]
        assert dana.reader.history("p%p") == []
        assert len(dana.reader.history(limit=1)) == 1

    letters = st.text("aAäÄéßøÅñŁ1-_.,'\"*()🔧 中م", max_size=12)

    @settings(max_examples=300, deadline=None)
    @given(letters, letters)
    def test_pending_and_cached_records_are_found_by_the_same_words(self, text, query):
        if not match_text(query):
            return
        with closing(connect(":memory:")) as file:
            file.execute("CREATE VIRTUAL TABLE s USING fts5(t, tokenize = 'unicode61 remove_diacritics 2')")
            file.execute("INSERT INTO s VALUES (?)", (text,))
            found = file.execute("SELECT count(*) FROM s WHERE s MATCH ?", (match_text(query),)).fetchone()[0]
        assert is_match(text, query) is bool(found)


class TestAssets:
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize(
        "column",
        [
            "tag", "name", "status", "criticality", "category", "location_name", "manufacturer", "model",
            "serial_number", "open_work_orders", "nonsense",
        ],
    )  # fmt: skip
    def test_every_column_sorts(self, busy, plant, column, descending):
        rows = busy.reader.assets(AssetQuery(sort=column, descending=descending))
        assert {row.id for row in rows} == {plant["pump"], plant["motor"], plant["fan"]}
        if column != "nonsense":
            values = [getattr(row, column) for row in rows]
            filled = [value for value in values if value != ""]
            assert values[: len(filled)] == filled
            keys = [value.lower() if isinstance(value, str) else value for value in filled]
            assert keys == sorted(keys, reverse=descending)

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("column", ["tag", "name", "status", "manufacturer", "location_name"])
    def test_pages_are_those_of_the_list_that_plain_python_sorts(self, hub, people, column, descending):
        pick = random.Random(3)
        names = ["hall b", "Hall A", "hall b", None]
        places = {hub.has("location", name=name): name for name in names}
        places |= {new_id(): None, None: None}
        for number in range(40):
            hub.has(
                "asset",
                tag=f"{pick.choice('aBcD')}-{number}",
                name=pick.choice(["Pump", "pump", "Fan"]),
                status=pick.choice(["running", "down", "standby"]),
                manufacturer=pick.choice([None, "KSB", "ksb", "Grundfos"]),
                location_id=pick.choice([*places]),
            )
        pia = people("pia")
        assets = [one for one, row in hub.rows.items() if row.type == "asset"]
        for number, one in enumerate(pick.sample(assets, 9)):
            pia.changes(one, "asset", tag=f"w-{number}", location_id=pick.choice([*places]), status="retired")
        pia.records.delete(pia.sees(assets[0], "asset"))
        shown = {one: pia.sees(one, "asset").fields for one in assets[1:]}

        def compare():
            def key(one):
                fields = shown[one]
                value = places[fields.get("location_id")] if column == "location_name" else fields.get(column)
                return None if value is None else value.lower(), fields["tag"].lower()

            filled = sorted((one for one in shown if key(one)[0] is not None), key=key, reverse=descending)
            empty = sorted((one for one in shown if key(one)[0] is None), key=key, reverse=descending)
            query = AssetQuery(sort=column, descending=descending)
            for start in (5, 0, 10, 15, 35, 30, 20, 25, 40):
                page = [row.id for row in pia.reader.assets(query, start, 5)]
                assert page == [*filled, *empty][start : start + 5]

        compare()
        pia.changes(assets[5], "asset", tag="zz", location_id=None, manufacturer="Alfa")
        shown[assets[5]] = pia.sees(assets[5], "asset").fields
        compare()
        hub.changes(assets[6], tag="aaa", location_id=next(iter(places)), status="down", name="A")
        pia.syncs()
        shown = {one: pia.sees(one, "asset").fields for one in assets[1:]}
        compare()

    def test_filters_and_counts_agree(self, busy, plant):
        pump, motor, fan = plant["pump"], plant["motor"], plant["fan"]
        for query, found in (
            (AssetQuery(), {pump, motor, fan}),
            (AssetQuery(text="sn 9"), {motor}),
            (AssetQuery(text="m-"), {motor}),
            (AssetQuery(location_id=plant["site"]), {pump, fan}),
            (AssetQuery(parent_id=pump), {motor}),
            (AssetQuery(statuses=frozenset({"down"})), set()),
            (AssetQuery(statuses=frozenset({"down", "running"}), text="f"), {fan}),
        ):
            assert {row.id for row in busy.reader.assets(query)} == found
            assert busy.reader.count_assets(query) == len(found)

    def test_open_work_orders_and_totals_count_pending_ones_once(self, hub, plant, people):
        asset = hub.has("asset", tag="Z-1", name="Press")
        orders = [hub.has("work_order", asset_id=asset) for _ in range(3)]
        hub.has("work_order", asset_id=asset, status="closed")
        hours = hub.has("labor", work_order_id=orders[0], hours=Decimal("2.5"), by="dana")
        hub.has("labor", work_order_id=orders[1], hours=4)
        pia = people("pia")
        pia.changes(orders[1], status="completed")
        pia.records.create("work_order", {"title": "New", "asset_id": asset})
        pia.changes(hours, "labor", hours=3)
        pia.logs_hours(orders[2], Decimal("0.5"))
        (row,) = pia.reader.assets(AssetQuery(text="z-1"))
        totals = pia.reader.asset_totals(asset)
        assert row.open_work_orders == totals.open_work_orders == 3
        assert (totals.finished_work_orders, totals.hours) == (2, Decimal("7.5"))

    def test_refused_hours_are_not_in_the_total_but_those_the_server_has_are(self, hub, people):
        asset = hub.has("asset", tag="Z-1")
        order = hub.has("work_order", asset_id=asset)
        hours = hub.has("labor", work_order_id=order, hours=2)
        dana = people("dana")
        dana.changes(hours, "labor", hours=9)
        dana.logs_hours(order, 5)
        hub.changes(order, status="completed")
        dana.syncs()
        assert dana.reader.tally().refusals == 2
        assert dana.reader.asset_totals(asset).hours == 2

    def test_a_pending_change_of_an_asset_is_shown_once(self, hub, plant, people):
        dana = people("dana")
        dana.changes(plant["pump"], "asset", status="down", notes="Hot")
        rows = dana.reader.assets(AssetQuery(text="pump"))
        assert [(row.id, row.status, row.mark) for row in rows] == [(plant["pump"], "down", Mark.WAITING)]
        dana.syncs()
        assert hub.record(plant["pump"])["status"] == "down"


class TestTrees:
    def everything_below(self, reader, parent=None, seen=None):
        """What a person who opens every branch sees, in order."""
        found = []
        for row in reader.assets_below(parent):
            found += [row.id, *self.everything_below(reader, row.id)]
            assert len(found) < 500, "the tree has no end"
        return found

    @pytest.mark.parametrize("seed", range(8))
    def test_any_tree_shows_each_asset_exactly_once(self, hub, people, seed):
        pick = random.Random(seed)
        ids = [new_id() for _ in range(25)]
        places = [hub.has("location", name="A"), hub.has("location", name="B"), None, new_id()]
        for one in ids:
            parent = pick.choice([None, new_id(), *ids])
            hub.has("asset", record_id=one, tag=one[:4], parent_id=parent, location_id=pick.choice(places))
        hub.deletes(ids.pop())
        pia = people("pia")
        for one in pick.sample(ids, 4):
            pia.changes(one, "asset", name="Moved", parent_id=pick.choice(ids))
        made = pia.records.create(
            "asset", {"tag": "N", "name": "N", "status": "running", "parent_id": ids[0]}
        )
        pia.records.delete(pia.sees(ids[5], "asset"))
        expected = sorted({*ids, made} - {ids[5]})
        assert sorted(self.everything_below(pia.reader)) == expected
        tops = [row.id for place in (*places[:2], None) for row in pia.reader.assets_at(place)]
        assert len(tops) == len(set(tops))
        below = {row.id for one in expected for row in pia.reader.assets_below(one)}
        assert set(tops) | below == set(expected)

    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(st.integers(0, 8), st.none() | st.integers(0, 12), max_size=9))
    def test_with_the_topmost_at_the_root_everything_is_reached_once(self, parents):
        named = {str(one): None if up is None else str(up) for one, up in parents.items()}
        tops = topmost(named)
        seen = []
        waiting = sorted(tops)
        while waiting:
            here = waiting.pop()
            seen.append(here)
            waiting += [one for one, up in named.items() if up == here and one not in tops]
        assert sorted(seen) == sorted(named)

    def test_locations_with_a_missing_parent_or_a_cycle_keep_what_is_below_them(self, hub, people):
        a, b = new_id(), new_id()
        hub.has("location", record_id=a, name="a", parent_id=b)
        hub.has("location", record_id=b, name="b", parent_id=a)
        c = hub.has("location", name="c", parent_id=a)
        d = hub.has("location", name="d", parent_id=new_id())
        e = hub.has("location", name="e", parent_id=d)
        dana = people("dana")
        parents = {row.id: row.parent_id for row in dana.reader.locations()}
        assert parents == {a: None, b: None, c: a, d: None, e: d}

    def test_people_are_listed_by_name_inactive_ones_too(self, hub, people):
        hub.has("person", name="ann", username="ann", role="technician", active=False)
        dana = people("dana")
        rows = dana.reader.people()
        assert [(row.name, row.active) for row in rows] == [
            ("ann", False), ("Bob Lee", True), ("Dana Ortiz", True), ("Pia Plan", True),
        ]  # fmt: skip


class TestOneMoment:
    def test_a_record_that_is_just_applied_is_always_shown_once(self, hub, people):
        """The read order: while answers arrive, a row is in one half or the other, never in none or both."""
        orders = [hub.has("work_order", title=f"Pump {number}") for number in range(25)]
        dana = people("dana")
        for one in orders:
            dana.changes(one, priority="high")
        seen, problems = [], []
        is_done = threading.Event()

        def read():
            try:
                while not is_done.is_set():
                    seen.append(len(dana.reader.work_orders(WorkOrderQuery())))
                    seen.append(dana.reader.count_work_orders(WorkOrderQuery()))
                    high = WorkOrderQuery(priorities=frozenset({"high"}))
                    seen.append(dana.reader.count_work_orders(high))
            except Exception as error:
                problems.append(error)
            finally:
                dana.profile.close_thread()

        thread = threading.Thread(target=read)
        thread.start()
        try:
            dana.syncs()
            hub.forgets_cursors()
            dana.syncs()
        finally:
            is_done.set()
            thread.join()
        assert problems == []
        assert set(seen) == {25}

    def test_a_save_while_another_thread_syncs_waits_its_turn(self, hub, people):
        orders = [hub.has("work_order", title=f"Pump {number}") for number in range(20)]
        dana = people("dana")
        for one in orders[:10]:
            dana.changes(one, priority="high")
        rounds = []

        def sync():
            try:
                rounds.append(dana.syncs())
            finally:
                dana.profile.close_thread()

        thread = threading.Thread(target=sync)
        thread.start()
        for one in orders:
            dana.changes(one, status="on_hold")
        thread.join()
        dana.syncs()
        assert {(hub.record(one)["status"]) for one in orders} == {"on_hold"}
        assert [hub.record(one)["priority"] for one in orders[:10]] == ["high"] * 10
        assert dana.reader.queue() == []


class TestChildren:
    def test_children_are_in_order_of_time_with_their_marks(self, hub, people):
        order = hub.has("work_order")
        asset = hub.has("asset", tag="Z")
        late = hub.has("comment", work_order_id=order, text="Late", written_at=DUE[5])
        early = hub.has(
            "comment", work_order_id=order, text="Early", written_at=DUE[1], written_by=person_id("dana")
        )
        hub.has("comment", asset_id=asset, text="On the asset", written_at=DUE[1])
        dana = people("dana")
        dana.changes(early, "comment", text="Earlier")
        found = dana.reader.children("comment", order)
        assert [(one.id, one.fields["text"], one.mark) for one in found] == [
            (early, "Earlier", Mark.WAITING), (late, "Late", Mark.NONE),
        ]  # fmt: skip
        assert [one.fields["text"] for one in dana.reader.children("comment", asset)] == ["On the asset"]

    def test_a_deleted_child_is_gone_at_once_and_back_when_refused(self, hub, people):
        order = hub.has("work_order")
        hours = hub.has("labor", work_order_id=order, hours=2)
        dana = people("dana")
        dana.records.delete(dana.sees(hours, "labor"))
        assert dana.reader.children("labor", order) == []
        hub.changes(order, status="completed")
        dana.syncs()
        (child,) = dana.reader.children("labor", order)
        assert child.mark is Mark.REFUSED

    def test_what_waits_says_what_it_waits_for(self, hub, people):
        order = hub.has("work_order", title="Pump")
        dana = people("dana")
        dana.changes(order, asset_id=new_id())
        dana.syncs()
        dana.changes(order, status="on_hold")
        refused, waiting = dana.reader.queue()
        assert (refused.waiting, refused.waits_for) == (Waiting.NEEDS_ANSWER, "")
        assert (waiting.waiting, waiting.waits_for) == (Waiting.UNANSWERED_EDIT, refused.edit.id)

    def test_an_asset_comment_is_about_the_asset(self, hub, people):
        asset = hub.has("asset", tag="P-1", name="Pump")
        dana = people("dana")
        dana.records.create("comment", {"asset_id": asset, "text": "Hot"})
        dana.backend.faults = [unreachable()]
        dana.syncs()
        (item,) = dana.reader.queue()
        assert (item.subject.number, item.subject.title, item.subject.asset_id) == ("P-1", "Pump", asset)
        assert dana.reader.conflict(item.edit.id, "technician") is None
        assert dana.reader.refusal(item.edit.id) is None
        assert dana.reader.conflict("nothing", "technician") is None
        (comment,) = dana.reader.children("comment", asset)
        assert comment.fields["written_by"] == person_id("dana")
        assert comment.fields["written_at"] <= datetime.now(UTC).isoformat()
