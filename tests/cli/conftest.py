from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.cli import main
from maintenance_desktop.hub.people import add_person
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.services.sessions import sign_in
from maintenance_desktop.storage.profiles import create_profile
from tests.hub_process import HubProcess
from tests.person import Person, TokensInMemory

PASSWORD = "correct horse"
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture(scope="session")
def _running_hub(tmp_path_factory) -> Iterator[HubProcess]:
    folder = tmp_path_factory.mktemp("hub")
    store = HubStore.open(folder)
    for username, name, role in (
        ("ada", "Ada Lindqvist", "technician"),
        ("ben", "Ben Haddad", "technician"),
        ("dana", "Dana Ortiz", "planner"),
    ):
        add_person(store, username, name=name, role=role, password=PASSWORD)
    store.close()
    with HubProcess.start(folder) as hub:
        yield hub


@pytest.fixture
def hub(_running_hub) -> HubProcess:
    """A hub that all tests share; each makes work orders of its own, and may stop and start it."""
    if _running_hub._process is None:
        _running_hub.start_again()
    return _running_hub


@pytest.fixture(autouse=True)
def _no_secrets_around(monkeypatch, tmp_path):
    """No keyring, no password and no profile of whoever runs the tests."""
    monkeypatch.delenv("MAINTENANCE_PASSWORD", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    for name, value in NO_KEYRING.items():
        monkeypatch.setenv(name, value)


class Typed:
    """What a command wrote, and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


class Terminal:
    """One person at one profile, whose commands run in this process; `tokens` is their keyring."""

    def __init__(self, folder: Path, capsys, tokens=None) -> None:
        self.folder = folder
        self.tokens = tokens or TokensInMemory()
        self._capsys = capsys

    def __call__(self, *words: str, code: int | None = 0) -> Typed:
        self._capsys.readouterr()
        try:
            found = main(["--profile", str(self.folder), *words], self.tokens)
        except SystemExit as end:
            found = int(end.code or 0)
        typed = Typed(found, *self._capsys.readouterr())
        assert code is None or typed.code == code, (words, typed.code, typed.out, typed.err)
        return typed

    def json(self, *words: str, code: int = 0):
        return self(*words, "--json", code=code).json


@pytest.fixture
def dana(hub, tmp_path) -> Iterator[Person]:
    """The other person, a planner, in this process and without a command line."""
    person = Person.signs_in(hub.url, "dana", tmp_path / "dana")
    person.syncs()
    yield person
    person.leaves()


@pytest.fixture
def terminal(hub, tmp_path, capsys) -> Terminal:
    """A technician's commands in this process; the keyring keeps the token."""
    tokens = TokensInMemory()
    folder = tmp_path / "ada"
    backend = HubBackend(hub.url)
    create_profile(folder, sign_in(backend, tokens, hub.url, "ada", PASSWORD).account)
    backend.close()
    made = Terminal(folder, capsys, tokens)
    made("sync")
    return made


class Shell:
    """One person at one profile, whose commands are processes of their own, without a keyring."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, **NO_KEYRING}

    @classmethod
    def of(cls, username: str, folder: Path, hub: HubProcess) -> Shell:
        person = Person.signs_in(hub.url, username, folder)
        person.syncs()
        person.leaves()
        shell = cls(person.profile.path)
        shell.environment["MAINTENANCE_PASSWORD"] = PASSWORD
        return shell

    def __call__(self, *words: str, code: int = 0, stdin: str = "", **environment: str) -> Typed:
        done = subprocess.run(
            [sys.executable, "-m", "maintenance_desktop.cli", "--profile", str(self.folder), *words],
            input=stdin.encode(),
            capture_output=True,
            env={**self.environment, **environment},
            timeout=60,
            check=False,
        )
        typed = Typed(done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"))
        assert typed.code == code, (words, typed.code, typed.out, typed.err)
        assert "Traceback" not in typed.err
        return typed

    def json(self, *words: str, code: int = 0):
        return self(*words, "--json", code=code).json

    def record(self, name: str):
        return self.json("show", name)["record"]
