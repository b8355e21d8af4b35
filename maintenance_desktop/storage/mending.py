"""Opening `work.db`, also when it was damaged: nothing is deleted, what can be read waits again."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Final

from maintenance_desktop import disk
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.storage.database import Damaged, sentences
from maintenance_desktop.storage.salvage import salvage
from maintenance_desktop.storage.work import WorkFile

_log = logging.getLogger(__name__)
_WORK: Final = "work.db"
_MENDED: Final = "work-mended.db"
_ENDINGS: Final = ("", "-wal", "-shm", "-journal")
NOTICE: Final = "notice"
"""Where `work.db` keeps what the person has to be told about it."""


def open_work(folder: Path, now: datetime) -> WorkFile:
    """The file with this person's work. Raises ProfileTrouble, StorageTrouble."""
    path = folder / _WORK
    if not _is_there(path) and (folder / _MENDED).exists():
        return _take_over(folder, now)  # the last start ended between two steps of mending
    if not _is_there(path) and any(folder.glob("cache-*.db")):
        if _leftovers(path):
            _set_aside(path, now)
        return _begun(path)
    try:
        return WorkFile(path)
    except Damaged:
        return _mended(folder, now)


def _begun(path: Path) -> WorkFile:
    """An empty file in the place of one that was there once."""
    work = WorkFile(path)
    try:
        work.set_meta(NOTICE, "The file with your waiting changes was gone. If changes waited, tell your IT.")
    except BaseException:
        work.close()
        raise
    return work


def _mended(folder: Path, now: datetime) -> WorkFile:
    """Read what can be read into a new file, and only then put that in the place of the damaged one."""
    path, mended = folder / _WORK, folder / _MENDED
    _remove(mended)  # of an attempt that did not come to its end
    fresh = WorkFile(mended)
    try:
        saved = salvage(path, fresh)
        fresh.set_meta(
            NOTICE,
            f"The file with your waiting changes was damaged. It is kept as {_name_aside(path, now).name}, "
            f"and {saved} waiting changes could be read from it and are in the queue again. "
            "Please tell your IT.",
        )
        _write_out(fresh)
    finally:
        fresh.close()
    return _take_over(folder, now)


def _write_out(fresh: WorkFile) -> None:
    """All of it into the file itself, which then moves without its journal."""
    ((is_held, *_),) = fresh.database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    if is_held:
        raise StorageTrouble("Another program holds the file with your work. Close it and try again.")


def _take_over(folder: Path, now: datetime) -> WorkFile:
    path = folder / _WORK
    with sentences():
        if path.exists() or _leftovers(path):
            _set_aside(path, now)
        disk.replace_file(folder / _MENDED, path)
    return WorkFile(path)


def _set_aside(path: Path, now: datetime) -> None:
    """Rename a damaged file and what belongs to it. Nothing is deleted.

    One name after the other is on the disk: a damaged file that is there without its journal would be mended
    once more, from less.
    """
    aside = _name_aside(path, now)
    for ending in _ENDINGS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
            disk.sync_folder(path.parent)
    _log.error("work.db was damaged and is kept as %s", aside.name)


def _name_aside(path: Path, now: datetime) -> Path:
    """A name that nothing has yet, whatever the clock says."""
    stem, number = f"work-damaged-{now:%Y%m%d-%H%M%S}", 1
    aside = path.with_name(f"{stem}.db")
    while any(path.parent.glob(f"{aside.name}*")):
        number += 1
        aside = path.with_name(f"{stem}-{number}.db")
    return aside


def _is_there(path: Path) -> bool:
    """An empty file holds nothing, and SQLite would throw away the journal beside it."""
    return path.exists() and path.stat().st_size > 0


def _leftovers(path: Path) -> list[Path]:
    journals = [Path(f"{path}{ending}") for ending in ("-wal", "-journal")]
    return [one for one in journals if one.exists() and one.stat().st_size]


def _remove(path: Path) -> None:
    for ending in _ENDINGS:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").unlink()
