"""A clean system with its own systemd running, cut off from the network."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from contents.build import BuildTrouble, run
from contents.clean_root import CleanRoot

_PATIENCE: Final = 60
"""Seconds that a system may take to start, and to stop."""


class BootedRoot(CleanRoot):
    """A system that runs: commands join it."""

    def __init__(self, folder: Path, leader: int) -> None:
        super().__init__(folder)
        self._leader = str(leader)

    def command(self, *command: str) -> list[str]:
        """What to run out here, so that `command` runs in there."""
        return ["nsenter", "-t", self._leader, "-m", "-u", "-i", "-n", "-p", "-C", "--", *command]

    def beside(self, *command: str) -> list[str]:
        """What to run out here, so that a program of this machine is on the system's network."""
        return ["nsenter", "-t", self._leader, "-n", "--", *command]

    def is_active(self, unit: str) -> bool:
        """Whether a unit runs."""
        return self.run("systemctl", "is-active", unit, may_fail=True).stdout.strip() == "active"

    def log(self, unit: str) -> str:
        """What a unit said."""
        return self.run("journalctl", "--no-pager", "--output=cat", "--unit", unit).stdout


def why_not() -> str:
    """Why this machine cannot boot a system in a folder; empty when it can."""
    if not shutil.which("systemd-nspawn"):
        return "systemd-nspawn is not installed (Debian: systemd-container)"
    done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False)
    return "this machine allows no namespaces" if done.returncode else ""


@contextmanager
def booted(root: CleanRoot) -> Iterator[BootedRoot]:
    """Boot what is installed in `root`, and shut it down at the end."""
    run(["umount", root.folder / "proc"], quiet=True)  # it would keep ours instead of mounting its own
    nspawn = subprocess.Popen(
        [
            "systemd-nspawn", "--quiet", f"--directory={root.folder}", "--boot", "--register=no",
            "--keep-unit", "--private-network", "--console=pipe", "--resolv-conf=off", "--timezone=off",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        system = BootedRoot(root.folder, _leader(nspawn))
        _wait_until_up(system)
        yield system
    finally:
        nspawn.terminate()
        try:
            nspawn.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.wait()
        run(["mount", "-t", "proc", "proc", root.folder / "proc"], quiet=True)
        with suppress(OSError):  # where there is no /run in memory, nspawn leaves this empty folder
            Path("/run/systemd/nspawn/propagate", root.folder.name).rmdir()


def _leader(nspawn: subprocess.Popen[bytes]) -> int:
    children = Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children")
    for _ in _ticks():
        if nspawn.poll() is not None:
            raise BuildTrouble(f"systemd-nspawn ended with exit code {nspawn.returncode}.")
        for child in children.read_text().split():
            with suppress(OSError):
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
    raise BuildTrouble("systemd did not start in the clean system.")


def _wait_until_up(system: BootedRoot) -> None:
    for _ in _ticks():
        done = system.run("systemctl", "is-system-running", may_fail=True)
        if done.stdout.strip() in ("running", "degraded"):
            return
    raise BuildTrouble(f"The clean system did not come up: {done.stdout}{done.stderr}")


def _ticks() -> Iterator[None]:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        yield
        time.sleep(0.1)  # noqa: TID251 - another system's processes send no signal
