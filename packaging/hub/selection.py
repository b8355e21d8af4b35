"""What of all that PyInstaller finds comes into the server, and what is left out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

from contents.wheels import locked_names
from packaging.utils import canonicalize_name

Entry = tuple[str, str, str]
"""PyInstaller's: where it goes, where it comes from, its kind."""

COLLECTED: Final = "collected.json"

HIDDEN: Final = ["psycopg_binary._psycopg", "psycopg_binary.pq"]
"""Modules that are imported by a name that is put together."""

UNUSED: Final = (
    "certifi", "faker", "httpcore", "httpx", "litestar_htmx", "markdown_it", "mdurl", "polyfactory",
    "pycparser", "pygments", "rich", "rich_click",
)  # fmt: skip
"""What litestar wants installed for its command line, its documentation pages and its tests. The hub has none
of these; the tests run against the built program, so a module that is missed is noticed.
"""

_NOT_FOR_PROGRAMS: Final = (
    "curses", "distutils", "doctest", "ensurepip", "idlelib", "lib2to3", "pydoc", "readline", "test",
    "tkinter", "turtle", "unittest", "xmlrpc",
)  # fmt: skip

_BUNDLED: Final = ("libpython3", "libmpdec")
"""Libraries of the build machine that come along: other releases have others. All else is the system's own,
above all OpenSSL and SQLite, which the system keeps up to date on a server.
"""


def unwanted_modules() -> list[str]:
    """The top-level modules that the hub's lock does not name, and what it names and is never imported."""
    ours = set(locked_names("hub"))
    foreign = [
        module
        for module, distributions in packages_distributions().items()
        if not ours & {canonicalize_name(one) for one in distributions}
        and not module.startswith(("PyInstaller", "_pyinstaller", "maintenance_desktop"))
    ]
    return sorted({*foreign, *UNUSED, *_NOT_FOR_PROGRAMS})


def chosen(entries: Iterable[Entry]) -> list[Entry]:
    """Those files that come in."""
    return [entry for entry in sorted(entries) if _is_wanted(entry)]


def write_collected(room: Path, *groups: Iterable[Entry]) -> None:
    """Write down where every file and module came from."""
    entries = [entry for group in groups for entry in group]
    sources = {name: source for name, source, kind in entries if source and kind != "SYMLINK"}
    (room / COLLECTED).write_text(json.dumps(sources, indent=1, sort_keys=True))


def _is_wanted(entry: Entry) -> bool:
    name, source, kind = entry
    if ".dist-info/" in name:  # some ask for their own version
        return name.endswith("/METADATA")
    if kind == "BINARY" and "/" not in name and "site-packages" not in source:
        return name.startswith(_BUNDLED)
    return not (kind == "SYMLINK" and "/" not in name)
