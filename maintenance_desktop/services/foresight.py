"""The look ahead, once the server answers again: what happened meanwhile, before anything is sent."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from maintenance_desktop.domain.edits import Doubt, Edit, EditState
from maintenance_desktop.domain.forecast import Forecast
from maintenance_desktop.domain.outcomes import RemoteError, SignInRequired, WrongServer
from maintenance_desktop.services.guard import DoubleWorkGuard
from maintenance_desktop.services.ports import Backend, Cache, Outbox
from maintenance_desktop.services.preview import Preview
from maintenance_desktop.services.status import RoundTally

_log = logging.getLogger(__name__)

_A_FEW: Final = 5
"""So many edits are sent without telling before how it will go."""
_ONE_PAGE: Final = 1_000
"""So many changes of others are read first; nobody waits for more."""
_PATIENCE: Final = 5.0
"""So many seconds for the page, and for the guard. Then what the person saved goes out."""


class Foresight:
    """Reads one page of changes, holds what may be double work, and tells how the rest will fare.

    It stops nothing: where the page does not come, what is known is told. Without a guard or a preview there
    is nothing to look for.
    """

    def __init__(
        self,
        backend: Backend,
        outbox: Outbox,
        cache: Cache,
        guard: DoubleWorkGuard | None,
        preview: Preview | None,
        should_stop: Callable[[], bool],
    ) -> None:
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._guard = guard
        self._preview = preview
        self._should_stop = should_stop

    def look(self, done: RoundTally) -> Forecast | None:
        """Look ahead; None where there is nothing to tell.

        Raises SignInRequired, WrongServer, StorageTrouble.
        """
        guard, preview = self._guard, self._preview
        edits = self._outbox.pending()
        asked_about = [edit for edit in edits if guard is not None and guard.is_asked_about(edit)]
        is_told = preview is not None and sum(edit.state is EditState.QUEUED for edit in edits) > _A_FEW
        if not asked_about and not is_told:
            return None
        is_complete = self._page(done)
        if guard is not None:
            for held in self._outbox.hold(self._doubts(guard, asked_about)):
                done.needs_you.append(held.id)
                done.changed |= {held.record_id, *([held.parent_id] if held.parent_id else [])}
        return preview.forecast(is_complete=is_complete) if preview is not None and is_told else None

    def _doubts(self, guard: DoubleWorkGuard, edits: Sequence[Edit]) -> dict[str, tuple[Doubt, ...]]:
        """What is to be asked, as far as there is time: the guard stops nothing, nor does its work."""
        found, until = {}, time.monotonic() + _PATIENCE
        for looked_at, edit in enumerate(edits):
            if self._should_stop() or time.monotonic() > until:
                _log.info("%d edits were not looked at before the push", len(edits) - looked_at)
                break
            if doubts := guard.new_doubts(edit):
                found[edit.id] = doubts
        return found

    def _page(self, done: RoundTally) -> bool:
        """Read one page of what others did; False where there is more, or where it did not come."""
        cursor = self._cache.cursor()
        if cursor is None or not self._cache.is_complete():
            return False
        is_last = False
        try:
            for piece in self._backend.changes(cursor, limit=_ONE_PAGE, within=_PATIENCE):
                is_last = piece.cursor is not None and not piece.more
                done.changed |= self._cache.put(piece.changes, piece.cursor, complete=is_last or None)
                self._outbox.renew_conflicts(piece.changes)
                if self._should_stop():
                    break
        except (SignInRequired, WrongServer):
            raise
        except RemoteError as error:
            _log.info("what happened meanwhile is not known before the push: %s", error)
        return is_last
