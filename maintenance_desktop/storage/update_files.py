"""The folder `updates/`: downloaded installers, each in a folder of its own that only this user writes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from filelock import FileLock, Timeout

from maintenance_desktop import disk
from maintenance_desktop.domain.updates import Attempt, Offer, Reason, UpdateTrouble
from maintenance_desktop.domain.wire import UnreadableJson, decode, encode

_PART: Final = ".part"
_ATTEMPT: Final = "attempt.json"
_UNUSUAL: Final = re.compile(r"[^A-Za-z0-9._+-]")
_LONGEST_NAME: Final = 100
_SPARE_BYTES: Final = 64 * 1024**2
"""What stays free on the disk: the work of the person goes before an update."""


class UpdateFiles:
    """Keeps installers and the note of an update that was begun."""

    def __init__(self, folder: Path, free_bytes: Callable[[Path], int] | None = None) -> None:
        self._folder = folder
        self._installers = folder / "installers"
        self._free_bytes = free_bytes or _free_bytes

    @property
    def folder(self) -> Path:
        return self._folder

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """One program at a time looks after updates. Raises UpdateTrouble."""
        with _translated():
            _make_private(self._folder)
            lock = FileLock(self._folder / "updates.lock", timeout=0)
            try:
                lock.acquire()
            except Timeout as error:
                raise UpdateTrouble(Reason.IN_USE) from error
        try:
            yield
        finally:
            lock.release()

    def begin(self, offer: Offer) -> Path:
        """An empty file to download into, where there is room for it. Raises UpdateTrouble."""
        with _translated():
            path = self._path(offer)
            for folder in (self._folder, self._installers, path.parent):
                _make_private(folder)
            part = path.with_name(path.name + _PART)
            part.unlink(missing_ok=True)
            # it is there twice for a moment: as it came, and as it was found to be what was signed
            if self._free_bytes(self._folder) < 2 * offer.length + _SPARE_BYTES:
                raise UpdateTrouble(Reason.DISK_FULL)
            return part

    def keep(self, offer: Offer) -> None:
        """What was downloaded is whole: give it its name. Raises UpdateTrouble."""
        with _translated():
            path = self._path(offer)
            disk.replace_file(path.with_name(path.name + _PART), path)

    def is_whole(self, offer: Offer) -> bool:
        """Whether the installer is here, to the last bit as it was signed."""
        return _is_as_signed(self._path(offer), offer)

    def verified(self, offer: Offer) -> Path:
        """The installer, read through once more; deleted where it changed. Raises UpdateTrouble."""
        path = self._path(offer)
        try:
            is_ours = all(_is_private(one) for one in (self._folder, self._installers, path.parent))
        except OSError:
            is_ours = False
        if not is_ours or not self.is_whole(offer):
            self.clean(None)
            raise UpdateTrouble(Reason.CHANGED_HERE, str(path))
        return path

    def compare(self, offer: Offer, path: Path) -> None:
        """See that a copy of the installer is as it was signed. Raises UpdateTrouble."""
        if not _is_as_signed(path, offer):
            raise UpdateTrouble(Reason.CHANGED_HERE, str(path))

    def clean(self, offer: Offer | None) -> None:
        """Delete all installers but this one, as far as they can be deleted, and what broke off."""
        kept = self._path(offer).parent if offer else None
        with contextlib.suppress(OSError):
            for found in self._installers.iterdir():
                if found != kept:
                    shutil.rmtree(found, ignore_errors=True)

    def remember(self, attempt: Attempt) -> None:
        """Write down that an update begins. Raises UpdateTrouble."""
        with _translated():
            new = self._folder / f"{_ATTEMPT}.new"
            new.write_bytes(encode({"version": attempt.version, "before": attempt.before}))
            disk.replace_file(new, self._folder / _ATTEMPT)

    def take_attempt(self) -> Attempt | None:
        """The update that was begun before this start, once."""
        path = self._folder / _ATTEMPT
        try:
            said = decode(path.read_bytes())
            path.unlink()
        except (OSError, UnreadableJson):
            return None
        match said:
            case {"version": str() as version, "before": str() as before}:
                return Attempt(version, before)
        return None

    def _path(self, offer: Offer) -> Path:
        name = _UNUSUAL.sub("_", PurePosixPath(offer.name).name)[-_LONGEST_NAME:].lstrip(".")
        return self._installers / offer.sha256[:16] / (name or "installer")


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UpdateTrouble(Reason.DISK_FULL if disk.is_full(error) else Reason.DISK, str(error)) from error


def _make_private(folder: Path) -> None:
    # Windows gives such a folder to its maker alone too, since Python 3.11.10; before, it is in the
    # person's own AppData, where nobody else but administrators writes
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_private(folder):
        if folder.is_symlink():
            raise UpdateTrouble(Reason.DISK, f"{folder} leads elsewhere")
        folder.chmod(0o700)


def _is_private(folder: Path) -> bool:
    """Whether it is a folder that only this user writes to."""
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode):
        return False
    if sys.platform == "win32":
        return True
    return seen.st_uid == os.geteuid() and not seen.st_mode & 0o022


def _is_as_signed(path: Path, offer: Offer) -> bool:
    try:
        return path.stat().st_size == offer.length and _sha256(path) == offer.sha256
    except OSError:
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
