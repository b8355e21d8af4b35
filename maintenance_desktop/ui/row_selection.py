"""Which rows of a table are selected, also while rows come and go: records are followed, not numbers."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject, Slot
from PySide6.QtWidgets import QTableView

from maintenance_desktop.ui.row_model import RowModel

_FOLLOWED: Final = 500
"""So many selected records are known by their ids; a selection of more is kept while nothing moves."""

_Flag = QItemSelectionModel.SelectionFlag


class RowSelection(QObject):
    """One record that the person is at, and beside it as many rows as they select."""

    def __init__(self, table: QTableView, model: RowModel[Any], *, takes_several: bool) -> None:
        super().__init__(table)  # and no reference to it, or Python would end both at a time of its own
        self._model = model
        self._takes_several = takes_several
        self._selection = table.selectionModel()
        self.is_held = False
        """Whether rows join or leave just now: that selects nothing else."""
        self._has_all = False
        self._ids: frozenset[str] | None = frozenset()
        self._count_before = 0
        self._selection.selectionChanged.connect(self._on_changed)

    @property
    def has_all(self) -> bool:
        """Whether every row is selected, those that will join too."""
        return self._has_all

    def count(self) -> int:
        """How many rows are selected."""
        return sum(last - first + 1 for first, last in self.ranges())

    def ranges(self) -> list[tuple[int, int]]:
        """The selected rows, from first to last each, in order."""
        found = {(one.top(), one.bottom()) for one in self._selection.selection().toList()}
        return sorted(found)

    def take_all(self) -> None:
        """Select every row."""
        if not self._takes_several:
            return
        self._select(0, self._model.rowCount() - 1, _Flag.ClearAndSelect | _Flag.Rows)
        self._has_all = True

    def go_to(self, index: QModelIndex) -> None:
        """Be at this row; other selected rows stay selected if it is one of them."""
        selection = self._selection
        stays = self.count() > 1 and selection.isRowSelected(index.row(), QModelIndex())
        flag = _Flag.NoUpdate if stays else _Flag.ClearAndSelect | _Flag.Rows
        selection.setCurrentIndex(index, flag)

    def go_nowhere(self) -> None:
        """Be at no row."""
        selection = self._selection
        selection.setCurrentIndex(QModelIndex(), _Flag.NoUpdate)
        if self.count() <= 1:
            selection.clearSelection()

    def forget(self) -> None:
        """Another list comes: nothing of it is selected."""
        self._has_all, self._ids = False, frozenset()

    def follow(self) -> None:
        """The rows may stand elsewhere now."""
        if self._has_all:
            self.take_all()
        elif self.count() > 1:
            self._follow_ids()

    def _follow_ids(self) -> None:
        places = [self._model.position(one) for one in self._ids or ()]
        known = sorted(place for place in places if place is not None)
        if self._ids is not None and len(known) == len(self._ids):
            if known != [at for first, last in self.ranges() for at in range(first, last + 1)]:
                selection = QItemSelection()
                for at in known:
                    selection.select(self._model.index(at, 0), self._model.index(at, 0))
                self._selection.select(selection, _Flag.ClearAndSelect | _Flag.Rows)
        elif self._model.rowCount() != self._count_before:
            # nobody can tell which of them are meant now
            current = self._selection.currentIndex()
            self._select(current.row(), current.row(), _Flag.ClearAndSelect | _Flag.Rows)
        self._count_before = self._model.rowCount()

    def _select(self, first: int, last: int, flags: QItemSelectionModel.SelectionFlag) -> None:
        selection = QItemSelection()
        if 0 <= first <= last:
            end = self._model.columnCount() - 1
            selection.select(self._model.index(first, 0), self._model.index(last, end))
        self._selection.select(selection, flags)

    @Slot()
    def _on_changed(self) -> None:
        if self.is_held:
            return
        self._has_all = False
        self._count_before = self._model.rowCount()
        ranges = self.ranges()
        if sum(last - first + 1 for first, last in ranges) > _FOLLOWED:
            self._ids = None
            return
        rows = [self._model.row_at(at) for first, last in ranges for at in range(first, last + 1)]
        self._ids = None if None in rows else frozenset(row.id for row in rows if row is not None)
