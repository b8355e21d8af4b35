"""Pushes of edits that are almost right: each has its own fate, and only what is applied leaves a trace."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.records import SPECS, Field, FieldKind
from maintenance_desktop.domain.values import read_time
from maintenance_desktop.hub.asking import time_or_none
from maintenance_desktop.hub.bodies import read_json
from maintenance_desktop.hub.edits import apply_edit
from maintenance_desktop.hub.schema import write_meta
from maintenance_desktop.hub.store import HubStore
from tests.bad_answers.odd_values import LONE_SURROGATE, odd_numbers, odd_texts
from tests.thorough import tries

from .web import SENT_AT

TABLES = ("meta", "counter", "record", "credential", "edit_memory")
FREE = [f"0190f000-0000-7000-8000-{number:012x}" for number in range(4)]

odd = (
    st.none()
    | st.booleans()
    | odd_numbers
    | odd_texts
    | st.text(max_size=4)
    | st.sampled_from([{}, [], [{}], {"a": None}, LONE_SURROGATE, "x" * 201, "x" * 20_001])
)
right_times = st.sampled_from(
    ["2026-11-22T09:30:00Z", "2026-11-22t10:30:00.1239+01:00", "2031-01-01 00:00:00Z", "2016-12-31T23:59:60Z"]
)


@pytest.fixture
def pool(web, world):
    """Records of every type by their type; nobody who signs in here is among them."""
    places = [world.create("location", {"name": name}, world.admin) for name in ("Hall", "Yard")]
    assets = [world.asset(f"P-{n}", location_id=places[0]) for n in range(3)]
    world.update("asset", assets[1], 1, {"parent_id": assets[0]})
    orders = [
        world.work_order(asset_id=assets[n % 3], status=status)
        for n, status in enumerate(("open", "on_hold", "completed", "cancelled"))
    ]
    people = [
        world.create("person", {"name": name, "username": name, "role": "technician"}, world.admin)
        for name in ("zoe", "max")
    ]
    comments = [world.create("comment", {"work_order_id": orders[0], "text": "Seen"}, world.dana)]
    found = {"location": places, "asset": assets, "work_order": orders, "person": people, "comment": comments}
    return found | {"labor": [world.labor(orders[0]), world.labor(orders[1], 2, world.bob)]}


@pytest.fixture
def plant(world, pool):
    versions = world.store.database.read(lambda tx: tx.rows("SELECT id, version FROM record"))
    return Plant(pool, dict(versions))


@pytest.fixture
def start(world, pool):
    """All that the hub holds before the first edit of an example."""
    return {
        name: world.store.database.read(lambda tx, name=name: tx.rows(f"SELECT * FROM {name}"))
        for name in TABLES
    }


@pytest.fixture
def second(tmp_path, clock, hub_hasher):
    """Another hub, on SQLite."""
    other = HubStore.open(tmp_path / "second", clock=clock, hasher=hub_hasher)
    yield other
    other.close()


def begins_again(store, start):
    """Hold what was there at the start, and nothing else. As after a restore, that is another epoch."""

    def work(tx):
        for name, rows in start.items():
            tx.run(f"DELETE FROM {name}")
            if rows:
                tx.run_for_each(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        write_meta(tx, "epoch", str(uuid.uuid4()))

    store.database.write(work)


def dump(store):
    """Everything that edits leave behind."""
    names = ("counter", "record", "edit_memory")
    return [
        sorted(store.database.read(lambda tx, name=name: tx.rows(f"SELECT * FROM {name}"))) for name in names
    ]


def values_of(field: Field, pool) -> st.SearchStrategy:
    """A value that its field can hold."""
    match field.kind:
        case FieldKind.CHOICE:
            return st.sampled_from(field.choices)
        case FieldKind.REFERENCE:
            return (
                st.none()
                if field.refers_to not in pool
                else st.sampled_from([*pool[field.refers_to] * 3, FREE[0]])
            )
        case FieldKind.TIME:
            return right_times
        case FieldKind.DATE:
            return st.sampled_from(["2026-11-22", "2024-02-29", "0001-01-01"])
        case FieldKind.NUMBER:
            return st.sampled_from([1, 2, msgspec.Raw(b"2.50"), msgspec.Raw(b"0.0001"), msgspec.Raw(b"24.0")])
        case FieldKind.INTEGER:
            return st.sampled_from([0, 5, 2**53 - 1, msgspec.Raw(b"5.0")])
        case FieldKind.BOOLEAN:
            return st.booleans()
    return st.sampled_from(["P-0", "A", "b " * 20, "🔧", "line\nline", "=1+1"])


@dataclass(frozen=True)
class Plant:
    """What can be written about: the ids and versions of the records, by type."""

    ids: dict[str, list[str]]
    versions: dict[str, int]

    @cached_property
    def batches(self) -> st.SearchStrategy:
        edits = st.one_of(*(one for name in SPECS for one in (self._creates(name), self._changes(name))))
        return st.lists(st.builds(bent, edits, wrongs), min_size=1, max_size=6)

    def _creates(self, record_type: str) -> st.SearchStrategy:
        right = self._values(record_type)
        needed = {field.name: right.pop(field.name) for field in SPECS[record_type].fields if field.required}
        for name in SPECS[record_type].parents[:1]:
            needed[name] = right.pop(name, needed.get(name))
        return self._edits(
            record_type,
            st.just("create"),
            st.sampled_from(FREE),
            st.fixed_dictionaries(needed, optional=right),
        )

    def _changes(self, record_type: str) -> st.SearchStrategy:
        right = self._values(record_type)
        some = st.fixed_dictionaries({}, optional=right)
        which = st.sampled_from([*self.ids[record_type] * 2, FREE[0]])
        return self._edits(record_type, st.sampled_from(["update", "update", "delete"]), which, some)

    def _edits(self, record_type, kinds, ids, records) -> st.SearchStrategy:
        def edit(edit_id, kind, record_id, later, record, made_at):
            return {
                "id": edit_id,
                "kind": kind,
                "type": record_type,
                "record_id": record_id,
                "base_version": self.versions.get(record_id, 1) + later,
                "record": record,
                "made_at": made_at,
            }

        edit_ids = st.sampled_from(FREE) | st.uuids().map(str)
        return st.builds(edit, edit_ids, kinds, ids, st.sampled_from([0, 0, 0, 1]), records, right_times)

    def _values(self, record_type: str) -> dict[str, st.SearchStrategy]:
        return {field.name: values_of(field, self.ids) for field in SPECS[record_type].fields}


wrongs = (
    st.none()
    | st.none()
    | st.tuples(
        st.sampled_from(
            ["kind", "type", "record_id", "base_version", "record", "made_at", "a field", "a field"]
        ),
        st.integers(0, 30),
        odd,
    )
)


def bent(edit, wrong):
    """The same edit with one thing wrong in it, or with nothing."""
    if wrong is None:
        return edit
    name, place, value = wrong
    if name != "a field":
        return edit | {name: value}
    fields = [field.name for field in SPECS[edit["type"]].fields]
    return edit | {"record": edit["record"] | {fields[place % len(fields)]: value}}


@tries(40)
@given(
    data=st.data(), who=st.sampled_from(["ada", "ada", "pia", "dana", "rob"]), sent_at=st.just(SENT_AT) | odd
)
def test_only_what_is_applied_leaves_a_trace(web, world, plant, start, second, data, who, sent_at):
    for store in (world.store, second):
        begins_again(store, start)
    sent = wire.encode({"sent_at": sent_at, "edits": data.draw(plant.batches)})
    since = web.changes(who)[-1]["cursor"]
    response = web.post(who, content=sent)
    assert response.status_code == 200, response.text
    asked, results = read_json(sent), response.json(parse_float=Decimal)["results"]
    assert [one["id"] for one in results] == [edit["id"] for edit in asked["edits"]]
    assert {one["outcome"] for one in results} <= {"applied", "conflict", "rejected"}
    applied = [
        (edit, one) for edit, one in zip(asked["edits"], results, strict=True) if one["outcome"] == "applied"
    ]
    # Elsewhere, each by itself and without its neighbours, they come to the same
    me = world.store.database.read(
        lambda tx: tx.row("SELECT id FROM record WHERE unique_key = ?", f"person:{who}")
    )[0]
    for edit, one in applied:
        alone = apply_edit(second, me, edit, time_or_none(asked.get("sent_at")))
        assert json.loads(wire.encode(alone), parse_float=Decimal) == one
    assert dump(world.store) == dump(second)
    reads_back(applied, web, who, since)


def reads_back(applied, web, who, since):
    """What was applied last is what others get, as it was sent."""
    body = web.get("/v1/changes", who, params={"since": since}).content
    told = [json.loads(line, parse_float=Decimal) for line in body.splitlines()]
    lines = {line["id"]: line for line in told if "id" in line}
    fresh = {edit["record_id"]: (edit, one) for edit, one in applied if not one.get("replayed")}
    for record_id, (edit, one) in fresh.items():
        line = lines.get(record_id)
        if line is None or line["version"] != one["version"]:
            assert line is None or line["version"] > one["version"]  # taken along by its parent's deletion
            continue
        assert line.get("record") == one["record"]
        if edit["kind"] == "delete":
            assert line["deleted"]
            continue
        for name, value in edit["record"].items():
            field = SPECS[edit["type"]].field(name)
            if field is not None and not field.server_set:
                is_made_here = value is None and name in (
                    "completed_at",
                    "active",
                    "written_at",
                    "written_by",
                )
                assert is_made_here or is_same(field, line["record"][name], value), name


def is_same(field, stored, sent):
    if field.kind is FieldKind.TIME and sent is not None:
        return read_time(stored) == read_time(sent)
    if isinstance(sent, int | Decimal) and not isinstance(sent, bool):
        return Decimal(stored) == sent
    return type(stored) is type(sent) and stored == sent
