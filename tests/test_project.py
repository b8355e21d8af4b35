"""What has to agree between the project's own files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from maintenance_desktop import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def locked(lock):
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(pinned)


def test_the_changelog_begins_with_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)[0] == __version__


def test_every_dependency_is_locked():
    client = PROJECT["project"]["dependencies"]
    hub = PROJECT["project"]["optional-dependencies"]["hub"]
    groups = PROJECT["dependency-groups"]
    back_end = [*PROJECT["build-system"]["requires"], *groups["build"]]
    wanted = {
        "run.txt": [*client, *hub, *back_end],
        "dev.txt": [*PROJECT["project"]["optional-dependencies"]["dev"], *groups["package"], *back_end],
        "client.txt": client,
        "hub.txt": [*hub, "msgspec", "peewee"],
        "package.txt": [*client, *hub, *groups["package"], *back_end],
    }
    assert [lock.name for lock in LOCKS] == sorted(wanted)
    for lock in LOCKS:
        names = locked(lock)
        for requirement in wanted[lock.name]:
            name = re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()
            assert name in names, f"{name} is not in {lock.name}: run make lock"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_lock_names_the_versions_that_are_tested(lock):
    assert locked(lock).items() <= locked(ROOT / "requirements" / "dev.txt").items()


def test_the_client_locks_no_server_and_the_hub_no_window():
    client, hub = (locked(ROOT / "requirements" / name) for name in ("client.txt", "hub.txt"))
    assert not {"litestar", "uvicorn", "argon2-cffi", "psycopg"} & client.keys()
    assert not {"pyside6-essentials", "shiboken6", "keyring", "requests"} & hub.keys()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_hashes_and_no_addresses(lock):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    for block in re.split(r"\n(?=[a-z])", text):
        assert "--hash=sha256:" in block, block.splitlines()[0]
