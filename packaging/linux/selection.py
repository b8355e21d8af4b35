"""What of all that PyInstaller finds comes into the client, and what is left out."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath
from typing import Final

from contents.wheels import locked_names
from packaging.utils import canonicalize_name

Entry = tuple[str, str, str]
"""PyInstaller's: where it goes, where it comes from, its kind."""

COLLECTED: Final = "collected.json"
LEFT_OUT: Final = "left-out.txt"

QT_MODULES: Final = {"QtCore", "QtGui", "QtWidgets", "QtSvg"}
QT_PLUGINS: Final = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qico", "qsvg"},
    "platforminputcontexts": {"composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"},
    "platforms": {"qcocoa", "qoffscreen", "qwayland", "qxcb"},
    "platformthemes": {"qxdgdesktopportal"},
    "styles": {"qmacstyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-shell-integration": {"xdg-shell"},
}
"""The plug-ins that the windows use. No network, no OpenGL and no databases of Qt's own: we use none."""

BUNDLED: Final = ("libpython3", "libssl", "libcrypto", "libsqlite3", "libffi", "libmpdec", "libbz2")
"""Libraries of the build machine that come along, because their names or abilities differ between systems.

All others are the system's own, where it keeps them up to date: what touches the graphics driver must not be
older than it.
"""

_NOT_USED: Final = (
    "curses", "distutils", "doctest", "ensurepip", "idlelib", "lib2to3", "pdb", "pydoc", "readline",
    "test", "tkinter", "turtle", "unittest", "xmlrpc",
)  # fmt: skip
_MACOS_ONLY: Final = ("keyring.backends.macOS.api",)
"""Elsewhere it looks for the libraries of macOS, by running a C compiler where there is one."""

_PLUGIN: Final = re.compile(r"PySide6/Qt/plugins/([^/]+)/(?:lib)?([^/.]+)\.")
_MODULE: Final = re.compile(r"PySide6/(Qt\w+)\.(?:abi3|cpython)")
_QT_LIBRARY: Final = re.compile(r"PySide6/Qt/lib/lib[^/]+$")


def foreign_modules() -> list[str]:
    """The top-level modules that the client's lock does not name, and what of Python is not for programs."""
    ours = set(locked_names("client"))
    foreign = [
        module
        for module, distributions in packages_distributions().items()
        if not ours & {canonicalize_name(one) for one in distributions}
        and not module.startswith(("PyInstaller", "_pyinstaller", "maintenance_desktop"))
    ]
    return sorted([*foreign, *_NOT_USED, *(() if sys.platform == "darwin" else _MACOS_ONLY)])


class Selection:
    """Chooses file by file, and remembers both what came in and what did not."""

    def __init__(self) -> None:
        self._collected: dict[str, str] = {}
        self._left_out: dict[str, str] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Remember modules, which all come in."""
        self._collected |= {name: source for name, source, _ in entries if source}

    def of(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those that come in."""
        wanted = [entry for entry in sorted(entries) if _is_wanted(entry)]
        if sys.platform == "linux":
            wanted = _without_idle_libraries(wanted)
        chosen = set(wanted)
        self.add(entry for entry in wanted if entry[2] != "SYMLINK")
        self._left_out |= {
            name: source for name, source, kind in set(entries) - chosen if source and kind != "SYMLINK"
        }
        return wanted

    def write(self, room: Path) -> None:
        """Write both lists."""
        (room / COLLECTED).write_text(json.dumps(self._collected, indent=1, sort_keys=True))
        left = {
            name: Path(source).stat().st_size
            for name, source in self._left_out.items()
            if name not in self._collected
        }
        lines = [
            f"{size:>10,}  {name}" for name, size in sorted(left.items(), key=lambda one: (-one[1], one[0]))
        ]
        total = f"{sum(left.values()):>10,}  bytes in {len(left)} files were found and left out"
        (room / LEFT_OUT).write_text("\n".join([total, *lines]) + "\n")


def _is_wanted(entry: Entry) -> bool:
    name, source, kind = entry
    path = name.replace("\\", "/")
    if kind == "SYMLINK" and "/" not in path:  # shortcuts to libraries that find each other without
        return sys.platform != "linux"
    if plugin := _PLUGIN.search(path):
        return plugin[2] in QT_PLUGINS.get(plugin[1], ())
    if module := _MODULE.search(path):
        return module[1] in QT_MODULES
    if ".dist-info/" in path:  # keyring finds its ways by entry points
        return path.endswith(("/METADATA", "/entry_points.txt"))
    if path.startswith("PySide6/Qt/") and "/lib/" not in path:  # translations, resources, QML
        return False
    if kind == "BINARY" and sys.platform == "linux" and "/" not in path and "site-packages" not in source:
        return path.startswith(BUNDLED)
    return True


def _without_idle_libraries(entries: list[Entry]) -> list[Entry]:
    """Drop the libraries of Qt that nothing left needs any more."""
    # here, because only PyInstaller runs this
    from PyInstaller.depend.bindepend import get_imports  # type: ignore[import-untyped] # it has no types

    libraries = {PurePosixPath(entry[0]).name: entry for entry in entries if _QT_LIBRARY.search(entry[0])}
    kept: set[str] = set()
    waiting = [
        entry[1]
        for entry in entries
        if entry[2] in ("BINARY", "EXTENSION") and PurePosixPath(entry[0]).name not in libraries
    ]
    while waiting:
        for name, _ in get_imports(waiting.pop()):
            if name in libraries and name not in kept:
                kept.add(name)
                waiting.append(libraries[name][1])
    return [
        entry for entry in entries if (own := PurePosixPath(entry[0]).name) not in libraries or own in kept
    ]
