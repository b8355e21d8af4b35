"""Which packages of the system the tree needs: asked of the libraries themselves, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from contents.build import Build, BuildTrouble

FONTS: Final = "fonts-dejavu-core | fonts-freefont-ttf | fonts-liberation | fonts-noto-core"
_OTHERS: Final = ("ca-certificates", FONTS)
"""What no library names: the certificates that servers are trusted by, and something to write with."""

_ASKS_TOO_MUCH: Final = r"^(libx11-xcb1|libzstd1) .*"
"""Debian's tables name the version they were made with; Qt calls what Ubuntu 22.04 has too."""


def debian_packages(build: Build, tree: Path, room: Path, bundled: Iterable[str]) -> list[str]:
    """The relations for `Depends`, each with the version that the libraries ask for.

    The packages `bundled` came along in the tree itself.
    """
    (room / "debian").mkdir()
    (room / "debian" / "control").write_text("Source: none\n\nPackage: none\nArchitecture: any\n")
    files = elf_files(tree)
    own = {f"-l{file.parent}" for file in files if ".so" in file.name}
    # our own libraries belong to no package, which is nothing to warn of
    said = build.run(
        [
            "dpkg-shlibdeps", "-O", "--ignore-missing-info", *sorted(own),
            *(f"-x{package}" for package in bundled), *(f"-e{file}" for file in files),
        ],
        folder=room,
    )  # fmt: skip
    found = [line.partition("=")[2] for line in said.splitlines() if line.startswith("shlibs:Depends=")]
    if not found:
        raise BuildTrouble(f"dpkg-shlibdeps told no dependencies:\n{said}")
    relations = [re.sub(_ASKS_TOO_MUCH, r"\1", relation) for relation in found[0].split(", ")]
    return sorted([*relations, *_OTHERS])


def system_libraries(build: Build, tree: Path) -> list[str]:
    """The file names of the libraries that the tree wants and does not bring."""
    files = elf_files(tree)
    wanted: set[str] = set()
    for file in files:
        said = build.run(["objdump", "-p", file], quiet=True)
        wanted |= {line.split()[1] for line in said.splitlines() if line.strip().startswith("NEEDED")}
    return sorted(wanted - {file.name for file in files})


def elf_files(tree: Path) -> list[Path]:
    """Every program and library below `tree`."""
    return [
        file for file in sorted(tree.rglob("*")) if file.is_file() and not file.is_symlink() and _is_elf(file)
    ]


def _is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"
