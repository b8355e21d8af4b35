"""Reading: `work.db` with `cache.db` attached, so that people see the server's copy under their own edits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Final, TypeVar

from maintenance_desktop.domain.cache_layout import columns
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.storage.cache import CacheFiles
from maintenance_desktop.storage.database import READING, Damaged, Database
from maintenance_desktop.storage.pending import Pending, PendingReader
from maintenance_desktop.storage.search_index import is_match
from maintenance_desktop.storage.work import WorkFile

Result = TypeVar("Result")

_REMEMBERED: Final = 128
_CACHE_SIZE: Final = -8_192
"""Room for the upper pages of the trees of a million records: each row is then one look at the disk."""
_MARKS: Final = ("", "waiting", "refused", "conflict")


def mark_of(rank: int | None) -> str:
    """The mark for the gravest state among a record's pending edits."""
    return _MARKS[rank or 0]


def shown(table: str) -> str:
    """A subquery of all records of a type as people see them.

    The half of the cache leaves out every record with a pending edit; those come from their newest edit.
    A deletion hides its record unless the server refused it. `work.db` is the main database, so that its
    snapshot is opened first.
    """
    names = columns(table)
    cached = "".join(f", c.{name}" for name in names)
    pending = "".join(f", json_extract(p.mine, '$.{name}')" for name in names)
    return (
        f"(SELECT c.id, c.n, c.version, c.body AS content, 0 AS rank{cached} FROM cache.{table} AS c"
        " WHERE c.body IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.edit AS e WHERE e.record_id = c.id)"
        f" UNION ALL SELECT p.record_id, NULL, p.base_version, p.mine, p.rank{pending} FROM main.pending AS p"
        f" WHERE p.type = '{table}' AND (p.kind <> 'delete' OR p.rank > 1))"
    )


class View:
    """One reading connection per thread. It follows the cache when that is switched."""

    def __init__(self, work: WorkFile, cache: CacheFiles) -> None:
        self._cache = cache
        self._database = Database(work.database.path, READING)
        self._database.peewee.register_function(is_match, "is_match", 2)
        self._attached = threading.local()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one query. A damaged cache is replaced by an empty one and asked again.

        One statement sees one moment by itself: SQLite opens `main` first, as `_read` does.
        """
        if self._database.peewee.in_transaction():
            return self._database.rows(sql, parameters)

        def read() -> list[tuple[Any, ...]]:
            self._attach()
            return self._database.rows(sql, parameters)

        return self._mending(read)

    def at_one_moment(self, read: Callable[[], Result]) -> Result:
        """Several reads that see the same moment."""
        if self._database.peewee.in_transaction():
            return read()
        return self._mending(lambda: self._read(read))

    def pending(self) -> Pending:
        """The pending edits at the moment of the reads around this one."""
        version = self._version("main")
        if self._attached.pending_version != version:
            self._attached.pending = self._attached.reader.read(self._database.rows)
            self._attached.pending_version = version
        found: Pending = self._attached.pending
        return found

    def remembered(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """What was computed from this very state of both files, or is computed now."""
        state = (self._version("main"), self._version("cache"))
        if self._attached.state != state:
            self._attached.state = state
            self._attached.made = {}
        return _remembered(self._attached.made, key, make)

    def remembered_of_cache(self, key: Hashable, make: Callable[[], Result]) -> Result:
        """What was computed from this very state of the cache alone: a save does not make it wrong."""
        version = self._version("cache")
        if self._attached.cache_version != version:
            self._attached.cache_version = version
            self._attached.made_of_cache = {}
        return _remembered(self._attached.made_of_cache, key, make)

    def close(self) -> None:
        """Give back this thread's connection."""
        self._database.close()
        self._attached.generation = None

    def _version(self, schema: str) -> int:
        """A number that is another one once anybody else has written into the file.

        Within a moment it stays the same, so that it is asked for once.
        """
        known: dict[str, int] | None = getattr(self._attached, "versions", None)
        if known is not None and schema in known:
            return known[schema]
        ((found,),) = self._database.rows(f"PRAGMA {schema}.data_version")
        if known is not None:
            known[schema] = int(found)
        return int(found)

    def _mending(self, read: Callable[[], Result]) -> Result:
        try:
            return read()
        except Damaged:
            if not self._work_is_sound():
                raise
            self._cache.replace_damaged()
            return read()

    def _read(self, read: Callable[[], Result]) -> Result:
        self._attach()
        with self._database.read():
            self._database.rows("SELECT 1 FROM main.edit LIMIT 1")
            self._database.rows("SELECT 1 FROM cache.meta LIMIT 1")
            self._attached.versions = {}
            try:
                return read()
            finally:
                self._attached.versions = None

    def _attach(self) -> None:
        generation = self._cache.generation
        if getattr(self._attached, "generation", None) == generation:
            return
        self._database.close()
        self._cache.leave_old()
        self._database.rows("ATTACH DATABASE ? AS cache", (str(self._cache.path),))
        self._database.rows(f"PRAGMA cache.cache_size = {_CACHE_SIZE}")
        self._attached.generation = generation
        self._attached.reader = PendingReader()
        self._attached.pending_version = self._attached.state = self._attached.cache_version = None
        self._attached.made = {}
        self._attached.made_of_cache = {}

    def _work_is_sound(self) -> bool:
        self.close()
        try:
            return self._database.rows("PRAGMA main.quick_check(1)") == [("ok",)]
        except StorageTrouble:
            return False
        finally:
            self.close()


def _remembered(made: dict[Hashable, Any], key: Hashable, make: Callable[[], Result]) -> Result:
    """What is there under a key, or is made now; what was not asked for longest makes room."""
    found: Result = made.pop(key) if key in made else make()
    made[key] = found
    if len(made) > _REMEMBERED:
        del made[next(iter(made))]
    return found
