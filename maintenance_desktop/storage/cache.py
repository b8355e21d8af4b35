"""`cache.db`: the copy of the server. Disposable: whatever is wrong with it, it is downloaded again.

Durable all the same: the record of an answer has to be on the disk before `work.db` lets the edit go, or a
power cut would show people the record as it was before their own change.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from maintenance_desktop.disk import DURABLE
from maintenance_desktop.domain.cache_layout import LAYOUT, finishing, statements
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.trouble import CacheDamaged, StorageTrouble
from maintenance_desktop.storage.database import Damaged, Database, Transaction
from maintenance_desktop.storage.keeping import Keeper, has_downloaded_rows
from maintenance_desktop.storage.work import WorkFile

_log = logging.getLogger(__name__)
_POINTER: Final = "cache_file"
_NAME: Final = re.compile(r"cache-(\d+)\.db")


class CacheFiles:
    """The `Cache` port: the file that is shown, and while a new download runs, the one being filled.

    Which file is shown stands in `work.db`; `generation` counts the switches, so that readers reopen.
    """

    def __init__(self, folder: Path, work: WorkFile) -> None:
        """Open the cache that `work.db` points to, or begin an empty one."""
        self._folder = folder
        self._work = work
        self._switching = threading.RLock()
        self.generation = 0
        self.when_replaced: Callable[[], None] = lambda: None
        """Called, on any thread, when a damaged cache was replaced: it has to be downloaded again."""
        self._filling: Database | None = None
        self._opened: list[Database] = []
        """Every file of this session: each thread gives back its own connections, also to older ones."""
        try:
            self._shown = self._open_shown()
            self._remove_others()
        except BaseException:
            self.close()
            raise

    @property
    def path(self) -> Path:
        """The file that readers attach."""
        return self._shown.path

    def cursor(self) -> str | None:
        with _damage_told():
            return self._meta(self._filling or self._shown, "cursor")

    def is_complete(self) -> bool:
        with contextlib.suppress(StorageTrouble):
            return self._meta(self._shown, "complete") == "1"
        return False

    def has_leftovers(self) -> bool:
        with _damage_told():
            file = self._filling or self._shown
            with file.read() as db:
                return self._meta(file, "cursor") is None and has_downloaded_rows(db)

    def put(
        self, changes: Sequence[Change], cursor: str | None = None, *, complete: bool | None = None
    ) -> set[str]:
        """Keep what is newer, and the cursor, in one transaction. Raises CacheDamaged, StorageTrouble."""
        if complete and self._filling is not None:
            with self._to_switch(), _damage_told():
                return self._put(changes, cursor, complete=complete)
        with self._switching, _damage_told():
            return self._put(changes, cursor, complete=complete)

    def start_again(self) -> None:
        """Begin a new download in a new file. What is shown now stays until that is complete."""
        with self._to_switch():
            if self.is_complete():
                self._filling = self._new_file()
                self.leave_old()
            else:
                self._switch_to(self._new_file())

    def replace_damaged(self) -> None:
        """Show an empty cache instead of a damaged one; the file is kept aside until the next start."""
        with self._to_switch():
            _log.error("cache is damaged and will be downloaded again: %s", self._shown.path.name)
            self._switch_to(self._new_file())
        self.when_replaced()

    def leave_old(self) -> None:
        """Give back this thread's connections to files that are not used any more."""
        for file in self._opened:
            if file not in (self._shown, self._filling):
                file.close()

    def close(self) -> None:
        """Give back this thread's connections."""
        for file in self._opened:
            file.close()

    def _put(self, changes: Sequence[Change], cursor: str | None, *, complete: bool | None) -> set[str]:
        if self._filling is not None:
            changed = _put(self._filling, changes, cursor, complete)
            if not complete:
                return _put(self._shown, changes, None, None) if cursor is None else changed
            self._switch_to(self._filling)
            return changed
        return _put(self._shown, changes, cursor, complete)

    @contextlib.contextmanager
    def _to_switch(self) -> Iterator[None]:
        """Both locks in the one order that a save which finds damage has them in, too."""
        with self._work.database.turn(), self._switching:
            yield

    def _switch_to(self, file: Database) -> None:
        self._filling = None
        self._work.set_meta(_POINTER, file.path.name)
        self._shown = file
        self.generation += 1
        self.leave_old()

    def _open_shown(self) -> Database:
        name = self._work.meta(_POINTER)
        if name and _NAME.fullmatch(name) and (self._folder / name).exists():
            file = self._open(name)
            with contextlib.suppress(StorageTrouble):
                if self._meta(file, "layout") == str(LAYOUT):
                    return file
            file.close()
            _log.warning("cache %s is not usable and will be downloaded again", name)
        fresh = self._new_file()
        self._work.set_meta(_POINTER, fresh.path.name)
        return fresh

    def _new_file(self) -> Database:
        numbers = [int(match[1]) for path in self._folder.iterdir() if (match := _NAME.match(path.name))]
        file = self._open(f"cache-{max(numbers, default=0) + 1}.db")
        with file.write() as db:
            for statement in (*statements(), *finishing()):
                db.execute(statement)
        return file

    def _open(self, name: str) -> Database:
        file = Database(self._folder / name, DURABLE)
        self._opened.append(file)
        return file

    def _remove_others(self) -> None:
        for path in self._folder.iterdir():
            if _NAME.match(path.name) and not path.name.startswith(self._shown.path.name):
                with contextlib.suppress(OSError):
                    path.unlink()

    @staticmethod
    def _meta(file: Database, key: str) -> str | None:
        found = file.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        raise CacheDamaged(str(error)) from error


def _put(file: Database, changes: Sequence[Change], cursor: str | None, complete: bool | None) -> set[str]:
    with file.write() as db:
        keeper = Keeper(db)
        kept = keeper.keep(changes)
        if cursor is not None:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (cursor,))
        if complete and not _is_complete(db):
            keeper.forget_what_nobody_has()
        if complete is not None:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('complete', ?)", (str(int(complete)),))
    return kept


def _is_complete(db: Transaction) -> bool:
    return db.execute("SELECT 1 FROM meta WHERE key = 'complete' AND value = '1'").fetchone() is not None
