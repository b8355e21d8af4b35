"""*Add to a follow-up work order*: the new work order that takes what a finished one did not."""

from __future__ import annotations

from maintenance_desktop.ui.error_dialog import ErrorDialog
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.workspace import Workspace

_NAMES = ("title", "asset_id", "location_id", "description")


class FollowUpDialog(FormDialog):
    """A proposal that can be changed before it is saved. Enter saves nothing: that is done with the verb."""

    def __init__(self, workspace: Workspace, asked: ErrorDialog) -> None:
        self._view = asked.view
        self._texts = ErrorTexts(self._view, asked.values)
        super().__init__("", self._texts.sentence(), "", "createFollowUpButton", asked)
        self.setObjectName("followUpDialog")
        self.set_heading(self.tr("Add to a follow-up work order"))
        self.save_button.setText(self.tr("Create work order"))
        self.save_button.setAccessibleName(self.tr("Create work order"))
        self.save_button.setDefault(False)
        self._recovery = workspace.recovery
        self.form = RecordForm(
            "work_order", _NAMES, References(workspace.reader, self), workspace.clock, self
        )
        old = workspace.reader.shown_fields("work_order", self._view.subject.work_order_id or "") or {}
        self.form.set_lines("description", 7)
        self.form.set_fields(
            {
                "title": self._texts.follow_up_title(),
                "asset_id": old.get("asset_id"),
                "location_id": old.get("location_id"),
                "description": self._texts.follow_up_description(),
            }
        )
        self.form.editors["title"].field.setFocus()
        self.about = plain_label("followUpAbout", self._texts.follow_up_about(), tone="quiet")
        self.body.addWidget(self.form)
        self.body.addWidget(self.about)

    def forms(self) -> tuple[RecordForm, ...]:
        return (self.form,)

    def carry_out(self) -> None:
        fields = {name: editor.value() for name, editor in self.form.editors.items()}
        self._recovery.follow_up(
            self._view, fields, self._texts.follow_up_link(str(fields.get("title") or ""))
        )
