"""One round of sync: push what waits, then pull what is new. No Qt, no clock, no network of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
    downloaded_anew: bool = False


class SyncRound:
    """Push, then pull. What stops it leaves everything as it was or further on, never in between."""

    def __init__(
        self,
        backend: Backend,
        outbox: Outbox,
        cache: Cache,
        account: Account,
        clock: Clock,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._account = account
        self._clock = clock
        self._should_stop = should_stop
        self._on_progress = on_progress
        self._edits_per_push = 500
        self._is_right_server = False

    def forget_server(self) -> None:
        """The line was cut: whoever answers next is asked who they are before anything is sent."""
        self._is_right_server = False

    def run(self) -> RoundResult:
        """Push and pull once, as far as it goes."""
        done = _Tally()
        try:
            self._check_server()
            self._push(done)
            self._pull(done)
        except CacheDamaged:
            _log.warning("the cache was damaged; it is downloaded again")
            self._cache.replace_damaged()
            done.downloaded_anew = True
            return self._result(
                done, Connection.OFFLINE, "The local copy was damaged and is downloaded again.", 0
            )
        except StorageTrouble as trouble:
            return self._result(done, Connection.OFFLINE, str(trouble))
        except SignInRequired as error:
            return self._result(done, Connection.SIGN_IN_REQUIRED, str(error))
        except WrongServer as error:
            return self._result(done, Connection.WRONG_SERVER, str(error))
        except Unreachable as error:
            self.forget_server()
            return self._result(done, Connection.OFFLINE, str(error), error.retry_after)
        except RemoteError as error:
            return self._result(done, Connection.OFFLINE, str(error))
        return self._result(done, Connection.ONLINE)

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
        self._edits_per_push = max(1, info.edits_per_push)
        self._is_right_server = True

    def _push(self, done: _Tally) -> None:
        put_off: set[str] = set()
        failures = 0
        total = sent = 0
        while not self._should_stop():
            pending = self._outbox.pending()
            batch = plan(pending, most=self._edits_per_push, put_off=frozenset(put_off)).batch
            if not batch:
                return
            total = max(total, sent + len([edit for edit in pending if not edit.needs_answer]))
            self._outbox.freeze([edit.id for edit in batch], self._clock())
            for edit, outcome in self._answers(batch):
                if outcome is None:
                    failures += 1
                    put_off.add(edit.id)
                    if failures == _FAILURES_IN_A_ROW:
                        raise Unreachable("The server has a problem of its own. Everything waiting is kept.")
                    continue
                failures = 0
                if isinstance(outcome, Rejected) and _is_held(edit, outcome.refusal, pending):
                    put_off.add(edit.id)
                    continue
                self._take(edit, outcome, done)
                sent += 1
                self._on_progress(Progress("push", sent, total))

    def _answers(self, batch: Sequence[Edit]) -> list[tuple[Edit, Outcome | None]]:
        """The outcome of each edit; None where the server breaks on that one alone."""
        try:
            return list(zip(batch, self._backend.push(batch, self._clock()), strict=True))
        except (BatchRefused, ServerFailed) as error:
            if len(batch) > 1:
                half = len(batch) // 2
                return [*self._answers(batch[:half]), *self._answers(batch[half:])]
            if isinstance(error, ServerFailed):
                _log.warning("the server failed on edit %s", batch[0].id)
                return [(batch[0], None)]
            return [(batch[0], Rejected(Refusal("invalid", str(error))))]

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
            try:
                for piece in self._backend.changes(self._cache.cursor()):
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
                    if self._should_stop():
                        return
            except CursorExpired:
                _log.info("the server no longer knows our cursor; downloading again")
                self._cache.start_again()
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
            everything_changed=done.downloaded_anew,
        )


def _is_held(edit: Edit, refusal: Refusal, pending: Sequence[Edit]) -> bool:
    """Whether the server misses something that is itself still in this queue: then it is not refused."""
    if refusal.code not in _HELD_CODES:
        return False
    named = {str(value) for value in edit.mine.values() if isinstance(value, str)}
    return any(
        other.kind is EditKind.CREATE and other.id != edit.id and other.record_id in named
        for other in pending
    )
