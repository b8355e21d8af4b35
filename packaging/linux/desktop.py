"""What a Linux desktop wants to know of the program: menu entry, metadata, icons, man pages."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from contents.build import APP_ID, NAME, PUBLISHER, ROOT, SUMMARY, TITLE, Build
from contents.pictures import put_theme

SHARE: Final = ROOT / "packaging" / "linux" / "share"
MAN_PAGES: Final = ("maintenance-desktop.1", "maintenance-cli.1")


def filled(build: Build, template: Path) -> str:
    """The text of a template, with what is this build's in place of its @WORDS@."""
    date = datetime.fromtimestamp(build.moment, UTC)
    words = {
        "APP_ID": APP_ID,
        "DATE": f"{date:%Y-%m-%d}",
        "DEVELOPER_ID": APP_ID.rpartition(".")[0],
        "NAME": NAME,
        "PUBLISHER": PUBLISHER,
        "SUMMARY": SUMMARY,
        "TITLE": TITLE,
        "VERSION": build.version,
        "YEAR": str(date.year),
    }
    return re.sub(r"@([A-Z_]+)@", lambda found: words[found[1]], template.read_text())


def put_share(build: Build, share: Path) -> None:
    """Fill the `share` folder of a package, which is /usr/share when installed."""
    for template, name in (
        ("program.desktop", f"applications/{APP_ID}.desktop"),
        ("program.metainfo.xml", f"metainfo/{APP_ID}.metainfo.xml"),
    ):
        file = share / name
        file.parent.mkdir(parents=True)
        file.write_text(filled(build, SHARE / template))
    put_theme(share, APP_ID)
    pages = share / "man" / "man1"
    pages.mkdir(parents=True)
    for page in MAN_PAGES:
        put_zipped(pages / f"{page}.gz", filled(build, SHARE / page))


def put_zipped(file: Path, text: str) -> None:
    """Write a text as Debian wants it: zipped as far as possible, without a time."""
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def check_share(build: Build, share: Path) -> None:
    """Let the desktop's own tools look at the entry and the metadata. Raises BuildTrouble."""
    build.run(["desktop-file-validate", share / "applications" / f"{APP_ID}.desktop"])
    build.run(["appstreamcli", "validate", "--no-net", share / "metainfo" / f"{APP_ID}.metainfo.xml"])
