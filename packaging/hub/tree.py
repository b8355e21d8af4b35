"""Builds the tree of the server: one program, Python, and nothing that it does not use."""

from __future__ import annotations

import functools
import json
import shutil
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from contents.bill import Part, put_bill
from contents.build import ROOT, Build, BuildTrouble
from contents.notices import put_notices
from contents.program import put_hub
from contents.wheels import installed, locked_names
from packaging.utils import canonicalize_name

from hub.selection import COLLECTED
from hub.wheel_libraries import TEXT, parts_of

NAME: Final = "maintenance-hub"

_SPEC: Final = ROOT / "packaging" / "hub" / "hub.spec"
_LICENCES: Final = {"mpdecimal": "BSD-2-Clause", "python3.11": "PSF-2.0"}
"""Of the Debian source packages that files may come from."""

_PYINSTALLER: Final = ("pyinstaller", "pyinstaller-hooks-contrib")
"""Not in the hub's lock, but parts of them start the program."""


@functools.cache
def build_tree(build: Build) -> tuple[Path, tuple[str, ...]]:
    """Build the tree. Answers its folder, and the Debian packages whose libraries are in it."""
    room = build.room("hub-tree")
    source = room / "source"
    put_hub(build, source)
    build.run(
        [
            "env", f"PYINSTALLER_CONFIG_DIR={room / 'work' / 'cache'}",
            sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", room / "made", "--workpath", room / "work", _SPEC, "--", source, room,
        ]
    )  # fmt: skip
    collected = [Path(file).resolve() for file in json.loads((room / COLLECTED).read_text()).values()]
    owners = _owners(build, collected)
    parts, texts = _parts(build, room, owners)
    wheels = _wheels(collected)
    for wheel in wheels:
        if canonicalize_name(wheel.name) == "psycopg-binary":
            parts += parts_of(wheel)
            texts.append(TEXT)
    tree = room / "made" / NAME
    put_notices(tree, wheels, parts, texts)
    put_bill(build, tree, NAME, wheels, parts)
    return tree, tuple(owners)


def _wheels(collected: Iterable[Path]) -> list[Distribution]:
    """The distributions that files really came from."""
    sources = set(collected)
    known = [*installed(locked_names("hub")), *installed(_PYINSTALLER)]
    return [
        wheel
        for wheel in sorted(known, key=lambda one: canonicalize_name(one.name))
        if any(Path(str(file.locate())).resolve() in sources for file in wheel.files or [])
        or canonicalize_name(wheel.name) in _PYINSTALLER
    ]


def _owners(build: Build, collected: Iterable[Path]) -> list[str]:
    """The Debian packages that the files outside of wheels came from."""
    return sorted({_owner(build, str(file)) for file in collected if file.is_relative_to("/usr/lib")})


def _owner(build: Build, file: str) -> str:
    for name in (file, file.removeprefix("/usr")):  # dpkg may know it without the /usr
        try:
            return build.run(["dpkg-query", "-S", name], quiet=True).partition(":")[0]
        except BuildTrouble:
            continue
    raise BuildTrouble(f"No Debian package brought {file}: build with Debian's own Python.")


def _parts(build: Build, room: Path, owners: Iterable[str]) -> tuple[list[Part], list[Path]]:
    """The sources of those packages, with their licence texts."""
    folder = room / "texts"
    folder.mkdir()
    parts: dict[str, Part] = {}
    texts: list[Path] = []
    for package in owners:
        query = ["dpkg-query", "-W", "-f=${source:Package} ${source:Version}", package]
        name, version = build.run(query, quiet=True).split()
        if name in parts:
            continue
        if name not in _LICENCES:
            raise BuildTrouble(f"{package} came into the server: hub/tree.py knows no licence of {name}.")
        parts[name] = Part(name, version, _LICENCES[name], f"pkg:deb/debian/{name}@{version}")
        texts.append(folder / f"{name}.txt")
        shutil.copyfile(Path("/usr/share/doc") / package / "copyright", texts[-1])
    return list(parts.values()), texts
