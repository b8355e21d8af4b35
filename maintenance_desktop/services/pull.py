"""The second half of a round: what others changed comes into the cache."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final

from maintenance_desktop.domain.outcomes import Changes, CursorExpired, Unreachable
from maintenance_desktop.services.download import LARGE, Download
from maintenance_desktop.services.ports import Backend, Cache, Outbox
from maintenance_desktop.services.status import Progress, RoundTally

_log = logging.getLogger(__name__)

_PAGE: Final = 5_000
"""What the back end reads at once unless it is told otherwise."""
_SMALLEST_PAGE: Final = 100
_IN_VAIN: Final = 2_500
"""So many pieces in a row may bring nothing new: half a million records that are here already."""


class _TooLarge(Exception):
    """There is so much that it comes in another way."""


class Pull:
    """Reads changes until there are no more. A cursor the server has forgotten begins a new download."""

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
        self._page = _PAGE
        self._download = Download(backend, outbox, cache, should_stop, on_progress)
        self._has_no_file = False

    def run(self, done: RoundTally) -> bool:
        """Read page after page; False where something that was saved meanwhile goes first.

        Raises SessionError, ServerFailed, CacheDamaged, StorageTrouble.
        """
        for is_last in (False, True):
            if self._cache.cursor() is None and not self._is_downloaded(done):
                return False
            try:
                if self._changes(done, is_last=is_last):
                    return True
            except _TooLarge:
                self._download.lines(done)
                return False
            self._has_no_file = self._has_no_file or done.has_file
        return True

    def _is_downloaded(self, done: RoundTally) -> bool:
        """Everything is here, or is to come like changes. False: a download was to make room, or to stop."""
        if self._download.is_begun:
            self._download.lines(done)
            return self._cache.cursor() is not None
        if not self._has_no_file and not self._cache.has_leftovers():
            if self._download.file(done):
                done.has_file = True
                return True
            if self._should_stop() or self._download.makes_room():
                return False
            self._has_no_file = True  # nobody waits for one; the next program that starts asks again
        return True

    def _changes(self, done: RoundTally, *, is_last: bool) -> bool:
        """Read page after page; False where the cursor was forgotten, and a new download is to begin."""
        arrived, total = 0, None
        in_vain = 0
        more = True
        while more and not self._should_stop():
            more = False
            cursor = self._cache.cursor()
            if cursor is None and self._cache.has_leftovers():
                # The server begins anew, and does not tell again what was deleted in the meantime
                self._cache.start_again()
                done.downloaded_anew = True
            try:
                for piece in self._pieces(cursor):
                    if piece.total is not None:
                        total = arrived + piece.total
                        if cursor is None and total > LARGE:
                            raise _TooLarge
                    arrived += len(piece.changes)
                    complete = None if piece.cursor is None or piece.more else True
                    in_vain += 1
                    if piece.changes or piece.cursor is not None:
                        news = self._cache.put(piece.changes, piece.cursor, complete=complete)
                        done.changed |= news
                        in_vain = 0 if news else in_vain
                        self._outbox.renew_conflicts(piece.changes)
                    if piece.changes:
                        self._on_progress(Progress("download", arrived, total))
                    more = piece.more
                    if (more and piece.cursor == cursor) or (in_vain > _IN_VAIN and not complete):
                        raise Unreachable("The server sends the same page again and again.")
                    if self._should_stop():
                        return True
            except CursorExpired as error:
                if cursor is None or is_last:
                    raise Unreachable("The server does not start a download. Nothing is lost.") from error
                _log.info("the server no longer knows our cursor; downloading again")
                self._cache.start_again()
                done.downloaded_anew = True
                return False
        return True

    def _pieces(self, cursor: str | None) -> Iterator[Changes]:
        """One page. A line that breaks in the middle of one gets smaller ones, one that holds larger ones."""
        is_whole, has_begun = self._page == _PAGE, False
        changes = self._backend.changes
        try:
            for piece in changes(cursor) if is_whole else changes(cursor, limit=self._page):
                has_begun = has_begun or bool(piece.changes)
                yield piece
        except Unreachable:
            if has_begun:
                self._page = max(self._page // 4, _SMALLEST_PAGE)
            raise
        self._page = min(self._page * 2, _PAGE)
