"""The first half of a round: what waits is sent, and each answer is taken as it comes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from maintenance_desktop.domain.planning import Waiting, plan
from maintenance_desktop.services.breakers import Breakers
from maintenance_desktop.services.ports import Backend, Cache, Clock, Outbox
from maintenance_desktop.services.status import Progress, RoundTally

_log = logging.getLogger(__name__)

_HELD_CODES: Final = frozenset({"parent_missing", "unknown_reference", "bytes_missing"})
_FOLLOWING: Final = frozenset({Waiting.NETWORK, Waiting.EARLIER_EDIT})
_FAILURES_IN_A_ROW: Final = 3
_FIRST_BATCH: Final = 50
"""So many edits go first over a line that nothing is known of. Each answer lets twice as many go."""
_KEPT_TOGETHER: Final = 200
"""So many answers come into the cache in one transaction."""
_ENDED_TOGETHER: Final = 100
"""So many edits end in one transaction: for that long a save waits for its turn."""


class Push:
    """Sends pending edits until nothing more may go. `most` edits travel in one request at most."""

    def __init__(
        self,
        backend: Backend,
        outbox: Outbox,
        cache: Cache,
        clock: Clock,
        should_stop: Callable[[], bool],
        on_progress: Callable[[Progress], None],
        check_line: Callable[[], None],
    ) -> None:
        """`check_line` raises where another server answers than at the beginning of the round, or none."""
        self._backend = backend
        self._outbox = outbox
        self._cache = cache
        self._clock = clock
        self._should_stop = should_stop
        self._on_progress = on_progress
        self._check_line = check_line
        self._breakers = Breakers()
        self._passes = _FIRST_BATCH
        self.most = 500

    def run(self, done: RoundTally) -> None:
        """Send what is ready, batch by batch. What the server broke on before is tried after all others."""
        waiting = {edit.id for edit in self._outbox.pending()} if self._breakers else ()
        turns = self._breakers.begin(waiting, done)
        failed: set[str] = set()
        held: set[str] = set()
        failures: list[str] = []
        progress = _PushProgress(self._on_progress)
        while not self._should_stop():
            pending = self._outbox.pending()
            most = 1 if turns.alone else self.most
            batch, behind = self._frozen(pending, turns.last | failed | held, most)
            if not batch and turns.let_more_go():
                continue
            if not batch:
                break
            progress.expect(len(batch) + behind)
            made_here = {edit.record_id: edit.id for edit in pending if edit.kind is EditKind.CREATE}
            turns.begins(batch[0].id)
            for answered in self._answers(batch, done):
                if isinstance(answered, tuple):
                    edit, error = answered
                    failures.append(edit.id)
                    failed.add(edit.id)
                    self._put_last(edit, error)
                    if len(failures) >= _FAILURES_IN_A_ROW and not turns.known.issuperset(failures):
                        raise Unreachable("The server has a problem of its own. Everything waiting is kept.")
                    continue
                failures = []
                taken: list[tuple[Edit, Outcome]] = []
                for edit, outcome in answered:
                    self._breakers.was_done(edit.id)
                    if _is_held(edit, outcome, made_here):
                        held.add(edit.id)
                        continue
                    taken.append((edit, outcome))
                    if isinstance(outcome, Applied):
                        held.clear()
                    if self._should_stop():
                        break  # what was answered and not taken is answered again, from the server's memory
                if taken:
                    self._take(taken, done)
                for _ in taken:
                    progress.step()
                if self._should_stop():
                    break
            turns.ended(batch[0].id, failed)
        done.put_off = len(turns.last | failed | held)

    def _put_last(self, edit: Edit, error: Exception) -> None:
        self._breakers.put_last(edit.id)
        self._outbox.put_off(edit, Refusal("failed", str(error)))

    def _frozen(self, pending: Sequence[Edit], put_off: set[str], most: int) -> tuple[list[Edit], int]:
        """The next request, as it stands on disk once nothing in it can change, and how many follow it."""
        while True:
            chosen = plan(pending, most=min(most, self._passes), put_off=frozenset(put_off))
            if not chosen.batch:
                return [], 0
            frozen = self._outbox.freeze([edit.id for edit in chosen.batch], self._clock())
            if [_content(edit) for edit in frozen] == [_content(edit) for edit in chosen.batch]:
                return frozen, sum(why in _FOLLOWING for why, _ in chosen.held.values())
            pending = self._outbox.pending()  # the person saved meanwhile: choose again

    def _answers(
        self, batch: Sequence[Edit], done: RoundTally
    ) -> Iterator[list[tuple[Edit, Outcome]] | tuple[Edit, ServerFailed | Unreachable]]:
        """The outcomes of some edits, once the records that they tell are in the cache.

        The error where the server breaks on one edit alone, or answers everything but that one.
        """
        try:
            outcomes = self._sent(batch)
        except (BatchRefused, ServerFailed) as error:
            half = len(batch) // 2
            if half:
                yield from self._answers(batch[:half], done)
                if not self._should_stop():
                    yield from self._answers(batch[half:], done)
                return
            self._breakers.was_answered(batch[0].id)
            if isinstance(error, ServerFailed):
                _log.warning("the server failed on edit %s", batch[0].id)
                yield batch[0], error
            else:
                yield [(batch[0], Rejected(Refusal("invalid", str(error))))]
            return
        except Unreachable as error:
            is_alone = len(batch) == 1 and error.maybe_applied
            if not is_alone or not self._breakers.may_be_at_fault(batch[0].id) or self._should_stop():
                raise
            if self._breakers.is_at_fault(batch[0].id):
                self._put_last(batch[0], error)
            self._check_line()
            _log.warning("the server gives no answer to edit %s alone", batch[0].id)
            yield batch[0], error
            return
        answered = list(zip(batch, outcomes, strict=True))
        for some in _pieces(answered, _KEPT_TOGETHER):
            done.changed |= self._cache.put([news for one in some if (news := _news(*one)) is not None])
            yield from _pieces(some, _ENDED_TOGETHER)

    def _sent(self, batch: Sequence[Edit]) -> list[Outcome]:
        """One request. A line that breaks in the middle of it gets less at once, one that holds more."""
        try:
            outcomes = self._backend.push(batch, self._clock())
        except Unreachable as error:
            if error.maybe_applied:
                self._passes = max(1, min(_FIRST_BATCH, len(batch) // 2))
                if len(batch) == 1 and not self._should_stop():
                    self._breakers.got_no_answer(batch[0].id)
            raise
        self._passes = min(max(self._passes, 2 * len(batch)), self.most)
        return outcomes

    def _take(self, answers: Sequence[tuple[Edit, Outcome]], done: RoundTally) -> None:
        """One transaction ends or parks these edits; what their answers tell is in the cache already."""
        self._outbox.take(answers, self._clock())
        for edit, outcome in answers:
            if isinstance(outcome, Applied):
                done.applied += 1
            else:
                done.needs_you.append(edit.id)
            done.changed |= {edit.record_id, *([edit.parent_id] if edit.parent_id else [])}


class _PushProgress:
    """Tells how far a push is, at most once for each percent: whoever shows it has other things to do."""

    def __init__(self, on_progress: Callable[[Progress], None]) -> None:
        self._on_progress = on_progress
        self._sent = self._total = 0
        self._told = -1

    def expect(self, coming: int) -> None:
        """So many edits are still to be sent; what waits for the person is not among them."""
        self._total = self._sent + coming

    def step(self) -> None:
        """One more was answered."""
        self._sent += 1
        percent = self._sent * 100 // self._total
        if percent != self._told:
            self._told = percent
            self._on_progress(Progress("push", self._sent, self._total))


def _pieces(answered: list[tuple[Edit, Outcome]], most: int) -> Iterator[list[tuple[Edit, Outcome]]]:
    for start in range(0, len(answered), most):
        yield answered[start : start + most]


def _news(edit: Edit, outcome: Outcome) -> Change | None:
    """What an outcome tells of the server's record."""
    match outcome:
        case Applied(version, record, replayed):
            shown = None if edit.kind is EditKind.DELETE else record
            return Change(edit.type, edit.record_id, version, shown, is_repeated=replayed)
        case Conflicted(server):
            return Change(
                edit.type,
                edit.record_id,
                server.version,
                server.record,
                server.changed_at,
                server.changed_by,
            )
    return None


def _content(edit: Edit) -> Edit:
    return replace(edit, first_sent_at="")


def _is_held(edit: Edit, outcome: Outcome, made_here: Mapping[str, str]) -> bool:
    """Whether the server misses something that is itself still in this queue: then it is not refused.

    `made_here` has the records whose creates are in the queue, with the ids of those.
    """
    if not isinstance(outcome, Rejected) or outcome.refusal.code not in _HELD_CODES:
        return False
    named = {value for value in edit.mine.values() if isinstance(value, str)}
    return any(made_here.get(value, edit.id) != edit.id for value in named)
