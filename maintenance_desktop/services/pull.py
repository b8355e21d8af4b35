"""The second half of a round: what others changed comes into the cache."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final

from maintenance_desktop.domain.outcomes import Changes, CursorExpired, Unreachable
from maintenance_desktop.services.ports import Backend, Cache, Outbox
from maintenance_desktop.services.status import Progress, RoundTally

_log = logging.getLogger(__name__)

_PAGE: Final = 5_000
"""What the back end reads at once unless it is told otherwise."""
_SMALLEST_PAGE: Final = 100
_IN_VAIN: Final = 2_500
"""So many pieces in a row may bring nothing new: half a million records that are here already."""


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

    def run(self, done: RoundTally) -> None:
        """Read page after page. Raises SessionError, ServerFailed, CacheDamaged, StorageTrouble."""
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
                        return
            except CursorExpired as error:
                if cursor is None or done.downloaded_anew:
                    raise Unreachable("The server does not start a download. Nothing is lost.") from error
                _log.info("the server no longer knows our cursor; downloading again")
                self._cache.start_again()
                done.downloaded_anew = True
                more = True

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
