"""*Edit and resend*: what was refused, in fields that can be changed."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from maintenance_desktop.domain.recovery import names_to_edit
from maintenance_desktop.domain.views import Problem
from maintenance_desktop.ui.error_dialog import ErrorDialog
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.parts import named
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.workspace import Workspace


class ResendDialog(FormDialog):
    """The fields of a refused edit. Enter sends nothing: that is done with the verb."""

    def __init__(self, workspace: Workspace, asked: ErrorDialog) -> None:
        self._view = asked.view
        texts = ErrorTexts(self._view, asked.values)
        super().__init__(texts.heading(), texts.sentence(), "", "resendButton", asked)
        self.setObjectName("resendDialog")
        self.save_button.setText(self.tr("Send again"))
        self.save_button.setAccessibleName(self.tr("Send again"))
        self.save_button.setDefault(False)
        self._recovery = workspace.recovery
        edit = self._view.edit
        references = References(workspace.reader, self)
        self.form = RecordForm(edit.type, names_to_edit(edit), references, workspace.clock, self)
        self.form.set_fields(edit.mine)
        self._area = named(FittingArea(self.form), "resendArea", self.tr("What was refused"))
        self.body.addWidget(self._area)
        self.form.setFocus()
        if edit.refusal and edit.refusal.field in self.form.editors:
            self.form.show_problems([Problem(edit.refusal.field, edit.refusal.message)])

    def forms(self) -> tuple[RecordForm, ...]:
        return (self.form,)

    def carry_out(self) -> None:
        self._recovery.resend(self._view, self.form.patch())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.resize(
            QSize(max(self.width(), 560), self.height()).boundedTo(self.screen().availableSize() * 0.9)
        )


class FittingArea(QScrollArea):
    """As high as what is in it, and scrolling where there is less room."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self._inside = inside
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(inside)

    def sizeHint(self) -> QSize:
        return self._inside.sizeHint() + QSize(24, 8)
