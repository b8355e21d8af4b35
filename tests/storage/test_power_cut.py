"""The power goes: what is on the disk by then, told by the system calls of real programs.

`kill -9` is test_survival.py's. Here nothing is killed: a trace shows that everything a save stands on was
synced before the screen said so, in the right order, for the files and for the folders that name them.
"""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from maintenance_desktop.storage import work_schema
from tests.person import Person
from tests.services.fakes import FakeHub, joins
from tests.trace import Moment, Trace, traced

IN_STEPS = """
import os, sys
from pathlib import Path

root = Path(sys.argv[1])
(root / "new").mkdir()
file = os.open(root / "new" / "a.db", os.O_CREAT | os.O_WRONLY)
os.write(file, b"x")
print("written", flush=True)
os.fdatasync(file)
print("file synced", flush=True)
for folder in (root / "new", root):
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    print(f"{folder.name} synced", flush=True)
os.rename(root / "new" / "a.db", root / "new" / "b.db")
print("renamed", flush=True)
"""


def test_a_trace_tells_what_a_power_cut_would_take(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    trace = traced(IN_STEPS, root)

    def left(said: str) -> tuple[set[str], set[str]]:
        (moment,) = trace.when(said)
        return {Path(path).name for path in moment.contents}, {Path(path).name for path in moment.names}

    assert left("written") == ({"a.db"}, {"new", "a.db"})
    assert left("file synced") == (set(), {"new", "a.db"})
    assert left("new synced") == (set(), {"new"})
    assert left("root synced") == (set(), set())
    assert left("renamed") == (set(), {"b.db"})


A_DAY = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.services.fakes import FakeHub, joins

def say(words):
    print(words, flush=True)

hub = FakeHub()
order = hub.has("work_order", title="Pump leaks")
dana = joins(hub, "dana", Path(sys.argv[1]) / "maintenance" / "profiles" / "dana")
say("signed in")
for number in range(3):
    dana.records.create("work_order", {"title": f"Pump {number}"})
    say(f"saved {number}")
dana.backend.before_push = lambda: say("request")
dana.backend.after_commit = lambda: say("answer")
dana.syncs()
say("synced")
dana.changes(order, title="Pump drips")
say("saved title")
hub.changes(order, description="Bob")
dana.syncs()
dana.overwrites()
say("saved answer")
dana.syncs()
hub.forgets_cursors()
dana.syncs()
dana.profile.keep_account(replace(dana.profile.account, name="Dana Miller"))
say("renamed")
dana.changes(order, status="on_hold")
say("saved status")
dana.leaves()
say("left")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("power") / "home"


@pytest.fixture(scope="module")
def folder(root):
    return root / "maintenance" / "profiles" / "dana"


@pytest.fixture(scope="module")
def day(root):
    """Everything that a new profile goes through, up to a second download."""
    root.mkdir()
    return traced(A_DAY, root)


def writes_to(moments: list[Moment], file: Path) -> list[Moment]:
    return [one for one in moments if one.call.is_write and one.call.path in (str(file), f"{file}-wal")]


def assert_no_journal_is_missed(trace: Trace) -> None:
    """What stood in a journal is on the disk in its file before the journal goes."""
    assert trace.journals_thrown_away()
    for moment in trace.journals_thrown_away():
        assert moment.call.path.removesuffix("-wal") not in moment.contents


def test_what_the_screen_says_is_saved_outlives_a_power_cut(day, folder):
    said = day.when("saved")
    assert len(said) == 6
    for moment in said:
        assert writes_to(day.moments[: day.moments.index(moment)], folder / "work.db")
        assert moment.at_risk == set(), moment.call


def test_that_holds_on_a_network_drive(tmp_path):
    root = tmp_path / "home"
    root.mkdir()
    on_the_network = (
        "from maintenance_desktop.storage import database\ndatabase.is_remote = lambda path: True\n"
    )
    day = traced(on_the_network + A_DAY, root)
    folder = root / "maintenance" / "profiles" / "dana"
    said = day.when("saved")
    assert len(said) == 6
    for moment in said:
        assert writes_to(day.moments[: day.moments.index(moment)], folder / "work.db")
        assert moment.at_risk == set(), moment.call
    assert not any(one.call.path.endswith(("-wal", "-shm")) for one in day.moments)


def test_a_new_profile_is_there_after_a_power_cut_with_every_folder_on_the_way(day, root, folder):
    made = {moment.call.path for moment in day.moments if moment.call.name == "mkdir"}
    assert {str(folder), str(folder.parent), str(root / "maintenance")} <= made
    (moment,) = day.when("signed in")
    assert moment.at_risk == set()


def test_a_new_account_file_is_complete_before_it_has_the_name(day, folder):
    file = str(folder / "profile.json")
    renames = [one for one in day.moments if one.call.is_rename and one.call.path == file]
    assert len(renames) == 2
    assert all(one.call.old_path not in one.contents for one in renames)
    (moment,) = day.when("renamed")
    assert moment.at_risk == set()


def test_that_an_edit_may_have_been_sent_is_on_the_disk_before_it_is(day, folder):
    requests = day.when("request")
    assert len(requests) == 3
    before = day.when("saved 2")[0]
    assert writes_to(day.between("saved 2", "request"), folder / "work.db"), before
    for moment in requests:
        assert moment.would_lose(folder / "work.db") == set()


def test_an_answer_is_in_the_cache_on_the_disk_before_the_edit_leaves_the_queue(day, folder):
    cache, between = folder / "cache-1.db", day.between("answer", "synced")
    kept, settling = writes_to(between, cache), writes_to(between, folder / "work.db")
    assert kept[0].call.begin < settling[0].call.begin
    for moment in settling:
        assert moment.would_lose(cache) == set()


def test_work_points_to_no_cache_that_a_power_cut_would_take(day, folder):
    for number in (1, 2):
        file = folder / f"cache-{number}.db"
        pointing = [
            one for one in writes_to(day.moments, folder / "work.db")
            if f"cache_file{file.name}" in one.call.arguments
        ]  # fmt: skip
        assert pointing
        assert pointing[0].would_lose(file) == set()


def test_no_journal_is_thrown_away_before_its_content_is_in_the_file(day):
    assert_no_journal_is_missed(day)


@pytest.fixture
def cut(tmp_path):
    """A profile as it is after a power cut: three saves wait, and the last one stands in the journal."""
    hub = FakeHub()
    dana = joins(hub, "dana", tmp_path / "open")
    for number in range(3):
        order = dana.records.create("work_order", {"title": f"Pump {number}"})
    dana.leaves()
    dana = Person(hub.line("dana"), tmp_path / "open")
    dana.changes(order, title="Pump leaks")
    home = tmp_path / "home"
    shutil.copytree(tmp_path / "open", home / "profiles" / "dana")
    dana.leaves()
    assert (home / "profiles" / "dana" / "work.db-wal").stat().st_size
    return home / "profiles" / "dana"


OPENING = """
import sys
from pathlib import Path
from tests.person import Person
from tests.services.fakes import FakeHub, FakeLine

dana = Person(FakeLine(FakeHub(), "dana"), Path(sys.argv[1]) / "profiles" / "dana")
print("opened", flush=True)
assert len(dana.reader.queue()) == int(sys.argv[2])
"""


def moved(trace: Trace) -> list[Moment]:
    return [one for one in trace.moments if one.call.is_rename]


def test_a_damaged_file_moves_when_what_could_be_read_of_it_is_on_the_disk(cut):
    with (cut / "work.db").open("r+b") as file:
        file.write(b"not a database")
    trace = traced(OPENING, cut.parents[1], "0")
    aside, into_place = moved(trace)
    assert [Path(one.call.old_path).name for one in (aside, into_place)] == ["work.db", "work-mended.db"]
    assert aside.would_lose(cut / "work-mended.db") == set()
    assert into_place.would_lose(Path(aside.call.path)) == set()
    after = [one for one in writes_to(trace.moments, cut / "work.db") if one.call.begin > into_place.call.end]
    assert into_place.call.path not in after[0].names
    (moment,) = trace.when("opened")
    assert moment.at_risk == set()
    assert_no_journal_is_missed(trace)


def test_what_is_left_of_a_file_that_is_gone_is_set_aside_piece_by_piece(cut):
    (cut / "work.db").write_bytes(b"")
    trace = traced(OPENING, cut.parents[1], "0")
    pieces = moved(trace)
    assert [Path(one.call.old_path).name for one in pieces] == ["work.db", "work.db-wal", "work.db-shm"]
    for one, following in pairwise(pieces):
        assert one.call.path not in following.names
    (moment,) = trace.when("opened")
    assert moment.at_risk == set()


MIGRATING = """
from maintenance_desktop.storage import work, work_schema

work_schema.MIGRATIONS = work.MIGRATIONS = (*work_schema.MIGRATIONS, "ALTER TABLE edit ADD COLUMN colour;\\n")
"""


def test_a_migration_begins_when_the_copy_of_the_file_is_on_the_disk(cut):
    trace = traced(MIGRATING + OPENING, cut.parents[1], "3")
    copy = cut / f"work-layout-{len(work_schema.MIGRATIONS)}.backup.db"
    (named,) = (one for one in trace.moments if one.call.path == str(copy) and not one.call.is_write)
    assert named.call.old_path not in named.contents
    migrating = [one for one in writes_to(trace.moments, cut / "work.db") if "colour" in one.call.arguments]
    assert migrating
    for one in migrating:
        assert one.call.begin > named.call.begin
        assert one.would_lose(copy) == set()


LISTING = """
import sys
from pathlib import Path
from maintenance_desktop.storage.profiles import list_profiles

(found,) = list_profiles(Path(sys.argv[1]))
assert found.waiting == 3
"""


def test_looking_at_what_waits_leaves_no_trace(cut):
    trace = traced(LISTING, cut.parents[1])
    changed = {one.call.path for one in trace.moments if one.call.is_write or one.call.name == "unlink"}
    assert {path for path in changed if path.startswith(str(cut)) and not path.endswith("-shm")} == set()
    again = Person(FakeHub().line("dana"), cut)
    assert len(again.reader.queue()) == 3
    again.leaves()
