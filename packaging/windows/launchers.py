"""The two programs: small executables of our own that run Python inside themselves."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contents.build import PUBLISHER, TITLE, Build, BuildTrouble
from contents.pictures import put_ico
from packaging.version import Version

from windows import signing

COPYRIGHT: Final = f"{PUBLISHER}, Apache License 2.0"
_HERE: Final = Path(__file__).parent
_SOURCES: Final = ("launcher.c", "launcher.rc", "launcher.manifest")
_LARGEST_NUMBER: Final = 65_535
_REPEATABLE: Final = ("-Os", "-s", "-Wl,--no-insert-timestamp", "-Wl,--build-id=none")
_SAFE: Final = ("-Wl,--dynamicbase,--nxcompat,--high-entropy-va", "-Wall", "-Wextra", "-Werror")


@dataclass(frozen=True)
class Launcher:
    name: str
    module: str
    description: str
    options: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.exe"


DESKTOP: Final = Launcher(
    "maintenance-desktop", "maintenance_desktop.app", TITLE, ("-mwindows", "-DHAS_WINDOWS")
)
CLI: Final = Launcher("maintenance-cli", "maintenance_desktop.cli", f"{TITLE}, command line", ("-mconsole",))


def numbers(version: str) -> tuple[int, int, int, int]:
    """A version as the four numbers by which Windows compares."""
    release = (*Version(version).release, 0, 0)
    first, second, third = release[:3]
    if max(release) > _LARGEST_NUMBER:
        raise BuildTrouble(f"Windows has no version number as large as {version}.")
    return first, second, third, 0


def put_launchers(build: Build, room: Path, folder: Path) -> None:
    """Make both programs in `folder`, signed where there is a certificate."""
    for name in _SOURCES:
        shutil.copyfile(_HERE / name, room / name)
    put_ico(room / "program.ico")
    for launcher in (DESKTOP, CLI):
        _compile(build, launcher, room)
        shutil.copyfile(room / launcher.file, folder / launcher.file)
        signing.sign(build, folder / launcher.file)


def _compile(build: Build, launcher: Launcher, room: Path) -> None:
    """Run the compiler where all names are short: what it writes down of them is the same everywhere."""
    facts = {
        "NUMBERS": ",".join(map(str, numbers(build.version))),
        "VERSION": f'"{build.version}"',
        "NAME": f'"{launcher.name}"',
        "DESCRIPTION": f'"{launcher.description}"',
        "TITLE": f'"{TITLE}"',
        "PUBLISHER": f'"{PUBLISHER}"',
        "COPYRIGHT": f'"{COPYRIGHT}"',
    }
    header = "".join(f"#define {name} {value}\n" for name, value in facts.items())
    (room / "version.h").write_text(header)
    build.run(["x86_64-w64-mingw32-windres", "launcher.rc", "-O", "coff", "-o", "launcher.res"], folder=room)
    build.run(
        [
            "x86_64-w64-mingw32-gcc", "-municode", "-DUNICODE", *_REPEATABLE, *_SAFE, *launcher.options,
            f'-DMODULE=L"{launcher.module}"', "-o", launcher.file, "launcher.c", "launcher.res",
        ],
        folder=room,
    )  # fmt: skip
