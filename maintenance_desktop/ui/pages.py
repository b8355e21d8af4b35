"""The rows of a long list as far as they have been read: whole pages, not too many of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Final, Generic, Protocol, TypeVar

PAGE: Final = 200
MOST_PAGES: Final = 50


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Identified)


class Pages(Generic[Row]):
    """Some pages of `count` rows. Where there are too many, those that were not looked at longest leave."""

    def __init__(self, count: int = 0, most: int = MOST_PAGES) -> None:
        self.count = count
        self._most = most
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._positions: dict[str, int] = {}

    def put(self, number: int, rows: Sequence[Row]) -> None:
        """Take in a page; what lies beyond the end is left out."""
        self._forget(number)
        first = number * PAGE
        page = tuple(rows[: max(self.count - first, 0)])
        self._pages[number] = page
        self._positions.update((row.id, first + at) for at, row in enumerate(page))
        while len(self._pages) > self._most:
            self._forget(next(iter(self._pages)))

    def row(self, at: int) -> Row | None:
        """The row at a position; None when it is not read."""
        page = self._pages.get(at // PAGE)
        return page[at % PAGE] if page is not None and at % PAGE < len(page) else None

    def position(self, record_id: str) -> int | None:
        """Where a record stands, if it is among the rows that are read."""
        return self._positions.get(record_id)

    def missing(self, first: int, last: int) -> tuple[int, ...]:
        """The pages that are not read between two positions; those that are count as looked at."""
        if not self.count or last < 0:
            return ()
        numbers = range(max(first, 0) // PAGE, min(last, self.count - 1) // PAGE + 1)
        for number in numbers:
            if number in self._pages:
                self._pages.move_to_end(number)
        return tuple(number for number in numbers if number not in self._pages)

    def rows(self) -> Iterator[Row]:
        """All rows that are read, in order."""
        for number in sorted(self._pages):
            yield from self._pages[number]

    def numbers(self) -> list[int]:
        """Which pages are read."""
        return sorted(self._pages)

    def _forget(self, number: int) -> None:
        for at, row in enumerate(self._pages.pop(number, ()), number * PAGE):
            if self._positions.get(row.id) == at:  # it may have been read again on another page
                del self._positions[row.id]
