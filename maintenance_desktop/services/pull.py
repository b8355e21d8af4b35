"""The second half of a round: what others changed comes into the cache."""

from __future__ import annotations

import logging
from collections.abc import Callable

from maintenance_desktop.domain.outcomes import CursorExpired, Unreachable
from maintenance_desktop.services.ports import Backend, Cache, Outbox
from maintenance_desktop.services.status import Progress, RoundTally

_log = logging.getLogger(__name__)


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

    def run(self, done: RoundTally) -> None:
        """Read page after page. Raises SessionError, ServerFailed, CacheDamaged, StorageTrouble."""
        arrived, total = 0, None
        more = True
        while more and not self._should_stop():
            more = False
            cursor = self._cache.cursor()
            try:
                for piece in self._backend.changes(cursor):
                    if piece.total is not None:
                        total = arrived + piece.total
                    arrived += len(piece.changes)
                    complete = None if piece.cursor is None or piece.more else True
                    if piece.changes or piece.cursor is not None:
                        done.changed |= self._cache.put(piece.changes, piece.cursor, complete=complete)
                        self._outbox.renew_conflicts(piece.changes)
                    if piece.changes:
                        self._on_progress(Progress("download", arrived, total))
                    more = piece.more
                    if more and piece.cursor == cursor:
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
