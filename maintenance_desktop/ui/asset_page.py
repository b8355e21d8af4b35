"""Assets: found by place, by what they are part of, or by search; one of them in full beside it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from maintenance_desktop.ui.asset_branches import TreeOrder
from maintenance_desktop.ui.asset_detail import AssetDetail
from maintenance_desktop.ui.asset_list import AssetTable, AssetTree
from maintenance_desktop.ui.buttons import chip
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.parts import named
from maintenance_desktop.ui.search_field import SearchField
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.unsaved import UnsavedGuard
from maintenance_desktop.ui.workspace import Workspace

_TYPING_PAUSE_MS = 120
_VIEW = "assets/view"
_SPLIT = "assets/splitter"


class AssetPage(QWidget):
    """Tree or table on the left, the chosen asset on the right. While something is searched, the table shows.

    Signals:
        new_work_order_requested: the id of the asset it is for.
        work_order_opened: the id of a work order that the person followed.
        saved: the id of an asset whose change is on disk.
    """

    new_work_order_requested = Signal(str)
    work_order_opened = Signal(str)
    saved = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assetPage")
        self._settings = settings
        self._is_stale = True
        self._is_list_wanted = self._was_looked_at = False
        self._gone_to = ""
        self.search = SearchField(self.tr("Search tag, name or serial number   Ctrl+F"))
        named(self.search, "assetSearchField", self.tr("Search assets"))
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._on_search)
        self.search.textChanged.connect(self._pause.start)
        self.search.left_downwards.connect(self._on_search_entered)
        self.views = {
            "location": chip(self.tr("By location"), "assetsByLocationButton"),
            "parent": chip(self.tr("By structure"), "assetsByParentButton"),
            "table": chip(self.tr("Table"), "assetsTableButton"),
        }
        self._view_group = QButtonGroup(self)
        chips = QHBoxLayout()
        chips.setSpacing(8)
        for view in self.views.values():
            self._view_group.addButton(view)
            chips.addWidget(view)
        chips.addStretch(1)
        self.tree = AssetTree(workspace.reader, workspace.reading, settings)
        self.table = AssetTable(workspace.reader, workspace.reading, settings)
        self.empty = EmptyState()
        self._stack = QStackedWidget()
        for shown in (self.tree, self.table, self.empty):
            self._stack.addWidget(shown)
        self.detail = AssetDetail(workspace, settings)
        self.guard = UnsavedGuard(self.detail, self)
        left = QWidget()
        found = QVBoxLayout(left)
        found.setContentsMargins(0, 0, 0, 0)
        found.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(16, 12, 16, 12)
        head.setSpacing(8)
        head.addWidget(self.search)
        head.addLayout(chips)
        found.addLayout(head)
        found.addWidget(self._stack, 1)
        self.splitter = named(QSplitter(Qt.Orientation.Horizontal), "assetSplitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.detail)
        self.splitter.setSizes([420, 480])
        self.splitter.restoreState(settings.layout(_SPLIT))
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._view_group.buttonClicked.connect(self._on_view_chosen)
        self.tree.asset_chosen.connect(self._on_asset_chosen)
        self.tree.refreshed.connect(self._show_state)
        self.table.row_chosen.connect(self._on_asset_chosen)
        self.table.rows.refreshed.connect(self._on_refreshed)
        self.detail.new_work_order_requested.connect(self.new_work_order_requested)
        self.detail.work_order_opened.connect(self.work_order_opened)
        self.detail.saved.connect(self._on_saved)
        self.views.get(settings.text(_VIEW, "location"), self.views["location"]).setChecked(True)

    @property
    def is_dirty(self) -> bool:
        """Whether something is entered that is not saved."""
        return self.detail.is_dirty

    def save(self) -> bool:
        """Save what is typed; False when that was not possible and the form says why."""
        return self.detail.save()

    def discard_typing(self) -> None:
        """Show again what is saved."""
        self.detail.discard_typing()

    def show_asset(self, asset_id: str) -> None:
        """Go to an asset, for example from a work order."""
        self.guard.leave(partial(self._show_asset, asset_id))

    @Slot()
    def refresh(self) -> None:
        """Show what changed, without moving what the person looks at; unseen, it waits until it is."""
        self._is_stale = not self.isVisible()
        if self._is_stale:
            return
        self.tree.refresh()
        self.table.rows.refresh()
        self.detail.refresh()
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        if self._is_stale:
            self.refresh()

    def focus_search(self) -> None:
        """Let the person type what they look for."""
        self.search.setFocus()
        self.search.selectAll()

    def view(self) -> str:
        """The chosen view: "location", "parent" or "table"."""
        return next(name for name, view in self.views.items() if view.isChecked())

    def _look(self) -> None:
        """Read for the first time, once somebody looks: until then it would only make the start longer."""
        if not self._was_looked_at:
            self._was_looked_at, self._is_stale = True, False
            self.tree.look()
            self._on_view_chosen()

    @Slot()
    def _on_view_chosen(self) -> None:
        view = self.view()
        self._settings.keep(_VIEW, view)
        if view != "table" and self.tree.order != view:
            self.tree.show_order(TreeOrder(view))
        self._on_search()

    @Slot()
    def _on_search(self) -> None:
        text = self.search.text().strip()
        rows = self.table.rows
        if text != self.table.query.text or (self._is_table() and rows.source is None and rows.is_up_to_date):
            self.table.show_query(replace(self.table.query, text=text))
        self._show_state()

    def _is_table(self) -> bool:
        return bool(self.search.text().strip()) or self.view() == "table"

    @Slot()
    def _on_search_entered(self) -> None:
        self._pause.stop()
        self._on_search()
        self._is_list_wanted = not self.table.rows.is_up_to_date
        if self._stack.currentWidget() is self.tree:
            self.tree.setFocus()
        elif self.table.rows.rowCount() and not self._is_list_wanted:
            self.table.setCurrentIndex(self.table.rows.index(0, 0))
            self.table.setFocus()

    @Slot()
    def _on_refreshed(self) -> None:
        self._show_state()
        self._reveal()
        if self._is_list_wanted:
            self._on_search_entered()

    @Slot()
    def _show_state(self) -> None:
        text = self.search.text().strip()
        is_table = self._is_table()
        if is_table and (self.table.rows.found is None or not self.table.rows.is_up_to_date):
            if not text:
                self._stack.setCurrentWidget(self.table)
            return  # what is there stays until it is known what is found
        if not is_table and not self.tree.is_known:
            self._stack.setCurrentWidget(self.tree)
            return
        count = self.table.rows.rowCount() if is_table else self.tree.tree.rowCount()
        if count:
            self._stack.setCurrentWidget(self.table if is_table else self.tree)
            return
        self._stack.setCurrentWidget(self.empty)
        if text:
            self.empty.say(self.tr("Nothing matches"), self.tr("No asset has such a tag, name or number."))
        else:
            self.empty.say(
                self.tr("No assets yet"),
                self.tr("Assets come from the server. They appear here after the first sync."),
            )

    @Slot(str)
    def _on_asset_chosen(self, asset_id: str) -> None:
        if asset_id != self.detail.asset_id:
            self.guard.leave(partial(self.detail.show_asset, asset_id))

    @Slot(str)
    def _on_saved(self, asset_id: str) -> None:
        self.tree.refresh()
        self.table.rows.refresh()
        self.saved.emit(asset_id)

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._settings.keep(_SPLIT, self.splitter.saveState())

    def _show_asset(self, asset_id: str) -> None:
        self._look()
        self.detail.show_asset(asset_id)
        self._gone_to = asset_id
        self._reveal()
        self.tree.go_to(asset_id)

    def _reveal(self) -> None:
        """Show in the table where one has gone, once it is known whether a search hides it."""
        if not self._gone_to or not self.table.rows.is_up_to_date:
            return
        asset_id, self._gone_to = self._gone_to, ""
        if not self.table.select(asset_id) and self.search.text():
            self.search.clear()
            self._pause.stop()
            self._on_search()
