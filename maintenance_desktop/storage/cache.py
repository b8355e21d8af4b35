"""`cache.db`: the copy of the server. Disposable: whatever is wrong with it, it is downloaded again.

Durable all the same: the record of an answer has to be on the disk before `work.db` lets the edit go, or a
power cut would show people the record as it was before their own change.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from maintenance_desktop.disk import DURABLE, sync_file, sync_folder
from maintenance_desktop.domain.cache_filling import Line, UnreadableRecord
from maintenance_desktop.domain.cache_layout import LAYOUT, OTHER, TABLES, finishing, statements
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.trouble import CacheDamaged, StorageTrouble
from maintenance_desktop.domain.wire import decode
from maintenance_desktop.storage.converting import CONVERTIBLE, convert
from maintenance_desktop.storage.database import READING, Damaged, Database, Transaction, sentences
from maintenance_desktop.storage.keeping import Keeper, has_downloaded_rows
from maintenance_desktop.storage.loading import Loading, layout_of
from maintenance_desktop.storage.work import WorkFile

_log = logging.getLogger(__name__)
_POINTER: Final = "cache_file"
_LOADING: Final = "loading_file"
_PRAGMAS: Final = {**DURABLE, "cache_size": -16_384, "wal_autocheckpoint": 4_000}
"""As durable, with room for the pages that a thousand changes touch."""
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
        self._answered: dict[Path, set[str]] = {}
        """What answers told of, in files that a download of this session filled; in others nobody knows."""
        self._loading: Loading | None = None
        self._first: Loading | None = None
        """What is needed first, of a large first download, for as long as nothing of it is shown."""
        try:
            self._shown = self._open_shown()
            self._go_on_loading()
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

    @property
    def folder(self) -> Path:
        """Where a snapshot is fetched to."""
        return self._folder

    def loading_cursor(self) -> str | None:
        """Where a large download goes on that was begun here; None: there is none, or it has no page yet."""
        with _damage_told():
            return self._loading.cursor if self._loading is not None else None

    def begin_loading(self) -> None:
        """Begin a large download in a file of its own; one that was begun before is thrown away.

        Raises StorageTrouble.
        """
        with self._to_switch():
            self._end_loading()
            path = self._new_path()
            self._loading = Loading.begun(path)
            self._opened.append(self._loading.file)
            self._work.set_meta(_LOADING, path.name)
            if not self.is_complete():
                self._first = Loading.begun(self._new_path())
                self._opened.append(self._first.file)

    def load(self, lines: Sequence[Line], cursor: str | None) -> bool:
        """Keep what a large download tells, and where it goes on. True: there is more to look at now.

        All unfinished work comes first, and is shown as soon as it is here.
        Raises StorageTrouble, CacheDamaged, UnreadableRecord.
        """
        with self._switching, _damage_told():
            if self._loading is None:
                raise StorageTrouble("The download was begun anew meanwhile.")
            self._loading.add(lines, cursor)
            first = self._first
            if first is None:
                return False
            first.add(lines)
            if not first.has_what_comes_first:
                return False
            first.finish("")
            first.file.execute("DELETE FROM meta WHERE key = 'cursor'")
        file = self._prepared(first.file.path.name)
        with self._to_switch():
            self._first = None
            self._take_over(file)
        return True

    def finish_loading(self, cursor: str) -> None:
        """Everything is here: build what searches and sorts, and show it.

        Raises StorageTrouble, CacheDamaged.
        """
        with _damage_told():
            loading = self._loading
            if loading is None:
                raise StorageTrouble("The download was begun anew meanwhile.")
            loading.finish(cursor)
            file = self._prepared(loading.file.path.name)
            with self._to_switch():
                self._loading = None
                self._end_loading()
                self._take_over(file)
                self._work.set_meta(_LOADING, "")

    def adopt(self, snapshot: Path, cursor: str) -> bool:
        """Show a downloaded file; False where it is not what this program reads. Raises StorageTrouble.

        What was answered meanwhile comes along, and the changes since it was made come after it.
        """
        with self._to_switch():
            path = self._new_path()
            with sentences():
                snapshot.replace(path)
        if not self._is_usable(path):
            _log.warning("the snapshot has another layout than this program, and is not used")
            with contextlib.suppress(OSError):
                path.unlink()
            return False
        with sentences():
            sync_file(path)
            sync_folder(self._folder)
        file = self._prepared(path.name, cursor)
        with self._to_switch():
            self._end_loading()
            self._take_over(file)
        return True

    def start_again(self) -> None:
        """Begin a new download in a new file. What is shown now stays until that is complete."""
        with self._to_switch():
            self._end_loading()
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
            if file not in (self._shown, self._filling, *self._loaded()):
                file.close()

    def close(self) -> None:
        """Give back this thread's connections."""
        for file in self._opened:
            file.close()

    def _is_usable(self, path: Path) -> bool:
        """Whether a file from elsewhere is laid out as ours are, statement by statement."""
        file = Database(path, {**READING, "trusted_schema": 0, "cell_size_check": 1})
        try:
            is_ours = layout_of(file) == layout_of(self._shown)
            return is_ours and self._meta(file, "layout") == str(LAYOUT)
        except StorageTrouble:
            return False
        finally:
            file.close()

    def _prepared(self, name: str, cursor: str | None = None) -> Database:
        """Open a file that was filled elsewhere, and give it the answers that the one shown has.

        That may take seconds, and nobody's save waits for it: only the thread that syncs tells of answers.
        """
        file = self._open(name)
        answers = _answers(self._shown)
        self._answered[file.path] = {answer.id for answer in answers}
        with file.write() as db:
            Keeper(db).keep(answers)
            if cursor is not None:
                db.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (cursor,))
            db.execute("INSERT OR REPLACE INTO meta VALUES ('complete', '0')")
        return file

    def _take_over(self, file: Database) -> None:
        """Show a prepared file; where a whole copy is shown, once the changes since then are in it."""
        if self.is_complete():
            self._filling = file
            self.leave_old()
        else:
            self._switch_to(file)

    def _end_loading(self) -> None:
        for loading in (self._loading, self._first):
            if loading is not None:
                loading.close()
        self._loading = self._first = None

    def _loaded(self) -> list[Database]:
        return [one.file for one in (self._loading, self._first) if one is not None]

    def _put(self, changes: Sequence[Change], cursor: str | None, *, complete: bool | None) -> set[str]:
        file = self._filling or self._shown
        answered = self._answered.get(file.path)
        if answered is not None:
            answered.update(change.id for change in changes if not change.changed_at)
        changed = _put(file, changes, cursor, complete, answered)
        if complete:
            self._answered.pop(file.path, None)
        if self._filling is not None:
            if not complete:
                return _put(self._shown, changes, None, None) if cursor is None else changed
            self._switch_to(self._filling)
        return changed

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
            with contextlib.suppress(StorageTrouble, UnreadableRecord):
                layout = self._meta(file, "layout")
                if layout == str(LAYOUT):
                    return file
                file.close()
                path = self._new_path()
                if layout == CONVERTIBLE and convert(file.path, path):
                    _log.info("cache %s was laid out anew as %s", name, path.name)
                    self._work.set_meta(_POINTER, path.name)
                    return self._open(path.name)
            file.close()
            _log.warning("cache %s is not usable and will be downloaded again", name)
        fresh = self._new_file()
        self._work.set_meta(_POINTER, fresh.path.name)
        return fresh

    def _go_on_loading(self) -> None:
        """A large download that was broken off goes on, if what comes first was shown already."""
        name = self._work.meta(_LOADING) or ""
        if not _NAME.fullmatch(name) or not (self._folder / name).exists():
            return
        with contextlib.suppress(StorageTrouble):
            loading = Loading(self._folder / name)
            self._opened.append(loading.file)
            if loading.cursor is not None and (self.is_complete() or has_any(self._shown)):
                self._loading = loading

    def _new_path(self) -> Path:
        numbers = [int(match[1]) for path in self._folder.iterdir() if (match := _NAME.match(path.name))]
        return self._folder / f"cache-{max(numbers, default=0) + 1}.db"

    def _new_file(self) -> Database:
        file = self._open(self._new_path().name)
        with file.write() as db:
            for statement in (*statements(), *finishing()):
                db.execute(statement)
        return file

    def _open(self, name: str) -> Database:
        file = Database(self._folder / name, _PRAGMAS)
        self._opened.append(file)
        return file

    def _remove_others(self) -> None:
        kept = tuple(file.path.name for file in (self._shown, *self._loaded()))
        for path in self._folder.iterdir():
            if _NAME.match(path.name) and not path.name.startswith(kept):
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


