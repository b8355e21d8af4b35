"""The server's Debian package, in clean systems: installed, run, used, updated, taken away.

`make hub-deb-test` builds two versions of it first, into build/hub-test; HUB_DEBS names another folder. Needs
root and Debian's packaging tools.
"""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from contents.build import ROOT, program_version
from contents.clean_root import CleanRoot, clean_root

from hub.booted import BootedRoot, booted, why_not

OLD: Final = "0.0.9"
NEW: Final = program_version()
PASSWORD: Final = "correct horse"
DATA: Final = "/var/lib/maintenance-hub"
BACKUPS: Final = "/var/backups/maintenance-hub"
SETTINGS: Final = "/etc/maintenance-hub/hub.conf"
SERVICE: Final = "maintenance-hub.service"
WITH_SYSTEMD: Final = ("systemd", "systemd-sysv", "dbus", "libsqlite3-0")
"""With all that our package depends on: a booted system has no network to fetch it."""
WITH_POSTGRESQL: Final = (*WITH_SYSTEMD, "postgresql")

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can install packages"),
    pytest.mark.timeout(900),
]
needs_systemd = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can")


class Hub:
    """Calls to a hub, as a client makes them."""

    def __init__(self, url: str, beside: Callable[..., list[str]], certificate: Path | None = None) -> None:
        self._url = url
        self._beside = beside
        self._certificate = certificate
        self.token = ""

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """One call: the status and the text of the answer."""
        call = {"method": method, "path": path, "token": self.token, "body": body}
        trusted = [str(self._certificate)] if self._certificate else []
        command = self._beside(
            sys.executable, str(Path(__file__).with_name("caller.py")), self._url, *trusted
        )
        done = subprocess.run(command, input=json.dumps(call), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        status, text = json.loads(done.stdout)
        return status, text

    def sign_in(self, username: str = "ada") -> Hub:
        """Sign in, and stay so."""
        status, text = self.call("POST", "/v1/sessions", {"username": username, "password": PASSWORD})
        assert status == 201, text
        self.token = json.loads(text)["token"]
        return self

    def create(self, title: str) -> None:
        """Push an edit that makes a work order."""
        edit = {
            "id": str(uuid.uuid4()),
            "kind": "create",
            "type": "work_order",
            "record_id": str(uuid.uuid4()),
            "base_version": None,
            "record": {"title": title, "status": "open"},
            "made_at": "2026-01-01T00:00:00Z",
        }
        status, text = self.call("POST", "/v1/edits", {"sent_at": "2026-01-01T00:00:00Z", "edits": [edit]})
        assert status == 200, text
        assert json.loads(text)["results"][0]["outcome"] == "applied"

    def titles(self) -> list[str]:
        """Of all work orders."""
        status, text = self.call("GET", "/v1/changes")
        assert status == 200, text
        lines = [json.loads(line) for line in text.splitlines()]
        return sorted(line["record"]["title"] for line in lines if line.get("type") == "work_order")


@pytest.fixture(scope="session")
def debs() -> dict[str, Path]:
    """The package as it was and as it is."""
    folder = Path(os.environ.get("HUB_DEBS") or ROOT / "build" / "hub-test")
    files = {version: folder / f"maintenance-hub_{version}_amd64.deb" for version in (OLD, NEW)}
    for file in files.values():
        assert file.exists(), f"{file} is missing: `make hub-deb-test` builds it"
    return files


@pytest.fixture(params=[WITH_SYSTEMD], ids=["systemd"])
def root(request: pytest.FixtureRequest) -> Iterator[CleanRoot]:
    """A clean system."""
    with clean_root("bookworm", packages=request.param) as clean:
        yield clean


@pytest.fixture
def system(root: CleanRoot, debs: dict[str, Path]) -> Iterator[BootedRoot]:
    """A clean system that runs, with the package installed before it was booted, and a person in the hub."""
    root.install(root.put(debs[NEW]))
    with booted(root) as running:
        assert running.is_active(SERVICE), running.log(SERVICE)
        add_person(running)
        yield running


def add_person(system: CleanRoot, username: str = "ada", command: Sequence[str] = ()) -> None:
    """Add an administrator as HUB.md tells it."""
    words = ["person", "add", username, "--name", "Ada Lind", "--role", "admin", "--password-stdin"]
    system.run("maintenance-hub-admin", *words, *command, stdin=f"{PASSWORD}\n")


def change_settings(system: CleanRoot, **settings: str) -> None:
    """Set some settings, as an editor does."""
    file = system.path(SETTINGS)
    text = file.read_text()
    for name, value in settings.items():
        text = re.sub(rf"^#?{name.replace('_', '-')} = .*\n", "", text, flags=re.M)
        text += f"{name.replace('_', '-')} = {value}\n"
    file.write_text(text)


def rights(system: CleanRoot, path: str) -> tuple[str, str]:
    """Who owns a file and who may what."""
    said = system.run("stat", "--format=%U:%G %a", path).stdout.split()
    return said[0], said[1]


def test_into_the_smallest_system_and_out_again(debs: dict[str, Path]) -> None:
    """No systemd runs there, nor is it installed before."""
    with clean_root("bookworm") as root:
        said = root.install(root.put(debs[NEW]))
        assert "maintenance-hub-admin person add" in said
        assert root.run("maintenance-hub", "--version").stdout == f"maintenance-hub {NEW}\n"
        assert rights(root, DATA) == ("maintenance-hub:maintenance-hub", "700")
        assert rights(root, BACKUPS) == ("maintenance-hub:maintenance-hub", "700")
        assert rights(root, SETTINGS) == ("root:root", "644")
        shell = root.run("getent", "passwd", "maintenance-hub").stdout.strip().rpartition(":")[2]
        assert shell == "/usr/sbin/nologin"
        root.run("systemd-analyze", "verify", "--man=no", f"/usr/lib/systemd/system/{SERVICE}")
        root.run(
            "systemd-analyze", "verify", "--man=no", "/usr/lib/systemd/system/maintenance-hub-backup.timer"
        )
        assert root.run("dpkg", "--verify", "maintenance-hub").stdout == ""
        size = root.run("du", "-s", "--block-size=1", "/usr/lib/maintenance-hub").stdout.split()[0]
        print(f"\ninstalled: {int(size) / 1e6:.1f} MB; package: {debs[NEW].stat().st_size / 1e6:.1f} MB")
        add_person(root)
        root.run("apt-get", "remove", "--yes", "maintenance-hub")
        assert not root.path("/usr/lib/maintenance-hub").exists()
        assert root.path(f"{DATA}/hub.db").exists()
        said = root.run("apt-get", "purge", "--yes", "maintenance-hub").stdout
        assert f"{DATA} stays" in said
        assert root.path(f"{DATA}/hub.db").exists()
        assert not root.path("/etc/maintenance-hub").exists()
        assert not root.path(BACKUPS).exists()  # it was empty


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_the_service_command_as_the_service_user(suite: str, debs: dict[str, Path]) -> None:
    """What the unit runs, without systemd: a person, a sign-in, an edit, a backup and what it brings back."""
    with clean_root(suite) as root:
        root.install(root.put(debs[NEW]))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        change_settings(root, port=port)
        add_person(root)
        unit = root.path(f"/usr/lib/systemd/system/{SERVICE}").read_text()
        command = re.search(r"^ExecStart=(.+)$", unit, re.M)
        assert command
        as_user = ("runuser", "-u", "maintenance-hub", "--", *command[1].split())
        process = root.start(*as_user, environment={"MAINTENANCE_HUB_SETTINGS": SETTINGS})
        try:
            assert process.stdout
            assert process.stdout.readline() == f"listening on http://127.0.0.1:{port}\n"
            hub = Hub(f"http://127.0.0.1:{port}", lambda *words: list(words)).sign_in()
            hub.create("Grease the pump")
            root.run("maintenance-hub-admin", "backup", f"{BACKUPS}/one")
            assert rights(root, f"{BACKUPS}/one") == ("maintenance-hub:maintenance-hub", "600")
            hub.create("Made after the backup")
            root.run("maintenance-hub-admin", "restore", f"{BACKUPS}/one")
            assert hub.call("GET", "/v1/changes")[0] == 401
            assert hub.sign_in().titles() == ["Grease the pump"]
            refused = root.run("maintenance-hub", "person", "disable", "ada", "--data", DATA, may_fail=True)
            assert "not as root" in refused.stderr
        finally:
            _end(process)


@needs_systemd
def test_it_listens_on_this_machine_only_and_has_few_rights(system: BootedRoot) -> None:
    """The real unit, with everything that it takes away from the service."""
    Hub("http://127.0.0.1:8765", system.beside).sign_in().create("Grease the pump")
    assert "answers at http://127.0.0.1:8765" in system.run("maintenance-hub-admin", "status").stdout
    listening = subprocess.run(
        system.beside("cat", "/proc/net/tcp", "/proc/net/tcp6"), capture_output=True, text=True, check=True
    ).stdout
    open_to = {line.split()[1] for line in listening.splitlines() if line.split()[3] == "0A"}
    assert open_to == {"0100007F:223D"}
    said = system.run("systemd-analyze", "security", "--no-pager", SERVICE).stdout
    score = re.search(r"Overall exposure level for \S+ ([\d.]+)", said)
    assert score
    print(f"\n{score[0]}")
    assert float(score[1]) < 1.6, said
    pid = system.run("systemctl", "show", "--value", "--property=MainPID", SERVICE).stdout.strip()
    status = system.run("cat", f"/proc/{pid}/status").stdout
    assert re.search(r"^CapBnd:\s0{16}$", status, re.M)
    assert re.search(r"^NoNewPrivs:\s1$", status, re.M)
    assert re.search(r"^Seccomp:\s2$", status, re.M)
    assert [unit for unit in ("maintenance-hub-backup.timer",) if system.is_active(unit)] == []


@needs_systemd
def test_other_machines_come_in_by_tls_only(system: BootedRoot, tmp_path: Path) -> None:
    """The key is root's alone; systemd hands it over."""
    change_settings(system, host="0.0.0.0")
    system.run("systemctl", "restart", SERVICE, may_fail=True)
    assert not system.is_active(SERVICE)
    assert "everybody on the way can read passwords" in system.log(SERVICE)
    certificate, key = tmp_path / "maintenance-hub.tls-cert", tmp_path / "maintenance-hub.tls-key"
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=hub -addext subjectAltName=IP:127.0.0.1"
    )
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make.split(), *files], check=True, capture_output=True)
    store = system.path("/etc/credstore")
    store.mkdir(exist_ok=True)
    for file in (certificate, key):
        (store / file.name).write_text(file.read_text())
        (store / file.name).chmod(0o600)
    system.run("systemctl", "restart", SERVICE)
    hub = Hub("https://127.0.0.1:8765", system.beside, certificate).sign_in()
    hub.create("Grease the pump")
    assert "answers at https://" in system.run("maintenance-hub-admin", "status").stdout


