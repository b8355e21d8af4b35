"""The list of work orders with its filters and its empty states."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import WorkOrderCounts, WorkOrderQuery, WorkOrderRow
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.paged_model import PagedModel
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.reading import Question, Urgency
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.sights import Source
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.values import fill
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
        self._counts: WorkOrderCounts | None = None
        self._is_list_wanted = False
        self.filters = WorkOrderFilters(
            workspace.account.person_id, references, workspace.clock, settings, self
        )
        self.note = PlainLabel(tone="quiet", wraps=True)
        self.note.setObjectName("listNote")
        self.note.setContentsMargins(12, 0, 12, 8)
        self.note.hide()
        self.model: PagedModel[WorkOrderRow] = PagedModel(
            work_order_columns(workspace.clock), workspace.reading, self
        )
        self._numbers = Question(workspace.reading, self, Urgency.NUMBERS)
        self._numbers.answered.connect(self._on_counted)
        self.table = TableView(
            "workOrderTable", self.model, settings, self, wanted_rest=170, takes_several=True
        )
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
        layout.addWidget(self.note)
        layout.addWidget(self._stack, 1)
        self.filters.changed.connect(self.reload)
        self.filters.list_wanted.connect(self._on_list_wanted)
        self.filters.new_asked.connect(self.new_asked)
        self.model.sort_chosen.connect(self._on_sort_chosen)
        self.model.refreshed.connect(self._on_refreshed)
        self.model.failed.connect(self._on_failed)
        self.table.row_chosen.connect(self.row_chosen)
        self.table.row_opened.connect(self.row_opened)
        self.empty.acted.connect(self._on_empty_acted)
        workspace.sync.state_changed.connect(self._show_state)
        self._show_sorting()
        self.reload()

    def query(self) -> WorkOrderQuery:
        """What is to be shown, in the words of the reader."""
        return self.filters.query(self._sort, descending=self._descending)

    @property
    def is_settled(self) -> bool:
        """Whether the list and its numbers are what the reader says now."""
        return self.model.is_settled and not self._numbers.is_open

    @Slot()
    def reload(self) -> None:
        """Start from the top with the filters of now; stay at the same work order if it is among them."""
        self.model.show(self._source())
        self._ask_numbers()

    def refresh(self) -> None:
        """Show what changed, without moving what the person looks at."""
        self.model.refresh(self._source())
        self._ask_numbers()

    def select(self, record_id: str) -> None:
        """Go to a work order without telling, as soon as it is found; nowhere when it is filtered out."""
        self.table.select(record_id)

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
        self._is_list_wanted = not self.model.is_up_to_date
        if self.model.rowCount() and not self._is_list_wanted:
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

    def _source(self) -> Source[WorkOrderRow]:
        reader, query = self._workspace.reader, self.query()
        return Source(
            partial(reader.work_orders, query),
            partial(reader.found_work_orders, query),
            partial(reader.work_order_position, query),
        )

    def _ask_numbers(self) -> None:
        reader, now = self._workspace.reader, write_time(self._workspace.clock())
        self._numbers.ask(partial(reader.work_order_counts, self._workspace.account.person_id, now))

    @Slot(object)
    def _on_counted(self, counts: WorkOrderCounts) -> None:
        self._counts = counts
        self.filters.show_counts(counts)
        self._show_state()

    @Slot()
    def _on_refreshed(self) -> None:
        found = self.model.found
        is_bounded = found is not None and found.is_bounded
        if found is not None and is_bounded:
            sentence = self.tr("More than %1 found – the newest %1 are shown. Add a word to narrow it.")
            self.note.setText(fill(sentence, self.locale().toString(found.count)))
            self.note.set_tone("quiet")
        self.note.setVisible(is_bounded)
        self._show_state()
        if self._is_list_wanted:
            self._on_list_wanted()

    @Slot()
    def _on_failed(self) -> None:
        self.note.setText(self.tr("✕ The list could not be read. What is shown may be older."))
        self.note.set_tone("red")
        self.note.show()

    def _has_any(self) -> bool:
        return self._counts is not None and self._counts.everything > 0

    @Slot()
    def _show_state(self) -> None:
        is_empty = self.model.found is not None and self.model.rowCount() == 0
        if is_empty and self._counts is None and not self.filters.is_narrowed:
            return  # why it is empty is known in a moment
        if is_empty and self.table.hasFocus():
            self.filters.search_field.setFocus()
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
