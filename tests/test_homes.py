"""Where people's data is and where the program is: several users, odd names, folders nobody may write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from platformdirs import windows

from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.storage.profiles import data_folder
from tests.hub_process import HubProcess
from tests.installed import runs, uncounted
from tests.person import Person

PASSWORD = "correct horse"
PROGRAM = "from maintenance_desktop.app import main; sys.exit(main(sys.argv[1:]))"
COMMAND_LINE = "from maintenance_desktop.cli import main; sys.exit(main(sys.argv[1:]))"
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with HubProcess.start(tmp_path_factory.mktemp("hub")) as hub:
        hub.add_person("ada", "Ada Lindqvist")
        hub.add_person("ben", "Ben Haddad")
        yield hub


def titles(hub, root: Path) -> set[str]:
    """What is on the server, as somebody else sees it."""
    ben = Person.signs_in(hub.url, "ben", root)
    ben.syncs()
    found = {row.title for row in ben.reader.work_orders(WorkOrderQuery(), 0, 100)}
    ben.leaves()
    return found


def job(folder: Path, url: str, username: str, title: str) -> Path:
    """What the program has to do by itself."""
    file = folder / f"{username}.json"
    content = {"server": url, "username": username, "password": PASSWORD, "title": title}
    file.write_text(json.dumps(content | {"report": str(folder / f"{username}-report.json")}))
    return file


def test_odd_letters_and_spaces_in_every_path(installed, hub, tmp_path):
    """The whole program, then the command line on its profile; also where no locale is set."""
    home = tmp_path / "Größe и 数据 (neu)"
    odd = shutil.copytree(installed, tmp_path / "Programme für alle")
    data = home / "Daten – Instandhaltung"
    environment = NO_KEYRING | {"LC_ALL": "C"}
    done = runs(
        odd, PROGRAM, "--data", data, "--smoke-test", job(tmp_path, hub.url, "ada", "数据"), **environment
    )
    assert done.returncode == 0, done.stderr + (tmp_path / "ada-report.json").read_text()
    (profile,) = (data / "profiles").iterdir()
    signed_in = environment | {"MAINTENANCE_PASSWORD": PASSWORD}
    for command in (["create", "--title", "Größe"], ["sync"]):
        done = runs(odd, COMMAND_LINE, "--profile", profile, *command, **signed_in)
        assert done.returncode == 0, done.stderr
    assert {"数据", "Größe"} <= titles(hub, tmp_path / "ben")


def test_two_users_of_one_computer_share_the_program_and_nothing_else(installed, hub, tmp_path):
    for username in ("ada", "ben"):
        home = tmp_path / username
        home.mkdir()
        file = job(home, hub.url, username, f"By {username}")
        environment = NO_KEYRING | {"HOME": str(home), "XDG_DATA_HOME": ""}
        done = runs(installed, PROGRAM, "--smoke-test", file, **environment)
        assert done.returncode == 0, done.stderr
        (profile,) = (home / ".local" / "share" / "maintenance-desktop" / "profiles").iterdir()
        assert json.loads((profile / "profile.json").read_text())["username"] == username
    assert {"By ada", "By ben"} <= titles(hub, tmp_path / "somebody")
    assert not (tmp_path / "somebody" / ".local").exists()


_SHUT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def shut(folder: Path) -> list[str]:
    """How to run a command for which nothing in `folder` can be written, whoever runs it."""
    if os.name == "nt":
        pytest.skip("the installer puts the program where nobody may write")
    if os.geteuid():
        for path in (*folder.rglob("*"), folder):
            path.chmod(path.stat().st_mode & ~0o222)
        return []
    command = ["unshare", "--mount", "sh", "-c", _SHUT, str(folder)]
    if not shutil.which("unshare") or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("root may write everywhere, and cannot mount anything here")
    return command


def test_the_program_may_be_in_a_folder_that_nobody_can_write(installed, hub, tmp_path):
    program = shutil.copytree(installed, tmp_path / "program")
    before = sorted(program.rglob("*"))
    screen = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(program)}
    plain = {name: value for name, value in uncounted().items() if name != "PYTHONDONTWRITEBYTECODE"}
    file = job(tmp_path, hub.url, "ada", "From a shut folder")
    command = [sys.executable, "-m", "maintenance_desktop.app", "--data", str(tmp_path / "data")]
    done = subprocess.run(
        [*shut(program), *command, "--smoke-test", str(file)],
        cwd=program,
        env=plain | screen | NO_KEYRING,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(program.rglob("*")) == before
    assert "From a shut folder" in titles(hub, tmp_path / "ben")


def test_on_windows_data_stays_on_the_computer_when_a_user_roams(monkeypatch):
    folders = {"CSIDL_LOCAL_APPDATA": "/local", "CSIDL_APPDATA": "/roaming"}
    monkeypatch.setattr(platformdirs, "PlatformDirs", windows.Windows)
    monkeypatch.setattr(windows, "get_win_folder", folders.__getitem__)
    assert str(data_folder()).replace("\\", "/") == "/local/maintenance-desktop"
