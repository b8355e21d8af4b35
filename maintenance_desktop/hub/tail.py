"""The newest changes in memory, so that hundreds who ask for the same lines cost one look at the database."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from maintenance_desktop.hub.answers import WORTH_PACKING, packed
from maintenance_desktop.hub.changes import Page, lines_between
from maintenance_desktop.hub.cursor import Cursor
from maintenance_desktop.hub.database import Transaction

_MOST_LINES: Final = 4_000
_MOST_CHARACTERS: Final = 8_000_000


class SharedPage:
    """A page that is put together, and packed, once for all who get it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def body(self) -> bytes:
        """As it travels unpacked."""
        return b"".join(self._page.chunks())

    @cached_property
    def packed(self) -> bytes | None:
        """The same as gzip; None where that is not worth it."""
        return b"".join(packed(iter((self.body,)))) if len(self.body) > WORTH_PACKING else None


@dataclass
class Tail:
    """Every change after number `begins` up to number `ends`, as one snapshot after the other showed them.

    It is extended inside the transaction that asks for it, up to the counter that this transaction sees, so
    a page from here is never older than one from the database. A record that changed twice stands here once.
    """

    epoch: str
    begins: int
    ends: int
    _numbers: list[int] = field(default_factory=list)
    _lines: list[str | None] = field(default_factory=list)
    _place: dict[str, int] = field(default_factory=dict)
    """Where the line of a record stands, counted from the first line ever; `_dropped` are no longer there."""
    _dropped: int = 0
    _size: int = 0
    _pages: dict[tuple[int, int], SharedPage] = field(default_factory=dict)

    def can_follow(self, epoch: str, last: int) -> bool:
        """Whether it can be extended up to there; a new one is begun where it cannot."""
        return epoch == self.epoch and 0 <= last - self.ends <= _MOST_LINES

    def follow(self, tx: Transaction, last: int) -> None:
        """Add what has come since."""
        if last == self.ends:
            return
        for number, record_id, line in lines_between(tx, self.ends, last):
            self._forget(record_id)
            self._place[record_id] = self._dropped + len(self._lines)
            self._numbers.append(number)
            self._lines.append(line)
            self._size += len(line)
        self.ends = last
        self._pages = {}
        if len(self._lines) > 2 * _MOST_LINES or self._size > 2 * _MOST_CHARACTERS:
            self._shorten()

    def page(self, since: int, size: int) -> SharedPage | None:
        """What a client gets that has seen everything up to there; None where only the database knows."""
        if since < self.begins:
            return None
        page = self._pages.get((since, size))
        if page is None:
            page = self._pages[since, size] = SharedPage(self._made(since, size))
        return page

    def _made(self, since: int, size: int) -> Page:
        first = bisect_right(self._numbers, since)
        found = [
            (number, line)
            for number, line in zip(self._numbers[first:], self._lines[first:], strict=True)
            if line is not None
        ]
        more = len(found) > size
        reached = found[size - 1][0] if more else self.ends
        lines = [line for _, line in found[:size]]
        return Page(len(found), lines, Cursor(self.epoch, reached).encode(), more)

    def _forget(self, record_id: str) -> None:
        place = self._place.pop(record_id, -1) - self._dropped
        if place >= 0:
            self._size -= len(self._lines[place] or "")
            self._lines[place] = None

    def _shorten(self) -> None:
        """Drop the older half."""
        half = len(self._lines) // 2
        self.begins = self._numbers[half - 1]
        self._size -= sum(len(line) for line in self._lines[:half] if line)
        del self._numbers[:half], self._lines[:half]
        self._dropped += half
        self._place = {one: place for one, place in self._place.items() if place >= self._dropped}
