"""The first half of a round: what waits is sent, and each answer is taken as it comes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from maintenance_desktop.domain.edits import Edit, EditKind, Refusal
from maintenance_desktop.domain.outcomes import (
    Applied,
    BatchRefused,
    Change,
    Conflicted,
    Outcome,
    Rejected,
    ServerFailed,
    Unreachable,
)
from maintenance_desktop.domain.planning import plan
from maintenance_desktop.services.ports import Backend, Cache, Clock, Outbox
from maintenance_desktop.services.status import Progress, RoundTally

_log = logging.getLogger(__name__)

_HELD_CODES: Final = frozenset({"parent_missing", "unknown_reference", "bytes_missing"})
_FAILURES_IN_A_ROW: Final = 3


class Push:
    """Sends pending edits until nothing more may go. `most` edits travel in one request."""

    def __init__(
        self,
        backend: Backend,
        outbox: Outbox,
        cache: Cache,
        clock: Clock,
        should_stop: Callable[[], bool],
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._clock = clock
        self._should_stop = should_stop
        self._on_progress = on_progress
        self._breakers: set[str] = set()
        self.most = 500

    def run(self, done: RoundTally) -> None:
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
            batch = plan(pending, most=self.most, put_off=frozenset(put_off)).batch
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

    def _take(self, edit: Edit, outcome: Outcome, done: RoundTally) -> None:
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
