"""The AppImage of the client: our runtime, and behind it a compressed file system with everything."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from typing import Final

from contents.build import APP_ID, NAME, ROOT, Build, BuildTrouble
from contents.pictures import picture
from linux.desktop import check_share, put_share
from linux.tree import build_tree, copy_tree, debian_parts, package_of

_HERE: Final = ROOT / "packaging" / "appimage"

BROUGHT: Final = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-randr.so.0",
    "libxcb-render-util.so.0",
    "libxcb-render.so.0",
    "libxcb-shape.so.0",
    "libxcb-shm.so.0",
    "libxcb-sync.so.1",
    "libxcb-util.so.1",
    "libxcb-xfixes.so.0",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
    "libxkbcommon.so.0",
)
"""What desktops may lack and Qt does not start without; a package would name them as its needs."""

_IN_THE_RUNTIME: Final = ("fuse3", "squashfuse", "zstd", "z", "lzma", "lz4")
_PACKAGES: Final = (
    "libc6-dev", "libfuse3-dev", "liblz4-dev", "liblzma-dev", "libsquashfuse-dev", "libzstd-dev",
    "zlib1g-dev",
)  # fmt: skip
"""Whose libraries are linked into the runtime."""


def build(build: Build) -> Path:
    """Build `maintenance-desktop-VERSION-ARCHITECTURE.AppImage`."""
    room = build.room("appimage")
    folder = room / "AppDir"
    share = folder / "usr" / "share"
    home = folder / "usr" / "lib" / NAME
    home.parent.mkdir(parents=True)
    texts = room / "texts"
    texts.mkdir()
    libraries = [_find(build, name) for name in BROUGHT]
    owners = sorted({package_of(build, library) for library in libraries} | set(_PACKAGES))
    copy_tree(build, build_tree(build), home, "appimage", *debian_parts(build, owners, texts))
    for library in libraries:
        # where Qt looks for its own libraries, and so for what those need
        shutil.copyfile(library, home / "_internal" / "PySide6" / "Qt" / "lib" / library.name)
    put_share(build, share)
    check_share(build, share)
    shutil.copyfile(_HERE / "AppRun", folder / "AppRun")
    (folder / "AppRun").chmod(0o755)
    shutil.copyfile(share / "applications" / f"{APP_ID}.desktop", folder / f"{APP_ID}.desktop")
    picture(256).save(folder / f"{APP_ID}.png")
    (folder / ".DirIcon").symlink_to(f"{APP_ID}.png")
    build.settle_times(folder)
    file = build.output / f"{NAME}-{build.version}-{platform.machine()}.AppImage"
    file.write_bytes(_runtime(build, room).read_bytes() + _file_system(build, room, folder).read_bytes())
    file.chmod(0o755)
    return file


def _runtime(build: Build, room: Path) -> Path:
    """The program that the file begins with, marked as an AppImage of type 2."""
    runtime = room / "runtime"
    try:
        build.run(
            [
                "gcc", "-std=gnu11", "-Os", "-Wall", "-Wextra", "-Werror", "-s", "-static",
                "-D_FILE_OFFSET_BITS=64", "-DFUSE_USE_VERSION=32",
                "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections,--build-id=none",
                "-isystem", "/usr/include/squashfuse", "-isystem", "/usr/include/fuse3",
                _HERE / "runtime.c", "-o", runtime,
                "-lsquashfuse_ll", "-lsquashfuse", *(f"-l{name}" for name in _IN_THE_RUNTIME),
            ]
        )  # fmt: skip
    except BuildTrouble as trouble:
        raise BuildTrouble(f"{trouble}\nIt needs the packages gcc {' '.join(_PACKAGES)}.") from trouble
    content = bytearray(runtime.read_bytes())
    content[8:11] = b"AI\x02"
    runtime.write_bytes(content)
    return runtime


def _file_system(build: Build, room: Path, folder: Path) -> Path:
    file = room / "files.squashfs"
    # small blocks start faster, large ones press better: the program reads most of its files at each start
    level = "3" if build.is_fast else "19"
    build.run(
        [
            "mksquashfs", folder, file, "-quiet", "-no-progress", "-noappend", "-all-root", "-no-xattrs",
            "-comp", "zstd", "-Xcompression-level", level, "-b", "128K",
        ]
    )  # fmt: skip
    return file


def _find(build: Build, name: str) -> Path:
    for line in build.run(["/sbin/ldconfig", "-p"], quiet=True).splitlines():
        words = line.split()
        if words and words[0] == name and "x86-64" in line:
            return Path(words[-1]).resolve().with_name(name)
    raise BuildTrouble(f"{name} is not on this machine: `python3 packaging/set_up.py package` brings it.")
