"""Logging hours: three keystrokes for the common case, everything else within reach."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.trouble import InvalidInput
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import Problem, RecordView
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.double_work_question import DoubleWorkQuestion
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.references import ReferenceEditor, References
from maintenance_desktop.ui.workspace import Workspace

_NAMES = ("hours", "person_id", "started_at", "labor_type", "note")


class LogHoursDialog(FormDialog):
    """New hours of one or several people, or a change of one entry."""

    def __init__(
        self,
        workspace: Workspace,
        references: References,
        work_order: RecordView,
        parent: QWidget,
        *,
        entry: RecordView | None = None,
    ) -> None:
        number, title = work_order.fields.get("number") or "", work_order.fields.get("title") or ""
        super().__init__(
            _heading(entry), f"{number} {title}".strip(), _verb(entry), "saveHoursButton", parent
        )
        self.setObjectName("logHoursDialog")
        self._records = workspace.records
        self._references = references
        self._work_order_id = work_order.id
        self._entry = entry
        self._saved: set[str] = set()
        self.double_work = DoubleWorkQuestion(workspace, self, self._on_save)
        self.form = RecordForm("labor", _NAMES, references, workspace.clock, self)
        self.more_people: list[ReferenceEditor] = []
        self.add_person_button = button(self.tr("Add a person with the same hours"), "addPersonButton")
        self.add_person_button.setProperty("verb", "link")
        self.add_person_button.clicked.connect(self.add_person)
        self.add_person_button.setVisible(entry is None)
        self._people = QVBoxLayout()
        self._people.setSpacing(6)
        self.body.addWidget(self.form)
        self.body.addLayout(self._people)
        self.body.addWidget(self.add_person_button)
        self.form.set_fields(
            entry.fields
            if entry
            else {
                "person_id": workspace.account.person_id,
                "started_at": write_time(workspace.clock()),
                "labor_type": "regular",
            }
        )
        self.hours_field = self.form.editors["hours"].field
        self.hours_field.setFocus()

    def forms(self) -> tuple[RecordForm, ...]:
        return (self.form,)

    @Slot()
    def add_person(self) -> None:
        """Book the same hours for one more person."""
        editor = ReferenceEditor("person", self._references, self)
        editor.field.setObjectName(f"person{len(self.more_people) + 2}Field")
        editor.field.setAccessibleName(self.tr("Another person"))
        editor.set_empty_text(self.tr("Another person"))
        self.more_people.append(editor)
        self._people.addWidget(editor)
        editor.line.setFocus()

    def carry_out(self) -> None:
        entered: dict[str, Value] = {name: editor.value() for name, editor in self.form.editors.items()}
        if entered["hours"] is None:
            raise InvalidInput([Problem("hours", self.tr("Enter hours, such as 1.5 or 1:30."))])
        if self._entry is not None:
            self._records.update(self._entry, self.form.patch())
            return
        people = [entered["person_id"]]
        for editor in self.more_people:
            if editor.problem():
                raise InvalidInput([Problem("", editor.problem())])
            if editor.value() is not None:
                people.append(editor.value())
        booked = {
            str(person): {**entered, "person_id": person, "work_order_id": self._work_order_id}
            for person in people
        }
        doubts = {
            person: self.double_work.answered("labor", fields)
            for person, fields in booked.items()
            if person not in self._saved
        }
        for person, fields in booked.items():
            # those that were saved before the disk was full are not saved twice
            if person not in self._saved:
                self._records.create("labor", fields, doubts=doubts[person])
                self._saved.add(person)


def _heading(entry: RecordView | None) -> str:
    if entry is not None:
        return QCoreApplication.translate("LogHoursDialog", "Change hours")
    return QCoreApplication.translate("LogHoursDialog", "Log hours")


def _verb(entry: RecordView | None) -> str:
    if entry is not None:
        return QCoreApplication.translate("LogHoursDialog", "Save hours")
    return QCoreApplication.translate("LogHoursDialog", "Log hours")
