"""The tree of assets, by location or by what they are part of, read piece by piece as it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from maintenance_desktop.domain.views import AssetQuery, AssetRow, LocationRow
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.words import choice_word

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LOOK_AHEAD = 200
_LARGE = 5_000


class TreeOrder(StrEnum):
    """What the tree is ordered by."""

    LOCATION = "location"
    PARENT = "parent"


@dataclass(slots=True, eq=False)
class _Node:
    """A location or an asset in the tree. `children` is None until somebody looked."""

    number: int
    row: LocationRow | AssetRow | None
    above: _Node | None
    place: int = 0
    children: list[_Node] | None = None

    def path(self) -> tuple[str, ...]:
        """The ids from the root to here."""
        above = self.above.path() if self.above else ()
        return (*above, self.row.id) if self.row else above


class AssetTreeModel(QAbstractItemModel):
    """Locations and assets. An asset never stands below itself, whatever the server says.

    Roles:
        RowRole: the LocationRow or AssetRow.
        PathRole: the ids from the root to the row, to find it again after a change.
    """

    RowRole = Qt.ItemDataRole.UserRole + 1
    PathRole = Qt.ItemDataRole.UserRole + 2

    def __init__(
        self, reader: Reader, order: TreeOrder = TreeOrder.LOCATION, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._reader = reader
        self.order = order
        self._locations: dict[str | None, list[LocationRow]] | None = None
        self._is_large: bool | None = None
        self._start()

    def show_order(self, order: TreeOrder) -> None:
        """Read the whole tree again, in this order."""
        self.beginResetModel()
        self.order = order
        self._start()
        self.endResetModel()

    def is_outdated(self) -> bool:
        """Whether a row that was read is no longer what the reader says."""
        self._locations = self._locations_by_parent()
        seen = [node for node in self._nodes.values() if node.children is not None]
        return any([child.row for child in node.children or []] != self._rows_below(node) for node in seen)

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._children(self._node(parent))[row].number)

    def parent(self, index: Index = _NOWHERE) -> Any:
        above = self._node(index).above if index.isValid() else None
        if above is None or above.row is None:
            return QModelIndex()
        return self.createIndex(above.place, 0, above.number)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return len(self._children(self._node(parent))) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 3

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        if parent.column() > 0:
            return False
        node = self._node(parent)
        if node.children is None and node.above is not None:
            if self._is_large is None:
                self._is_large = self._reader.count_assets(AssetQuery()) > _LARGE
            is_full = self._is_large and isinstance(node.row, LocationRow)
            if is_full or len(node.above.children or []) > _LOOK_AHEAD:
                return True  # looking into each of so many would be felt
        return bool(self._children(node))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Asset"), self.tr("Status"), self.tr("Open"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node.row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self._spoken(node.row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node.row)
        if role == self.RowRole:
            return node.row
        if role == self.PathRole:
            return node.path()
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def find(self, path: tuple[str, ...]) -> QModelIndex:
        """The row at that path; invalid when it is not there any more."""
        node = self._root
        for row_id in path:
            found = next((one for one in self._children(node) if one.row and one.row.id == row_id), None)
            if found is None:
                return QModelIndex()
            node = found
        return self.createIndex(node.place, 0, node.number) if node.row else QModelIndex()

    def _start(self) -> None:
        self._root = _Node(0, None, None)
        self._nodes = {0: self._root}
        self._locations = self._is_large = None  # read when they are needed

    def _locations_by_parent(self) -> dict[str | None, list[LocationRow]]:
        if self.order is not TreeOrder.LOCATION:
            return {}
        below: dict[str | None, list[LocationRow]] = {}
        rows = self._reader.locations()
        known = {row.id for row in rows}
        for row in rows:
            below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
        return below

    def _node(self, index: Index) -> _Node:
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def _children(self, node: _Node) -> list[_Node]:
        if node.children is None:
            node.children = []
            for place, row in enumerate(self._rows_below(node)):
                child = _Node(len(self._nodes), row, node, place)
                self._nodes[child.number] = child
                node.children.append(child)
        return node.children

    def _rows_below(self, node: _Node) -> list[LocationRow | AssetRow]:
        rows: list[LocationRow | AssetRow]
        if isinstance(node.row, AssetRow):
            rows = [*self._reader.assets_below(node.row.id)]
        elif self.order is TreeOrder.PARENT:
            rows = [*self._reader.assets_below(None)]
        else:
            if self._locations is None:
                self._locations = self._locations_by_parent()
            place = node.row.id if node.row else None
            rows = [*self._locations.get(place, []), *self._reader.assets_at(place)]
        above = set(node.path())
        return [row for row in rows if row.id not in above]

    def _text(self, row: LocationRow | AssetRow | None, column: int) -> str:
        if isinstance(row, LocationRow):
            return (
                " ".join(f"{row.name} {f'({row.code})' if row.code else ''}".split()) if column == 0 else ""
            )
        if isinstance(row, AssetRow):
            if column == 0:
                return " ".join(f"{row.tag} {row.name}".split())
            if column == 1:
                return choice_word("asset", "status", row.status)
            return str(row.open_work_orders) if row.open_work_orders else ""
        return ""

    def _spoken(self, row: LocationRow | AssetRow | None) -> str:
        if isinstance(row, AssetRow):
            parts = [self._text(row, 0), self._text(row, 1), row.location_name]
            if row.open_work_orders:
                parts.append(self.tr("%n open work order(s)", "", row.open_work_orders))
            return ", ".join(part for part in parts if part)
        return self._text(row, 0)
