"""One round of sync: push what waits, then pull what is new. No Qt, no clock, no network of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.forecast import Forecast
from maintenance_desktop.domain.outcomes import RemoteError, SignInRequired, Unreachable, WrongServer
from maintenance_desktop.domain.trouble import CacheDamaged, StorageTrouble
from maintenance_desktop.services.aftermath import Aftermath
from maintenance_desktop.services.foresight import Foresight
from maintenance_desktop.services.guard import DoubleWorkGuard
from maintenance_desktop.services.ports import Backend, Cache, Clock, Outbox
from maintenance_desktop.services.preview import Preview
from maintenance_desktop.services.pull import Pull
from maintenance_desktop.services.push import Push
from maintenance_desktop.services.status import Connection, Progress, RoundResult, RoundTally

_log = logging.getLogger(__name__)


class SyncRound:
    """Push, then pull. What stops it leaves everything as it was or further on, never in between.

    `resume` gives the back end its token whenever the line is new. Raises SignInRequired.
    """

    def __init__(
        self,
        backend: Backend,
        outbox: Outbox,
        cache: Cache,
        account: Account,
        clock: Clock,
        *,
        resume: Callable[[], None] = lambda: None,
        should_stop: Callable[[], bool] = lambda: False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        guard: DoubleWorkGuard | None = None,
        preview: Preview | None = None,
        aftermath: Aftermath | None = None,
        on_forecast: Callable[[Forecast | None], None] = lambda forecast: None,
    ) -> None:
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._account = account
        self._resume = resume
        self.should_stop = should_stop
        self.on_progress = on_progress
        self._push = Push(backend, outbox, cache, clock, self._stops, self._tells, self._check_line)
        self._pull = Pull(backend, outbox, cache, self._stops, self._tells)
        self._foresight = Foresight(backend, outbox, cache, guard, preview, self._stops)
        self.on_forecast = on_forecast
        self._aftermath = aftermath
        self._is_right_server = False
        self._epoch = ""

    def forget_server(self) -> None:
        """The line was cut: whoever answers next is asked who they are before anything is sent."""
        self._is_right_server = False

    def run(self) -> RoundResult:
        """Push and pull once, as far as it goes."""
        done = RoundTally()
        is_new_line = not self._is_right_server
        try:
            self._check_server()
            is_restored = self._outbox.epoch() not in (None, self._epoch)
            if is_restored:
                self._outbox.lose_ground()
            if is_new_line:
                self.on_forecast(self._foresight.look(done))
            if self._aftermath is not None:
                self._aftermath.before_push(self._stops)
            self._push.run(done)
            self.on_forecast(None)
            while self._combined(done) or (not self._pull.run(done) and not self.should_stop()):
                self._push.run(done)
            if self._aftermath is not None and not self.should_stop():
                self._aftermath.after_pull(done, self._stops)
            self._remember_epoch(is_restored=is_restored)
        except CacheDamaged:
            return self._without_cache(done)
        except StorageTrouble as trouble:
            return self._result(done, Connection.LOCAL_TROUBLE, str(trouble))
        except SignInRequired as error:
            self.forget_server()
            return self._result(done, Connection.SIGN_IN_REQUIRED, str(error))
        except WrongServer as error:
            return self._result(done, Connection.WRONG_SERVER, str(error))
        except Unreachable as error:
            self.forget_server()
            return self._result(done, Connection.OFFLINE, str(error), error.retry_after)
        except RemoteError as error:
            return self._result(done, Connection.OFFLINE, str(error))
        return self._result(done, Connection.ONLINE)

    def _without_cache(self, done: RoundTally) -> RoundResult:
        _log.warning("the cache was damaged; it is downloaded again")
        try:
            self._cache.replace_damaged()
        except StorageTrouble as trouble:
            return self._result(done, Connection.LOCAL_TROUBLE, str(trouble))
        done.downloaded_anew = True
        return self._result(done, Connection.OFFLINE, "The local copy was damaged and is downloaded again.")

    def _check_server(self) -> None:
        """A queue is only ever sent to the server, and under the person, that it belongs to."""
        if self._is_right_server:
            return
        info = self._backend.info()
        if info.instance != self._account.instance:
            raise WrongServer(
                f"Another server answers at {self._account.server_url} than the one this profile belongs to. "
                "Nothing was sent and nothing is lost; ask your IT whether the server was replaced."
            )
        self._resume()
        self._push.most = max(1, info.edits_per_push)
        self._epoch = info.epoch
        if self._aftermath is not None:
            self._aftermath.combines = info.combines_by_itself
        self._is_right_server = True

    def _check_line(self) -> None:
        """A round whose line broke goes on only with the very server that it began with."""
        info = self._backend.info()
        if (info.instance, info.epoch) != (self._account.instance, self._epoch):
            raise Unreachable("The server was replaced or restored meanwhile. Everything waiting is kept.")
        self._resume()

    def _remember_epoch(self, *, is_restored: bool) -> None:
        if self.should_stop() or self._outbox.epoch() == self._epoch:
            return
        if is_restored:
            self._outbox.lose_ground()  # what was saved while the old copy was still shown
        self._outbox.keep_epoch(self._epoch)

    def _combined(self, done: RoundTally) -> bool:
        """Whether what the push met was combined by itself, and is to be sent."""
        return (
            self._aftermath is not None
            and not self.should_stop()
            and self._aftermath.is_to_push_again(done, self._stops)
        )

    def _stops(self) -> bool:
        return self.should_stop()

    def _tells(self, progress: Progress) -> None:
        self.on_progress(progress)

    def _result(
        self, done: RoundTally, connection: Connection, problem: str = "", retry_after: float | None = None
    ) -> RoundResult:
        if done.downloaded_anew:
            self.forget_server()  # it may be a restored one
        return RoundResult(
            changed=frozenset(done.changed),
            needs_you=tuple(done.needs_you),
            applied=done.applied,
            connection=connection,
            problem=problem,
            retry_after=retry_after,
            put_off=done.put_off,
            everything_changed=done.downloaded_anew,
        )
