"""Asks the person about conflicts and refusals: one dialog at a time, never in the middle of typing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.edits import Edit, EditState
from maintenance_desktop.domain.trouble import NotSaved, Outdated
from maintenance_desktop.domain.views import ConflictView, HeldView, RefusalView
from maintenance_desktop.services.status import RoundResult
from maintenance_desktop.ui.conflict_dialog import ConflictDialog
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.double_work_dialog import HeldDialog
from maintenance_desktop.ui.error_dialog import ErrorDialog
from maintenance_desktop.ui.field_pick import Picked
from maintenance_desktop.ui.free_moment import is_free_moment
from maintenance_desktop.ui.refusal_ways import RefusalWays
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace

_LOOK_AGAIN_MS = 300


class DecisionPresenter(QObject):
    """Puts the oldest unanswered question on screen when the person can take it.

    *Decide later* holds until `ask_all`, or until the server's version of that record changes.

    Signals:
        answered: the id of an edit whose answer is on disk.
        list_wanted: the person would rather see all questions in a list.
    """

    answered = Signal(str)
    list_wanted = Signal()

    def __init__(
        self,
        workspace: Workspace,
        parent_window: QWidget,
        is_busy: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._window = parent_window
        self._is_busy = is_busy
        self._postponed: dict[str, int] = {}
        self._picked: dict[str, dict[str, Picked]] = {}
        self._view: ConflictView | HeldView | RefusalView | None = None
        self._is_stopped = False
        self.dialog: ConflictDialog | ErrorDialog | HeldDialog | None = None
        self._look_again = QTimer(self, singleShot=True, interval=_LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self.present)

    @Slot()
    def ask_all(self) -> None:
        """Ask about everything unanswered, also what was put off: at start, on F5, on *Sync now*."""
        self._postponed.clear()
        self.present()

    @Slot(str)
    def ask(self, edit_id: str) -> None:
        """Ask about this one now, because the person chose it on *More*."""
        if self.dialog is None and not self._is_stopped:
            self._show(self._read(edit_id))

    @Slot(RoundResult)
    def on_round_finished(self, result: RoundResult) -> None:
        """Look whether the round parked something or changed the question on screen."""
        self.refresh()
        self.present()

    @Slot()
    def refresh(self) -> None:
        """Show the newest copy of the question on screen; put it away when it was answered elsewhere."""
        if self._view is None or self.dialog is None:
            return
        newer = self._read(self._view.id)
        if newer is None:
            self._close()
            self._look_again.start(0)
        elif newer != self._view:
            was_changed = _version_shown(newer) != _version_shown(self._view)
            self._view = newer
            match self.dialog, newer:
                case (ConflictDialog() as dialog, ConflictView()):
                    dialog.show_view(newer)
                case (HeldDialog() as dialog, HeldView()):
                    dialog.show_view(newer)
                case (ErrorDialog() as dialog, RefusalView()):
                    dialog.show_view(newer)
            self.dialog.show_notice(self._changed_text() if was_changed else "")

    @Slot()
    def present(self) -> None:
        """Ask the next question, or look again soon when the person cannot be asked now."""
        if self.dialog is not None or self._is_stopped:
            return
        if not self._may_ask():
            self._look_again.start(_LOOK_AGAIN_MS)
            return
        for item in self._workspace.reader.notifications():
            put_off_at = self._postponed.get(item.edit.id)
            if put_off_at is None or put_off_at != self._version(item.edit):
                view = self._read(item.edit.id)
                if view is not None:
                    self._show(view)
                    return

    def stop(self) -> None:
        """Ask nothing more: the window closes. The question on screen counts as put off."""
        self._is_stopped = True
        self._look_again.stop()
        self._close()

    @Slot(Choice)
    def _on_answered(self, choice: Choice) -> None:
        view, dialog = self._view, self.dialog
        if view is None or dialog is None:
            return
        try:
            self._carry_out(choice, view)
        except Outdated:
            self.refresh()
            if self.dialog is not None:
                self.dialog.show_notice(self._changed_text())
            return
        except NotSaved as trouble:
            dialog.show_notice(str(trouble))
            return
        self._close()
        if choice is not Choice.LATER:
            self.answered.emit(view.id)
            self._workspace.sync.request()
        self._look_again.start(0)

    @Slot()
    def _on_list_wanted(self) -> None:
        """All that wait now are answered in the list: none of them is asked one by one."""
        for item in self._workspace.reader.notifications():
            self._postponed[item.edit.id] = self._version(item.edit)
        self._close()
        self.list_wanted.emit()

    def _carry_out(self, choice: Choice, view: ConflictView | HeldView | RefusalView) -> None:
        decisions = self._workspace.decisions
        match choice, view:
            case Choice.OVERWRITE, ConflictView():
                decisions.overwrite(view.id, view.server.version)
            case Choice.DISCARD, ConflictView():
                decisions.discard(view.id)
            case Choice.COMBINE, ConflictView() if isinstance(self.dialog, ConflictDialog):
                decisions.combine(view, self.dialog.chosen())
            case Choice.ACKNOWLEDGE, RefusalView():
                decisions.acknowledge(view.id)
            case Choice.RECOVERED, RefusalView():
                pass  # it is on disk already
            case Choice.SEND_ANYWAY, HeldView():
                decisions.send_anyway(view.id)
            case Choice.DO_NOT_SEND, HeldView():
                self._workspace.records.undo(view.id)
            case _:
                first = view.chain[0] if isinstance(view, ConflictView) else view.edit
                self._postponed[view.id] = self._version(first)

    def _show(self, view: ConflictView | HeldView | RefusalView | None) -> None:
        if view is None:
            return
        texts = ValueTexts(self._workspace.reader, self._workspace.clock)
        if isinstance(view, ConflictView):
            self.dialog = ConflictDialog(view, texts, self._workspace.account.role, self._window)
            self.dialog.take_up(self._picked.pop(view.id, {}))
        elif isinstance(view, HeldView):
            self.dialog = HeldDialog(view, self._workspace.reader, texts, self._window)
        else:
            self.dialog = ErrorDialog(view, texts, self._window)
            RefusalWays(self._workspace, self.dialog)
        self._view = view
        self.dialog.answered.connect(self._on_answered)
        self.dialog.list_wanted.connect(self._on_list_wanted)
        self.dialog.offer_list(self._workspace.reader.tally().needs_you)
        self.dialog.open()

    def _read(self, edit_id: str) -> ConflictView | HeldView | RefusalView | None:
        reader = self._workspace.reader
        return (
            reader.conflict(edit_id, self._workspace.account.role)
            or reader.held(edit_id)
            or reader.refusal(edit_id)
        )

    def _close(self) -> None:
        if self.dialog is not None:
            if isinstance(self.dialog, ConflictDialog) and self._view is not None:
                self._picked[self._view.id] = self.dialog.picked()
            self.dialog.answered.disconnect(self._on_answered)
            self.dialog.withdraw()
            self.dialog.deleteLater()
        self.dialog = self._view = None

    def _may_ask(self) -> bool:
        return is_free_moment(self._window) and not self._is_busy()

    def _version(self, edit: Edit) -> int:
        """The server's version of the edit's record, as far as it is known here."""
        if edit.state is EditState.CONFLICTED and edit.server is not None:
            return edit.server.version
        record = self._workspace.reader.record(edit.type, edit.record_id)
        return record.version or 0 if record else 0

    def _changed_text(self) -> str:
        return self.tr("This changed on the server while you were looking. Here is the newest; decide again.")


def _version_shown(view: ConflictView | HeldView | RefusalView) -> int:
    return view.server.version if isinstance(view, ConflictView) else 0
