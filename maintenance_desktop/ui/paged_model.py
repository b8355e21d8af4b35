"""A table model for lists of any length: all rows are there, those in sight are read on another thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QTimer, Signal, Slot

from maintenance_desktop.domain.views import Found
from maintenance_desktop.ui.pages import PAGE, Pages, Row
from maintenance_desktop.ui.reading import Question, Reading, Urgency
from maintenance_desktop.ui.row_model import Column, Index, RowModel
from maintenance_desktop.ui.sights import AROUND, Sight, Source, Wanted, look, read_pages

_PATIENCE_MS: Final = 100
"""Rows that come sooner are not announced: what appears and is gone again is only unrest."""


class PagedModel(RowModel[Row]):
    """Rows of a Source. `show` begins another list, `refresh` keeps what somebody looks at in its place.

    Old rows stay until the new ones are there. A row that is not read yet is empty, never another one.

    Signals:
        failed: the list could not be read; what is shown is older.
    """

    failed = Signal()

    def __init__(
        self, columns: Sequence[Column[Row]], reading: Reading, parent: QObject | None = None
    ) -> None:
        super().__init__(columns, parent)
        self.found: Found | None = None
        """How many there are; None until the reader has said so."""
        self._source: Source[Row] | None = None
        self._asked: Source[Row] | None = None
        self._next: Source[Row] | None = None
        self._count = 0
        self._pages: Pages[Row] = Pages()
        self._in_sight = (0, 0)
        self._kept = ""
        self._is_waiting = False
        self._sight = Question(reading, self)
        self._sight.answered.connect(self._on_seen)
        self._more = Question(reading, self)
        self._more.answered.connect(self._on_read)
        self._place = Question(reading, self, Urgency.NUMBERS)
        self._place.answered.connect(self._on_found)
        for question in (self._sight, self._more, self._place):
            question.failed.connect(self.failed)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._on_late)

    @property
    def source(self) -> Source[Row] | None:
        """Where the rows on screen come from."""
        return self._source

    @property
    def is_up_to_date(self) -> bool:
        """Whether what is shown is what was last asked for, as the reader says now."""
        return not self._sight.is_open and self._next is None

    @property
    def is_settled(self) -> bool:
        """Whether everything is read that was asked for."""
        return not any(question.is_open for question in (self._sight, self._more, self._place))

    @property
    def is_waiting(self) -> bool:
        return self._is_waiting

    @property
    def is_long(self) -> bool:
        return True

    def show(self, source: Source[Row]) -> None:
        """Show another list, from the top, as soon as its first rows are read."""
        self._asked, self._next = source, None
        self._sight.ask(partial(look, source, Wanted(is_new=True)))

    def refresh(self, source: Source[Row] | None = None) -> None:
        """Read again what is in sight; what somebody looks at stays in its place.

        `source` is the same list by the time of now, where time decides what is in it.
        """
        newest = self._asked = source or self._asked
        if self._sight.is_open:
            self._next = newest  # what is being read may be older than what this is about
        elif newest is not None:
            self._sight.ask(partial(look, newest, self._wanted()))

    def find(self, record_id: str) -> None:
        if self._source is not None and self._source.position is not None:
            self._place.ask(partial(_locate, self._source, record_id))

    def look_at(self, first: int, last: int, kept: str) -> None:
        self._in_sight, self._kept = (first, last), kept
        self._read_more()

    def row_at(self, at: int) -> Row | None:
        return self._pages.row(at)

    def rows(self) -> Sequence[Row]:
        """The rows that are read."""
        return tuple(self._pages.rows())

    def position(self, record_id: str) -> int | None:
        return self._pages.position(record_id)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._count

    def _wanted(self) -> Wanted:
        first, last = self._in_sight
        rows = [(self._pages.row(at), at) for at in range(first, min(last + 1, self._count))]
        known = [(row.id, at) for row, at in rows if row is not None]
        known.sort(key=lambda one: one[0] != self._kept)
        return Wanted(first=first, last=last, known=tuple(known))

    def _read_more(self) -> None:
        """Ask for the pages in sight; what is not in sight any more when they come is not asked for."""
        first, last = self._in_sight
        missing = self._pages.missing(first, last)
        if missing and not self._patience.isActive() and not self._is_waiting:
            self._patience.start()
        elif not missing:
            self._patience.stop()
            self._is_waiting = False
        missing = missing or self._pages.missing(first - AROUND, last + AROUND)
        if missing and not self._more.is_open and self._source is not None:
            self._more.ask(partial(_more, self._source, missing))

    @Slot(object)
    def _on_read(self, answer: tuple[Source[Row], Mapping[int, Sequence[Row]]]) -> None:
        source, pages = answer
        if source is self._source:
            for number, rows in pages.items():
                self._pages.put(number, rows)
            self.arrived.emit()
        self._read_more()

    @Slot(object)
    def _on_seen(self, sight: Sight[Row]) -> None:
        before, self._pages = self._pages, Pages(sight.found.count)
        for number, rows in sight.pages.items():
            self._pages.put(number, rows)
        self._more.drop()  # its rows may be older than these
        self.found = sight.found
        self._source = sight.source
        if sight.is_new:
            self._place.drop()
            self.beginResetModel()
            self._count = sight.found.count
            self.endResetModel()
        else:
            self._move(sight.shift, sight.found.count)
            self._tell_different(before, sight)
            if sight.shift:
                self.shifted.emit(sight.shift)
        self.refreshed.emit()
        self._read_more()
        if self._next is not None:
            newest, self._next = self._next, None
            self.refresh(newest)

    def _move(self, shift: int, count: int) -> None:
        """Let rows join or leave: above what somebody looks at as many as that has moved, the rest below."""
        self._grow(0, shift)
        difference = count - self._count
        self._grow(self._count if difference > 0 else count, difference)

    def _grow(self, at: int, by: int) -> None:
        if by > 0:
            self.beginInsertRows(QModelIndex(), at, at + by - 1)
            self._count += by
            self.endInsertRows()
        elif by < 0:
            self.beginRemoveRows(QModelIndex(), at, at - by - 1)
            self._count += by
            self.endRemoveRows()

    def _tell_different(self, before: Pages[Row], sight: Sight[Row]) -> None:
        for number in self._pages.numbers():
            first: int | None = None
            end = min((number + 1) * PAGE, self._count)
            for at in range(number * PAGE, end):
                if self._pages.row(at) == before.row(at - sight.shift):
                    if first is not None:
                        self.tell_changed(first, at - 1)
                    first = None
                elif first is None:
                    first = at
            if first is not None:
                self.tell_changed(first, end - 1)

    @Slot(object)
    def _on_found(self, answer: tuple[str, int | None]) -> None:
        record_id, place = answer
        row = None if place is None else self.row_at(place)
        if place is not None and (place >= self._count or (row is not None and row.id != record_id)):
            self.refresh()  # rows have come or left since: whoever looks for it asks again after that
        else:
            self.located.emit(record_id, -1 if place is None else place)

    @Slot()
    def _on_late(self) -> None:
        self._is_waiting = True
        self.arrived.emit()


def _more(source: Source[Row], numbers: Sequence[int]) -> tuple[Source[Row], Mapping[int, Sequence[Row]]]:
    return source, read_pages(source, numbers)


def _locate(source: Source[Row], record_id: str) -> tuple[str, int | None]:
    return record_id, source.position(record_id) if source.position is not None else None
