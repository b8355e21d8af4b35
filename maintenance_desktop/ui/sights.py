"""One look at a long list: how long it is, and the rows around what somebody looks at.

Everything here runs on the reading thread and knows no window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic

from maintenance_desktop.domain.views import Found
from maintenance_desktop.ui.pages import PAGE, Row

AROUND: Final = PAGE // 2
"""So many rows are read beyond what is in sight, on both sides."""


@dataclass(frozen=True)
class Source(Generic[Row]):
    """Where the rows of one query come from. `position` is None where nobody can tell."""

    rows: Callable[[int, int], Sequence[Row]]
    found: Callable[[], Found]
    position: Callable[[str], int | None] | None = None


@dataclass(frozen=True)
class Wanted:
    """What somebody looks at: the rows from `first` to `last`, and by which records to know them again.

    `known` are records in sight with their positions, the one that must stay in its place first. A new list
    is looked at from its top.
    """

    is_new: bool = False
    first: int = 0
    last: int = 0
    known: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Sight(Generic[Row]):
    """What was seen. `shift` says by how many rows that which somebody looks at has moved down."""

    source: Source[Row]
    found: Found
    pages: Mapping[int, Sequence[Row]]
    shift: int = 0
    is_new: bool = False


def look(source: Source[Row], wanted: Wanted) -> Sight[Row]:
    """Look at a list, once more or for the first time."""
    count = source.found()
    pages: dict[int, Sequence[Row]] = {}
    _read_around(source, count.count, wanted.first, wanted.last, pages)
    shift = _shift(source, wanted, pages)
    if shift:
        first, last = wanted.first + shift, wanted.last + shift
        _read_around(source, count.count, first, last, pages)
    return Sight(source, count, pages, shift, wanted.is_new)


def read_pages(source: Source[Row], numbers: Sequence[int]) -> dict[int, Sequence[Row]]:
    """Read these pages."""
    return {number: tuple(source.rows(number * PAGE, PAGE)) for number in numbers}


def _read_around(
    source: Source[Row], count: int, first: int, last: int, pages: dict[int, Sequence[Row]]
) -> None:
    end = (count - 1) // PAGE
    top = min(max(first - AROUND, 0) // PAGE, end)
    bottom = min(max(last + AROUND, 0) // PAGE, end)
    pages.update(
        read_pages(source, [number for number in range(max(top, 0), bottom + 1) if number not in pages])
    )


def _shift(source: Source[Row], wanted: Wanted, pages: Mapping[int, Sequence[Row]]) -> int:
    """How far a record that was in sight has moved; most often it is among the rows just read."""
    now = {row.id: number * PAGE + at for number, page in pages.items() for at, row in enumerate(page)}
    for record_id, before in wanted.known:
        if record_id in now:
            return now[record_id] - before
    if wanted.known and source.position is not None:
        record_id, before = wanted.known[0]
        place = source.position(record_id)
        return 0 if place is None else place - before
    return 0
