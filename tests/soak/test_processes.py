"""A short `make soak-kill`: a few kills on either side, on both databases, and the judge is content."""

from __future__ import annotations

import pytest

from tests.hub.conftest import postgres, postgres_template  # noqa: F401 - fixtures
from tests.soak.journal import Act, Journal, Told
from tests.soak.processes.epoch import epoch
from tests.soak.processes.nursery import Nursery
from tests.soak.processes.witness import reads

_KILLS = 15

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def nursery():
    nursery = Nursery()
    yield nursery
    nursery.closes()


def test_kills_on_either_side_lose_nothing_with_a_hub_on_sqlite(nursery):
    verdict = epoch(7, _KILLS, nursery)
    assert verdict.problems == [], f"its files are kept in {verdict.folder}"
    assert verdict.tally.kills.total() >= _KILLS
    assert verdict.edits


def test_kills_on_either_side_lose_nothing_with_two_hubs_on_postgresql(nursery, postgres):  # noqa: F811
    name = postgres.new_database()
    verdict = epoch(8, _KILLS, nursery, postgres.url(name), hubs=2)
    postgres.drop_database(name)
    assert verdict.problems == [], f"its files are kept in {verdict.folder}"
    assert verdict.tally.kills.total() >= _KILLS
    assert verdict.edits


def test_a_journal_that_a_kill_broke_off_says_no_more_than_what_was_said(tmp_path):
    path = tmp_path / "1.jsonl"
    begun = b'{"what":"choice","n":1,"act":"undo","edit_id":"e1"}\n'
    path.write_bytes(begun + b'{"what":"told","n":1,"how":"done","end')
    journal = Journal()
    reads(journal, "ada", path)
    (choice,) = journal.choices
    assert (choice.act, choice.edit_id, choice.told) == (Act.UNDO, "e1", Told.NOTHING)
