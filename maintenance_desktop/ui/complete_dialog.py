"""Completing a work order: what was wrong, what was done, and the last hours."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.lifecycle import is_allowed
from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui.double_work_question import DoubleWorkQuestion
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.workspace import Workspace

_NAMES = ("completion_notes", "problem", "cause", "remedy", "downtime_minutes")


class CompleteDialog(FormDialog):
    """Everything in it may stay empty: completing takes Ctrl+Enter twice."""

    def __init__(
        self, workspace: Workspace, references: References, work_order: RecordView, parent: QWidget
    ) -> None:
        number, title = work_order.fields.get("number") or "", work_order.fields.get("title") or ""
        super().__init__("", f"{number} {title}".strip(), "", "completeWorkOrderButton", parent)
        self.setObjectName("completeDialog")
        self.set_heading(self.tr("Complete this work order"))
        self.save_button.setText(self.tr("Complete work order"))
        self.save_button.setAccessibleName(self.tr("Complete work order"))
        self._records = workspace.records
        self._work_order = work_order
        self._are_hours_saved = False
        self.double_work = DoubleWorkQuestion(workspace, self, self._on_save)
        self.form = RecordForm("work_order", _NAMES, references, workspace.clock, self)
        for name in ("problem", "cause", "remedy"):
            self.form.set_lines(name, 2)
        self.form.set_lines("completion_notes", 3)
        self.hours_form = RecordForm("labor", ("hours",), references, workspace.clock, self)
        self.hours_form.labels["hours"].setText(self.tr("My last hours"))
        self.hours_form.setVisible(is_allowed(workspace.account.role, "create", "labor"))
        self.form.set_fields(work_order.fields)
        self.hours_form.set_fields({})
        widest = max(label.sizeHint().width() for label in self.form.labels.values())
        self.hours_form.labels["hours"].setMinimumWidth(widest)
        self.body.addWidget(self.form)
        self.body.addWidget(self.hours_form)
        self.form.editors["completion_notes"].field.setFocus()

    def forms(self) -> tuple[RecordForm, ...]:
        return (self.form, self.hours_form)

    def carry_out(self) -> None:
        found = self._records.check(
            "work_order",
            {**self._work_order.fields, **self.form.patch(), "status": "completed"},
            self._work_order,
        )
        self.raise_if(found)
        completed: dict[str, Value] = {**self.form.patch(), "status": "completed"}
        doubts = self.double_work.answered("work_order", completed, self._work_order)
        hours = self.hours_form.editors["hours"].value()
        if hours is not None and not self._are_hours_saved:
            # the hours first: a completed work order takes none
            labor: dict[str, Value] = {"work_order_id": self._work_order.id, "hours": hours}
            booked = self.double_work.answered("labor", labor)
            self._records.create("labor", labor, doubts=booked)
            self._are_hours_saved = True
        self._records.update(self._work_order, completed, doubts=doubts)
