"""The server's Debian package."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contents.build import PUBLISHER, ROOT, Build, BuildTrouble

from hub.tree import NAME, build_tree

MAINTAINER: Final = os.environ.get("MAINTAINER") or f"{PUBLISHER} <maintainers@maintenance-desktop.example>"
"""Who answers for a package. Whoever publishes one puts themselves here."""

SUMMARY: Final = "server of Maintenance Desktop"
DESCRIPTION: Final = """
Keeps the work orders and the assets of a plant for the desktop clients of its
maintenance people, who work on them online and offline. Keeps them in SQLite,
or in PostgreSQL; imports and exports CSV files.

The service runs as a user of its own with few rights, listens on this machine
only until told otherwise, and refuses other machines without TLS.
"""

_FILES: Final = ROOT / "packaging" / "hub" / "files"
_SCRIPTS: Final = ("postinst", "postrm", "prerm")
_CONFFILE: Final = "/etc/maintenance-hub/hub.conf"


def build(build: Build) -> Path:
    """Build `maintenance-hub_VERSION_ARCHITECTURE.deb`."""
    room = build.room("hub-deb")
    root = room / "root"
    tree, bundled = build_tree(build)
    shutil.copytree(tree, root / "usr" / "lib" / NAME, symlinks=True)
    _put_files(root)
    _put_documents(build, root / "usr" / "share", tree / "licences")
    _put_control(build, root, _relations(build, room, root, bundled))
    build.settle_times(root)
    for library in root.rglob("*.so*"):
        library.chmod(0o644)  # loaded, not run
    architecture = build.run(["dpkg", "--print-architecture"], quiet=True)
    file = build.output / f"{NAME}_{build.version}_{architecture}.deb"
    press = ["-Zzstd", "-z3"] if build.is_fast else ["-Zxz", "-z9", "--threads-max=1"]
    build.run(["dpkg-deb", "--root-owner-group", *press, "--build", root, file])
    return file


def _put_files(root: Path) -> None:
    sandbox = (_FILES / "sandbox.conf").read_text().rstrip()
    for name, place in (
        ("hub.conf", _CONFFILE),
        ("sysusers.conf", f"/usr/lib/sysusers.d/{NAME}.conf"),
        ("tmpfiles.conf", f"/usr/lib/tmpfiles.d/{NAME}.conf"),
        ("maintenance-hub-admin", "/usr/sbin/maintenance-hub-admin"),
        *((unit, f"/usr/lib/systemd/system/{unit}") for unit in _units()),
    ):
        file = root / place.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((_FILES / name).read_text().replace("@SANDBOX@", sandbox))
    (root / "usr" / "sbin" / "maintenance-hub-admin").chmod(0o755)
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")


def _units() -> list[str]:
    return sorted(file.name for file in _FILES.iterdir() if file.suffix in (".service", ".timer"))


def _put_documents(build: Build, share: Path, licences: Path) -> None:
    documents = share / "doc" / NAME
    documents.mkdir(parents=True)
    shutil.copyfile(ROOT / "docs" / "HUB.md", documents / "HUB.md")
    date = datetime.fromtimestamp(build.moment, UTC)
    changes = "See the changelog of Maintenance Desktop, which is released together with its server."
    _put_zipped(
        documents / "changelog.gz",
        f"{NAME} ({build.version}) stable; urgency=medium\n\n  * "
        f"{textwrap.fill(changes, 76, subsequent_indent='    ')}\n\n"
        f" -- {MAINTAINER}  {date:%a, %d %b %Y %H:%M:%S} +0000\n",
    )
    (documents / "copyright").write_text(
        (_FILES / "copyright").read_text() + (licences / "README.txt").read_text()
    )
    pages = share / "man" / "man8"
    pages.mkdir(parents=True)
    page = (_FILES / "maintenance-hub.8").read_text()
    page = page.replace("@VERSION@", build.version).replace("@DATE@", f"{date:%Y-%m-%d}")
    _put_zipped(pages / "maintenance-hub.8.gz", page)
    (pages / "maintenance-hub-admin.8.gz").symlink_to("maintenance-hub.8.gz")
    overrides = share / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(_FILES / "lintian-overrides", overrides)


def _put_zipped(file: Path, text: str) -> None:
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _relations(build: Build, room: Path, root: Path, bundled: tuple[str, ...]) -> list[str]:
    """What to depend on, asked of the libraries themselves, with the versions that they ask for."""
    (room / "debian").mkdir()
    (room / "debian" / "control").write_text("Source: none\n\nPackage: none\nArchitecture: any\n")
    files = [file for file in sorted(root.rglob("*")) if _is_elf(file)]
    own = {f"-l{file.parent}" for file in files}
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
    return sorted([*found[0].split(", "), "systemd"])


def _is_elf(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def _put_control(build: Build, root: Path, depends: list[str]) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    files = [
        file
        for file in sorted(root.rglob("*"))
        if file.is_file() and not file.is_symlink() and control not in file.parents
    ]
    size = sum(-(-file.stat().st_size // 1024) for file in files)
    fields = {
        "Package": NAME,
        "Version": build.version,
        "Architecture": build.run(["dpkg", "--print-architecture"], quiet=True),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": ", ".join(depends),
        "Suggests": "postgresql",
        "Section": "net",
        "Priority": "optional",
        "Description": f"{SUMMARY}\n{textwrap.indent(DESCRIPTION.strip(), ' ', lambda _: True)}",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    (control / "control").write_text(text.replace("\n \n", "\n .\n"))
    sums = [f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(root)}\n" for file in files]
    (control / "md5sums").write_text("".join(sums))
    (control / "conffiles").write_text(f"{_CONFFILE}\n")
    for name in _SCRIPTS:
        shutil.copyfile(_FILES / name, control / name)
        (control / name).chmod(0o755)
