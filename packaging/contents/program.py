"""The program's own files, as a package carries them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from contents.build import ROOT, Build

NOT_IN_THE_CLIENT: Final = ("hub", "demo", "ui/demo_menu.py")
"""The server and what only the demo, which starts one, needs: smaller, and less to attack."""

OF_THE_HUB: Final = ("__init__.py", "disk.py", "domain", "hub")


def put_client(build: Build, folder: Path) -> Path:
    """Copy the client without the hub to `folder`; the package's path."""
    package = _copy(build, folder)
    for name in NOT_IN_THE_CLIENT:
        unwanted = package / name
        if unwanted.is_dir():
            shutil.rmtree(unwanted)
        else:
            unwanted.unlink()
    shutil.copytree(ROOT / "resources", package / "resources")
    return package


def put_hub(build: Build, folder: Path) -> Path:
    """Copy the hub without the client to `folder`; the package's path."""
    package = _copy(build, folder)
    for path in package.iterdir():
        if path.name not in OF_THE_HUB:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return package


def _copy(build: Build, folder: Path) -> Path:
    package = folder / "maintenance_desktop"
    shutil.copytree(
        ROOT / "maintenance_desktop", package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    about = package / "__init__.py"
    about.write_text(re.sub(r'__version__ = "[^"]+"', f'__version__ = "{build.version}"', about.read_text()))
    return package
