"""One build: which version, from which moment, and where its parts lie."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CACHE: Final = Path(os.environ.get("BUILD_CACHE") or Path.home() / ".cache" / "maintenance-desktop-build")
"""What was downloaded stays here, outside the repository; every file is checked by its hash before use."""

NAME: Final = "maintenance-desktop"
TITLE: Final = "Maintenance Desktop"
PUBLISHER: Final = "The Maintenance Desktop team"
SUMMARY: Final = "Work orders and assets on the desktop, online and offline"
APP_ID: Final = "org.maintenance_desktop.MaintenanceDesktop"


class BuildTrouble(Exception):
    """Why there is no package; `str()` is a sentence for who builds."""


@dataclass(frozen=True)
class Build:
    """What every package of one build agrees on.

    `version` is that of the program unless a test wants an older one. `is_fast` trades size for time.
    """

    version: str
    output: Path
    is_fast: bool = False

    @cached_property
    def moment(self) -> int:
        """Seconds since 1970 of the commit: the only time that may stand in a package."""
        if given := os.environ.get("SOURCE_DATE_EPOCH"):
            return int(given)
        return int(run(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], quiet=True) or 0)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of each tool: same words, same order, same time on every machine."""
        fixed = {
            "SOURCE_DATE_EPOCH": str(self.moment),
            "PYTHONHASHSEED": "0",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        return {**os.environ, **fixed}

    def room(self, name: str) -> Path:
        """An empty folder to work in, below `build/`."""
        room = ROOT / "build" / "packages" / name
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(parents=True)
        return room

    def run(self, command: Sequence[str | Path], **options: object) -> str:
        """Run a tool in this build's environment. Raises BuildTrouble."""
        return run(command, environment=self.environment, **options)  # type: ignore[arg-type]

    def settle_times(self, folder: Path) -> None:
        """Give every file and folder the moment of the commit and the same rights."""
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                is_program = path.is_dir() or os.access(path, os.X_OK)
                path.chmod(0o755 if is_program else 0o644)
            os.utime(path, (self.moment, self.moment), follow_symlinks=False)


def program_version() -> str:
    """The version that the program calls itself."""
    text = (ROOT / "maintenance_desktop" / "__init__.py").read_text()
    found = re.search(r'__version__ = "([^"]+)"', text)
    if not found:
        raise BuildTrouble("maintenance_desktop/__init__.py names no version.")
    return found[1]


def run(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> str:
    """Run a tool and answer what it printed. Raises BuildTrouble with its last lines when it fails."""
    words = [str(word) for word in command]
    if not quiet:
        print("·", shlex.join(words)[:160], flush=True)
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise BuildTrouble(
            f"{words[0]} is not installed; `python3 packaging/set_up.py package` brings it."
        ) from error
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-40:])
        raise BuildTrouble(f"{shlex.join(words)}\nfailed with exit code {done.returncode}:\n{last}")
    return done.stdout.strip()
