"""Whether a folder is on a disk of this computer, or on another one over the network."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
_REMOTE: Final = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "drvfs", "gfs2", "gpfs", "lustre", "ncpfs", "nfs",
        "nfs4", "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf",
        "fuse.ceph-fuse", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs",
        "fuse.sshfs", "fuse.vmhgfs-fuse",
    }
)  # fmt: skip
"""File systems of Linux on which another computer may have the same file open."""

_DRIVE_REMOTE: Final = 4


def is_remote(path: Path) -> bool:
    """Whether `path` is on a network drive. macOS cannot be asked like this: there it is always False."""
    whole = path.absolute()
    if sys.platform == "win32":
        return is_remote_drive(whole.drive)
    try:
        mounts = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    return file_system(mounts, os.path.realpath(whole)) in _REMOTE


def is_remote_drive(drive: str) -> bool:
    """Whether this is a share, or a letter for one. Only Windows knows the letters."""
    name = drive.removeprefix("\\\\?\\")
    if name.startswith(("\\\\", "UNC\\")):
        return True
    if sys.platform == "win32" and name:
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{name}\\") == _DRIVE_REMOTE)
    return False


def file_system(mounts: str, path: str) -> str:
    """The kind of file system that `path` is on; `mounts` is Linux's list (`man 5 proc`, mountinfo).

    The longest mount point above it counts, and of several at one place the last.
    """
    longest, found = "", ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        place = _plain(before.split()[4]) if len(before.split()) > 4 else ""
        inside = path == place or path.startswith(place.rstrip("/") + "/")
        if place and after and inside and len(place) >= len(longest):
            longest, found = place, after.split()[0]
    return found


def _plain(escaped: str) -> str:
    """A path as it is: spaces and the like stand there as three octal digits."""
    for code in ("040", "011", "012", "134"):
        escaped = escaped.replace(f"\\{code}", chr(int(code, 8)))
    return escaped
