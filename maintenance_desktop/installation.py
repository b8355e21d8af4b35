"""How this copy of the program came here, and what a newer one would have to be."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.updates import Installation, Kind, Platform

MARKER: Final = "installation.ini"
"""Beside the executable; its package writes into it `[installation]` and `kind=` with one of the Kinds."""

_WRITTEN: Final = {kind.value for kind in Kind} - {Kind.FOLDER.value, Kind.SOURCE.value}
_PLATFORMS: Final = {
    Kind.WINDOWS_USER: frozenset({Platform.WINDOWS}),
    Kind.WINDOWS_MACHINE: frozenset({Platform.WINDOWS}),
    Kind.DEB: frozenset({Platform.DEB}),
    Kind.RPM: frozenset({Platform.RPM}),
    Kind.APPIMAGE: frozenset({Platform.APPIMAGE}),
    Kind.MACOS: frozenset({Platform.MACOS}),
}
_OF_SYSTEM: Final = {
    "win32": frozenset({Platform.WINDOWS}),
    "darwin": frozenset({Platform.MACOS}),
    "linux": frozenset({Platform.DEB, Platform.RPM, Platform.APPIMAGE}),
}


@dataclass(frozen=True)
class Surroundings:
    """What the program can see of where it runs."""

    executable: Path = field(default_factory=lambda: Path(sys.executable))
    is_frozen: bool = field(default_factory=lambda: bool(getattr(sys, "frozen", False)))
    system: str = sys.platform
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def appimage(self) -> Path | None:
        """The AppImage that this runs from; another one, which only started us, does not count."""
        file, folder = self.environment.get("APPIMAGE", ""), self.environment.get("APPDIR", "")
        if not file or not folder:
            return None
        is_inside = self.executable.resolve().is_relative_to(Path(folder).resolve())
        return Path(file) if is_inside else None


def installation(seen: Surroundings) -> Installation:
    """What this copy is, and whether it may put a newer one in its place."""
    kind = _kind(seen)
    platforms = _PLATFORMS.get(kind) or _OF_SYSTEM.get(seen.system, frozenset())
    return Installation(kind, platforms, can_install=_can_install(kind, seen))


def _kind(seen: Surroundings) -> Kind:
    # on Windows the program is a small executable of ours that loads Python, and Python knows of no freezing
    marked = _marked(seen.executable.parent / MARKER)
    if marked is not None:
        return marked
    if not seen.is_frozen:
        return Kind.SOURCE
    if seen.appimage is not None:
        return Kind.APPIMAGE
    # what no package has marked may be a copy on a share: nothing is replaced there unasked
    return Kind.FOLDER


def _marked(path: Path) -> Kind | None:
    marker = configparser.ConfigParser(interpolation=None)
    try:
        marker.read(path, encoding="utf-8")
        said = marker.get("installation", "kind", fallback="").strip().lower()
    except (configparser.Error, UnicodeDecodeError):
        return None
    return Kind(said) if said in _WRITTEN else None


def _can_install(kind: Kind, seen: Surroundings) -> bool:
    match kind:
        case Kind.WINDOWS_USER:
            return seen.system == "win32"
        case Kind.MACOS:
            return seen.system == "darwin"
        case Kind.APPIMAGE:
            file = seen.appimage
            return file is not None and os.access(file.parent, os.W_OK) and file.is_file()
    return False
