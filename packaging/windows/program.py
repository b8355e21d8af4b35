"""The program's folder as it is on a Windows machine, whichever installer puts it there."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final
from urllib.parse import quote

from contents.bill import Part, put_bill
from contents.build import CACHE, ROOT, Build, BuildTrouble
from contents.notices import put_notices
from contents.program import put_client
from contents.wheels import WINDOWS, install_for_windows, installed, locked_names

from windows.launchers import put_launchers
from windows.pruning import prune, write_left_out
from windows.runtime import put_runtime
from windows.wine import Wine

INNER: Final = "program"
"""Everything but the launchers lies in this folder: an upgrade puts it in place by one renaming."""

_LOCK: Final = "client"
_COMPILER: Final = Path(__file__).with_name("compile_tree.py")
_LICENCES: Final = ROOT / "packaging" / "licences"
_GCC_LICENCE: Final = "GPL-3.0-or-later WITH GCC-exception-3.1"


@functools.cache
def put_program(build: Build) -> Path:
    """Make the folder once for all installers of a build; its path. Raises BuildTrouble."""
    room = build.room("windows-program")
    whole = room / "tree"
    inner = whole / INNER
    site_packages = inner / "site-packages"
    runtime = put_runtime(build, room, inner / "runtime")
    install_for_windows(build, _LOCK, site_packages)
    client = put_client(build, inner / "app")
    wheels = installed(locked_names(_LOCK, WINDOWS), site_packages)
    parts = [*runtime.parts, *_of_the_tools(build)]
    texts = [*runtime.texts, _LICENCES / "mingw-w64.txt", _LICENCES / "nsis.txt"]
    put_notices(inner, wheels, parts, texts)
    put_bill(build, inner, "maintenance-desktop-windows", wheels, parts)
    write_left_out(prune(site_packages, client), room / "left-out.txt")
    _compile(runtime.python, inner / "app", site_packages)
    put_launchers(build, room, whole)
    _refuse_traces(whole)
    build.settle_times(whole)
    return whole


def size_of(folder: Path) -> int:
    """How many bytes its files have."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _of_the_tools(build: Build) -> list[Part]:
    """What the tools put into what they make."""
    nsis = build.run(["makensis", "-VERSION"], quiet=True).removeprefix("v")
    gcc = build.run(["x86_64-w64-mingw32-gcc", "-dumpfullversion"], quiet=True)
    return [
        Part("NSIS", nsis, "Zlib AND CPL-1.0", f"pkg:generic/nsis@{quote(nsis)}"),
        Part("libgcc", gcc, _GCC_LICENCE, f"pkg:generic/libgcc@{gcc}"),
        Part("mingw-w64 runtime", f"with GCC {gcc}", "ZPL-2.1", "pkg:generic/mingw-w64"),
    ]


def _compile(python: Path, *folders: Path) -> None:
    """Compile with the very Python that will run it: even 3.13.0 and 3.13.2 make different byte code."""
    wine = Wine(CACHE / "wine")
    wine.make()
    common = folders[0].parent
    done = wine.run(
        python, "-I", _COMPILER, *(path.relative_to(common) for path in folders), folder=common, timeout=300
    )
    if done.returncode:
        raise BuildTrouble(f"The byte code was not made:\n{done.stdout}{done.stderr}")


def _refuse_traces(folder: Path) -> None:
    """Raises BuildTrouble when a file that was made here names where."""
    traces = [f"{place}/".encode() for place in (ROOT, CACHE)]
    made = [path for pattern in ("*.exe", "*.pyc", "*.json", "*.txt") for path in folder.rglob(pattern)]
    for path in sorted(made):
        if any(trace in path.read_bytes() for trace in traces):
            raise BuildTrouble(f"{path.relative_to(folder)} names a folder of this machine.")
