"""The ways out of a refusal besides *Okay*: each asks what it needs, and saves it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.recovery import may_follow_up
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.ui.ask_to_reopen_dialog import AskToReopenDialog
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.error_dialog import ErrorDialog, SavingWay
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.follow_up_dialog import FollowUpDialog
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.resend_dialog import ResendDialog
from maintenance_desktop.ui.workspace import Workspace


class RefusalWays(QObject):
    """Belongs to an error dialog, offers in it what is possible, and carries it out."""

    def __init__(self, workspace: Workspace, dialog: ErrorDialog) -> None:
        super().__init__(dialog)
        self._workspace = workspace
        self._dialog = dialog
        dialog.way_chosen.connect(self._on_chosen)
        dialog.view_changed.connect(self._offer)
        self._offer()

    @Slot()
    def _offer(self) -> None:
        edit, recovery = self._dialog.view.edit, self._workspace.recovery
        is_possible = {
            SavingWay.SEND_AGAIN: recovery.could_go_now(edit),
            SavingWay.FOLLOW_UP: may_follow_up(edit),
            SavingWay.ASK_TO_REOPEN: recovery.may_ask_to_reopen(edit),
            SavingWay.EDIT: edit.kind is not EditKind.DELETE,
            SavingWay.COPY: True,
        }
        self._dialog.offer([way for way, on in is_possible.items() if on])

    @Slot(SavingWay)
    def _on_chosen(self, way: SavingWay) -> None:
        match way:
            case SavingWay.SEND_AGAIN:
                self._send_again()
            case SavingWay.COPY:
                texts = ErrorTexts(self._dialog.view, self._dialog.values)
                QGuiApplication.clipboard().setText(texts.as_text())
                self._dialog.show_notice("")
            case SavingWay.FOLLOW_UP:
                self._ask(FollowUpDialog(self._workspace, self._dialog))
            case SavingWay.ASK_TO_REOPEN:
                self._ask(AskToReopenDialog(self._workspace, self._dialog))
            case SavingWay.EDIT:
                self._ask(ResendDialog(self._workspace, self._dialog))

    def _ask(self, dialog: FormDialog) -> None:
        dialog.accepted.connect(self._on_saved)
        dialog.open()

    def _send_again(self) -> None:
        try:
            self._workspace.recovery.resend(self._dialog.view, {})
        except NotSaved as error:
            self._dialog.show_notice(str(error))
        else:
            self._on_saved()

    @Slot()
    def _on_saved(self) -> None:
        self._dialog.answered.emit(Choice.RECOVERED)
