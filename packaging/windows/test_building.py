"""What stops a build of the Windows packages; none of it needs Wine."""

from __future__ import annotations

from pathlib import Path

import pytest
from contents.build import Build, BuildTrouble

from windows.launchers import numbers
from windows.pruning import prune
from windows.runtime import put_runtime


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ZIP": "python.zip"}, "belong together"),
        ({"SHA256": "00"}, "belong together"),
        ({"ZIP": "python.zip", "SHA256": "00" * 32}, "has the hash"),
    ],
)
def test_a_newer_python_is_taken_only_with_its_hash(given, sentence, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("python.zip").write_bytes(b"something else")
    for name, value in given.items():
        monkeypatch.setenv(f"WINDOWS_PYTHON_{name}", value)
    with pytest.raises(BuildTrouble, match=sentence):
        put_runtime(Build("1.0.0", tmp_path), tmp_path, tmp_path / "runtime")


def test_a_part_of_qt_that_nobody_planned_for_stops_the_build(tmp_path) -> None:
    client = tmp_path / "client"
    client.mkdir()
    (client / "window.py").write_text("from PySide6.QtMultimedia import QMediaPlayer\n")
    with pytest.raises(BuildTrouble, match="QtMultimedia"):
        prune(tmp_path / "site-packages", client)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.2.3", (1, 2, 3, 0)), ("0.1", (0, 1, 0, 0)), ("2.0.0rc1", (2, 0, 0, 0))],
)
def test_versions_become_four_numbers(version, expected) -> None:
    assert numbers(version) == expected


def test_a_version_too_large_for_windows_is_refused() -> None:
    with pytest.raises(BuildTrouble, match="65536"):
        numbers("1.65536.0")
