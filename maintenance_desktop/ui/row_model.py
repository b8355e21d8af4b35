"""What all table models share: columns are data, and the row travels by a role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from maintenance_desktop.ui.pages import Row

Index = QModelIndex | QPersistentModelIndex

_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


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


class RowModel(QAbstractTableModel, Generic[Row]):
    """Shows rows in columns; where the rows come from is decided below.

    Signals:
        sort_chosen: a column's name and whether it is descending; the owner changes the query.
        refreshed: the rows are those of the reader again.
        arrived: rows have come that were not read before.
        shifted: by how many rows that which somebody looks at has moved down.
        located: a record that was to be found, and its position; -1: it is not in the list.
    """

    RowRole: Final = int(Qt.ItemDataRole.UserRole) + 1
    SortRole: Final = int(Qt.ItemDataRole.UserRole) + 2

    sort_chosen = Signal(str, bool)
    refreshed = Signal()
    arrived = Signal()
    shifted = Signal(int)
    located = Signal(str, int)

    def __init__(self, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)

    def row_at(self, at: int) -> Row | None:
        """The row at a position; None when it is not read."""
        raise NotImplementedError

    def position(self, record_id: str) -> int | None:
        """Where a record stands among the rows read so far."""
        raise NotImplementedError

    def look_at(self, first: int, last: int, kept: str) -> None:
        """Somebody sees these rows now, and is at the record `kept`."""

    def find(self, record_id: str) -> None:
        """Say where a record stands that is not among the rows read so far."""

    @property
    def is_waiting(self) -> bool:
        """Whether rows are missed for so long that it has to be shown."""
        return False

    @property
    def is_long(self) -> bool:
        """Whether there may be too many rows to go through them one by one."""
        return False

    def row(self, index: Index) -> Row | None:
        """The row at an index; None where there is none, and where it is not read."""
        return self.row_at(index.row()) if index.isValid() else None

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

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
        if not index.isValid():
            return None
        row, column = self.row_at(index.row()), self.columns[index.column()]
        if row is None:
            return self.tr("Loading") if role == Qt.ItemDataRole.AccessibleTextRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(column.text(row))
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

    def tell_changed(self, first: int, last: int) -> None:
        """Have these rows painted again."""
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))


def one_line(text: str) -> str:
    """The text without the line breaks that a row has no room for."""
    return text if "\n" not in text and "\t" not in text else " ".join(text.split())
