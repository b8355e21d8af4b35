"""The work orders: the list beside the one that is looked at or newly made."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import is_allowed
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import as_title
from maintenance_desktop.ui.unsaved import UnsavedGuard
from maintenance_desktop.ui.work_order_detail import WorkOrderDetail
from maintenance_desktop.ui.work_order_form import WorkOrderForm
from maintenance_desktop.ui.work_order_list import WorkOrderList
from maintenance_desktop.ui.work_order_steps import WorkOrderSteps
from maintenance_desktop.ui.workspace import Workspace

_SPLITTER = "work_orders/splitter"


class WorkOrderPage(QWidget):
    """List and detail. Going elsewhere with unsaved typing asks first.

    Signals:
        saved: something is on disk now; a round should carry it out.
        asset_opened: the id of an asset to show.
        work_order_opened: the id of the work order that is shown now.
        answer_asked: the id of an edit that needs the person's answer.
    """

    saved = Signal()
    asset_opened = Signal(str)
    work_order_opened = Signal(str)
    answer_asked = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("workOrderPage")
        self._workspace = workspace
        self._settings = settings
        references = References(workspace.reader, self)
        self.list = WorkOrderList(workspace, references, settings, self)
        self.detail = WorkOrderDetail(workspace, references, settings, self)
        self.new_form = WorkOrderForm(workspace, references, is_new=True)
        self.steps = WorkOrderSteps(workspace, references, self.detail)
        self.guard = UnsavedGuard(self, self)
        self.nothing = EmptyState(self)
        self.nothing.say(
            self.tr("Nothing chosen"), self.tr("Choose a work order to see everything about it.")
        )
        self._new_pane = self._make_new_pane()
        self.stack = QStackedWidget(self)
        for pane in (self.nothing, self.detail, self._new_pane):
            self.stack.addWidget(pane)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.stack)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([890, 408])
        self.list.setMinimumWidth(380)
        self.stack.setMinimumWidth(408)
        self.splitter.restoreState(settings.layout(_SPLITTER))
        self.splitter.splitterMoved.connect(self._on_splitter_moved)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        self._undressed = self.detail.parts()
        self._dressing = QTimer(self, interval=0)
        self._dressing.timeout.connect(self._on_dressing)
        self.list.model.refreshed.connect(self._on_listed)
        self.list.row_chosen.connect(self.open_work_order)
        self.list.row_opened.connect(self._on_row_opened)
        self.list.new_asked.connect(self.new_work_order)
        self.list.filters.new_button.setEnabled(is_allowed(workspace.account.role, "create", "work_order"))
        self.detail.saved.connect(self._on_saved)
        self.steps.saved.connect(self._on_saved)
        self.detail.head.asset_opened.connect(self.asset_opened)
        self.detail.changes.answer_asked.connect(self.answer_asked)
        self.new_form.saved.connect(self._on_created)
        self.new_form.discard_asked.connect(self.close_new_form)
        self.detail.details.discard_asked.connect(self.detail.discard_typing)

    @property
    def is_dirty(self) -> bool:
        return self.new_form.is_dirty if self._is_new else self.detail.is_dirty

    @property
    def current_id(self) -> str | None:
        """The work order on screen."""
        return self.detail.record_id if self.stack.currentWidget() is self.detail else None

    @Slot()
    def save(self) -> bool:
        """Save what is typed; False when the form says why not."""
        if not self.is_dirty and not self._is_new:
            return True
        return self.new_form.save() if self._is_new else self.detail.save()

    @Slot()
    def discard_typing(self) -> None:
        """Give up what is typed."""
        if self._is_new:
            self.close_new_form()
        else:
            self.detail.discard_typing()

    @Slot(str)
    def open_work_order(self, record_id: str) -> None:
        """Show a work order, once what is typed elsewhere is saved or given up."""
        if record_id == self.current_id:
            return
        if self.is_dirty:
            # the list follows the pane, not the other way round, until that is decided
            QTimer.singleShot(0, self, self._follow_pane)  # a click goes on selecting after this
        self.guard.leave(lambda: self._show(record_id))

    @Slot()
    def new_work_order(self, asset_id: str = "") -> None:
        """Begin a new work order, also for an asset."""
        self.guard.leave(lambda: self._start_new(asset_id))

    def show_asset(self, asset_id: str) -> None:
        """List all work orders of one asset."""
        self.list.filters.show_asset(asset_id)

    def focus_search(self) -> None:
        """Go to the search field."""
        self.list.filters.search_field.setFocus()
        self.list.filters.search_field.selectAll()

    def refresh(self, changed: Collection[str] | None = None) -> None:
        """Show what changed; None: anything may have. What is typed stays."""
        self.list.refresh()
        if self.detail.record_id is None:
            return
        if not self.detail.refresh():
            self.detail.record_id = self.detail.seen = None
            if self.stack.currentWidget() is self.detail:
                self.stack.setCurrentWidget(self.nothing)

    @Slot()
    def _on_listed(self) -> None:
        """The list is there: what the first click will show gets its style, a piece in each turn."""
        self.list.model.refreshed.disconnect(self._on_listed)
        self._dressing.start()

    @Slot()
    def _on_dressing(self) -> None:
        part = next(self._undressed, None)
        if part is None:
            self._dressing.stop()
            return
        for one in (part, *part.findChildren(QWidget)):
            one.ensurePolished()

    @property
    def _is_new(self) -> bool:
        return self.stack.currentWidget() is self._new_pane

    @Slot()
    def _follow_pane(self) -> None:
        self.list.select(self.current_id or "")

    def _show(self, record_id: str) -> None:
        if not self.detail.show_work_order(record_id):
            self.nothing.say(self.tr("Not here"), self.tr("This work order was deleted."))
            self.stack.setCurrentWidget(self.nothing)
            return
        self.stack.setCurrentWidget(self.detail)
        self.list.select(record_id)
        self.work_order_opened.emit(record_id)

    def _start_new(self, asset_id: str) -> None:
        self.list.table.select("")
        self.stack.setCurrentWidget(self._new_pane)
        self.new_form.start(**({"asset_id": asset_id} if asset_id else {}))

    @Slot(str)
    def _on_row_opened(self, record_id: str) -> None:
        self.open_work_order(record_id)
        self.detail.tabs.setFocus()

    @Slot(str)
    def _on_created(self, record_id: str) -> None:
        self.list.reload()
        self._show(record_id)
        self.list.table.setFocus()
        self.saved.emit()

    @Slot()
    def close_new_form(self) -> None:
        """Put an empty new form away."""
        if not self._is_new:
            return
        self.new_form.discard_typing()
        before = self.detail.record_id
        self.stack.setCurrentWidget(self.detail if before else self.nothing)
        self.list.select(before or "")

    @Slot()
    def _on_saved(self) -> None:
        self.refresh()
        self.saved.emit()

    @Slot()
    def _on_splitter_moved(self) -> None:
        self._settings.keep(_SPLITTER, self.splitter.saveState())

    def _make_new_pane(self) -> QWidget:
        pane = QWidget(self)
        pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        pane.setProperty("surface", "paper")
        heading = PlainLabel(self.tr("New work order"))
        as_title(heading)
        hint = PlainLabel(self.tr("Only the title is needed."), tone="quiet")
        layout = QVBoxLayout(pane)
        layout.setContentsMargins(16, 12, 16, 0)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(hint)
        layout.addWidget(self.new_form, 1)
        return pane
