"""What an older program left is opened, migrated after a copy, and sent: nothing of it is lost."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maintenance_desktop.domain.edits import EditState, Ending
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.opening import OpenProfile, make_hub_backend
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.profiles import Profile
from maintenance_desktop.storage.work_schema import MIGRATIONS
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from tests.person import TokensInMemory
from tests.soak.disk import Disk
from tests.upgrades import make_profile

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_TABLES = {"edit": "seq", "history": "n", "meta": "key"}
_LATER = (("colour", ""), ("origin", None), ("doubts", "[]"))
"""Columns that came after the first layout, and what is in them for what was made before."""
_REMEMBERED = {"cache_file", "choices_told"}
"""What opening a profile may add."""


def content(file: Path) -> dict[str, list[dict]]:
    """All rows of what every layout has; columns that came later are left out."""
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as reading:
        reading.row_factory = sqlite3.Row
        found = {
            table: [dict(row) for row in reading.execute(f"SELECT * FROM {table} ORDER BY {order}")]
            for table, order in _TABLES.items()
        }
    for row in found["edit"]:
        for name, empty in _LATER:
            if row.get(name) == empty or name == "colour":
                row.pop(name, None)
    return found


def layout(file: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as reading:
        return reading.execute("PRAGMA user_version").fetchone()[0]


def without_pointer(found: dict) -> dict:
    """The cache was not kept, so that a new one is begun when the profile is opened."""
    return found | {"meta": [row for row in found["meta"] if row["key"] not in _REMEMBERED]}


def opened_and_closed(folder: Path) -> None:
    Profile(folder, NOW).close()


def test_what_is_kept_is_much_and_of_every_kind(left):
    found = content(left.folder / "work.db")
    waiting = [row for row in found["edit"] if row["state"] == "queued"]
    assert layout(left.folder / "work.db") == left.layout
    assert len(waiting) >= 50
    assert {row["kind"] for row in waiting} == {"create", "update", "delete"}
    assert {row["type"] for row in waiting} == {"asset", "comment", "labor", "work_order"}
    states = {state.value for state in EditState}
    assert {row["state"] for row in found["edit"]} == states - ({"held"} if left.layout == 1 else set())
    assert any(row["first_sent_at"] for row in waiting)
    assert any(row["after_ids"] != "[]" for row in waiting)
    assert {row["ending"] for row in found["history"]} >= {
        Ending.APPLIED, Ending.OVERWROTE, Ending.DISCARDED, Ending.ACKNOWLEDGED, Ending.UNDONE,
    }  # fmt: skip


def test_this_version_opens_it_with_everything_in_it(left, qapp):
    before = content(left.folder / "work.db")
    opened = OpenProfile(left.folder, TokensInMemory(), make_hub_backend, keyring=KeyringAnswer(lambda: True))
    tally = opened.workspace.reader.tally()
    states = [row["state"] for row in before["edit"]]
    assert tally.waiting == states.count("queued")
    assert (tally.conflicts, tally.refusals) == (1, 1)
    told = [row for row in before["history"] if row["ending"] != Ending.FOLDED]
    assert len(opened.workspace.reader.history(limit=1_000)) == len(told)
    opened.close()
    assert without_pointer(content(left.folder / "work.db")) == without_pointer(before)


def test_the_next_version_makes_a_copy_first_and_keeps_every_row(left, next_version):
    file = left.folder / "work.db"
    before = content(file)
    opened_and_closed(left.folder)
    copies = list(left.folder.glob("work-layout-*"))
    assert [copy.name for copy in copies] == [f"work-layout-{left.layout}.backup.db"]
    assert content(copies[0]) == before
    assert layout(copies[0]) == left.layout
    assert layout(file) == next_version
    assert without_pointer(content(file)) == without_pointer(before)
    made = copies[0].stat().st_mtime_ns
    opened_and_closed(left.folder)
    assert copies[0].stat().st_mtime_ns == made


@pytest.mark.parametrize("version", ["this version", "the next version"])
def test_everything_is_sent_and_the_questions_are_asked(left, plant, request, version):
    if version == "the next version":
        request.getfixturevalue("next_version")
    pia = plant.comes_back(left.folder)
    waiting = [edit for edit in pia.profile.outbox.pending() if edit.state is EditState.QUEUED]
    questions = {item.edit.id for item in pia.reader.notifications()}
    for _ in range(6):
        pia.syncs()
    assert {item.edit.id for item in pia.reader.notifications()} == questions
    asked = {edit.state for edit in pia.profile.outbox.pending()}
    assert asked - {EditState.HELD} == {EditState.CONFLICTED, EditState.REFUSED}
    endings = {entry.edit.id: entry.ending for entry in pia.reader.history(limit=1_000)}
    assert {endings[edit.id] for edit in waiting} == {Ending.APPLIED}
    applied = [entry.edit_id for entry in plant.hub.log() if entry.what == "remembered"]
    assert len(applied) == len(set(applied))
    there = {row[0]: row for row in plant.hub.records()}
    gone = {edit.record_id for edit in waiting if edit.kind.value == "delete"}
    assert all(bool(there[edit.record_id][5]) is (edit.record_id in gone) for edit in waiting)
    (refused,) = (edit for edit in pia.profile.outbox.pending() if edit.state is EditState.REFUSED)
    pia.decisions.acknowledge(refused.id)
    for edit in pia.profile.outbox.pending():
        if edit.state is EditState.HELD:
            pia.decisions.send_anyway(edit.id)
    pia.overwrites()
    pia.syncs()
    pia.syncs()
    assert pia.profile.outbox.pending() == []
    pia.leaves()


def test_the_program_can_be_killed_at_every_statement_of_a_migration(
    left, next_version, tmp_path, monkeypatch
):
    """Each picture of the folder opens in the next version, with every row; nothing is half done."""
    before = without_pointer(content(left.folder / "work.db"))
    album = tmp_path / "album"
    execute = Transaction.execute

    def shooting(self, sql, parameters=()):
        shutil.copytree(left.folder, album / str(len(list(album.glob("*")))), ignore=lost_with_the_program)
        return execute(self, sql, parameters)

    album.mkdir()
    monkeypatch.setattr(Transaction, "execute", shooting)
    opened_and_closed(left.folder)
    monkeypatch.setattr(Transaction, "execute", execute)
    pictures = sorted(album.iterdir(), key=lambda one: int(one.name))
    assert len(pictures) > 10
    found = []
    for picture in pictures:
        file = picture / "work.db"
        found.append(layout(file))
        assert without_pointer(content(file)) == before
        if found[-1] == next_version:
            (copy,) = picture.glob("*.backup.db")
            assert without_pointer(content(copy)) == before
        opened_and_closed(picture)
        assert layout(file) == next_version
        assert without_pointer(content(file)) == before
    assert found == sorted(found)
    assert set(found) == set(range(left.layout, next_version + 1))


def lost_with_the_program(folder, names):
    """The shared memory of a program that is killed goes with it, and so does its lock."""
    return [name for name in names if name.endswith(("-shm", ".lock"))]


def test_a_disk_that_is_full_when_the_copy_is_made_leaves_everything_as_it_was(left, next_version):
    disk = Disk(left.folder)
    file = left.folder / "work.db"
    as_it_was = file.read_bytes()
    disk.is_full = True
    try:
        with pytest.raises(
            StorageTrouble, match=r"first makes a copy .* Nothing was changed\. The disk is full"
        ):
            opened_and_closed(left.folder)
        assert file.read_bytes() == as_it_was
        assert list(left.folder.glob("*.backup.db")) == []
        disk.is_full = False
        opened_and_closed(left.folder)
        assert layout(file) == next_version
    finally:
        disk.remove()


def test_the_script_still_makes_a_profile_of_today(tmp_path):
    make_profile.make(tmp_path / "today")
    script = (tmp_path / "today" / "work.sql").read_text(encoding="utf-8")
    assert script.endswith(f"PRAGMA user_version = {len(MIGRATIONS)};\n")
    kept = make_profile.KEPT / f"layout-{len(MIGRATIONS)}"
    assert kept.is_dir(), "keep a profile of this layout: python -m tests.upgrades.make_profile"
