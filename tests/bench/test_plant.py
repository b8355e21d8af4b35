from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.values import canonical_fields, is_record_id, missing_field
from maintenance_desktop.hub.changes import read_page
from maintenance_desktop.hub.sessions import sign_in
from maintenance_desktop.hub.store import HubStore
from tests.bench import hubs
from tests.bench.hubs import CHEAP, PASSWORD, fill_hub, hub_with, kept_hub
from tests.bench.plant import ADMIN, FIRST_NUMBER, PLANNER, TECHNICIAN, plant
from tests.postgres import postgres_server

N = 2000


@pytest.fixture(scope="module")
def records():
    return list(plant(N).records())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory):
    """A hub with a small plant in it."""
    if request.param == "sqlite":
        store = HubStore.open(tmp_path_factory.mktemp("hub"), hasher=CHEAP)
        fill_hub(store, plant(N))
        yield store
        store.close()
        return
    with postgres_server() as server:
        store = HubStore.open(server.url(server.new_database()), hasher=CHEAP)
        fill_hub(store, plant(N))
        yield store
        store.close()


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(records):
    first = [wire.encode(one) for one in records]
    assert [wire.encode(one) for one in plant(N).records()] == first
    assert [wire.encode(one) for one in plant(N, seed=2).records()] != first


def test_there_are_as_many_of_each_kind_as_it_says(records):
    made, count = plant(N), Counter(one.type for one in records)
    assert count["work_order"] == N
    assert count["asset"] == made.assets == N / 5
    assert (count["labor"], count["comment"]) == (made.labor, made.comments) == (2 * N, N)
    assert (count["person"], count["location"]) == (made.people, made.locations) == (12, 10)
    assert len(records) == made.total


@pytest.mark.parametrize("n", [1, 7, 33])
def test_odd_sizes_add_up_as_well(n):
    assert sum(1 for _ in plant(n).records()) == plant(n).total


def test_every_record_is_one_that_the_hub_itself_could_have_stored(records):
    for one in records:
        spec = SPECS[one.type]
        assert list(one.content) == [field.name for field in spec.fields], one
        sent = {field.name: one.content[field.name] for field in spec.writable()}
        assert canonical_fields(one.type, sent) == sent
        assert missing_field(one.type, one.content) is None, one


def test_every_id_is_new_and_every_reference_names_a_record_made_before(records):
    kinds = {}
    people = {one.id for one in records if one.type == "person"}
    for one in records:
        assert is_record_id(one.id)
        assert one.id[14] == "7"
        assert one.id not in kinds
        for field in SPECS[one.type].fields:
            if field.refers_to and (named := one.content[field.name]):
                assert kinds[named] == field.refers_to, (one, field.name)
        assert one.created_by in people
        kinds[one.id] = one.type


def test_tags_user_names_and_numbers_are_nobody_elses(records):
    for kind, name in (("asset", "tag"), ("person", "username"), ("work_order", "number")):
        values = [one.content[name] for one in records if one.type == kind]
        assert len(set(values)) == len(values)
    assert {ADMIN, PLANNER, TECHNICIAN} <= {
        one.content["username"] for one in records if one.type == "person"
    }


def test_texts_are_as_long_as_real_ones_and_few_orders_are_unfinished(records):
    orders = [one.content for one in records if one.type == "work_order"]
    sizes = sorted(len(wire.encode(one)) for one in orders)
    assert sum(sizes) / N == pytest.approx(1200, rel=0.05)
    assert sizes[-1] > 2 * sizes[0]
    unfinished = sum(one["status"] in UNFINISHED for one in orders)
    assert 0.01 * N < unfinished < 0.04 * N
    created = [one["created_at"] for one in orders]
    assert created == sorted(created)
    assert (created[0][:4], created[-1][:4]) == ("2021", "2026")


def test_there_are_words_in_most_orders_and_words_in_one(records):
    found = Counter()
    for one in records:
        if one.type == "work_order":
            text = " ".join(str(one.content[name]) for name in ("title", "description", "completion_notes"))
            found.update(set(re.findall(r"\w+", text.lower())))
    common = [word for word, count in found.items() if 0.3 * N < count < 0.9 * N and len(word) > 3]
    assert {"checked", "bearing", "replaced"} <= set(common)
    assert sum(count == 1 for count in found.values()) > N / 2
    assert any("ö" in word for word in found)


def test_a_filled_hub_gives_a_client_all_of_it(store, records):
    cursor, got, pages = None, {}, 0
    while True:
        lines = [json.loads(line) for line in b"".join(read_page(store, cursor, 1000).chunks()).splitlines()]
        got |= {line["id"]: line["record"] for line in lines[1:-1]}
        cursor, pages = lines[-1]["cursor"], pages + 1
        if not lines[-1]["more"]:
            break
    sent = {one.id: json.loads(wire.encode(one.content)) for one in records}
    assert got == sent
    assert pages > 5
    assert read_page(store, cursor, 10).lines == []
    assert store.last_change() == len(records)


def test_in_a_filled_hub_people_sign_in_and_their_numbers_go_on(store):
    assert sign_in(store, ADMIN, PASSWORD, address="")["person"]["role"] == "admin"
    row = store.database.read(lambda tx: tx.row("SELECT work_orders FROM counter"))
    assert row == (FIRST_NUMBER + N - 1,)
    assert store.database.read(hubs.present_indexes) >= set(hubs.RECORD_INDEXES)


def test_a_hub_is_kept_and_its_copies_may_be_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(hubs, "KEPT", tmp_path / "kept")
    first = kept_hub(20)
    made_at = (first / "hub.db").stat().st_mtime_ns
    copy = hub_with(20, tmp_path / "copy")
    assert kept_hub(20) == first
    assert (first / "hub.db").stat().st_mtime_ns == made_at
    store = HubStore.open(copy)
    assert store.last_change() == plant(20).total
    store.close()
    monkeypatch.setattr(hubs, "_recipe", lambda: "another")
    assert kept_hub(20) != first
    assert not first.exists()
