"""The places where assets are found: the two trees, and the table that search fills."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from maintenance_desktop.domain.views import AssetQuery, AssetRow, Found
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.ui.asset_paths import paths_of
from maintenance_desktop.ui.asset_tree import AssetTreeModel, TreeOrder
from maintenance_desktop.ui.paged_model import PagedModel
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.reading import Reading
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.sights import Source
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.theme import row_height
from maintenance_desktop.ui.words import choice_word, mark_word
from maintenance_desktop.ui.work_order_columns import mark_icon


class AssetTree(QTreeView):
    """Shows an AssetTreeModel and keeps its place, selection and open branches through every change.

    Signals:
        asset_chosen: the id of the asset the person went to.
    """

    asset_chosen = Signal(str)

    def __init__(self, reader: Reader, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assetTree")
        self.setAccessibleName(self.tr("Assets"))
        self._settings = settings
        self._reader = reader
        self.tree = AssetTreeModel(reader, parent=self)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.header().setStretchLastSection(False)
        settings.preference_changed.connect(self._on_preference_changed)
        self._on_preference_changed()

    def look(self) -> None:
        """Read what is at the top, unless that was done. A tree that nobody looks at costs nothing."""
        if self.model() is not None:
            return
        self.setModel(self.tree)
        header = self.header()
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(1, 90)
        self.setColumnWidth(2, 56)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.open_top()

    def show_order(self, order: TreeOrder) -> None:
        """Order by location or by what the assets are part of."""
        self.tree.show_order(order)
        self.open_top()

    def open_top(self) -> None:
        """Open the locations at the top, so that the first look shows assets."""
        top = self.tree.rowCount()
        if self.tree.order is TreeOrder.LOCATION and top <= 20:
            self.expandToDepth(1 if top == 1 else 0)

    def refresh(self) -> None:
        """Show the newest tree, in the same place."""
        self.look()
        if not self.tree.is_outdated():
            return
        was_empty = self.tree.rowCount() == 0
        paths = [self.tree.data(one, self.tree.PathRole) for one in self._open_branches(QModelIndex())]
        chosen = self.tree.data(self.currentIndex(), self.tree.PathRole)
        place = self.verticalScrollBar().value()
        was_blocked = self.blockSignals(True)
        self.tree.show_order(self.tree.order)
        for path in paths:
            self.setExpanded(self.tree.find(path), True)
        if chosen:
            self.setCurrentIndex(self.tree.find(chosen))
        self.blockSignals(was_blocked)
        self.verticalScrollBar().setValue(place)
        if was_empty:
            self.open_top()

    def go_to(self, asset_id: str) -> None:
        """Bring an asset in sight without telling anybody; nowhere, when it does not stand in this tree."""
        self.look()
        places = (self.tree.find(path) for path in paths_of(self._reader, asset_id))
        place = next((index for index in places if index.isValid()), QModelIndex())
        was_blocked = self.blockSignals(True)
        self.setCurrentIndex(place)
        self.blockSignals(was_blocked)
        if place.isValid():
            self.scrollTo(place)

    def asset_id(self) -> str | None:
        """The asset the person is at; None on a location."""
        row = self.tree.data(self.currentIndex(), self.tree.RowRole)
        return row.id if isinstance(row, AssetRow) else None

    def _open_branches(self, above: QModelIndex) -> list[QModelIndex]:
        found = []
        for row in range(self.tree.rowCount(above)):
            index = self.tree.index(row, 0, above)
            if self.isExpanded(index):
                found += [index, *self._open_branches(index)]
        return found

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = self.tree.data(current, self.tree.RowRole)
        if isinstance(row, AssetRow) and not self.signalsBlocked():
            self.asset_chosen.emit(row.id)

    @Slot()
    @Slot(str)
    def _on_preference_changed(self, _name: str = "") -> None:
        height = row_height(large_targets=self._settings.large_targets)
        self.setStyleSheet(f"QTreeView::item {{ height: {height}px; }}")


class AssetTable(TableView):
    """All assets, or those that a search finds."""

    def __init__(
        self, reader: Reader, reading: Reading, settings: Settings, parent: QWidget | None = None
    ) -> None:
        self._reader = reader
        self.query = AssetQuery()
        self.rows: PagedModel[AssetRow] = PagedModel(asset_columns(), reading)
        super().__init__("assetTable", self.rows, settings, parent)
        self.rows.setParent(self)
        self.setAccessibleName(self.tr("Assets"))
        self.setSortingEnabled(False)
        self.horizontalHeader().sectionClicked.connect(self._on_header_clicked)
        self.show_sorting(self.query.sort, descending=False)

    def show_query(self, query: AssetQuery) -> None:
        """Show what this finds."""
        self.query = query
        rows, count = self._reader.assets, self._reader.count_assets
        self.rows.show(Source(partial(rows, query), lambda: Found(count(query))))

    @Slot(int)
    def _on_header_clicked(self, section: int) -> None:
        name = self.rows.columns[section].name
        if name:
            descending = self.query.sort == name and not self.query.descending
            self.show_sorting(name, descending=descending)
            self.show_query(replace(self.query, sort=name, descending=descending))


def asset_columns() -> tuple[Column[AssetRow], ...]:
    """What the table shows."""
    tr = QCoreApplication.translate
    end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return (
        Column(
            "",
            "",
            lambda row: "",
            tooltip=lambda row: mark_word(row.mark),
            spoken=lambda row: mark_word(row.mark),
            icon=lambda row: mark_icon(row.mark),
            width=30,
            key="mark",
        ),
        Column("tag", tr("Assets", "Tag"), lambda row: row.tag, width=90),
        Column(
            "name",
            tr("Assets", "Name"),
            lambda row: row.name,
            tooltip=lambda row: tooltip(row.name),
            width=0,
        ),
        Column(
            "status",
            tr("Assets", "Status"),
            lambda row: choice_word("asset", "status", row.status),
            width=84,
        ),
        Column(
            "location_name",
            tr("Assets", "Location"),
            lambda row: row.location_name or "–",
            width=110,
            yields=2,
        ),
        Column(
            "serial_number",
            tr("Assets", "Serial number"),
            lambda row: row.serial_number or "–",
            width=120,
            yields=3,
        ),
        Column(
            "open_work_orders",
            tr("Assets", "Open"),
            lambda row: str(row.open_work_orders or ""),
            sort_key=lambda row: row.open_work_orders,
            alignment=end,
            width=60,
            yields=1,
        ),
    )
