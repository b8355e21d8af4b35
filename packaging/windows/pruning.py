"""What of the wheels comes into the package: what the client imports of Qt, and what that loads.

It starts from the imports of our own modules and follows those of the libraries, so nothing is lost silently
when Qt moves something into another file.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from contents.build import BuildTrouble

from windows.pe import imported_names

PLUGINS: Final = {
    "QtCore": (),
    "QtGui": ("platforms/qwindows", "platforms/qoffscreen"),
    "QtWidgets": ("styles/qmodernwindowsstyle",),
    "QtSvg": ("iconengines/qsvgicon", "imageformats/qsvg"),
    "QtNetwork": ("networkinformation/qnetworklistmanager", "tls/qschannelbackend"),
    "QtPrintSupport": (),
}
"""The modules of Qt that we may import, and the plug-ins that each wants."""

_FROM_QT: Final = re.compile(r"^\s*(?:from|import) PySide6\.(\w+)", re.MULTILINE)
_QT_FOLDERS: Final = ("PySide6", "shiboken6")
_ONLY_FOR_BUILDING: Final = (
    "*.pyi", "py.typed", "*.pyx", "*.pxd", "*.c", "*.h", "*.lib", "__pycache__", "tests", "bin", "*-stubs",
    "pwiz.py", "generate_pyi.py",
)  # fmt: skip
_OF_DISTRIBUTIONS: Final = ("METADATA", "entry_points.txt")
"""What programs look up about a distribution; keyring finds its back ends by it."""


def prune(site_packages: Path, client: Path) -> dict[str, int]:
    """Remove what the client does not need. Answers what that was, and its size in bytes."""
    before = _sizes(site_packages)
    wanted = _wanted_of_qt(site_packages, _modules(client))
    for name in _QT_FOLDERS:
        _keep_only(site_packages / name, wanted)
    for pattern in _ONLY_FOR_BUILDING:
        for path in sorted(site_packages.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in site_packages.glob("*.dist-info"):
        _keep_only(folder, {folder / name for name in _OF_DISTRIBUTIONS})
    after = _sizes(site_packages)
    return {name: size for name, size in before.items() if name not in after}


def write_left_out(left_out: dict[str, int], path: Path) -> None:
    """List what was left out, the largest first."""
    ranked = sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{size:>11,}  {name}" for name, size in ranked]
    path.write_text("\n".join([f"{sum(left_out.values()):>11,}  bytes in all", *lines]) + "\n")


def _modules(client: Path) -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in client.rglob("*.py"))
    found = {name for source in sources for name in _FROM_QT.findall(source)}
    if unknown := sorted(found - set(PLUGINS)):
        raise BuildTrouble(
            f"Our modules import {', '.join(unknown)}; say in {__name__}.PLUGINS which plug-ins that needs."
        )
    return found


def _wanted_of_qt(site_packages: Path, modules: Iterable[str]) -> set[Path]:
    qt, shiboken = (site_packages / name for name in _QT_FOLDERS)
    roots = [*shiboken.glob("*.pyd")]
    for module in sorted(modules):
        roots.append(qt / f"{module}.pyd")
        roots += [qt / "plugins" / f"{plugin}.dll" for plugin in PLUGINS[module]]
    sources = {path for folder in (qt, shiboken) for path in folder.glob("*.py")}
    return {*_with_libraries(roots, (qt, shiboken)), *sources, *(qt / "support").rglob("*.py")}


def _with_libraries(roots: Iterable[Path], places: Iterable[Path]) -> set[Path]:
    """These files and all libraries that they load from these places, each from its own folder first."""
    there = {path: {dll.name.lower(): dll for dll in path.glob("*.dll")} for path in places}
    wanted: set[Path] = set()
    open_ends = list(roots)
    while open_ends:
        path = open_ends.pop()
        if path in wanted:
            continue
        if not path.exists():
            raise BuildTrouble(f"The wheel of this version has no {path.parent.name}/{path.name}.")
        wanted.add(path)
        nearest_first = sorted(there, key=lambda place: place != path.parent)
        for name in sorted(imported_names(path)):
            open_ends += [there[place][name] for place in nearest_first if name in there[place]][:1]
    return wanted


def _keep_only(folder: Path, wanted: set[Path]) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()


def _sizes(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file()
    }