@needs_systemd
def test_a_kill_is_followed_by_a_start_and_a_stop_is_not(system: BootedRoot) -> None:
    """And what was answered is still there."""
    hub = Hub("http://127.0.0.1:8765", system.beside).sign_in()
    hub.create("Grease the pump")
    system.run("systemctl", "kill", "--signal=KILL", SERVICE)
    wait_for(lambda: not system.is_active(SERVICE))
    wait_for(lambda: system.is_active(SERVICE))
    assert hub.titles() == ["Grease the pump"]
    began = time.monotonic()
    system.run("systemctl", "stop", SERVICE)
    assert time.monotonic() - began < 10
    result = system.run("systemctl", "show", "--value", "--property=Result", SERVICE).stdout.strip()
    assert result == "success"


@needs_systemd
def test_the_daily_backup(system: BootedRoot) -> None:
    """Off until it is wanted; then from the same sandbox."""
    Hub("http://127.0.0.1:8765", system.beside).sign_in().create("Grease the pump")
    system.run("systemctl", "enable", "--now", "maintenance-hub-backup.timer")
    assert system.is_active("maintenance-hub-backup.timer")
    system.run("systemctl", "start", "maintenance-hub-backup.service")
    (made,) = system.path(BACKUPS).iterdir()
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    system.run("maintenance-hub-admin", "restore", f"{BACKUPS}/{made.name}")
    assert Hub("http://127.0.0.1:8765", system.beside).sign_in().titles() == ["Grease the pump"]


