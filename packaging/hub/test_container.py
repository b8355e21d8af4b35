"""The container file: each of its steps, over Debian's Python.

The official image of Python, on which it really stands, would have to come from a registry.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from contents.build import ROOT
from contents.clean_root import root_image

PYTHON: Final = ("python3", "python3-venv", "ca-certificates")
BASE: Final = "localhost/python-stand-in"
IMAGE: Final = "localhost/maintenance-hub"
TRUST: Final = ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
"""What pip needs on this machine to reach its index, where there is such."""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can build without a daemon"),
    pytest.mark.skipif(not shutil.which("buildah"), reason="buildah is not installed"),
    pytest.mark.timeout(900),
]


class Builder:
    """buildah with a store of its own."""

    def __init__(self, folder: Path) -> None:
        self._options = ["--root", str(folder / "store"), "--runroot", str(folder / "run")]

    def command(self, *words: str) -> list[str]:
        """What to run, so that buildah does that."""
        name, *rest = words
        isolated = ["--isolation", "chroot"] if name in ("build", "run") else []
        return ["buildah", *self._options, "--storage-driver", "vfs", name, *isolated, *rest]

    def run(self, *words: str, stdin: str = "", may_fail: bool = False) -> subprocess.CompletedProcess[str]:
        """Let buildah do something."""
        done = subprocess.run(
            self.command(*words), input=stdin, capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert may_fail or done.returncode == 0, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    """With the image built."""
    folder = tmp_path_factory.mktemp("buildah")
    builder = Builder(folder)
    base = builder.run("from", "scratch").stdout.strip()
    builder.run("add", base, str(root_image("trixie", PYTHON)), "/")
    builder.run("run", base, "ln", "-s", "/usr/bin/python3", "/usr/local/bin/python")
    builder.run("commit", base, BASE)
    builder.run("rm", base)
    trust = [f"--volume={file}:{file}:ro" for file in TRUST if Path(file).exists()]
    options = ["--format=docker", "--network=host", *trust, f"--build-arg=PYTHON={BASE}"]
    builder.run("build", *options, "--file=packaging/hub/Containerfile", f"--tag={IMAGE}", ".")
    yield builder
    builder.run("rm", "--all")
    assert str(folder) not in Path("/proc/mounts").read_text()
    shutil.rmtree(folder)


@pytest.fixture
def container(builder: Builder) -> Iterator[str]:
    """A container made of it."""
    name = builder.run("from", "--pull=never", IMAGE).stdout.strip()
    yield name
    builder.run("rm", name)


def test_it_says_what_it_is_and_runs_as_nobody_in_particular(builder: Builder) -> None:
    """Nothing of the client is in it."""
    config = json.loads(builder.run("inspect", "--type=image", IMAGE).stdout)["Docker"]["config"]
    assert config["User"] == "8765:8765"
    assert list(config["Volumes"]) == ["/var/lib/maintenance-hub"]
    assert config["Entrypoint"] == ["maintenance-hub"]
    assert config["Healthcheck"]["Test"] == ["CMD", "maintenance-hub", "status"]
    assert config["Labels"]["org.opencontainers.image.title"] == "maintenance-hub"


def test_without_tls_it_serves_nobody(builder: Builder, container: str) -> None:
    """And can write nothing but its data."""
    refused = builder.run("run", container, "maintenance-hub", "serve", may_fail=True)
    assert refused.returncode == 1
    assert "everybody on the way can read passwords" in refused.stderr
    place = "/opt/maintenance-hub/program/maintenance_desktop"
    assert builder.run("run", container, "touch", f"{place}/new", may_fail=True).returncode
    found = builder.run("run", container, "ls", place).stdout.split()
    assert set(found) == {"__init__.py", "__pycache__", "disk.py", "domain", "hub"}


def test_it_serves_and_knows_that_it_is_well(builder: Builder, container: str) -> None:
    """With a person in it, who was added as HUB.md tells it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    there = [f"--env=MAINTENANCE_HUB_PORT={port}", "--env=MAINTENANCE_HUB_INSECURE=yes", container]
    words = ["person", "add", "ada", "--name", "Ada Lind", "--role", "admin", "--password-stdin"]
    builder.run("run", *there, "maintenance-hub", *words, stdin="correct horse\n")
    assert builder.run("run", *there, "maintenance-hub", "status", may_fail=True).returncode == 1
    serving = subprocess.Popen(
        builder.command("run", *there, "sh", "-c", "echo $$; exec maintenance-hub serve"),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout
    process = serving.stdout.readline().strip()  # there is no other list of processes in there
    try:
        assert serving.stdout.readline() == f"listening on http://0.0.0.0:{port}\n"
        assert "answers at" in builder.run("run", *there, "maintenance-hub", "status").stdout
        call = {
            "method": "POST",
            "path": "/v1/sessions",
            "token": "",
            "body": {"username": "ada", "password": "correct horse"},
        }
        caller = [sys.executable, str(Path(__file__).with_name("caller.py")), f"http://127.0.0.1:{port}"]
        done = subprocess.run(caller, input=json.dumps(call), capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)[0] == 201
        os.kill(int(process), signal.SIGTERM)
        assert serving.wait(20) == 0
    finally:
        with suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)
        serving.kill()
        serving.wait()
        serving.stdout.close()
