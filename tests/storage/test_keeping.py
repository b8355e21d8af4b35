"""Many changes in one transaction: what they tell of each other, and what they leave as it is."""

from __future__ import annotations

import pytest

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.views import WorkOrderQuery
from tests.services.fakes import new_id

AT = "2026-11-26T10:00:00.000Z"


def order(record_id, version, **fields) -> Change:
    return Change("work_order", record_id, version, {"title": "Leak", "status": "open", **fields}, AT, "bob")


def found(person, text) -> list[str]:
    return [row.id for row in person.reader.work_orders(WorkOrderQuery(text=text))]


def standing(person, record_id) -> tuple:
    (row,) = person.reader._view.rows(
        "SELECT n, version, changed_at FROM cache.work_order WHERE id = ?", (record_id,)
    )
    return row


@pytest.fixture
def is_sound(dana):
    """The search has exactly the words of what is there, and the counts are those of the list."""

    def check() -> None:
        with dana.profile.cache._shown.write() as db:
            db.execute(
                "INSERT INTO work_order_search (work_order_search, rank) VALUES ('integrity-check', 1)"
            )
        ((counted,),) = dana.reader._view.rows("SELECT sum(count) FROM cache.tally")
        ((there,),) = dana.reader._view.rows("SELECT count(*) FROM cache.work_order WHERE body IS NOT NULL")
        assert counted == there

    return check


def test_a_record_may_come_several_times(dana, is_sound):
    one = new_id()
    told = [order(one, 1, title="First"), order(one, 2, title="Second"), order(one, 1, title="First")]
    assert dana.profile.cache.put(told) == {one}
    assert dana.sees(one).version == 2
    assert (found(dana, "first"), found(dana, "second")) == ([], [one])
    is_sound()


def test_what_is_named_before_it_comes_is_the_same_record(dana, is_sound):
    one, pump = new_id(), new_id()
    asset = Change("asset", pump, 1, {"tag": "P-7", "name": "Feed pump"}, AT, "bob")
    assert dana.profile.cache.put([order(one, 1, asset_id=pump), asset]) == {one, pump}
    (row,) = dana.reader.work_orders(WorkOrderQuery())
    assert row.asset_tag == "P-7"
    assert found(dana, "feed") == [one]
    is_sound()


@pytest.mark.parametrize("text", [None, "Seal"])
def test_finished_work_moves_to_its_own_rows_and_stays_found(dana, is_sound, text):
    one = new_id()
    dana.profile.cache.put([order(one, 1, description=text)])
    assert standing(dana, one)[0] >= OPEN_FROM
    dana.profile.cache.put([order(one, 2, description=text, status="completed"), order(new_id(), 1)])
    assert standing(dana, one)[0] < OPEN_FROM
    assert one in found(dana, "leak")
    assert dana.sees(one).fields["status"] == "completed"
    is_sound()


def test_what_its_answer_told_already_only_learns_who_and_when(dana, is_sound):
    one = new_id()
    answer = Change("work_order", one, 3, {"title": "Leak", "status": "open"})
    dana.profile.cache.put([answer])
    row, *_ = standing(dana, one)
    assert dana.profile.cache.put([order(one, 3)]) == {one}
    assert standing(dana, one) == (row, 3, AT)
    assert dana.profile.cache.put([order(one, 3)]) == set()
    is_sound()


def test_a_value_of_another_type_is_another_content(dana):
    one = new_id()
    dana.profile.cache.put([order(one, 1, unheard_of=True)])
    dana.profile.cache.put([order(one, 2, unheard_of=1)])
    assert dana.sees(one).fields["unheard_of"] is not True


def test_a_renamed_asset_takes_along_what_changes_beside_it(dana, is_sound):
    one, two, pump = new_id(), new_id(), new_id()
    asset = Change("asset", pump, 1, {"tag": "P-7", "name": "Feed pump"}, AT, "bob")
    dana.profile.cache.put([asset, order(one, 1, asset_id=pump), order(two, 1, asset_id=pump)])
    renamed = Change("asset", pump, 2, {"tag": "P-8", "name": "Drain"}, AT, "bob")
    dana.profile.cache.put([order(one, 2, asset_id=pump, title="Crack"), renamed])
    assert set(found(dana, "drain")) == {one, two}
    assert found(dana, "feed") == []
    is_sound()


def repeated(record_id, version, **fields) -> Change:
    """What a server answers to an edit that it did long ago."""
    fields = {"title": "Leak", "status": "open", **fields}
    return Change("work_order", record_id, version, fields, is_repeated=True)


def test_an_old_answer_about_what_was_deleted_before_the_download_does_not_stay(hub, dana, is_sound):
    hub.has("work_order", title="Something else")
    dana.syncs()
    cache, gone, there = dana.profile.cache, new_id(), new_id()
    cache.put([repeated(gone, 2), repeated(there, 2)])
    assert set(found(dana, "leak")) == {gone, there}  # until the server has told all that it has to tell
    cache.put([order(there, 2)], "more-to-come", complete=None)
    assert set(found(dana, "leak")) == {gone, there}
    cache.put([], "that-was-all", complete=True)
    assert found(dana, "leak") == [there]
    assert dana.reader.record("work_order", gone) is None
    is_sound()


def test_an_old_answer_is_not_doubted_twice(hub, dana):
    hub.has("work_order", title="Something else")
    dana.syncs()
    cache, one = dana.profile.cache, new_id()
    cache.put([repeated(one, 2)])
    cache.put([], "that-was-all", complete=True)
    cache.put([Change("work_order", one, 3, {"title": "Leak", "status": "open"})])  # the answer to a new edit
    cache.put([], "that-was-all", complete=True)
    assert found(dana, "leak") == [one]
