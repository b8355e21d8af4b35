"""A long queue makes nobody wait. Measured is the processor time of one thread: no other test disturbs it."""

from __future__ import annotations

from statistics import median
from time import thread_time

import pytest

from tests.services.long_queue.plant import Plant, dana_offline

A_LOT = 5_000


@pytest.fixture(scope="module")
def plant(made_plant, tmp_path_factory) -> Plant:
    return made_plant(1).copy_to(tmp_path_factory.mktemp("speed") / "plant")


@pytest.fixture
def dana(plant):
    with dana_offline(plant) as dana:
        assert dana.reader.tally().waiting > 0.99 * A_LOT
        yield dana


@pytest.fixture
def few(plant) -> float:
    """What a save took while there were few."""
    return median(plant.seconds[100:300])


def usual_seconds(act, times=15) -> float:
    spent = []
    for _ in range(times):
        before = thread_time()
        act()
        spent.append(thread_time() - before)
    return median(spent)


def lonely_change(plant, dana) -> str:
    """The earliest change of a work order that nothing after it names."""
    return next(
        edit.record_id
        for edit in dana.profile.outbox.pending()
        if edit.id in plant.doomed and plant.doomed[edit.id].code in ("not_found", "unknown_reference")
    )


def test_the_last_of_5000_saves_takes_as_long_as_the_first(plant, few):
    assert len(plant.seconds) == A_LOT
    assert median(plant.seconds[-200:]) < 2 * few


@pytest.mark.parametrize("which", ["named by later ones", "named by none"])
def test_changing_what_was_changed_first_takes_no_longer_than_any_save(plant, dana, few, which):
    if which == "named by none":
        record_type, record_id = "work_order", lonely_change(plant, dana)
    else:
        first = next(edit for edit in dana.profile.outbox.pending() if edit.kind == "update")
        record_type, record_id = first.type, first.record_id
    field = "notes" if record_type == "asset" else "remedy"
    words = iter(range(1_000))

    def changes():
        dana.changes(record_id, record_type, **{field: f"Again {next(words)}"})

    assert usual_seconds(changes) < 6 * few


def test_undoing_the_first_change_does_not_read_the_whole_queue(dana):
    undone = iter([edit.id for edit in dana.profile.outbox.pending() if edit.type == "comment"])
    everything = usual_seconds(dana.profile.outbox.pending, times=5)
    assert usual_seconds(lambda: dana.records.undo(next(undone)), times=5) < everything / 2


def test_counting_and_asking_take_a_few_milliseconds(dana, few):
    assert usual_seconds(dana.reader.tally) < 8 * few
    assert usual_seconds(dana.reader.notifications) < 8 * few


def test_freezing_a_whole_request_does_not_hold_up_a_save(dana, few):
    edits = [edit.id for edit in dana.profile.outbox.pending() if not edit.is_frozen]
    groups = iter([edits[start : start + 500] for start in (-500, -1000, -1500)])
    assert usual_seconds(lambda: dana.profile.outbox.freeze(next(groups), dana.clock()), times=3) < 60 * few
