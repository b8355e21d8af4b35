"""The dialogs that start from a work order: hours, completion, removing and undoing."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui.complete_dialog import CompleteDialog
from maintenance_desktop.ui.confirmation import Confirmation
from maintenance_desktop.ui.hours import hours_text
from maintenance_desktop.ui.log_hours_dialog import LogHoursDialog
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.work_order_actions import hours_problem
from maintenance_desktop.ui.work_order_detail import WorkOrderDetail
from maintenance_desktop.ui.workspace import Workspace


class WorkOrderSteps(QObject):
    """Opens the dialogs over a detail pane, one at a time, and lets it refresh when they saved.

    Signals:
        saved: something is on disk now.
    """

    saved = Signal()

    def __init__(self, workspace: Workspace, references: References, detail: WorkOrderDetail) -> None:
        super().__init__(detail)
        self._workspace = workspace
        self._references = references
        self._detail = detail
        self._removing: RecordView | None = None
        self.dialog: LogHoursDialog | CompleteDialog | Confirmation | None = None
        detail.actions_row.hours_asked.connect(self.log_hours)
        detail.actions_row.complete_asked.connect(self.complete)
        detail.labor.log_asked.connect(self.log_hours)
        detail.labor.edit_asked.connect(self._on_edit_asked)
        detail.labor.delete_asked.connect(self._on_delete_asked)
        detail.changes.undo_asked.connect(self._on_undo_asked)

    @Slot()
    def log_hours(self) -> None:
        """Ask how long it took."""
        view = self._detail.seen
        if view is None or self.dialog is not None:
            return
        problem = hours_problem(str(view.fields.get("status")), self._workspace.account.role)
        if problem:
            self._detail.say(problem)
            return
        self._open(LogHoursDialog(self._workspace, self._references, view, self._window()))

    @Slot()
    def complete(self) -> None:
        """Ask what was wrong and what was done; typing in the form is saved first."""
        button = self._detail.actions_row.verb_buttons.get("complete")
        if button is None or not button.isEnabled() or self.dialog is not None:
            return
        if self._detail.details.is_dirty and not self._detail.details.save():
            return
        if self._detail.seen is not None:
            view = self._detail.seen
            self._open(CompleteDialog(self._workspace, self._references, view, self._window()))

    @Slot(object)
    def _on_edit_asked(self, entry: RecordView) -> None:
        view = self._detail.seen
        if view is not None and self.dialog is None:
            self._open(LogHoursDialog(self._workspace, self._references, view, self._window(), entry=entry))

    @Slot(object)
    def _on_delete_asked(self, entry: RecordView) -> None:
        if self.dialog is not None:
            return
        hours = hours_text(entry.fields.get("hours"))
        who = self._references.name("person", entry.fields.get("person_id"))
        self._removing = entry
        question = Confirmation(
            self.tr("Remove these hours?"),
            fill(self.tr("%1 h of %2 are taken from this work order."), hours, who),
            self.tr("Remove"),
            self.tr("Keep"),
            name="removeHoursDialog",
            parent=self._window(),
        )
        question.confirmed.connect(self._on_remove_confirmed)
        question.finished.connect(self._on_dialog_finished)
        self.dialog = question
        question.open()

    @Slot()
    def _on_remove_confirmed(self) -> None:
        if self._removing is not None:
            self._carry_out_removal(self._removing)
            self._removing = None

    def _carry_out_removal(self, entry: RecordView) -> None:
        try:
            self._workspace.records.delete(entry)
        except NotSaved as error:
            self._detail.say(str(error))
            return
        self._done()

    @Slot(str)
    def _on_undo_asked(self, edit_id: str) -> None:
        try:
            undone = self._workspace.records.undo(edit_id)
        except NotSaved as error:
            self._detail.say(str(error))
            return
        if not undone:
            self._detail.say(self.tr("This change was sent meanwhile, so it can no longer be undone."))
        self.saved.emit()

    def _open(self, dialog: LogHoursDialog | CompleteDialog) -> None:
        self.dialog = dialog
        dialog.accepted.connect(self._done)
        dialog.finished.connect(self._on_dialog_finished)
        dialog.open()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self.dialog = None

    @Slot()
    def _done(self) -> None:
        self._detail.say("")
        self.saved.emit()

    def _window(self) -> QWidget:
        return self._detail.window()
