"""What stands below an asset is the same, whether few are walked or very many are read as a whole tree."""

from __future__ import annotations

import random

import pytest

from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.storage import subtrees
from maintenance_desktop.storage.subtrees import Few, Many, all_below, few_or_many_below
from tests.services.fakes import new_id


@pytest.fixture
def forest(hub, people):
    """Assets in random trees, with cycles and missing parents, and Pia who moved, made and deleted some."""

    def make(seed):
        pick = random.Random(seed)
        ids = [new_id() for _ in range(30)]
        for one in ids:
            parent = pick.choice([None, new_id(), *ids, *ids])
            hub.has("asset", record_id=one, tag=one[-4:], parent_id=parent)
        hub.deletes(ids[7])
        pia = people("pia")
        for one in pick.sample(ids[8:], 4):
            pia.changes(one, "asset", name="Moved", parent_id=pick.choice([None, *ids]))
        made = pia.records.create(
            "asset", {"tag": "N", "name": "New", "status": "running", "parent_id": ids[0]}
        )
        pia.changes(ids[1], "asset", parent_id=made)
        pia.records.delete(pia.sees(ids[2], "asset"))
        return pia, [*ids, made]

    return make


@pytest.mark.parametrize("seed", range(12))
def test_many_are_those_that_are_found_one_below_the_other(forest, seed, monkeypatch):
    monkeypatch.setattr(subtrees, "_MOST_WALKED", 0)
    pia, ids = forest(seed)
    view = pia.reader._view
    row_of = dict(view.rows("SELECT id, n FROM cache.asset"))
    beyond = 1 << 30

    def compare():
        for top in (*ids, new_id()):
            few = all_below(view, "asset", top)
            many = few_or_many_below(view, "asset", top)
            assert isinstance(many, Many)
            assert {one for one in (*ids, top) if many.has(one, row_of.get(one, beyond))} == few.ids
            assert tuple(n for n, flag in enumerate(many.flags) if flag) == few.rows

    view.at_one_moment(compare)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sort", ["created_at", "asset_tag", "title", "mark"])
def test_lists_and_counts_of_an_asset_with_very_many_below_it_are_the_same(
    hub, forest, seed, sort, monkeypatch
):
    pia, ids = forest(seed)
    pick = random.Random(seed)
    orders = [
        hub.has("work_order", title=f"Pump {n}", asset_id=pick.choice([None, *ids[:-1]])) for n in range(60)
    ]
    pia.syncs()
    for one in orders[:10]:
        pia.changes(one, title="Waiting pump", asset_id=pick.choice(ids))
    for one in ids:
        for text in ("", "pump 1"):
            query = WorkOrderQuery(asset_id=one, sort=sort, text=text)
            monkeypatch.setattr(subtrees, "_MOST_WALKED", 2_000)
            rows, found = pia.reader.work_orders(query), pia.reader.found_work_orders(query)
            pia.profile.close_thread()
            monkeypatch.setattr(subtrees, "_MOST_WALKED", 0)
            assert (pia.reader.work_orders(query), pia.reader.found_work_orders(query)) == (rows, found)
            for place, row in enumerate(rows[::9]):
                assert pia.reader.work_order_position(query, row.id) == place * 9
            pia.profile.close_thread()


def test_those_with_few_below_them_are_walked_though_the_tree_is_known(hub, people, monkeypatch):
    monkeypatch.setattr(subtrees, "_MOST_WALKED", 3)
    top = hub.has("asset", tag="A")
    lines = [hub.has("asset", tag=f"B{n}", parent_id=top) for n in range(4)]
    pump = hub.has("asset", tag="C", parent_id=lines[0])
    view = people("pia").reader._view

    def look():
        assert isinstance(few_or_many_below(view, "asset", lines[1]), Few)
        assert isinstance(few_or_many_below(view, "asset", top), Many)
        few = few_or_many_below(view, "asset", lines[0])
        assert isinstance(few, Few)
        assert few.ids == {lines[0], pump}

    view.at_one_moment(look)
