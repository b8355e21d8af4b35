"""One work order: its head, what can be done with it, and its details, hours and comments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import is_allowed
from maintenance_desktop.domain.records import PRIORITIES, STATUSES
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import Mark, RecordView, WorkOrderQuery
from maintenance_desktop.ui.comment_list import CommentList
from maintenance_desktop.ui.hours import hours_text
from maintenance_desktop.ui.labor_list import LaborList
from maintenance_desktop.ui.parts import in_tab_order
from maintenance_desktop.ui.pending_changes import PendingChanges
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.work_order_actions import WorkOrderActions, hours_problem
from maintenance_desktop.ui.work_order_columns import mark_icon, priority_icon, status_icon
from maintenance_desktop.ui.work_order_form import WorkOrderForm
from maintenance_desktop.ui.work_order_head import WorkOrderHead
from maintenance_desktop.ui.workspace import Workspace


class WorkOrderDetail(QWidget):
    """Shows the work order named by `record_id`; a refresh never touches what somebody types.

    Signals:
        saved: something is on disk now.
    """

    saved = Signal()

    def __init__(
        self, workspace: Workspace, references: References, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "paper")
        self._workspace = workspace
        self.record_id: str | None = None
        self.seen: RecordView | None = None
        self._steps: tuple[QWidget, ...] = ()
        self.head = WorkOrderHead(workspace, references, self)
        self.changes = PendingChanges(workspace, self)
        self.actions_row = WorkOrderActions(workspace.account.role, self)
        self.problem_label = PlainLabel(tone="red", wraps=True)
        self.problem_label.setObjectName("actionProblemLabel")
        self.problem_label.hide()
        self.details = WorkOrderForm(workspace, references, is_new=False)
        self.labor = LaborList(workspace, settings)
        self.comments = CommentList(workspace)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("detailTabs")
        self.tabs.setAccessibleName(self.tr("Parts of the work order"))
        self.tabs.setDocumentMode(True)
        for page, title in (
            (self.details, self.tr("Details")),
            (self.labor, self.tr("Hours")),
            (self.comments, self.tr("Comments")),
        ):
            self.tabs.addTab(page, title)
        self._picture = QTimer(self, singleShot=True, interval=0)
        self._picture.timeout.connect(self._on_filled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 0)
        layout.setSpacing(10)
        layout.addWidget(self.head)
        layout.addWidget(self.changes)
        layout.addWidget(self.actions_row)
        layout.addWidget(self.problem_label)
        layout.addWidget(self.tabs, 1)
        self.details.saved.connect(self._on_saved)
        self.comments.add_asked.connect(self._on_comment)
        self.actions_row.status_asked.connect(self.change_status)
        self.actions_row.focus_left.connect(self.tabs.tabBar().setFocus)

    @property
    def is_dirty(self) -> bool:
        return self.details.is_dirty or bool(self.comments.typed)

    def show_work_order(self, record_id: str) -> bool:
        """Show this one; False when it is not there any more."""
        if record_id != self.record_id:
            # Filling and painting in one turn of the event loop would hold up whoever types or scrolls
            self.setUpdatesEnabled(False)
            self._picture.start()
            self.say("")
            self.comments.clear_typing()
        self.record_id = record_id
        return self.refresh()

    def refresh(self) -> bool:
        """Show what is known now, but never over what is being typed; False when it is gone."""
        if self.record_id is None:
            return True
        view = self._workspace.reader.record("work_order", self.record_id)
        if view is None:
            return False
        if self.details.is_dirty:
            self.details.notice_newer(view)
        else:
            self.details.show_record(view, lock=self._lock(view))
        self.seen = view
        status = str(view.fields.get("status") or "")
        labor = self._workspace.reader.children("labor", view.id)
        comments = self._workspace.reader.children("comment", view.id)
        self.head.show_record(view, self.number(view))
        self.actions_row.show_status(status)
        self.labor.show_labor(labor, hours_problem(status, self._workspace.account.role))
        self.comments.show_comments(comments)
        self.changes.show_edits([edit for one in (view, *labor, *comments) for edit in one.edits])
        steps = (*self.changes.buttons(), *self.actions_row.buttons())
        if steps != self._steps:
            self._steps = steps
            in_tab_order(self.head.asset_button, *steps, self.tabs.tabBar())
        count = self.locale().toString
        self.tabs.setTabText(1, fill(self.tr("Hours %1"), hours_text(self.labor.total)))
        self.tabs.setTabText(2, fill(self.tr("Comments %1"), count(len(comments))))
        return True

    def parts(self) -> Iterator[QWidget]:
        """What takes time to be made and dressed before it is first shown, in pieces."""
        yield from (self.head, self.changes, self.actions_row, self.tabs.tabBar())
        yield from self.actions_row.spare_buttons()
        pictures = (
            *(partial(status_icon, status) for status in STATUSES),
            *(partial(priority_icon, priority) for priority in PRIORITIES),
            *(partial(mark_icon, mark) for mark in Mark),
        )
        for draw in pictures:
            draw()  # it is kept
            yield self.problem_label
        yield from self.details.form.editors.values()
        yield from (self.labor, self.comments, self)

    def number(self, view: RecordView) -> str:
        """The number, also a provisional one."""
        if view.fields.get("number"):
            return str(view.fields["number"])
        query = WorkOrderQuery()
        at = self._workspace.reader.work_order_position(query, view.id)
        rows = self._workspace.reader.work_orders(query, at, 1) if at is not None else []
        return rows[0].number if rows else self.tr("New")

    def save(self) -> bool:
        """Save everything that is typed."""
        if self.details.is_dirty and not self.details.save():
            self.tabs.setCurrentWidget(self.details)
            return False
        return not self.comments.typed or self._add_comment(self.comments.typed)

    def discard_typing(self) -> None:
        """Give up everything that is typed and show what is known now."""
        self.details.discard_typing()
        self.comments.clear_typing()
        self.refresh()

    @Slot(str)
    def change_status(self, status: str) -> None:
        """Go to a status; typing in the form is saved with it."""
        if self.details.is_dirty and not self.details.save():
            self.tabs.setCurrentWidget(self.details)
            return
        if self.seen is None:
            return
        try:
            self._workspace.records.update(self.seen, {"status": status})
        except NotSaved as error:
            self.say(str(error))
            return
        self._on_saved()

    def say(self, problem: str) -> None:
        """Say why a step did not work; empty when it did."""
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))

    @Slot()
    def _on_filled(self) -> None:
        self.setUpdatesEnabled(True)

    @Slot()
    def _on_saved(self) -> None:
        self.say("")
        self.refresh()
        self.saved.emit()

    @Slot(str)
    def _on_comment(self, text: str) -> None:
        self._add_comment(text)

    def _add_comment(self, text: str) -> bool:
        try:
            self._workspace.records.create("comment", {"work_order_id": self.record_id, "text": text})
        except NotSaved as error:
            self.comments.say(str(error))
            self.tabs.setCurrentWidget(self.comments)
            return False
        self.comments.clear_typing()
        self._on_saved()
        return True

    def _lock(self, view: RecordView) -> str:
        if not is_allowed(self._workspace.account.role, "update", "work_order"):
            return self.tr("Your role does not change work orders.")
        if view.fields.get("status") == "closed":
            return self.tr("This work order is closed, and a closed one stays as it is.")
        return ""
