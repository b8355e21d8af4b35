"""*Ask to reopen*: a comment to the planner with the refused hours in it."""

from __future__ import annotations

from maintenance_desktop.ui.error_dialog import ErrorDialog
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.workspace import Workspace


class AskToReopenDialog(FormDialog):
    """The comment, to be read and changed before it is saved."""

    def __init__(self, workspace: Workspace, asked: ErrorDialog) -> None:
        self._view = asked.view
        texts = ErrorTexts(self._view, asked.values)
        super().__init__("", texts.sentence(), "", "saveRequestButton", asked)
        self.setObjectName("askToReopenDialog")
        self.set_heading(self.tr("Ask to reopen"))
        self.save_button.setText(self.tr("Add this comment"))
        self.save_button.setAccessibleName(self.tr("Add this comment"))
        self.save_button.setDefault(False)
        self._recovery = workspace.recovery
        self.form = RecordForm(
            "comment", ("text",), References(workspace.reader, self), workspace.clock, self
        )
        self.form.set_lines("text", 8)
        self.form.set_fields({"text": texts.reopen_request()})
        self.form.editors["text"].field.setFocus()
        self.about = plain_label(
            "askToReopenAbout",
            self.tr(
                "Everybody who reads the work order sees the comment. What was refused stays in the history, "
                "and is offered again on More when the work order is open again."
            ),
            tone="quiet",
        )
        self.body.addWidget(self.form)
        self.body.addWidget(self.about)

    def forms(self) -> tuple[RecordForm, ...]:
        return (self.form,)

    def carry_out(self) -> None:
        self._recovery.ask_to_reopen(self._view, str(self.form.editors["text"].value() or ""))
