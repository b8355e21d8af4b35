"""The places where assets are found: the two trees, and the table that search fills."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from maintenance_desktop.domain.views import AssetQuery, AssetRow, Found
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.ui.asset_branches import (
    Look,
    Path,
    TreeOrder,
    depth_at_first,
    first_look,
    look_again,
    look_below,
    look_for,
)
from maintenance_desktop.ui.asset_tree import AssetTreeModel
from maintenance_desktop.ui.paged_model import PagedModel
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.reading import Question, Reading
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.sights import Source
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.theme import row_height
from maintenance_desktop.ui.words import choice_word, mark_word
from maintenance_desktop.ui.work_order_columns import mark_icon


class AssetTree(QTreeView):
    """Shows an AssetTreeModel and keeps its place, selection and open branches through every change.

    It is read on the reading thread; old rows stay until the new ones are there.

    Signals:
        asset_chosen: the id of the asset the person went to.
        refreshed: the tree is what the reader says now.
    """

    asset_chosen = Signal(str)
    refreshed = Signal()

    def __init__(
        self, reader: Reader, reading: Reading, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("assetTree")
        self.setAccessibleName(self.tr("Assets"))
        self._settings = settings
        self._reader = reader
        self.tree = AssetTreeModel(self)
        self.tree.branch_wanted.connect(self._on_branch_wanted)
        self.order = TreeOrder.LOCATION
        self._is_known = self._is_outdated = False
        self._going_to = ""
        self._wanted: set[Path] = set()
        self._top = Question(reading, self)
        self._top.answered.connect(self._on_seen)
        self._below = Question(reading, self)
        self._below.answered.connect(self._on_read)
        self._place = Question(reading, self)
        self._place.answered.connect(self._on_found)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTreeView.ScrollMode.ScrollPerPixel)
        self.header().setStretchLastSection(False)
        settings.preference_changed.connect(self._on_preference_changed)
        self._on_preference_changed()

    @property
    def is_known(self) -> bool:
        """Whether the tree was read in this order."""
        return self._is_known and self.tree.order is self.order

    @property
    def is_settled(self) -> bool:
        """Whether everything is read that was asked for."""
        return not any(question.is_open for question in (self._top, self._below, self._place))

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
        self._ask_top()

    def show_order(self, order: TreeOrder) -> None:
        """Order by location or by what the assets are part of."""
        self.order = order
        self._ask_top()

    def refresh(self) -> None:
        """Show the newest tree, in the same place."""
        if self.model() is None:
            self.look()
        elif self._top.is_open:
            self._is_outdated = True  # what is being read may be older than what this is about
        elif self.is_known and self.tree.rowCount():
            self._top.ask(partial(look_again, self._reader, self.order, dict(self.tree.branches)))
        else:
            self._ask_top()

    def go_to(self, asset_id: str) -> None:
        """Bring an asset in sight without telling anybody; nowhere, when it does not stand in this tree."""
        self.look()
        self._going_to = asset_id
        if self.is_known:
            self._look_for_it()

    def asset_id(self) -> str | None:
        """The asset the person is at; None on a location."""
        row = self.tree.data(self.currentIndex(), self.tree.RowRole)
        return row.id if isinstance(row, AssetRow) else None

    def _ask_top(self) -> None:
        self._is_outdated = False
        self._top.ask(partial(first_look, self._reader, self.order))

    def _look_for_it(self) -> None:
        known = dict(self.tree.branches)
        self._place.ask(partial(look_for, self._reader, self.order, self._going_to, known))

    @Slot(object)
    def _on_seen(self, look: Look) -> None:
        self._is_known = True
        if look.is_new:
            self._show(look)
            self._open_top()
        elif look.branches:
            self._show(replace(look, branches={**self.tree.branches, **look.branches}))
        self.refreshed.emit()
        if self._is_outdated:
            self._is_outdated = False
            self.refresh()
        if self._going_to:
            self._look_for_it()

    def _show(self, look: Look) -> None:
        """Show this tree; in the same order, everything stays where it is."""
        stays = look.order is self.tree.order
        paths = [self.tree.data(one, self.tree.PathRole) for one in self._open_branches(QModelIndex())]
        chosen = self.tree.data(self.currentIndex(), self.tree.PathRole)
        place = self.verticalScrollBar().value()
        was_blocked = self.blockSignals(True)
        self._wanted.clear()
        self.tree.show(look.order, look.branches)
        if stays:
            for path in paths:
                self.setExpanded(self.tree.find(path), True)
            if chosen:
                self.setCurrentIndex(self.tree.find(chosen))
        self.blockSignals(was_blocked)
        if stays:
            self.verticalScrollBar().setValue(place)

    def _open_top(self) -> None:
        """Open the locations at the top, so that the first look shows assets."""
        depth = depth_at_first(self.tree.order, self.tree.rowCount())
        if depth:
            self.expandToDepth(depth - 1)

    @Slot(object)
    def _on_branch_wanted(self, path: Path) -> None:
        self._wanted.add(path)
        if not self._below.is_open:
            self._ask_below()

    def _ask_below(self) -> None:
        self._below.ask(partial(look_below, self._reader, self.tree.order, tuple(self._wanted)))

    @Slot(object)
    def _on_read(self, look: Look) -> None:
        if look.order is self.tree.order:
            self.tree.add(look.branches)
        self._wanted.difference_update(look.branches)
        if self._wanted:
            self._ask_below()

    @Slot(object)
    def _on_found(self, look: Look) -> None:
        if look.order is not self.order:
            return  # it is looked for again when the other tree is there
        self._going_to = ""
        self.tree.add(look.branches)
        place = self.tree.find(look.place)
        was_blocked = self.blockSignals(True)
        self.setCurrentIndex(place)
        self.blockSignals(was_blocked)
        if place.isValid():
            self.scrollTo(place)

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
        if self.signalsBlocked():
            return
        self._going_to = ""  # the person went elsewhere meanwhile
        self._place.drop()
        if isinstance(row, AssetRow):
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
