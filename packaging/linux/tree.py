"""Builds the tree of the client: both programs, Python, Qt, and nothing that they do not use."""

from __future__ import annotations

import functools
import json
import platform
import shutil
import sqlite3
import ssl
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from contents.bill import Part, put_bill
from contents.build import NAME, ROOT, Build, BuildTrouble
from contents.notices import put_notices
from contents.pictures import put_icns
from contents.program import put_client
from contents.wheels import installed, locked_names
from packaging.utils import canonicalize_name

from linux.selection import COLLECTED

MARKER: Final = "installation.ini"
"""Beside the programs: how they got there, which decides who brings updates."""

_SPEC: Final = ROOT / "packaging" / "linux" / "client.spec"
_LICENCES: Final = {
    "bzip2": "bzip2-1.0.6",
    "fuse3": "LGPL-2.1-only",
    "glibc": "LGPL-2.1-or-later",
    "libffi": "MIT",
    "libxcb": "MIT",
    "libxkbcommon": "MIT",
    "libzstd": "BSD-3-Clause",
    "lz4": "BSD-2-Clause",
    "mpdecimal": "BSD-2-Clause",
    "openssl": "Apache-2.0",
    "python3.11": "PSF-2.0",
    "python3.13": "PSF-2.0",
    "sqlite3": "blessing",
    "squashfuse": "BSD-2-Clause",
    "xcb-util": "MIT",
    "xcb-util-cursor": "MIT",
    "xcb-util-image": "MIT",
    "xcb-util-keysyms": "MIT",
    "xcb-util-renderutil": "HPND-sell-variant",
    "xcb-util-wm": "MIT",
    "xz-utils": "0BSD",
    "zlib": "Zlib",
}
"""Of the Debian source packages that libraries may come from: what applies to the libraries themselves."""

_PYINSTALLER: Final = ("pyinstaller", "pyinstaller-hooks-contrib")
"""Not in the client's lock, but parts of them start the programs."""


@dataclass(frozen=True)
class Tree:
    """The files of the client below `path`, and what of them others made.

    `bundled` are the Debian packages whose libraries are among them.
    """

    path: Path
    wheels: tuple[Distribution, ...]
    parts: tuple[Part, ...]
    texts: tuple[Path, ...]
    bundled: tuple[str, ...]


@functools.cache
def build_tree(build: Build) -> Tree:
    """Build the tree; once, however many packages carry it."""
    room = build.room("tree")
    run_pyinstaller(build, room)
    collected = [Path(source) for source in json.loads((room / COLLECTED).read_text()).values()]
    bundled = _bundled(build, collected)
    folder = room / "texts"
    folder.mkdir()
    parts, texts = debian_parts(build, bundled, folder) if bundled else _parts_of_python()
    wheels = _wheels(collected)
    tree = room / "made" / NAME
    for library in tree.rglob("*.so*"):
        library.chmod(0o644)
    return Tree(tree, tuple(wheels), tuple(parts), tuple(texts), tuple(bundled))


def run_pyinstaller(build: Build, room: Path) -> None:
    """Make `made/` in `room` from the client's sources."""
    source = room / "source"
    put_client(build, source)
    (source / "VERSION").write_text(build.version)
    if sys.platform == "darwin":
        put_icns(room / "program.icns")
    build.run(
        [
            "env", f"PYINSTALLER_CONFIG_DIR={room / 'work' / 'cache'}",
            sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR",
            "--distpath", room / "made", "--workpath", room / "work", _SPEC, "--", source, room,
        ]
    )  # fmt: skip


def copy_tree(
    build: Build, tree: Tree, place: Path, kind: str, parts: Sequence[Part] = (), texts: Sequence[Path] = ()
) -> None:
    """Copy the tree into a package of this kind, with its marks.

    `parts` and `texts` are those of what this kind of package adds.
    """
    shutil.copytree(tree.path, place, symlinks=True)
    put_marks(build, tree, place, kind, parts, texts)


def put_marks(
    build: Build, tree: Tree, place: Path, kind: str, parts: Sequence[Part] = (), texts: Sequence[Path] = ()
) -> None:
    """Write down how the program got there, and what it consists of."""
    (place / MARKER).write_text(f"[installation]\nkind={kind}\n")
    put_notices(place, tree.wheels, [*tree.parts, *parts], [*tree.texts, *texts])
    put_bill(build, place, NAME, tree.wheels, [*tree.parts, *parts])


def debian_parts(build: Build, packages: Iterable[str], folder: Path) -> tuple[list[Part], list[Path]]:
    """What Debian's packages are, and copies of their licence texts in `folder`. Raises BuildTrouble."""
    parts: dict[str, Part] = {}
    texts: list[Path] = []
    for package in packages:
        query = ["dpkg-query", "-W", "-f=${source:Package} ${source:Version}\n", package]
        name, version = build.run(query, quiet=True).splitlines()[0].split()
        if name in parts:
            continue
        if name not in _LICENCES:
            raise BuildTrouble(f"{package} came into the client: linux/tree.py knows no licence of {name}.")
        parts[name] = Part(name, version, _LICENCES[name], f"pkg:deb/debian/{name}@{version}")
        texts.append(folder / f"{name}.txt")
        shutil.copyfile(Path("/usr/share/doc") / package / "copyright", texts[-1])
    return list(parts.values()), texts


def package_of(build: Build, path: Path) -> str:
    """The Debian package that a file belongs to. dpkg may know it without the /usr."""
    for name in (str(path), str(path).removeprefix("/usr")):
        try:
            return build.run(["dpkg-query", "-S", name], quiet=True).partition(":")[0]
        except BuildTrouble:
            continue
    raise BuildTrouble(f"No Debian package brought {path}: build with Debian's own Python.")


def _wheels(collected: Iterable[Path]) -> list[Distribution]:
    """The distributions that files really came from."""
    sources = {source.resolve() for source in collected}
    known = [*installed(locked_names("client")), *installed(_PYINSTALLER)]
    return [
        wheel
        for wheel in sorted(known, key=lambda one: canonicalize_name(one.name))
        if any(Path(str(file.locate())).resolve() in sources for file in wheel.files or [])
    ]


def _bundled(build: Build, collected: Iterable[Path]) -> list[str]:
    """The Debian packages that Python itself and its libraries came from; none on other systems."""
    if not shutil.which("dpkg-query"):
        return []
    libraries = {source.resolve() for source in collected}
    return sorted({package_of(build, library) for library in libraries if library.is_relative_to("/usr/lib")})


def _parts_of_python() -> tuple[list[Part], list[Path]]:
    """Python as its makers built it, with the libraries inside."""
    openssl = ssl.OPENSSL_VERSION.split()[1]
    made = [
        ("python", platform.python_version(), "PSF-2.0"),
        ("openssl", openssl, "Apache-2.0"),
        ("sqlite", sqlite3.sqlite_version, "blessing"),
    ]
    parts = [Part(name, version, licence, f"pkg:generic/{name}@{version}") for name, version, licence in made]
    return parts, [text for text in [Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"] if text.exists()]
