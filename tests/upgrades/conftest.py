from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from maintenance_desktop.storage import work, work_schema
from tests.upgrades.plant import Clock, Plant

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

LAYOUTS = sorted((Path(__file__).parent / "profiles").iterdir())

NEXT = """
ALTER TABLE edit ADD COLUMN colour TEXT NOT NULL DEFAULT '';
UPDATE edit SET colour = 'green' WHERE state = 'queued';
CREATE TABLE attachment (edit_id TEXT NOT NULL, content BLOB);
INSERT INTO attachment SELECT id, zeroblob(2000) FROM edit;
CREATE INDEX attachment_edit ON attachment (edit_id);
"""
"""What a later version may do to the file."""


class Left:
    """A profile as an older program left it, and the hub of that moment."""

    def __init__(self, kept: Path, folder: Path, room: Path) -> None:
        self.layout = int(kept.name.removeprefix("layout-"))
        self.folder = folder
        self._room = room
        folder.mkdir(parents=True)
        shutil.copyfile(kept / "profile.json", folder / "profile.json")
        fill(folder / "work.db", kept / "work.sql")
        room.mkdir()
        fill(room / "hub.db", kept / "hub.sql")

    def plant(self) -> Plant:
        """The hub as this person left it, a day later."""
        clock = Clock()
        clock.now = clock.now.replace(day=clock.now.day + 1)
        return Plant(self._room, clock, seed=7)


def fill(file: Path, script: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as made:
        made.executescript(script.read_text(encoding="utf-8"))
        made.execute("PRAGMA journal_mode = wal")


@pytest.fixture(params=LAYOUTS, ids=lambda kept: kept.name)
def left(request, tmp_path):
    return Left(request.param, tmp_path / "Größe и 数据" / "profiles" / "pia", tmp_path / "hub")


@pytest.fixture
def next_version(monkeypatch):
    """This program with one migration more."""
    longer = (*work_schema.MIGRATIONS, NEXT)
    monkeypatch.setattr(work_schema, "MIGRATIONS", longer)
    monkeypatch.setattr(work, "MIGRATIONS", longer)
    return len(longer)


@pytest.fixture
def plant(left):
    plant = left.plant()
    yield plant
    plant.closes()
