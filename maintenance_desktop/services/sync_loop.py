"""When rounds run: at start, after a save, on request, on reconnect, when somebody else changes something.

Plain Python, so that the whole of it is tested without a window; `sync_thread` runs it in the QThread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Protocol

from maintenance_desktop.domain.forecast import Forecast
from maintenance_desktop.domain.outcomes import CursorExpired, Interrupted, RemoteError, Unreachable
from maintenance_desktop.domain.trouble import CacheDamaged, StorageTrouble
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.services.ports import Backend, Cache, Clock
from maintenance_desktop.services.status import Connection, Progress, RoundResult, SyncState

_log = logging.getLogger(__name__)

_FIRST_PAUSE: Final = 0.4
_LONGEST_PAUSE: Final = 3.0
_JITTER: Final = (0.7, 1.3)
"""A server that is away is looked for every two to four seconds: that finds it within five, and a site whose
network comes back does not ask all at once."""
_LONGEST_ASKED_PAUSE: Final = 60.0
_WATCH_SECONDS: Final = 25.0
_TRIED_AGAIN: Final = frozenset({Connection.OFFLINE, Connection.LOCAL_TROUBLE})


class Round(Protocol):
    """What the loop runs."""

    def run(self) -> RoundResult: ...

    def forget_server(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told what happens; called on the thread that runs the loop."""

    round_started: Callable[[], None]
    round_finished: Callable[[RoundResult], None]
    state_changed: Callable[[SyncState], None]


class SyncLoop:
    """Runs rounds until it is stopped. Everything but `run` may be called from any thread."""

    def __init__(self, backend: Backend, cache: Cache, clock: Clock, random: Random) -> None:
        self.round: Round | None = None
        self.listeners: Listeners | None = None
        self.state = SyncState()
        self._backend = backend
        self._cache = cache
        self._clock = clock
        self._random = random
        self._wakes = threading.Condition()
        self._asked = True
        self._stopping = False
        self._working_offline = False
        self._cancelled = False
        self._watching = False
        self._line_held = False

    def request(self) -> None:
        """Ask for a round soon. Requests made during a round become one more round."""
        self._wake(asked=True)

    def work_offline(self, on: bool) -> None:
        """Leave the network alone until this is switched off again."""
        with self._wakes:
            self._working_offline = on
        self._wake(asked=not on)

    def cancel_download(self) -> None:
        """Stop a download where it is; the next request goes on from there."""
        with self._wakes:
            self._cancelled = True

    def stop(self) -> None:
        """End `run` after the edit in hand."""
        with self._wakes:
            self._stopping = True
        self._wake(asked=False)

    def should_stop(self) -> bool:
        """Looked at between edits and pages."""
        return self._stopping or self._working_offline or self._cancelled

    def on_progress(self, progress: Progress) -> None:
        """A round got further."""
        self._tell(replace(self.state, progress=progress, is_complete=self._cache.is_complete()))

    def on_forecast(self, forecast: Forecast | None) -> None:
        """A round is about to send, or has sent, what this is about."""
        self._tell(replace(self.state, forecast=forecast))

    def run(self) -> None:
        """Rounds and pauses, until `stop`."""
        pause = _FIRST_PAUSE
        while not self._stopping:
            if self._working_offline:
                self._stay_offline()
                continue
            result = self._one_round()
            if self._stopping or self.should_stop_quietly():
                continue
            asked = result.retry_after
            if result.applied or result.changed:
                pause = _FIRST_PAUSE  # a line that comes and goes is used as long as it is there
            if result.connection is Connection.ONLINE:
                trouble = self._watch(once=result.put_off > 0)
                if trouble is None:
                    pause = _FIRST_PAUSE
                    continue
                asked = trouble.retry_after if isinstance(trouble, Unreachable) else None
            elif result.connection not in _TRIED_AGAIN:
                self._rest(None)
                continue
            self._rest(min(asked, _LONGEST_ASKED_PAUSE) if asked is not None else self._jittered(pause))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def should_stop_quietly(self) -> bool:
        """Whether *Work offline* or *Cancel* came during the round."""
        with self._wakes:
            cancelled, self._cancelled = self._cancelled, False
        if cancelled and not self._working_offline:
            self._tell(replace(self.state, progress=None, problem="The download was paused by you."))
            self._rest(None)
            return True
        return self._working_offline

    def _one_round(self) -> RoundResult:
        if self.round is None or self.listeners is None:
            raise RuntimeError("the loop has no round or no listeners")
        with self._wakes:
            self._asked = self._cancelled = False
        if self.state.connection not in _TRIED_AGAIN:
            self._tell(replace(self._moved(Connection.SYNCING), progress=None))
        if not self._line_held:
            self.round.forget_server()  # whoever answers now may be another one, or a restored one
        self._line_held = False
        self.listeners.round_started()
        result = self.round.run()
        state = replace(
            self._moved(result.connection),
            problem=result.problem,
            progress=None,
            is_complete=self._cache.is_complete(),
            forecast=None,
        )
        if result.connection is Connection.ONLINE and not self.should_stop():
            state = replace(state, last_synced=write_time(self._clock()))
        self._tell(state)
        self.listeners.round_finished(result)
        return result

    def _watch(self, *, once: bool) -> Exception | None:
        """Hold the line until somebody changes something, or until there is something to do here.

        `once`: not longer than one call, because something has to be tried again. Returns what went wrong.
        """
        try:
            first = cursor = self._cache.cursor()
            while cursor is not None and cursor == first:
                if not self._begin_watching():
                    self._line_held = True
                    return None
                if self._backend.wait_for_change(cursor, _WATCH_SECONDS) or once:
                    return None
                self._tell(replace(self.state, last_synced=write_time(self._clock())))
                cursor = self._cache.cursor()
        except Interrupted:
            self._line_held = True
            return None
        except (CursorExpired, CacheDamaged):
            return None  # the next round sees to it
        except (RemoteError, StorageTrouble) as error:
            _log.info("the waiting call ended: %s", error)
            return error
        finally:
            with self._wakes:
                self._watching = False
        return None

    def _begin_watching(self) -> bool:
        with self._wakes:
            self._watching = not (self._asked or self._stopping or self._working_offline)
            return self._watching

    def _stay_offline(self) -> None:
        """Requests need no round now: coming back asks for one."""
        self._tell(self._moved(Connection.WORKING_OFFLINE))
        self._line_held = False
        with self._wakes:
            self._asked = False
            self._wakes.wait_for(lambda: self._stopping or not self._working_offline)

    def _rest(self, seconds: float | None) -> None:
        """Wait for a request, or for that time; None: for a request only."""
        self._line_held = False
        with self._wakes:
            self._wakes.wait_for(lambda: self._asked or self._stopping or self._working_offline, seconds)

    def _wake(self, *, asked: bool) -> None:
        with self._wakes:
            self._asked = self._asked or asked
            self._wakes.notify_all()
            watching = self._watching
        if watching:
            self._backend.interrupt()

    def _moved(self, connection: Connection) -> SyncState:
        if connection is self.state.connection and self.state.since:
            return self.state
        kept = self.state.connection, connection
        if Connection.SYNCING in kept and Connection.ONLINE in kept:
            return replace(self.state, connection=connection)
        return replace(self.state, connection=connection, since=write_time(self._clock()))

    def _jittered(self, seconds: float) -> float:
        return seconds * self._random.uniform(*_JITTER)

    def _tell(self, state: SyncState) -> None:
        if state == self.state:
            return
        self.state = state
        if self.listeners is not None:
            self.listeners.state_changed(state)