@needs_systemd
def test_an_upgrade_keeps_data_settings_and_sessions(root: CleanRoot, debs: dict[str, Path]) -> None:
    """And starts the new program; a disabled service stays off."""
    with booted(root) as system:
        system.install(system.put(debs[OLD]))
        assert system.is_active(SERVICE), system.log(SERVICE)
        add_person(system)
        change_settings(system, name="North plant")
        system.run("systemctl", "restart", SERVICE)
        hub = Hub("http://127.0.0.1:8765", system.beside).sign_in()
        hub.create("Grease the pump")
        said = system.install(system.put(debs[NEW]))
        assert "person add" not in said  # that is for the first time
        assert system.run("maintenance-hub", "--version").stdout == f"maintenance-hub {NEW}\n"
        assert system.is_active(SERVICE), system.log(SERVICE)
        assert hub.titles() == ["Grease the pump"]
        assert json.loads(hub.call("GET", "/v1/info")[1])["name"] == "North plant"
        system.run("systemctl", "disable", "--now", SERVICE)
        system.run("dpkg", "--install", system.put(debs[OLD]))
        assert not system.is_active(SERVICE)
        assert system.run("systemctl", "is-enabled", SERVICE, may_fail=True).stdout.strip() == "disabled"
        system.run("apt-get", "purge", "--yes", "maintenance-hub")
        assert SERVICE not in system.run("systemctl", "list-unit-files", "--no-pager").stdout
        assert system.path(f"{DATA}/hub.db").exists()


