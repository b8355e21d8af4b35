"""The package as it is on a client: without the hub, the demo and what only they need."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import maintenance_desktop

PACKAGE = Path(maintenance_desktop.__file__).parent

NOT_INSTALLED = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("litestar", "uvicorn", "argon2", "psycopg"):
            raise ModuleNotFoundError(f"not installed, and was wanted: {name}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""


def install_into(folder: Path) -> Path:
    """Put a copy there."""

    def left_out(where, names):
        unwanted = {"hub", "demo"} if Path(where) == PACKAGE else set()
        return (unwanted | {"__pycache__"}) & set(names)

    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=left_out)
    resources = PACKAGE.parent / "resources"
    if resources.is_dir():
        shutil.copytree(resources, folder / "resources")
    return folder


def uncounted() -> dict[str, str]:
    """The environment without coverage: it loads a good deal, and counts a copy as another program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def runs(installed: Path, script: str, *arguments: object, **environment: str):
    """Run a script with the installed package, on a screen in memory."""
    screen = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, "-c", NOT_INSTALLED + script, *map(str, arguments)],
        cwd=installed,
        env=uncounted() | screen | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