def _put(
    file: Database,
    changes: Sequence[Change],
    cursor: str | None,
    complete: bool | None,
    answered: Collection[str] | None = None,
) -> set[str]:
    with file.write() as db:
        keeper = Keeper(db)
        kept = keeper.keep(changes)
        if cursor is not None:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (cursor,))
        repeated = [one.id for one in changes if one.is_repeated and one.id in kept]
        if repeated:
            keeper.doubt(repeated)
        if complete:
            keeper.forget_what_was_doubted()
        if complete and not _is_complete(db):
            keeper.forget_what_nobody_has(answered)
        if complete is not None:
            db.execute("INSERT OR REPLACE INTO meta VALUES ('complete', ?)", (str(int(complete)),))
    return kept


def has_any(file: Database) -> bool:
    """Whether any work order is in a file."""
    return bool(file.rows("SELECT 1 FROM work_order LIMIT 1"))


def _answers(file: Database) -> list[Change]:
    """What the answers to edits told, and the stream of changes did not yet."""
    return [
        Change(record_type, record_id, version, None if body is None else decode(body))
        for table in (*TABLES, OTHER)
        for record_type, record_id, version, body in file.rows(
            f"SELECT type, id, version, body FROM {table} WHERE changed_at = '' AND version > 0"
        )
    ]


def _is_complete(db: Transaction) -> bool:
    return db.execute("SELECT 1 FROM meta WHERE key = 'complete' AND value = '1'").fetchone() is not None
