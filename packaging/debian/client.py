"""The client's Debian package."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contents.build import NAME, PUBLISHER, ROOT, SUMMARY, Build, BuildTrouble
from linux.desktop import SHARE, check_share, filled, put_share, put_zipped
from linux.needs import debian_packages
from linux.tree import build_tree, copy_tree

MAINTAINER: Final = os.environ.get("MAINTAINER") or f"{PUBLISHER} <maintainers@maintenance-desktop.example>"
"""Who answers for a package. Whoever publishes one puts themselves here."""

RECOMMENDS: Final = ("gnome-keyring | kwalletmanager | keepassxc", "hicolor-icon-theme", "xdg-utils")
DESCRIPTION: Final = """
For maintenance people on the shop floor and on laptops with intermittent
Wi-Fi. You work the same way online and offline: what you save is on this
computer's disk before the screen says so, goes to the server by itself when
there is a network, and is never dropped or overwritten without you choosing
it.
"""

_HERE: Final = ROOT / "packaging" / "debian"
_SCRIPTS: Final = ("postinst", "prerm")
_KEEP_A_CHANGELOG: Final = re.compile(r"^## \[([\d.]+)\] - (\S+)\n(.*?)(?=^## |\Z)", re.M | re.S)


def build(build: Build) -> Path:
    """Build `maintenance-desktop_VERSION_ARCHITECTURE.deb`."""
    room = build.room("deb")
    root = room / "root"
    home = root / "usr" / "lib" / NAME
    home.parent.mkdir(parents=True)
    tree = build_tree(build)
    copy_tree(build, tree, home / "package", "deb")
    links = root / "usr" / "bin"
    links.mkdir()
    for program in ("maintenance-desktop", "maintenance-cli"):
        (links / program).symlink_to(f"../lib/{NAME}/current/{program}")
    share = root / "usr" / "share"
    put_share(build, share)
    check_share(build, share)
    _put_documents(build, share, home / "package" / "licences")
    _put_control(build, root, debian_packages(build, home / "package", room, tree.bundled))
    build.settle_times(root)
    return pack(build, root)


def pack(build: Build, root: Path) -> Path:
    """Make the package file of a root that is filled and whose times are settled."""
    control = dict(
        line.split(": ", 1) for line in (root / "DEBIAN" / "control").read_text().splitlines() if ": " in line
    )
    file = build.output / "{Package}_{Version}_{Architecture}.deb".format_map(control)
    press = ["-Zgzip", "-z1"] if build.is_fast else ["-Zxz", "-z9", "--threads-max=1"]
    build.run(["dpkg-deb", "--root-owner-group", *press, "--build", root, file])
    return file


def debian_changelog(build: Build) -> str:
    """CHANGELOG.md in the words of Debian."""
    entries = []
    for version, date, text in _KEEP_A_CHANGELOG.findall((ROOT / "CHANGELOG.md").read_text()):
        is_this = version == build.version or date == "Unreleased"
        moment = build.moment if is_this else int(datetime.fromisoformat(f"{date}T12:00Z").timestamp())
        entries.append(_entry(build.version if is_this else version, moment, text))
    if not entries:
        raise BuildTrouble("CHANGELOG.md has no entry in the form of Keep a Changelog.")
    return "\n".join(entries)


def _entry(version: str, moment: int, text: str) -> str:
    points = [" ".join(point.split()) for point in re.split(r"^- ", text, flags=re.M)[1:]]
    lines = [
        textwrap.fill(point.partition(" ### ")[0], 80, initial_indent="  * ", subsequent_indent="    ")
        for point in points
    ]
    date = datetime.fromtimestamp(moment, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    head = f"{NAME} ({version}) stable; urgency=medium"
    return "\n".join([head, "", *lines, "", f" -- {MAINTAINER}  {date}", ""])


def _put_documents(build: Build, share: Path, licences: Path) -> None:
    documents = share / "doc" / NAME
    documents.mkdir(parents=True)
    put_zipped(documents / "changelog.gz", debian_changelog(build))
    (documents / "copyright").write_text(
        filled(build, _HERE / "copyright") + "\n" + (licences / "README.txt").read_text()
    )
    overrides = share / "lintian" / "overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(_HERE / "lintian-overrides", overrides)


def _put_control(build: Build, root: Path, depends: list[str]) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(-(-file.stat().st_size // 1024) for file in files)
    fields = {
        "Package": NAME,
        "Version": build.version,
        "Architecture": build.run(["dpkg", "--print-architecture"], quiet=True),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        "Depends": ", ".join(depends),
        "Recommends": ", ".join(RECOMMENDS),
        "Section": "misc",
        "Priority": "optional",
        "Description": SUMMARY[0].lower() + SUMMARY[1:] + "\n" + textwrap.indent(DESCRIPTION.strip(), " "),
    }
    (control / "control").write_text("".join(f"{name}: {value}\n" for name, value in fields.items()))
    sums = [f"{hashlib.md5(file.read_bytes()).hexdigest()}  {file.relative_to(root)}\n" for file in files]
    (control / "md5sums").write_text("".join(sums))
    for name in _SCRIPTS:
        script = filled(build, _HERE / name).replace("#VERSIONS#\n", filled(build, SHARE / "versions.sh"))
        (control / name).write_text(script)
        (control / name).chmod(0o755)
