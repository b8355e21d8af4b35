"""A short slice of `make soak` in every `make test`: the same seeds each time, so that it can be repeated."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.soak.hub_room import HubRoom
from tests.soak.plan import Plan
from tests.soak.planted import PLANTS, name_of, planted, swallow_a_refusal
from tests.soak.regressions import kept, plan_in
from tests.soak.run import TWO_STORIES, Verdict, run, run_twice
from tests.soak.shrink import shrink
from tests.soak.soaking import catch
from tests.soak.world import World

pytestmark = pytest.mark.timeout(900)  # much work, and machines are busy

SLICES = 20
ROUNDS = 1_050
"""Sync rounds in each slice, at least: 21,000 in all."""


def explained(verdict: Verdict) -> str:
    story = "\n".join(verdict.lines[-30:])
    seed = verdict.plan.seed
    return f"seed {seed}: {verdict.problems[:5]}\n{story}\nmake soak SEED={seed} BUDGET=0"


@pytest.mark.parametrize("number", range(SLICES))
def test_whatever_happens_nothing_is_lost_and_nothing_is_done_twice(number):
    rounds = runs = 0
    while rounds < ROUNDS:
        verdict = run(Plan.drawn(number + runs * SLICES))
        assert not verdict.problems, explained(verdict)
        rounds += verdict.tally.rounds
        runs += 1


@pytest.mark.parametrize("path", kept(), ids=lambda path: path.stem)
def test_what_once_failed_does_not_fail_again(path):
    verdict = run_twice(plan_in(path))
    assert not verdict.problems, explained(verdict)


STORIES = """
from tests.soak.run import run
from tests.soak.hub_room import HubRoom
from tests.soak.plan import Plan

print(*(run(Plan.drawn(seed, 250)).story for seed in range(70, 74)))
"""


def test_a_seed_tells_the_same_story_in_every_process():
    here = [run(Plan.drawn(seed, 250)).story for seed in range(70, 74)]
    for hash_seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", STORIES], cwd=Path(__file__).parents[2], text=True, check=True,
            capture_output=True, env=os.environ | {"PYTHONHASHSEED": hash_seed},
        )  # fmt: skip
        assert there.stdout.split() == here
    assert len(set(here)) == len(here)


class Late:
    """Something that is gone when Python collects garbage, and not before."""

    def __init__(self, notes):
        self.me, self.notes = self, notes

    def __del__(self):
        self.notes("gone")


def test_a_story_that_depends_on_the_collection_of_garbage_is_noticed(monkeypatch):
    monkeypatch.setattr(World, "_buries_the_dead", lambda world, luck: Late(world.journal.notes))
    assert TWO_STORIES in run_twice(Plan.drawn(70, 250)).problems


def test_a_computer_that_is_off_in_the_end_is_told_of(monkeypatch):
    monkeypatch.setattr(World, "comes_to_rest", lambda world: world.computers[0].goes_off(None))
    verdict = run(Plan.drawn(70, 20))
    assert verdict.problems == [f"{verdict.plan.seats[0]}-0: off in the end"]


@pytest.fixture
def room(tmp_path):
    room = HubRoom(tmp_path, lambda: datetime(2026, 11, 2, tzinfo=UTC), 1)
    yield room
    room.is_removed()


def test_who_looks_into_the_file_of_a_hub_that_is_off_leaves_no_trace(room):
    person_id = room.adds("ada", "Ada Tech", "technician")
    room.goes_down(None)
    files = [room.folder / "hub.db", room.folder / "hub.db-wal"]
    before = room.disk.operations, [path.read_bytes() for path in files]
    assert not room.was_deleted(person_id)
    assert (room.disk.operations, [path.read_bytes() for path in files]) == before


@pytest.mark.parametrize("plant", PLANTS, ids=name_of)
def test_the_judge_catches_a_planted_bug(plant):
    runs, verdict = catch(plant, budget=60, first=0)
    assert verdict is not None, f"not caught in {runs} runs"


def test_a_failing_run_becomes_short_and_still_fails():
    def run_with_bug(plan):
        with planted(swallow_a_refusal):
            return run(plan)

    verdicts = (run_with_bug(Plan.drawn(seed, 200)) for seed in range(200))
    verdict = next(one for one in verdicts if one.problems)
    shorter = shrink(verdict, 300, run_with_bug)
    assert shorter.problems
    assert len(shorter.plan.steps) < len(verdict.plan.steps) / 2
    assert not run(shorter.plan).problems  # it is the bug, not the plan
