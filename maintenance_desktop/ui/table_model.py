"""A table model for rows that come in pages from the reader: columns are data, rows travel by a role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPixmap

Index = QModelIndex | QPersistentModelIndex

PAGE: Final = 200
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Identified)


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `name` is what the reader sorts by; empty: this column cannot be sorted.

    `spoken` is what a screen reader says where the text alone is not enough, `tone` the text's
    colour, `icon` a picture beside the text. A `width` of 0 takes what is left; where too little is left,
    columns give way, those that `yields` most first. `key` names it where the reader's name does not.
    """

    name: str
    title: str
    text: Callable[[Row], str]
    sort_key: Callable[[Row], Any] | None = None
    tooltip: Callable[[Row], str] | None = None
    spoken: Callable[[Row], str] | None = None
    icon: Callable[[Row], QPixmap | None] | None = None
    tone: Callable[[Row], Any] | None = None
    alignment: Qt.AlignmentFlag = _LEFT
    width: int = 120
    key: str = ""
    is_shown: bool = True
    yields: int = 0

    @property
    def id(self) -> str:
        """Its name for the settings."""
        return self.key or self.name


class TableModel(QAbstractTableModel, Generic[Row]):
    """Rows read page by page through `load(offset, limit)`, in the reader's order.

    `refresh` changes rows where they stand, so that selection and scroll position stay; only `reload`
    starts from the top.

    Signals:
        sort_chosen: a column's name and whether it is descending; the owner changes the query.
        refreshed: the rows are those of the reader again.
    """

    RowRole: Final = int(Qt.ItemDataRole.UserRole) + 1
    SortRole: Final = int(Qt.ItemDataRole.UserRole) + 2

    sort_chosen = Signal(str, bool)
    refreshed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        load: Callable[[int, int], list[Row]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
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

    def update_row(self, row: Row) -> None:
        """Show a newer state of one row, if it is in the table."""
        at = self.position(row.id)
        if at is not None and self._rows[at] != row:
            self._rows[at] = row
            self.dataChanged.emit(self.index(at, 0), self.index(at, len(self.columns) - 1))

    def row(self, index: Index) -> Row | None:
        """The row at an index."""
        return self._rows[index.row()] if index.isValid() else None

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

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

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

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(self.columns):
            column = self.columns[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return column.title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _one_line(column.text(row))
            case Qt.ItemDataRole.ToolTipRole:
                return column.tooltip(row) if column.tooltip else None
            case Qt.ItemDataRole.AccessibleTextRole:
                return column.spoken(row) if column.spoken else column.text(row)
            case Qt.ItemDataRole.DecorationRole:
                return column.icon(row) if column.icon else None
            case Qt.ItemDataRole.ForegroundRole:
                return column.tone(row) if column.tone else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
            case self.SortRole:
                return column.sort_key(row) if column.sort_key else column.text(row)
            case self.RowRole:
                return row
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.columns) and self.columns[column].name:
            self.sort_chosen.emit(self.columns[column].name, order is Qt.SortOrder.DescendingOrder)

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
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(self.columns) - 1))
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


def _one_line(text: str) -> str:
    return text if "\n" not in text and "\t" not in text else " ".join(text.split())
