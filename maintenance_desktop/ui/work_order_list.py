"""The list of work orders with its filters and its empty states."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import WorkOrderCounts, WorkOrderQuery, WorkOrderRow
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.work_order_columns import work_order_columns
from maintenance_desktop.ui.work_order_filters import WorkOrderFilters
from maintenance_desktop.ui.workspace import Workspace


class WorkOrderList(QWidget):
    """Filters above a table; keeps its place, selection and scroll position through every refresh.

    Signals:
        row_chosen: the id of the work order the person went to.
        row_opened: the id of one opened with Enter or a double click.
        new_asked: the person wants a new work order.
    """

    row_chosen = Signal(str)
    row_opened = Signal(str)
    new_asked = Signal()

    def __init__(
        self, workspace: Workspace, references: References, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._settings = settings
        self._sort = settings.text("work_orders/sort", "created_at")
        self._descending = settings.flag("work_orders/descending", True)
        self._counts = WorkOrderCounts(0, 0, 0, 0)
        self._query = WorkOrderQuery()
        self.filters = WorkOrderFilters(
            workspace.account.person_id, references, workspace.clock, settings, self
        )
        self.model: TableModel[WorkOrderRow] = TableModel(
            work_order_columns(workspace.clock), self._load, self
        )
        self.table = TableView("workOrderTable", self.model, settings, self)
        self.table.setAccessibleName(self.tr("Work orders"))
        self.table.setSortingEnabled(False)
        self.table.horizontalHeader().sectionClicked.connect(self._on_header_clicked)
        self.empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filters)
        layout.addWidget(self._stack, 1)
        self.filters.changed.connect(self.reload)
        self.filters.list_wanted.connect(self._on_list_wanted)
        self.filters.new_asked.connect(self.new_asked)
        self.model.sort_chosen.connect(self._on_sort_chosen)
        self.model.refreshed.connect(self._show_state)
        self.table.row_chosen.connect(self.row_chosen)
        self.table.row_opened.connect(self.row_opened)
        self.empty.acted.connect(self._on_empty_acted)
        workspace.sync.state_changed.connect(self._show_state)
        self._show_sorting()
        self.reload()

    def query(self) -> WorkOrderQuery:
        """What is shown, in the words of the reader."""
        return self.filters.query(self._sort, descending=self._descending)

    @Slot()
    def reload(self) -> None:
        """Start from the top with the filters of now; stay at the same work order if it is among them."""
        before = self.table.current_id()
        self._query = self.query()
        self.model.reload()
        if before:
            self.table.select(before)
        self._show_counts()

    def refresh(self) -> None:
        """Show what changed, without moving what the person looks at."""
        self._query = self.query()
        self.model.refresh()
        self._show_counts()

    def select(self, record_id: str) -> bool:
        """Go to a work order without telling; pages are read until it is there. False: it is filtered out."""
        if self.model.position(record_id) is None:
            position = self._workspace.reader.work_order_position(self._query, record_id)
            if position is not None:
                self.model.read_until(position)
        return self.table.select(record_id)

    def _load(self, offset: int, limit: int) -> list[WorkOrderRow]:
        return self._workspace.reader.work_orders(self._query, offset, limit)

    @Slot(int)
    def _on_header_clicked(self, section: int) -> None:
        name = self.model.columns[section].name
        if name:
            self._on_sort_chosen(name, self._sort == name and not self._descending)

    @Slot(str, bool)
    def _on_sort_chosen(self, name: str, descending: bool) -> None:
        self._sort, self._descending = name, descending
        self._settings.keep("work_orders/sort", name)
        self._settings.keep("work_orders/descending", descending)
        self._show_sorting()
        self.reload()

    @Slot()
    def _on_list_wanted(self) -> None:
        if self.model.rowCount():
            if self.table.current_id() is None:
                self.table.setCurrentIndex(self.model.index(0, 0))
            self.table.setFocus()

    @Slot()
    def _on_empty_acted(self) -> None:
        if self.filters.is_narrowed:
            self.filters.clear()
        elif self.filters.quick_filter != "all" and self._has_any():
            self.filters.chips["all"].click()
        else:
            self.new_asked.emit()

    def _show_sorting(self) -> None:
        self.table.show_sorting(self._sort, descending=self._descending)

    def _show_counts(self) -> None:
        reader, now = self._workspace.reader, write_time(self._workspace.clock())
        self._counts = reader.work_order_counts(self._workspace.account.person_id, now)
        self.filters.show_counts(self._counts)
        self._show_state()

    def _has_any(self) -> bool:
        return self._counts.everything > 0

    @Slot()
    def _show_state(self) -> None:
        is_empty = self.model.rowCount() == 0
        self._stack.setCurrentWidget(self.empty if is_empty else self.table)
        if not is_empty:
            return
        if self.filters.is_narrowed:
            self.empty.say(
                self.tr("Nothing matches"),
                self.tr("No work order fits the search and filters."),
                self.tr("Clear filters"),
            )
        elif not self._workspace.sync.state.is_complete and not self._has_any():
            self.empty.say(
                self.tr("The first download is on its way"),
                self.tr("Work orders appear here as they arrive. You can already create new ones."),
                self.tr("New work order"),
            )
        elif not self._has_any():
            self.empty.say(
                self.tr("No work orders yet"),
                self.tr("A work order says what has to be done, on which asset, by when and by whom."),
                self.tr("New work order"),
            )
        elif self.filters.quick_filter == "overdue":
            self.empty.say(self.tr("Nothing is overdue"), "", self.tr("Show all work orders"))
        elif self.filters.quick_filter == "mine":
            self.empty.say(self.tr("Nothing is assigned to you"), "", self.tr("Show all work orders"))
        else:
            self.empty.say(self.tr("Everything is done"), "", self.tr("Show all work orders"))
