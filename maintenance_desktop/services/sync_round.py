"""One round of sync: push what waits, then pull what is new. No Qt, no clock, no network of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import Edit, EditKind, Refusal
from maintenance_desktop.domain.outcomes import (
    Applied,
    BatchRefused,
    Change,
    Conflicted,
    CursorExpired,
    Outcome,
    Rejected,
    RemoteError,
    ServerFailed,
    SignInRequired,
    Unreachable,
    WrongServer,
)
from maintenance_desktop.domain.planning import plan
from maintenance_desktop.domain.trouble import CacheDamaged, StorageTrouble
from maintenance_desktop.services.ports import Backend, Cache, Clock, Outbox
from maintenance_desktop.services.status import Connection, Progress, RoundResult

_log = logging.getLogger(__name__)

_HELD_CODES = frozenset({"parent_missing", "unknown_reference", "bytes_missing"})
_FAILURES_IN_A_ROW = 3


@dataclass
class _Tally:
    """What the round did so far."""

    changed: set[str] = field(default_factory=set)
    needs_you: list[str] = field(default_factory=list)
    applied: int = 0
    put_off: int = 0
    downloaded_anew: bool = False


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
    ) -> None:
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._account = account
        self._clock = clock
        self._resume = resume
        self._should_stop = should_stop
        self._on_progress = on_progress
        self._edits_per_push = 500
        self._is_right_server = False
        self._epoch = ""
        self._breakers: set[str] = set()

    def forget_server(self) -> None:
        """The line was cut: whoever answers next is asked who they are before anything is sent."""
        self._is_right_server = False

    def run(self) -> RoundResult:
        """Push and pull once, as far as it goes."""
        done = _Tally()
        try:
            self._check_server()
            is_restored = self._outbox.epoch() not in (None, self._epoch)
            if is_restored:
                self._outbox.lose_ground()
            self._push(done)
            self._pull(done)
            self._remember_epoch(is_restored=is_restored)
        except CacheDamaged:
            return self._without_cache(done)
        except StorageTrouble as trouble:
            return self._result(done, Connection.OFFLINE, str(trouble))
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

    def _without_cache(self, done: _Tally) -> RoundResult:
        _log.warning("the cache was damaged; it is downloaded again")
        try:
            self._cache.replace_damaged()
        except StorageTrouble as trouble:
            return self._result(done, Connection.OFFLINE, str(trouble))
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
        self._edits_per_push = max(1, info.edits_per_push)
        self._epoch = info.epoch
        self._is_right_server = True

    def _remember_epoch(self, *, is_restored: bool) -> None:
        if self._should_stop() or self._outbox.epoch() == self._epoch:
            return
        if is_restored:
            self._outbox.lose_ground()  # what was saved while the old copy was still shown
        self._outbox.keep_epoch(self._epoch)

    def _push(self, done: _Tally) -> None:
        """Send what is ready, batch by batch. What the server broke on before is tried after all others."""
        last = set(self._breakers)
        failed: set[str] = set()
        held: set[str] = set()
        failures = sent = total = 0
        while not self._should_stop():
            pending = self._outbox.pending()
            batch = self._frozen(pending, last | failed | held)
            if not batch and last:
                last = set()
                continue
            if not batch:
                break
            total = max(total, sent + len([edit for edit in pending if not edit.needs_answer]))
            for edit, outcome in self._answers(batch):
                if outcome is None:
                    failures += 1
                    failed.add(edit.id)
                    self._breakers.add(edit.id)
                    if failures == _FAILURES_IN_A_ROW:
                        raise Unreachable("The server has a problem of its own. Everything waiting is kept.")
                    continue
                failures = 0
                self._breakers.discard(edit.id)
                if isinstance(outcome, Rejected) and _is_held(edit, outcome.refusal, pending):
                    held.add(edit.id)
                    continue
                self._take(edit, outcome, done)
                if isinstance(outcome, Applied):
                    held.clear()
                sent += 1
                self._on_progress(Progress("push", sent, total))
        done.put_off = len(failed | held)

    def _frozen(self, pending: Sequence[Edit], put_off: set[str]) -> list[Edit]:
        """The next request, as it stands on disk once nothing in it can change any more."""
        while True:
            batch = plan(pending, most=self._edits_per_push, put_off=frozenset(put_off)).batch
            if not batch:
                return []
            frozen = self._outbox.freeze([edit.id for edit in batch], self._clock())
            if [_content(edit) for edit in frozen] == [_content(edit) for edit in batch]:
                return frozen
            pending = self._outbox.pending()  # the person saved meanwhile: choose again

    def _answers(self, batch: Sequence[Edit]) -> Iterator[tuple[Edit, Outcome | None]]:
        """The outcome of each edit as it comes; None where the server breaks on that one alone."""
        try:
            outcomes = self._backend.push(batch, self._clock())
        except (BatchRefused, ServerFailed) as error:
            half = len(batch) // 2
            if half:
                yield from self._answers(batch[:half])
                yield from self._answers(batch[half:])
            elif isinstance(error, ServerFailed):
                _log.warning("the server failed on edit %s", batch[0].id)
                yield batch[0], None
            else:
                yield batch[0], Rejected(Refusal("invalid", str(error)))
            return
        yield from zip(batch, outcomes, strict=True)

    def _take(self, edit: Edit, outcome: Outcome, done: _Tally) -> None:
        """The answer's record goes into the cache first; then one transaction ends or parks the edit."""
        now = self._clock()
        match outcome:
            case Applied(version, record):
                gone = edit.kind is EditKind.DELETE
                answer = Change(edit.type, edit.record_id, version, None if gone else record)
                done.changed |= self._cache.put([answer])
                self._outbox.settle(edit, version, None if gone else record, now)
                done.applied += 1
            case Conflicted(server):
                theirs = Change(
                    edit.type,
                    edit.record_id,
                    server.version,
                    server.record,
                    server.changed_at,
                    server.changed_by,
                )
                done.changed |= self._cache.put([theirs])
                self._outbox.park_conflict(edit, server, now)
                done.needs_you.append(edit.id)
            case Rejected(refusal):
                self._outbox.park_refusal(edit, refusal, now)
                done.needs_you.append(edit.id)
        done.changed |= {edit.record_id, *([edit.parent_id] if edit.parent_id else [])}

    def _pull(self, done: _Tally) -> None:
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
                self.forget_server()  # it may be a restored one
                done.downloaded_anew = True
                more = True

    def _result(
        self, done: _Tally, connection: Connection, problem: str = "", retry_after: float | None = None
    ) -> RoundResult:
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


def _content(edit: Edit) -> Edit:
    return replace(edit, first_sent_at="")


def _is_held(edit: Edit, refusal: Refusal, pending: Sequence[Edit]) -> bool:
    """Whether the server misses something that is itself still in this queue: then it is not refused."""
    if refusal.code not in _HELD_CODES:
        return False
    named = {str(value) for value in edit.mine.values() if isinstance(value, str)}
    return any(
        other.kind is EditKind.CREATE and other.id != edit.id and other.record_id in named
        for other in pending
    )
