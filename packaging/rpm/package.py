"""The client's RPM."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contents.build import NAME, SUMMARY, Build
from debian.client import DESCRIPTION, MAINTAINER
from linux.desktop import SHARE, check_share, filled, put_share
from linux.needs import elf_files, system_libraries
from linux.tree import build_tree, copy_tree

RECOMMENDS: Final = ("(gnome-keyring or kwalletd6 or kwalletd5)", "hicolor-icon-theme", "xdg-utils")
_GLIBC: Final = re.compile(rb"GLIBC_2\.(\d+)")


def build(build: Build) -> Path:
    """Build `maintenance-desktop-VERSION-1.ARCHITECTURE.rpm`."""
    room = build.room("rpm")
    root = room / "root"
    home = root / "usr" / "lib" / NAME
    home.parent.mkdir(parents=True)
    copy_tree(build, build_tree(build), home / "package", "rpm")
    put_share(build, root / "usr" / "share")
    check_share(build, root / "usr" / "share")
    build.settle_times(root)
    versions = filled(build, SHARE / "versions.sh")
    # rpm counts the versions that are there afterwards: after the last one nothing is left
    (room / "post").write_text(f"set -e\n{versions}\nstart_from_new_version\n")
    (room / "preun").write_text(f'set -e\n{versions}\nif [ "$1" = 0 ]; then forget_versions; fi\n')
    recipe = room / "nfpm.json"  # which is YAML too
    recipe.write_text(json.dumps(_recipe(build, room, root), indent=1))
    file = build.output / f"{NAME}-{build.version}-1.{_machine(build)}.rpm"
    nfpm = Path(sys.executable).with_name("nfpm")
    build.run([nfpm, "package", "--packager", "rpm", "--config", recipe, "--target", file])
    return file


def _recipe(build: Build, room: Path, root: Path) -> dict[str, object]:
    home = f"/usr/lib/{NAME}"
    links = [
        {"src": f"../lib/{NAME}/current/{program}", "dst": f"/usr/bin/{program}", "type": "symlink"}
        for program in ("maintenance-desktop", "maintenance-cli")
    ]
    own = {"dst": home, "type": "dir"}
    # file by file, because the folders are those of other packages
    files = [
        {"src": str(file), "dst": f"/{file.relative_to(root)}"}
        for file in sorted((root / "usr/share").rglob("*"))
        if file.is_file()
    ]
    files.append({"src": f"{root}{home}/package", "dst": f"{home}/package", "type": "tree"})
    return {
        "name": NAME,
        "arch": build.run(["dpkg", "--print-architecture"], quiet=True),
        "platform": "linux",
        "version": build.version,
        "release": "1",
        "maintainer": MAINTAINER,
        "description": f"{SUMMARY}\n{DESCRIPTION.strip()}",
        "license": "Apache-2.0",
        "mtime": datetime.fromtimestamp(build.moment, UTC).isoformat(),
        "depends": _needs(build, root / home.lstrip("/")),
        "recommends": list(RECOMMENDS),
        "contents": [own, *links, *files],
        "scripts": {"postinstall": str(room / "post"), "preremove": str(room / "preun")},
        "rpm": {
            "summary": SUMMARY,
            "compression": "gzip:1" if build.is_fast else "xz",
            "buildhost": "localhost",
        },
    }


def _needs(build: Build, tree: Path) -> list[str]:
    """Libraries by their own names, which all of RPM's systems agree on, unlike the names of packages."""
    newest = max(int(number) for file in elf_files(tree) for number in _GLIBC.findall(file.read_bytes()))
    libraries = [f"{name}()(64bit)" for name in system_libraries(build, tree) if not name.startswith("ld-")]
    return [*libraries, f"libc.so.6(GLIBC_2.{newest})(64bit)", "ca-certificates", "coreutils", "grep"]


def _machine(build: Build) -> str:
    return build.run(["uname", "-m"], quiet=True)
