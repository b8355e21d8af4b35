"""Edits that the server breaks on, or gives no answer to: they go after all others, and take turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final

from maintenance_desktop.services.status import RoundTally

_MOST_TRIED_AGAIN: Final = 20
"""So many edits that the server broke on before are tried in a round. Those without any answer are tried one
by one until one gets none again, because that takes as long as an answer is waited for. In the round behind
one that such a try ended, none is."""
_TRIED_ALONE: Final = 3
_MOST_TRIED_ALONE: Final = 6
"""So often an edit that travels alone may get no answer before others go first: where the server answers
right after that, and where it does not. A line that breaks is no fault of an edit, but a server may end
over one."""


class Breakers:
    """Known for as long as the program runs: the one that was tried longest ago stands first."""

    def __init__(self) -> None:
        self._order: dict[str, None] = {}
        self._unanswered: Counter[str] = Counter()
        self._ended_a_round = False

    def __bool__(self) -> bool:
        return bool(self._order or self._unanswered)

    def begin(self, waiting: Collection[str], done: RoundTally) -> Turns:
        """Before a push: what goes last. `waiting` are the ids of all that is pending."""
        self._order = {one: None for one in self._order if one in waiting}
        self._unanswered = Counter({one: n for one, n in self._unanswered.items() if one in waiting})
        if self._ended_a_round:
            self._ended_a_round, done.has_met_silence = False, True
        silent = [one for one in self._order if one in self._unanswered]
        return Turns(self, [one for one in self._order if one not in self._unanswered], silent, done)

    def put_last(self, edit_id: str) -> None:
        """It was tried, and did not get through."""
        self._order.pop(edit_id, None)
        self._order[edit_id] = None

    def was_done(self, edit_id: str) -> None:
        """The server decided on it."""
        self._order.pop(edit_id, None)
        self._unanswered.pop(edit_id, None)

    def was_answered(self, edit_id: str) -> None:
        """The server said something of it, be it that it failed."""
        self._unanswered.pop(edit_id, None)

    def got_no_answer(self, edit_id: str) -> None:
        """It travelled alone, and the answer never came."""
        self._unanswered[edit_id] += 1

    def may_be_at_fault(self, edit_id: str) -> bool:
        """Whether it got no answer so often that it goes last if the server still answers others."""
        return self._unanswered[edit_id] >= _TRIED_ALONE

    def is_at_fault(self, edit_id: str) -> bool:
        """Whether it got none so often that it goes last though the server does not answer at all."""
        return self._unanswered[edit_id] >= _MOST_TRIED_ALONE

    def try_alone(self, *, begins: bool) -> None:
        """A try of an edit without an answer begins, or is over: the round goes on behind it."""
        self._ended_a_round = begins


class Turns:
    """One push: `last` are those that are not tried yet, `alone` the one that travels by itself now."""

    def __init__(self, breakers: Breakers, broken: list[str], silent: list[str], done: RoundTally) -> None:
        self.known = frozenset((*broken, *silent))
        self.last = set(self.known)
        self.alone = ""
        self._breakers = breakers
        self._broken = broken
        self._silent = silent
        self._done = done

    def let_more_go(self) -> bool:
        """All others had their turn: let some of these go. False: no more of them in this round."""
        if self._broken:
            self.last -= set(self._broken[:_MOST_TRIED_AGAIN])
            self._broken = []
            return True
        if self._silent and not self._done.has_met_silence:
            self.alone, *self._silent = self._silent
            self.last.discard(self.alone)
            self._done.has_met_silence = True
            return True
        return False

    def begins(self, edit_id: str) -> None:
        """A request begins, with this edit first."""
        self._breakers.try_alone(begins=edit_id == self.alone)

    def ended(self, edit_id: str, failed: Collection[str]) -> None:
        """The request is over; what the server did not get through is among `failed`."""
        if edit_id == self.alone:
            self._breakers.try_alone(begins=False)
            self._done.has_met_silence = self.alone in failed
            self.alone = ""
