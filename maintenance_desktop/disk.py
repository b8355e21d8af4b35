"""What outlives a power cut: folders, files, and the commits of an SQLite connection."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import sys
from pathlib import Path
from typing import Final

if sys.platform == "darwin":
    import fcntl

DURABLE: Final = {"journal_mode": "wal", "synchronous": "full", "fullfsync": 1}
"""A commit is on the disk when it returns.

In WAL mode, FULL syncs the journal once more after each commit, which keeps commits through a power loss
(https://www.sqlite.org/pragma.html#pragma_synchronous); `fullfsync` is what macOS needs for that. The folder
is synced by SQLite, together with a journal that it has newly made.
"""

_FULL: Final = 2
_NO_FOLDERS: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EISDIR, errno.EBADF, errno.EINVAL, errno.ENOTSUP, errno.ENOSYS}
)
"""What systems say that do not sync folders, and what they say of a folder that is not ours."""


WITHOUT_SHARED_MEMORY: Final = "truncate"
"""The journal where there can be no WAL. FULL syncs it after each commit too; who reads holds up a commit."""

_DURABLE_MODES: Final = frozenset({"wal", WITHOUT_SHARED_MEMORY})


def is_durable(connection: sqlite3.Connection) -> bool:
    """Whether what was asked for took: where there can be no WAL, SQLite answers `delete` and goes on."""
    ((mode,), (level,)) = (
        connection.execute(f"PRAGMA {name}").fetchone() for name in ("journal_mode", "synchronous")
    )
    return bool(mode in _DURABLE_MODES and level >= _FULL)


def make_folder(path: Path) -> None:
    """Make a folder and those above it. Each name on the way is on the disk, whoever made it."""
    path.mkdir(parents=True, exist_ok=True)
    whole = path.resolve()
    for folder in (whole, *whole.parents):
        sync_folder(folder)


def sync_file(path: Path) -> None:
    """Have the content of a file on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def replace_file(finished: Path, path: Path) -> None:
    """Put a file in the place of another: first its content is on the disk, then its name."""
    sync_file(finished)
    finished.replace(path)
    sync_folder(path.parent)


def is_full(error: OSError) -> bool:
    """Whether it failed because there is no room left."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def sync_folder(path: Path) -> None:
    """Have on the disk which names are in a folder. Windows has no such call and keeps its own journal."""
    if os.name == "nt":
        return
    try:
        handle = os.open(path, os.O_RDONLY)
        try:
            _sync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDERS:
            raise


def _sync(handle: int) -> None:
    if sys.platform == "darwin":
        with contextlib.suppress(OSError):  # not on every file system
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)  # fsync alone leaves it in the memory of the drive
            return
    os.fsync(handle)
