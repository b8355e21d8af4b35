"""The power goes at the server: what it has answered is on its disk, told by its own system calls."""

from __future__ import annotations

import pytest

from tests.trace import Moment, Trace, traced

A_DAY = """
import sys
from pathlib import Path
from tests.hub_process import HubProcess
from tests.person import Person

root = Path(sys.argv[1])
hub = HubProcess.start(root / "srv" / "maintenance")
hub.add_person("dana", "Dana Ortiz")
dana = Person.signs_in(hub.url, "dana", root / "home")
dana.syncs()
for number in range(3):
    order = dana.records.create("work_order", {"title": f"Pump {number}"})
    dana.syncs()
dana.changes(order, title="Pump drips")
dana.syncs()
assert dana.endings() == ["applied"] * 4
dana.leaves()
hub.stop()
for command in ("backup", "restore"):
    assert hub.run(command, str(root / "hub.backup")).returncode == 0
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("power") / "machine"


@pytest.fixture(scope="module")
def file(root):
    return root / "srv" / "maintenance" / "hub.db"


@pytest.fixture(scope="module")
def day(root):
    """A new server, a person at a computer of their own, and four edits that are applied."""
    root.mkdir()
    return traced(A_DAY, root)


def answers(day: Trace) -> list[Moment]:
    return [one for one in day.moments if one.call.sent("HTTP/1.1 2")]


def test_what_was_answered_is_on_the_disk_of_the_server(day, file):
    applied = [
        number for number, one in enumerate(day.moments)
        if "<socket:" in one.call.arguments and r"\"outcome\":\"applied\"" in one.call.arguments
    ]  # fmt: skip
    assert len(applied) == 4
    before = 0
    for number in applied:
        assert any(one.call.path == f"{file}-wal" for one in day.moments[before:number])
        assert day.moments[number].would_lose(file) == set()
        before = number
    for moment in answers(day):
        assert moment.would_lose(file) == set()


def test_a_new_server_is_there_after_a_power_cut_with_every_folder_on_the_way(day, root, file):
    made = {moment.call.path for moment in day.moments if moment.call.name == "mkdir"}
    assert {str(file.parent), str(file.parent.parent)} <= made
    (moment,) = day.when("listening on")
    assert {one for one in moment.at_risk if one.startswith(str(root / "srv"))} == set()


def test_an_edit_leaves_a_computer_only_when_it_is_marked_there_for_good(day, root):
    (work,) = (root / "home").rglob("work.db")
    requests = [one for one in day.moments if one.call.sent("POST /v1/edits")]
    assert len(requests) == 4
    for moment in requests:
        assert moment.would_lose(work) == set()


def test_a_backup_has_its_name_when_it_is_complete_and_for_good_when_that_is_said(day, root):
    copy = root / "hub.backup"
    renames = [one for one in day.moments if one.call.is_rename and one.call.path == str(copy)]
    assert [one.call.old_path in one.contents for one in renames] == [False]
    said = [
        one for one in day.moments if one.call.name == "write" and "rows written to" in one.call.arguments
    ]
    assert len(said) == 1
    for moment in said:
        assert moment.would_lose(copy) == set()


def test_what_was_restored_is_on_the_disk_when_that_is_said(day, file):
    (moment,) = (
        one for one in day.moments if one.call.name == "write" and "rows restored" in one.call.arguments
    )
    assert moment.would_lose(file) == set()


def test_no_journal_is_thrown_away_before_its_content_is_in_the_file(day):
    assert day.journals_thrown_away()
    for moment in day.journals_thrown_away():
        assert moment.call.path.removesuffix("-wal") not in moment.contents
