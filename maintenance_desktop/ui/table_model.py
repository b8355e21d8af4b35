"""A table model for short lists: rows are read page by page, at once, as far as somebody goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QObject, QTimer

from maintenance_desktop.ui.pages import PAGE, Row
from maintenance_desktop.ui.row_model import Column, Index, RowModel


class TableModel(RowModel[Row]):
    """Rows read page by page through `load(offset, limit)`, in the reader's order.

    `refresh` changes rows where they stand, so that selection and scroll position stay; only `reload`
    starts from the top.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        load: Callable[[int, int], list[Row]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent)
        self._load = load
        self._rows: list[Row] = []
        self._positions: dict[str, int] | None = None
        self._read = 0
        self._is_complete = True
        self._newer: list[Row] = []
        self._refresher = QTimer(self, interval=0)
        self._refresher.timeout.connect(self._refresh_page)

    def reload(self) -> None:
        """Start again from the top: another filter, another order."""
        self._refresher.stop()
        first = self._load(0, PAGE)
        self.beginResetModel()
        self._rows = []
        self._take(first)
        self._read = len(first)
        self._is_complete = len(first) < PAGE
        self.endResetModel()
        self.refreshed.emit()

    def refresh(self) -> None:
        """Show what the reader says now, page by page; rows stay where they are, new ones join."""
        self._newer = []
        self._refresher.start()
        self._refresh_page()

    def row_at(self, at: int) -> Row | None:
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def rows(self) -> Sequence[Row]:
        """All rows read so far."""
        return tuple(self._rows)

    def position(self, record_id: str) -> int | None:
        """Where a record stands among the rows read so far."""
        if self._positions is None:
            self._positions = {row.id: at for at, row in enumerate(self._rows)}
        return self._positions.get(record_id)

    def read_until(self, position: int) -> None:
        """Read pages until that position is among the rows, so that it can be selected."""
        while len(self._rows) <= position and not self._is_complete:
            self.fetchMore(QModelIndex())

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._is_complete

    def fetchMore(self, parent: Index) -> None:
        """Read the next page."""
        if parent.isValid() or self._is_complete:
            return
        page = self._load(self._read, PAGE)
        self._read += len(page)
        self._is_complete = len(page) < PAGE
        fresh = [row for row in page if self.position(row.id) is None]
        if fresh:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(fresh) - 1)
            self._take(fresh)
            self.endInsertRows()

    def _take(self, rows: Sequence[Row]) -> None:
        self._rows.extend(rows)
        self._positions = None

    def _refresh_page(self) -> None:
        page = self._load(len(self._newer), PAGE)
        self._newer.extend(page)
        if len(page) == PAGE and len(self._newer) < self._read:
            return
        self._refresher.stop()
        self._is_complete = len(page) < PAGE
        self._read = len(self._newer)
        self._merge({row.id: row for row in self._newer})
        self.refreshed.emit()

    def _merge(self, newer: dict[str, Row]) -> None:
        for at in range(len(self._rows) - 1, -1, -1):
            row = newer.get(self._rows[at].id)
            if row is None:
                self.beginRemoveRows(QModelIndex(), at, at)
                del self._rows[at]
                self._positions = None
                self.endRemoveRows()
            elif row != self._rows[at]:
                self._rows[at] = row
                self.tell_changed(at, at)
        known = {row.id for row in self._rows}
        before = ""
        for row in newer.values():
            if row.id not in known:
                at = 0 if not before else self._after(before)
                self.beginInsertRows(QModelIndex(), at, at)
                self._rows.insert(at, row)
                self._positions = None
                self.endInsertRows()
            before = row.id

    def _after(self, record_id: str) -> int:
        at = self.position(record_id)
        return len(self._rows) if at is None else at + 1
