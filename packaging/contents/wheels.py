"""The locked dependencies: which of them a system needs, and their files."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from contents.build import ROOT, Build, BuildTrouble

LOCKS: Final = ROOT / "requirements"

WINDOWS: Final = {
    "sys_platform": "win32",
    "platform_system": "Windows",
    "os_name": "nt",
    "platform_machine": "AMD64",
    "python_version": "3.13",
    "python_full_version": "3.13.0",
}
"""The markers of the Python that the Windows package carries."""


def locked_names(lock: str, markers: Mapping[str, str] | None = None) -> list[str]:
    """The distributions of `requirements/{lock}.txt` that a system with those markers needs."""
    return [
        canonicalize_name(requirement.name)
        for requirement in _requirements(lock)
        if requirement.marker is None or requirement.marker.evaluate(dict(markers or {}))
    ]


def installed(names: Iterable[str], folder: Path | None = None) -> list[Distribution]:
    """These distributions as installed in `folder`, or in this Python. Raises BuildTrouble."""
    path = [str(folder)] if folder else sys.path
    found: dict[str, Distribution] = {
        canonicalize_name(one.name): one for one in importlib.metadata.distributions(path=path)
    }
    if missing := sorted(set(names) - set(found)):
        raise BuildTrouble(f"Not installed: {', '.join(missing)}. Run `python3 packaging/set_up.py package`.")
    return [found[name] for name in sorted(names)]


def install_for_windows(build: Build, lock: str, folder: Path) -> None:
    """Put the win_amd64 wheels of a lock into `folder`, each checked by its hash."""
    build.run(
        [
            sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", folder,
            "--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.13",
            "--only-binary", ":all:", "--no-deps", "--require-hashes", "--link-mode", "copy",
            "--requirements", LOCKS / f"{lock}.txt",
        ]
    )  # fmt: skip


def _requirements(lock: str) -> list[Requirement]:
    lines = (LOCKS / f"{lock}.txt").read_text().splitlines()
    return [Requirement(line.removesuffix("\\")) for line in lines if line and line[0] not in " #"]
