"""Two builds of one commit are the same, byte for byte, whatever folder they are made in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-package" / "bin" / "python"
PACKAGES = ("windows", "msi", "deb", "hub-deb", "appimage", "rpm")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """The same commit, with what is not committed yet, in another folder."""
    copy = tmp_path_factory.mktemp("another place") / "source"
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
            (copy / name).touch()
    return copy


def built(place: Path, package: str, output: Path, moment: str) -> dict[str, bytes]:
    subprocess.run(
        [PYTHON, place / "packaging/build.py", package, "--fast", "--output", output],
        check=True,
        env={"SOURCE_DATE_EPOCH": moment, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(Path.home())},
    )
    return {file.name: file.read_bytes() for file in output.iterdir() if file.is_file()}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("package", PACKAGES)
def test_two_builds_are_the_same(package, elsewhere, tmp_path):
    moment = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=True
    ).stdout.strip()
    first = built(ROOT, package, tmp_path / "one", moment)
    second = built(elsewhere, package, tmp_path / "two", moment)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
