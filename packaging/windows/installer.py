"""`maintenance-desktop-VERSION-setup.exe`: the installer for people and for IT, by NSIS."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from contents.build import PUBLISHER, ROOT, TITLE, Build
from contents.pictures import put_ico

from windows import signing
from windows.launchers import COPYRIGHT, numbers
from windows.pictures import put_wizard_pictures
from windows.program import INNER, put_program, size_of

_HERE: Final = Path(__file__).parent
_SCRIPTS: Final = ("installer.nsi", "texts.nsh")


def build(build: Build) -> Path:
    """Make setup.exe. Raises BuildTrouble."""
    tree = put_program(build)
    room = build.room("windows-installer")
    for name in _SCRIPTS:
        shutil.copyfile(_HERE / name, room / name)
    licence = (ROOT / "LICENSE").read_text().replace("\n", "\r\n")
    (room / "licence.txt").write_text(licence, newline="")
    put_ico(room / "program.ico")
    put_wizard_pictures(room)
    setup = build.output / f"maintenance-desktop-{build.version}-setup.exe"
    (room / "facts.nsh").write_text(_facts(build, tree, setup))
    (room / "files.nsh").write_text("\n".join(_files(tree)) + "\n")
    build.settle_times(room)
    build.run(["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", "installer.nsi"], folder=room)
    signing.check(setup)
    return setup


def _facts(build: Build, tree: Path, setup: Path) -> str:
    facts = {
        "TITLE": TITLE,
        "PUBLISHER": PUBLISHER,
        "COPYRIGHT": COPYRIGHT,
        "VERSION": build.version,
        "NUMBERS": ".".join(map(str, numbers(build.version))),
        "KILOBYTES": size_of(tree) // 1024,
        "TREE": tree,
        "OUT": setup,
        "FILE": setup.name,
        "SIGN": signing.HOOK,
    }
    lines = [f'!define {name} "{value}"' for name, value in facts.items()]
    compressor = ["SetCompressor zlib"]
    if not build.is_fast:
        compressor = ["SetCompressor /SOLID lzma", "SetCompressorDictSize 64"]
    return "\n".join([*compressor, *lines]) + "\n"


def _files(tree: Path) -> list[str]:
    """Each file by name and in order: `File /r` takes them as the disk happens to list them."""
    lines: list[str] = []
    folder = PurePosixPath()
    for path in sorted((tree / INNER).rglob("*")):
        if path.is_dir():
            continue
        name = PurePosixPath(path.relative_to(tree / INNER))
        if not lines or name.parent != folder:
            folder = name.parent
            backslashed = str(folder).replace("/", "\\")
            lines.append(f'SetOutPath "$INSTDIR\\{INNER}.new\\{backslashed}"')
        lines.append(f'File "{path}"')
    return lines
