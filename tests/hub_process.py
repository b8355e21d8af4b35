"""The real `maintenance-hub` as a process, for every test that wants a whole hub."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

_HUB = shlex.split(os.environ.get("HUB_PROGRAM", "")) or [sys.executable, "-m", "maintenance_desktop.hub"]
"""`HUB_PROGRAM` is another one to test: the one that a package installs."""


class HubProcess:
    """A running hub. `data_dir` and `database` stay the same over `restart`, and so does its port."""

    def __init__(self, data_dir: Path, database: str | None) -> None:
        self.data_dir = data_dir
        self.database = database
        self.where: list[str] | None = None
        """What to say of the data instead of the two above."""
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    @classmethod
    def start(cls, data_dir: Path, database: str | None = None, *, port: int = 0) -> HubProcess:
        """Start a hub on SQLite in `data_dir`, or on the PostgreSQL database at `database`."""
        hub = cls(Path(data_dir), database)
        hub.start_again(port)
        return hub

    def start_again(self, port: int | None = None, *options: str) -> HubProcess:
        """Start it (again), on the same port as before unless another is given."""
        if port is None and self.url:
            port = self.port
        given = [] if port is None else ["--port", str(port)]
        arguments = [*_HUB, "serve", *self._where(), *given, *options]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("listening on "):
            self.kill()
            raise AssertionError(f"the hub did not start: {line!r}")
        self.url = line.removeprefix("listening on ").strip()
        return self

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Another `maintenance-hub` command on the same data, e.g. `run("export", "assets", "a.csv")`."""
        command = [*_HUB, *arguments, *self._where()]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)

    def add_person(
        self, username: str, name: str, role: str = "technician", password: str = "correct horse"
    ) -> None:
        done = self.run(
            "person",
            "add",
            username,
            "--name",
            name,
            "--role",
            role,
            "--password-stdin",
            stdin=password + "\n",
        )
        assert done.returncode == 0, done.stderr

    def disable_person(self, username: str) -> None:
        done = self.run("person", "disable", username)
        assert done.returncode == 0, done.stderr

    def stop(self, timeout: float = 10) -> int:
        """End it by SIGTERM and wait. Answers the exit code; a second call does nothing."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(timeout)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def __enter__(self) -> HubProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _where(self) -> list[str]:
        if self.where is not None:
            return self.where
        return ["--data", str(self.data_dir), *(["--database", self.database] if self.database else [])]
