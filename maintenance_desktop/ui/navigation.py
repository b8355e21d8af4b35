"""Where the person has been: the stops behind *Back* and *Forward*."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_MOST: Final = 100


class Place(StrEnum):
    """The three places of the window."""

    WORK_ORDERS = "work_orders"
    ASSETS = "assets"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Stop:
    """A place, and the record that was open there; empty: none in particular."""

    place: Place
    record_id: str = ""


class Trail:
    """The stops in order, with a position among them."""

    def __init__(self, start: Stop) -> None:
        self._stops = [start]
        self._at = 0

    @property
    def current(self) -> Stop:
        return self._stops[self._at]

    def visit(self, stop: Stop) -> None:
        """Go somewhere new; what was ahead is forgotten.

        The first record opened at a place stands for the place: going back to an empty one shows nothing new.
        """
        if stop == self.current:
            return
        is_first_here = stop.place is self.current.place and not self.current.record_id
        before = self._stops[: self._at + (0 if is_first_here else 1)]
        self._stops = [*before, stop][-_MOST:]
        self._at = len(self._stops) - 1

    def go(self, steps: int) -> Stop | None:
        """Go back (−1) or forward (1); None when there is nothing in that direction."""
        at = self._at + steps
        if not 0 <= at < len(self._stops):
            return None
        self._at = at
        return self.current
