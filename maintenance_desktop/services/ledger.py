"""Telling the server which choices this person took, and hearing whether somebody overwrote them.

Nothing here stops a round: what does not go through is tried in the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Final, Protocol

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.ledger import ChoiceReport, LedgerPage
from maintenance_desktop.domain.outcomes import BatchRefused, NotOffered, RemoteError, ServerFailed
from maintenance_desktop.domain.overwritten import Overwritten, overwritten_by
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.services.ports import Backend, Clock

_log = logging.getLogger(__name__)

_MOST_TOLD: Final = 100
"""So many entries of the history are told of in one call."""
_MOST_ASKED: Final = 20
"""So many records are asked about in a round; the others have their turn in the next one."""
_ASKING: Final = timedelta(seconds=3)
"""So long are records asked about; a save that comes meanwhile waits for that."""


class LedgerStore(Protocol):
    """What is kept of it. Raises StorageTrouble."""

    def untold(self, most: int) -> tuple[list[ChoiceReport], int | None]:
        """The next choices that the server was not told, and where to go on once it was; None at the end."""
        ...

    def keep_told(self, place: int) -> None:
        """The server knows all choices up to here."""
        ...

    def suspects(self) -> list[str]:
        """Records of which it is still to be asked whether somebody overwrote this person."""
        ...

    def keep_suspects(self, record_ids: Sequence[str]) -> None: ...

    def overturned(self, record_ids: Collection[str] | None, me: str) -> list[str]:
        """Those records (None: all) that are by somebody else not as this person left them."""
        ...

    def applied(self, record_id: str) -> list[HistoryEntry]:
        """This person's edits of a record that the server did, oldest first."""
        ...

    def ending_of(self, edit_id: str) -> HistoryEntry | None:
        """An entry of the history."""
        ...

    def tell(self, notices: Sequence[Overwritten], at: str) -> None:
        """Keep these for the person; those told before stay as they are."""
        ...

    def notices(self) -> list[Overwritten]:
        """What the person has not answered, oldest first."""
        ...

    def okay(self, notice_id: str, at: str) -> None:
        """The person has read it."""
        ...


class LedgerLine:
    """The part of a round about the ledger. A server that keeps none is not asked again."""

    def __init__(self, account: Account, backend: Backend, store: LedgerStore, clock: Clock) -> None:
        self._account = account
        self._backend = backend
        self._store = store
        self._clock = clock
        self._is_offered = True

    def tell_choices(self, should_stop: Callable[[], bool]) -> None:
        """Tell the server what this person chose since the last time, if anything. Raises StorageTrouble.

        That is before they are carried out, so that the ledger has both in that order. What the server cannot
        read holds up none of the others.
        """
        most = _MOST_TOLD
        while self._is_offered and not should_stop():
            reports, place = self._store.untold(most)
            if place is None:
                return
            try:
                if reports:
                    self._backend.tell_choices(reports, self._clock())
            except NotOffered:
                self._is_offered = False
                return
            except RemoteError as error:
                _log.info("%d choices were not told: %s", len(reports), error)
                if not isinstance(error, BatchRefused | ServerFailed):
                    return
                if most > 1:
                    most = max(1, most // 4)
                    continue
                if isinstance(error, ServerFailed):
                    return
            self._store.keep_told(place)

    def look(self, changed: Collection[str] | None, should_stop: Callable[[], bool]) -> None:
        """Ask about records that others changed (None: any) away from what this person did.

        Raises StorageTrouble.
        """
        if not self._is_offered or (changed is not None and not changed and not self._store.suspects()):
            return
        found = self._store.overturned(changed, self._account.person_id)
        known = self._store.suspects()
        suspects = list(dict.fromkeys([*known, *found]))
        if suspects != known:
            self._store.keep_suspects(suspects)
        asked, until = 0, self._clock() + _ASKING
        try:
            for record_id in suspects[:_MOST_ASKED]:
                if should_stop() or self._clock() > until:
                    break
                self._ask(record_id)
                asked += 1
        except NotOffered:
            self._is_offered = False
            asked = len(suspects)
        except RemoteError as error:
            _log.info("it was not asked whether somebody overwrote: %s", error)
        if asked:
            self._store.keep_suspects(suspects[asked:])

    def _ask(self, record_id: str) -> None:
        entries, me = self._store.applied(record_id), self._account.person_id
        page = self._backend.ledger(record_id=record_id)
        notices = [one for decision in page.entries for one in overwritten_by(entries, decision, me)]
        if notices:
            self._store.tell(notices, write_time(self._clock()))


class LedgerSource:
    """Reads the ledger for a window, over a line of its own: the sync thread has the other one."""

    def __init__(self, make: Callable[[], Backend], resume: Callable[[Backend], None]) -> None:
        """`resume` gives a new back end its token. Raises SignInRequired."""
        self._make = make
        self._resume = resume
        self._backend: Backend | None = None

    def read(self, before: int | None) -> LedgerPage:
        """A page, newest first. Raises RemoteError."""
        self._backend = backend = self._make()
        try:
            self._resume(backend)
            return backend.ledger(before=before)
        finally:
            backend.close()

    def cut(self) -> None:
        """End what is on the wire. From any thread."""
        if self._backend is not None:
            self._backend.close()


class OverwrittenNotices:
    """What the person is told, until they say *Okay*."""

    def __init__(self, store: LedgerStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def unanswered(self) -> list[Overwritten]:
        """Oldest first."""
        return self._store.notices()

    def entry_of(self, notice: Overwritten) -> HistoryEntry | None:
        """The overwritten change with everything in it."""
        return self._store.ending_of(notice.edit_id)

    def okay(self, notice: Overwritten) -> None:
        """The person has read it. Raises StorageTrouble."""
        self._store.okay(notice.id, write_time(self._clock()))
