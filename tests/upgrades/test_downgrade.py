"""A newer program has been at a profile: this one says so, wherever it is asked, and touches nothing."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import sqlite3

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from maintenance_desktop.cli import main
from maintenance_desktop.domain.trouble import ProfileTrouble
from maintenance_desktop.storage.profiles import Profile, list_profiles
from maintenance_desktop.storage.work_schema import MIGRATIONS
from maintenance_desktop.ui.theme import Theme
from tests.desk import Computer, top_windows, words
from tests.upgrades.test_upgrades import NOW, content

SENTENCE = "This profile was last used by a newer version of the program. Nothing was changed;"


@pytest.fixture(params=["closed by the newer program", "left by it when it was killed"])
def newer(request, left, tmp_path):
    """The folder of a profile with one layout more; killed, the layout stands in the journal alone."""
    folder = tmp_path / "home" / "profiles" / "pia"
    folder.parent.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(left.folder / "work.db")) as file:
        file.execute("CREATE TABLE of_the_newer_one (content)")
        file.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        if "killed" in request.param:
            shutil.copytree(left.folder, folder, ignore=shutil.ignore_patterns("*-shm"))
            assert (folder / "work.db-wal").stat().st_size
    if not folder.exists():
        shutil.copytree(left.folder, folder)
    return folder


@pytest.fixture
def as_it_was(newer):
    """Fails where a file of the profile is another one after the test."""
    before = fingerprints(newer)
    yield
    assert fingerprints(newer) == before


def fingerprints(folder) -> dict[str, str]:
    """Of everything that holds something: SQLite makes `-shm` again, and an empty journal says nothing."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.stat().st_size and not path.name.endswith("-shm")
    }


@pytest.mark.usefixtures("as_it_was")
def test_the_profile_is_not_opened(newer):
    for _ in range(2):
        with pytest.raises(ProfileTrouble) as refused:
            Profile(newer, NOW)
        assert str(refused.value).startswith(SENTENCE)


@pytest.mark.usefixtures("as_it_was")
def test_looking_at_it_from_outside_still_counts_what_waits(newer):
    waiting = len(content(newer / "work.db")["edit"])
    assert [one.waiting for one in list_profiles(newer.parents[1])] == [waiting]


@pytest.mark.usefixtures("as_it_was")
def test_the_sign_in_window_says_so_again_and_again(newer, qtbot, qapp):
    theme = Theme(qapp, Qt.ColorScheme.Light)
    computer = Computer(qtbot, theme, newer.parents[1])
    program = computer.starts(folder=newer)
    assert program.open is None
    assert SENTENCE in words(program.sign_in_window)
    before = program.sign_in_window
    computer.presses(before, "profileButton1")
    computer.waits_for(lambda: program.sign_in_window is not before)
    assert SENTENCE in words(program.sign_in_window)
    assert "waiting" in program.sign_in_window.findChild(QPushButton, "profileButton1").text()
    computer.is_switched_off()
    assert top_windows() == []
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("command", [["queue"], ["sync"], ["create", "--title", "Pump leaks"]])
def test_the_command_line_says_so(newer, command, capsys):
    assert main(["--profile", str(newer), *command]) == 1
    told = capsys.readouterr()
    assert SENTENCE in told.err
    assert told.out == ""
