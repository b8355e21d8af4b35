"""The tree of assets, by location or by what they are part of, as far as its branches have been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from maintenance_desktop.domain.views import AssetRow, LocationRow
from maintenance_desktop.ui.asset_branches import ROOT, Branches, Path, TreeOrder, TreeRow, Twig
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.words import choice_word

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_COLUMNS: Final = 3


@dataclass(slots=True, eq=False)
class _Node:
    """A location or an asset in the tree. `children` is None until they are read."""

    number: int
    row: TreeRow | None
    above: _Node | None
    place: int = 0
    is_end: bool = False
    is_wanted: bool = False
    children: list[_Node] | None = None

    def path(self) -> Path:
        """The ids from the root to here."""
        above = self.above.path() if self.above else ROOT
        return (*above, self.row.id) if self.row else above


class AssetTreeModel(QAbstractItemModel):
    """Locations and assets.

    Roles:
        RowRole: the LocationRow or AssetRow.
        PathRole: the ids from the root to the row, to find it again after a change.

    Signals:
        branch_wanted: the path of a row that is opened before what is below it was read.
    """

    RowRole = Qt.ItemDataRole.UserRole + 1
    PathRole = Qt.ItemDataRole.UserRole + 2

    branch_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.order = TreeOrder.LOCATION
        self._begin()

    @property
    def branches(self) -> Mapping[Path, tuple[Twig, ...]]:
        """What is shown."""
        return self._branches

    def show(self, order: TreeOrder, branches: Branches) -> None:
        """Show another tree."""
        self.beginResetModel()
        self.order = order
        self._begin()
        self._fill(self._root, ROOT, branches)
        self.endResetModel()

    def add(self, branches: Branches) -> None:
        """Let branches join that were read since; those that are there stay as they are."""
        for path in sorted(branches, key=len):
            node = self._node_at(path)
            if node is None or node.children is not None:
                continue
            above = self._index_of(node)
            if branches[path]:
                self.beginInsertRows(above, 0, len(branches[path]) - 1)
                self._fill(node, path, branches)
                self.endInsertRows()
            else:
                self.layoutAboutToBeChanged.emit()
                self._fill(node, path, branches)
                self.layoutChanged.emit()  # it does not seem to have something below any more

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        # as hasIndex does, which would call Python twice more for each of many thousand rows
        children = _children(self._node(parent)) if parent.column() <= 0 else []
        if not (0 <= row < len(children) and 0 <= column < _COLUMNS):
            return QModelIndex()
        return self.createIndex(row, column, children[row].number)

    def parent(self, index: Index = _NOWHERE) -> Any:
        above = self._node(index).above if index.isValid() else None
        return QModelIndex() if above is None else self._index_of(above)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return len(_children(self._node(parent))) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return _COLUMNS

    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        if parent.column() > 0:
            return False
        node = self._node(parent)
        return bool(node.children) or (node.children is None and node is not self._root and not node.is_end)

    def canFetchMore(self, parent: Index) -> bool:
        node = self._node(parent)
        return node is not self._root and node.children is None and not node.is_end and not node.is_wanted

    def fetchMore(self, parent: Index) -> None:
        node = self._node(parent)
        node.is_wanted = True
        self.branch_wanted.emit(node.path())

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

    def find(self, path: Path) -> QModelIndex:
        """The row at that path; invalid when it is not there, or not read."""
        node = self._node_at(path)
        return QModelIndex() if node is None else self._index_of(node)

    def _begin(self) -> None:
        self._root = _Node(0, None, None)
        self._nodes = {0: self._root}
        self._branches: dict[Path, tuple[Twig, ...]] = {}

    def _fill(self, node: _Node, path: Path, branches: Branches) -> None:
        """Put below a node what is known of it, and below that, and so on."""
        twigs = branches.get(path)
        if twigs is None:
            return
        self._branches[path] = twigs
        first = len(self._nodes)
        node.children = [
            _Node(first + place, twig.row, node, place, twig.is_end) for place, twig in enumerate(twigs)
        ]
        self._nodes.update((child.number, child) for child in node.children)
        for child, twig in zip(node.children, twigs, strict=True):
            self._fill(child, (*path, twig.row.id), branches)

    def _node(self, index: Index) -> _Node:
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def _node_at(self, path: Path) -> _Node | None:
        node = self._root
        for row_id in path:
            found = next((one for one in _children(node) if one.row and one.row.id == row_id), None)
            if found is None:
                return None
            node = found
        return node

    def _index_of(self, node: _Node) -> QModelIndex:
        return self.createIndex(node.place, 0, node.number) if node.row else QModelIndex()

    def _text(self, row: TreeRow | None, column: int) -> str:
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

    def _spoken(self, row: TreeRow | None) -> str:
        if isinstance(row, AssetRow):
            parts = [self._text(row, 0), self._text(row, 1), row.location_name]
            if row.open_work_orders:
                parts.append(self.tr("%n open work order(s)", "", row.open_work_orders))
            return ", ".join(part for part in parts if part)
        return self._text(row, 0)


def _children(node: _Node) -> list[_Node]:
    return node.children or []
