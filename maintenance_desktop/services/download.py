"""A whole download: as one file where the server has one, else as lines, of which many come straight in."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Final

from maintenance_desktop.domain.cache_filling import Line, UnreadableRecord
from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.domain.outcomes import Change, CursorExpired, Interrupted, Unreachable
from maintenance_desktop.domain.wire import decode
from maintenance_desktop.services.ports import Backend, Cache, Outbox
from maintenance_desktop.services.status import Progress, RoundTally

_log = logging.getLogger(__name__)

LARGE: Final = 5_000
"""A download of more records than this goes into a file of its own."""
_PATIENCE: Final = 5.0
"""So many seconds a download goes on before it makes room for what was saved meanwhile."""


class Download:
    """Fetches everything. Whoever saves meanwhile does not wait for its end."""

    def __init__(
        self,
        backend: Backend,
        outbox: Outbox,
        cache: Cache,
        should_stop: Callable[[], bool],
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._should_stop = should_stop
        self._on_progress = on_progress
        self._sent = 0
        self._since = 0.0

    @property
    def is_begun(self) -> bool:
        """Whether a large download is on its way already. Raises CacheDamaged, StorageTrouble."""
        return self._cache.loading_cursor() is not None

    def file(self, done: RoundTally) -> bool:
        """Show the server's file of everything. False: it has none, or what was saved meanwhile goes first.

        Raises SessionError, StorageTrouble, CacheDamaged.
        """
        self._begin()
        try:
            found = self._backend.fetch_snapshot(LAYOUT, self._cache.folder, self._tell_bytes, self._breaks)
        except Interrupted:
            return False
        if found is None or not self._cache.adopt(found.path, found.cursor):
            return False
        done.downloaded_anew = True
        return True

    def lines(self, done: RoundTally) -> None:
        """Go on with a large download until it is complete, or until what was saved meanwhile goes first.

        Raises SessionError, ServerFailed, StorageTrouble, CacheDamaged.
        """
        self._begin()
        cursor = self._cache.loading_cursor()
        if cursor is None:
            self._cache.begin_loading()
        asked = frozenset(edit.record_id for edit in self._outbox.pending() if edit.server is not None)
        arrived, total, more = 0, None, True
        while more and not self._breaks():
            before = cursor
            try:
                for piece in self._backend.lines(cursor):
                    if piece.total is not None:
                        total = arrived + piece.total
                    arrived += len(piece.lines)
                    if self._cache.load(piece.lines, piece.cursor if piece.more else None):
                        done.downloaded_anew = True
                    self._renew(piece.lines, asked)
                    self._on_progress(Progress("download", arrived, total))
                    if piece.cursor is not None:
                        cursor, more = piece.cursor, piece.more
                    if self._should_stop():
                        return
            except UnreadableRecord as error:
                raise Unreachable("The server's list of changes is not readable.") from error
            except CursorExpired as error:
                _log.info("the server no longer knows where the download was; it begins anew")
                self._cache.begin_loading()  # with the next round, so that a pause comes in between
                raise Unreachable("The server does not go on with a download. Nothing is lost.") from error
            if more and cursor == before:
                raise Unreachable("The server sends the same page again and again.")
        if not more and cursor is not None:
            self._on_progress(Progress("index", arrived, total))
            self._cache.finish_loading(cursor)
            done.downloaded_anew = True

    def makes_room(self) -> bool:
        """Whether something was saved since the download went on, and it has had some time."""
        return time.monotonic() - self._since > _PATIENCE and self._outbox.newest() != self._sent

    def _begin(self) -> None:
        self._sent, self._since = self._outbox.newest(), time.monotonic()

    def _breaks(self) -> bool:
        return self._should_stop() or self.makes_room()

    def _renew(self, lines: Iterable[Line], asked: frozenset[str]) -> None:
        """Unanswered conflicts show what the record is now."""
        if asked:
            self._outbox.renew_conflicts(_change(line) for line in lines if line.id in asked)

    def _tell_bytes(self, done: int, total: int) -> None:
        self._on_progress(Progress("file", done, total))


def _change(line: Line) -> Change:
    record = None if line.body is None else decode(line.body)
    return Change(line.type, line.id, line.version, record, line.changed_at, line.changed_by)
