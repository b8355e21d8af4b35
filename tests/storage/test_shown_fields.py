"""What a save looks up of other records: the same as their view shows, in one statement."""

from __future__ import annotations

import pytest


@pytest.fixture
def order(dana, hub):
    made = dana.records.create("work_order", {"title": "Leak"})
    dana.syncs()
    return made


def shown(person, record_id):
    found = person.reader.record("work_order", record_id)
    fields = person.reader.shown_fields("work_order", record_id)
    assert fields == (found.fields if found else None)
    return fields


def test_as_it_is_on_the_server_and_with_each_change_of_ones_own(dana, order):
    assert shown(dana, order)["title"] == "Leak"
    dana.changes(order, title="Leak at the pump")
    dana.profile.outbox.freeze([dana.profile.outbox.pending()[0].id], dana.clock())
    dana.changes(order, title="Leak at the seal")
    assert shown(dana, order)["title"] == "Leak at the seal"


def test_what_is_only_here_what_was_undone_and_what_nobody_knows(dana, order):
    only_here = dana.records.create("work_order", {"title": "Noise"})
    assert shown(dana, only_here)["title"] == "Noise"
    dana.records.undo(dana.profile.outbox.pending()[0].id)
    assert shown(dana, only_here) is None
    assert shown(dana, "00000000-0000-7000-8000-000000000000") is None
    assert dana.reader.shown_fields("machine", order) is None


def test_one_statement_opens_the_work_before_the_cache(dana):
    """Or an edit that ends in between would be in neither."""
    steps = dana.profile._view.rows(
        "EXPLAIN SELECT coalesce((SELECT body FROM cache.work_order WHERE id = ?),"
        " (SELECT mine FROM main.edit WHERE record_id = ?))",
        ("", ""),
    )
    opened = [(first, name) for _, name, first, *_ in steps if name == "Transaction"]
    main, cache = 0, 2  # SQLite's numbers of them, 1 is for temporary tables
    assert [number for number, _ in opened] == [main, cache]
