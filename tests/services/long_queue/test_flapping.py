"""The network comes and goes, again and again: each time more of a long queue gets through, none twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial

import pytest

from tests.cable import Cable
from tests.services.long_queue.expecting import (
    assert_each_is_explained,
    assert_nothing_is_lost,
    assert_the_counts_add_up,
    assert_the_hub_did_each_once,
    versions_here,
)
from tests.services.long_queue.flapping import FlappingCable, Running, cut_every
from tests.services.long_queue.patience import SOAK, only_with_time, with_patience
from tests.services.long_queue.plant import Plant, breaking_hub, dana_at

ANSWERED = """
SELECT (SELECT count(*) FROM history)
     + (SELECT count(*) FROM edit WHERE state <> 'queued' OR refusal IS NOT NULL)
"""


class Counts:
    """How many edits were done or have a reason why they are not, at each cut, as the disk tells."""

    def __init__(self, plant: Plant) -> None:
        self._file = plant.profile / "work.db"
        fates = Counter(fate.how for fate in plant.doomed.values())
        self._in_all = len(plant.seconds) - fates["held"] - fates["follows"]
        self.at_cuts: list[int] = []

    def note(self) -> None:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as work:
            ((answered,),) = work.execute(ANSWERED)
        self.at_cuts.append(answered)

    def assert_more_after(self, cuts: int) -> None:
        """Whenever the line broke so many times, more was answered."""
        counts = [0, *self.at_cuts]
        for before, after in zip(counts, counts[cuts:], strict=False):
            assert after > before or before == self._in_all, self.at_cuts


@contextmanager
def laid(cable: Cable) -> Iterator[Cable]:
    try:
        yield cable
    finally:
        cable.remove()


def assert_all_gets_through(plant, hub, url, folder, while_it_runs=nullcontext):
    with dana_at(plant, url) as dana:
        saved, versions = dana.profile.outbox.pending(), versions_here(dana)
        with while_it_runs(), Running(dana) as running:
            running.until_online()
        assert_each_is_explained(dana, plant)
        assert_the_counts_add_up(dana, plant)
        assert_nothing_is_lost(dana, saved)
        assert_the_hub_did_each_once(dana, saved, hub.url, folder, versions)


@with_patience
@pytest.mark.parametrize("lasts_for", [15_000, 40_000, 150_000] if SOAK else [15_000])
def test_a_line_that_breaks_in_the_middle_of_everything_gets_on_each_time(
    plant, tmp_path, monkeypatch, lasts_for
):
    monkeypatch.setattr("maintenance_desktop.services.sync_loop._FIRST_PAUSE", 0.01)
    counts = Counts(plant)
    with breaking_hub(plant) as hub, laid(FlappingCable(hub.port, lasts_for, counts.note)) as cable:
        assert_all_gets_through(plant, hub, cable.url, tmp_path / "auditor")
    assert len(counts.at_cuts) > 5
    counts.assert_more_after(1)


@only_with_time
@with_patience
def test_a_line_that_breaks_every_three_seconds_gets_on_each_time(whole_plant, tmp_path):
    counts = Counts(whole_plant)
    with breaking_hub(whole_plant) as hub, laid(Cable(hub.port)) as cable:
        flapping = partial(cut_every, 3, cable, counts.note)
        assert_all_gets_through(whole_plant, hub, cable.url, tmp_path / "auditor", flapping)
    assert len(counts.at_cuts) > 1
    counts.assert_more_after(
        2
    )  # a computer that is busy with something else may miss a line of three seconds
