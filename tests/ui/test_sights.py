from __future__ import annotations

from maintenance_desktop.ui.pages import PAGE
from maintenance_desktop.ui.sights import Source, Wanted, look
from tests.ui.long_list import LongList, Thing


def test_a_new_list_is_counted_and_read_from_its_top():
    store = LongList(1_000)
    sight = look(store.source(), Wanted(is_new=True))
    assert (sight.found.count, sight.is_new, sight.shift) == (1_000, True, 0)
    assert store.reads == [(0, PAGE)]


def test_an_empty_list_is_not_read():
    store = LongList(0)
    assert look(store.source(), Wanted(is_new=True)).pages == {}
    assert store.reads == []


def test_what_is_in_sight_is_read_with_what_is_around_it():
    store = LongList(1_000_000)
    look(store.source(), Wanted(first=500_150, last=500_180))
    assert store.reads == [(500_000, PAGE), (500_200, PAGE)]


def test_what_moved_a_little_is_known_again_without_asking():
    store = LongList(1_000)
    store.things.insert(0, Thing("new", "new"))
    sight = look(store.source(), Wanted(first=400, last=420, known=(("410", 410), ("400", 400))))
    assert sight.shift == 1
    assert store.places_asked == 0


def test_what_moved_far_is_looked_for_and_read_where_it_is_now():
    store = LongList(10_000)
    store.things[:0] = [Thing(f"new {n}", "new") for n in range(5_000)]
    sight = look(store.source(), Wanted(first=400, last=420, known=(("400", 400),)))
    assert sight.shift == 5_000
    assert store.places_asked == 1
    assert 5_400 // PAGE in sight.pages


def test_the_end_is_in_sight_when_the_list_became_shorter():
    store = LongList(50)
    sight = look(store.source(), Wanted(first=900, last=930, known=(("900", 900),)))
    assert list(sight.pages) == [0]
    assert sight.shift == 0


def test_where_nobody_can_tell_a_place_nothing_moves():
    store = LongList(1_000)
    source = Source(store.rows, store.found)
    sight = look(source, Wanted(first=0, last=20, known=(("999", 5),)))
    assert sight.shift == 0
    assert store.places_asked == 0
