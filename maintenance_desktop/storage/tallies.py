"""How many work orders the cache has, by what the kept tally counts: nothing is counted twice or anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import STATUSES
from maintenance_desktop.storage.view import View

FACETS: Final = ("status", "priority", "work_type")
OPEN_PLACES: Final = tuple(sorted(STATUSES.index(status) for status in UNFINISHED))


def tally(view: View, wanted: Mapping[str, Sequence[int] | None]) -> int:
    """How many have one of these places of each choice; a choice that is not named may be any."""
    return sum(count for places, count in _tallies(view) if passes(places, wanted))


def passes(places: Sequence[int], wanted: Mapping[str, Sequence[int] | None]) -> bool:
    """Whether the places of one work order, in the order of FACETS, are among those wanted."""
    for column, place in zip(FACETS, places, strict=True):
        some = wanted.get(column)
        if some is not None and place not in some:
            return False
    return True


def _tallies(view: View) -> list[tuple[tuple[int, ...], int]]:
    def read() -> list[tuple[tuple[int, ...], int]]:
        found = view.rows("SELECT status, priority, work_type, count FROM cache.tally")
        return [(tuple(places), count) for *places, count in found]

    return view.remembered_of_cache("tallies", read)