@needs_systemd
@pytest.mark.parametrize("root", [WITH_POSTGRESQL], indirect=True, ids=["postgresql"])
def test_postgresql_with_and_without_a_password(system: BootedRoot) -> None:
    """By the name of the service's user; then by a password that no list of processes shows."""
    wait_for(lambda: not system.run("pg_isready", may_fail=True).returncode)
    as_postgres = ("runuser", "-u", "postgres", "--")
    system.run(*as_postgres, "createuser", "maintenance-hub")
    system.run(*as_postgres, "createdb", "--owner=maintenance-hub", "maintenance_hub")
    change_settings(system, database="postgresql:///maintenance_hub")
    system.run("systemctl", "restart", SERVICE)
    add_person(system, "bo")
    Hub("http://127.0.0.1:8765", system.beside).sign_in("bo").create("Grease the pump")
    secret = "s3cret-of-the-database"
    system.run(*as_postgres, "psql", "-c", f"ALTER ROLE \"maintenance-hub\" PASSWORD '{secret}'")
    file = system.path("/etc/maintenance-hub/database")
    file.write_text(f"postgresql://maintenance-hub:{secret}@127.0.0.1/maintenance_hub\n")
    system.run("chown", "root:maintenance-hub", "/etc/maintenance-hub/database")
    system.run("chmod", "0640", "/etc/maintenance-hub/database")
    settings = system.path(SETTINGS)
    settings.write_text(settings.read_text().replace("database = postgresql:///maintenance_hub\n", ""))
    change_settings(system, database_file="/etc/maintenance-hub/database")
    system.run("systemctl", "restart", SERVICE)
    assert Hub("http://127.0.0.1:8765", system.beside).sign_in("bo").titles() == ["Grease the pump"]
    pid = system.run("systemctl", "show", "--value", "--property=MainPID", SERVICE).stdout.strip()
    for place in ("cmdline", "environ"):
        assert secret not in system.run("cat", f"/proc/{pid}/{place}").stdout
    assert secret not in system.run("systemctl", "show", SERVICE).stdout
    assert secret not in system.log(SERVICE)


def wait_for(happens: Callable[[], bool], seconds: float = 60) -> None:
    """Until it happens."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)  # noqa: TID251 - another system's processes send no signal


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(20)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
