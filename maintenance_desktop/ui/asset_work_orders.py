"""The work orders of one asset and everything below it: those still open, or those done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.views import WorkOrderQuery, WorkOrderRow
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.paged_model import PagedModel
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.sights import Source
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.times import absolute_text, relative_text
from maintenance_desktop.ui.words import status_word
from maintenance_desktop.ui.work_order_columns import mark_icon, status_icon
from maintenance_desktop.ui.workspace import Workspace


class AssetWorkOrders(QWidget):
    """A table of work orders with these statuses, newest first.

    Signals:
        opened: the id of a work order, by Enter or a double click.
        counted: how many there are is known, or has changed.
    """

    opened = Signal(str)
    counted = Signal()

    def __init__(
        self,
        name: str,
        statuses: frozenset[str],
        workspace: Workspace,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._is_past = statuses == FINISHED
        self._query = WorkOrderQuery(
            statuses=statuses, sort="completed_at" if self._is_past else "created_at"
        )
        self._source: Source[WorkOrderRow] | None = None
        self.rows = PagedModel[WorkOrderRow](self._columns(), workspace.reading, self)
        self.rows.refreshed.connect(self._on_refreshed)
        self.table = TableView(name, self.rows, settings)
        self.table.setAccessibleName(self.tr("History") if self._is_past else self.tr("Open work orders"))
        self.table.row_opened.connect(self.opened)
        self.empty = EmptyState()
        if self._is_past:
            self.empty.say(self.tr("Nothing was finished here yet"), "")
        else:
            self.empty.say(self.tr("Nothing is open here"), "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.empty, 1)
        self.empty.hide()

    @property
    def count(self) -> int | None:
        """How many there are; None until that is read."""
        found = self.rows.found
        return found.count if found is not None and self.rows.source is self._source else None

    def show_asset(self, asset_id: str) -> None:
        """Show this asset's; the place in the list stays when it is the same asset."""
        query = WorkOrderQuery(statuses=self._query.statuses, sort=self._query.sort, asset_id=asset_id)
        if query == self._query:
            self.rows.refresh()
            return
        self._query = query
        self._source = Source(
            partial(self._workspace.reader.work_orders, query),
            partial(self._workspace.reader.found_work_orders, query),
            partial(self._workspace.reader.work_order_position, query),
        )
        self.rows.show(self._source)

    @Slot()
    def _on_refreshed(self) -> None:
        if self.count is not None:
            self.table.setVisible(self.count > 0)
            self.empty.setVisible(self.count == 0)
            self.counted.emit()

    def _columns(self) -> tuple[Column[WorkOrderRow], ...]:
        def when(row: WorkOrderRow) -> str:
            wire = row.completed_at if self._is_past else row.created_at
            return relative_text(wire, self._workspace.clock()) if wire else "–"

        return (
            Column("", "", lambda row: "", icon=lambda row: mark_icon(row.mark), width=30, key="mark"),
            Column("", self.tr("No."), lambda row: row.number, width=80, key="number"),
            Column(
                "",
                self.tr("Title"),
                lambda row: row.title,
                tooltip=lambda row: tooltip(row.title),
                width=0,
                key="title",
            ),
            Column(
                "",
                self.tr("Status"),
                lambda row: status_word(row.status),
                icon=lambda row: status_icon(row.status),
                width=118,
                key="status",
                yields=1,
            ),
            Column(
                "",
                self.tr("Completed") if self._is_past else self.tr("Created"),
                when,
                tooltip=lambda row: absolute_text(row.completed_at if self._is_past else row.created_at),
                width=124,
                key="when",
                yields=2,
            ),
        )
