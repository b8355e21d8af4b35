"""A real PostgreSQL server for the tests: one per test process, a fresh database per test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

_names = count(1)


class PostgresServer:
    """A running server on a free port of the loopback; `url(name)` addresses one of its databases."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._template = ""

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def new_database(self, template: str = "template0") -> str:
        """The name of a fresh database, a copy of `template`."""
        name = f"hub_{next(_names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def postgres_server(*, is_durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server in a temporary folder, and leave nothing of it behind.

    `is_durable`: what is committed is on the disk, as a benchmark wants it.
    """
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="hub-postgres-", dir="/tmp"))
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    options = (
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60"
        " -c shared_buffers=32MB -c log_min_messages=fatal"
        + ("" if is_durable else " -c fsync=off -c full_page_writes=off -c synchronous_commit=off")
    )
    start = ["pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "start", "-o"]
    try:
        _run(binaries, "initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        for tries_left in reversed(range(5)):
            port = _free_port()
            try:
                _run(binaries, *start, f"{options} -p {port}")
                break
            except RuntimeError:  # somebody else may have taken the port meanwhile
                if not tries_left:
                    raise
        try:
            yield PostgresServer(folder, port)
        finally:
            _run(binaries, "pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of the newest PostgreSQL server here."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    if elsewhere is None:
        raise RuntimeError("The hub's tests need a PostgreSQL server: apt-get install postgresql")
    return Path(elsewhere).parent


def _run(binaries: Path, program: str, *arguments: str) -> None:
    command = [str(binaries / program), *arguments]
    if os.getuid() == 0:  # the server refuses to run as root
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
    # The server inherits what it is started with, so its output must not be a pipe.
    null = subprocess.DEVNULL
    done = subprocess.run(command, stdin=null, stdout=null, stderr=null, cwd="/", check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program} failed with exit code {done.returncode}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
