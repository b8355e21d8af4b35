"""The work orders of one asset and everything below it: those still open, or those done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.views import WorkOrderQuery, WorkOrderRow
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import Column, TableModel
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.times import absolute_text, relative_text
from maintenance_desktop.ui.words import status_word
from maintenance_desktop.ui.work_order_columns import mark_icon, status_icon
from maintenance_desktop.ui.workspace import Workspace


class AssetWorkOrders(QWidget):
    """A table of work orders with these statuses, newest first.

    Signals:
        opened: the id of a work order, by Enter or a double click.
    """

    opened = Signal(str)

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
        self.count = 0
        self.rows = TableModel[WorkOrderRow]((), self._page, self)
        self.rows.columns = self._columns()
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

    def show_asset(self, asset_id: str) -> None:
        """Show this asset's; the place in the list stays when it is the same asset."""
        query = WorkOrderQuery(statuses=self._query.statuses, sort=self._query.sort, asset_id=asset_id)
        is_same = query == self._query and self.rows.rowCount() > 0
        self._query = query
        if is_same:
            self.rows.refresh()
        else:
            self.rows.reload()
        self.count = self._workspace.reader.count_work_orders(query)
        self.table.setVisible(self.count > 0)
        self.empty.setVisible(self.count == 0)

    def _page(self, offset: int, limit: int) -> list[WorkOrderRow]:
        return self._workspace.reader.work_orders(self._query, offset, limit)

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
