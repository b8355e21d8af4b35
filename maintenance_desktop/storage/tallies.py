"""How many work orders the cache has, by what the kept tally counts: nothing is counted twice or anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import STATUSES
from maintenance_desktop.storage.view import View

Kept = TypeVar("Kept")
Places = tuple[int, int, int]
"""Those of one work order's choices, in the order of FACETS; -1 for none."""

FACETS: Final = ("status", "priority", "work_type")
OPEN_PLACES: Final = tuple(sorted(STATUSES.index(status) for status in UNFINISHED))


def tally(view: View, wanted: Mapping[str, Sequence[int] | None]) -> int:
    """How many have one of these places of each choice; a choice that is not named may be any."""
    return sum(count for _, count in passing(_tallies(view), wanted))


def passing(
    kept: Iterable[tuple[Places, Kept]], wanted: Mapping[str, Sequence[int] | None]
) -> Iterator[tuple[Places, Kept]]:
    """Those whose places are among the wanted ones."""
    status, priority, work_type = (wanted.get(column) for column in FACETS)
    for one in kept:
        places = one[0]
        if (
            (status is None or places[0] in status)
            and (priority is None or places[1] in priority)
            and (work_type is None or places[2] in work_type)
        ):
            yield one


def _tallies(view: View) -> list[tuple[Places, int]]:
    def read() -> list[tuple[Places, int]]:
        found = view.rows("SELECT status, priority, work_type, count FROM cache.tally")
        return [((status, priority, kind), count) for status, priority, kind, count in found]

    return view.remembered_of_cache("tallies", read)
