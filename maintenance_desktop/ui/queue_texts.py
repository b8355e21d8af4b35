"""The queue in words: what waits, since when, and what for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from maintenance_desktop.domain.edits import Edit, EditState
from maintenance_desktop.domain.forecast import Forecast, Prospect, Why
from maintenance_desktop.domain.planning import Waiting, dependants
from maintenance_desktop.domain.views import QueueItem, RefusalView
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.double_work_texts import DoubleWorkTexts
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.values import ValueTexts, fill


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue as it is shown."""

    id: str
    item: QueueItem
    what: str
    since: str
    why: str
    expected: str = ""


class QueueTexts(QObject):
    """Puts pending edits into words."""

    def __init__(self, values: ValueTexts, connection: Connection, forecast: Forecast | None = None) -> None:
        super().__init__()
        self._forecast = forecast
        self._values = values
        self._edits = EditTexts(values)
        self._connection = connection

    def rows(self, shown: Sequence[QueueItem], queue: Sequence[QueueItem]) -> list[QueueRow]:
        """These as rows; what they wait for is looked up in the whole queue."""
        by_id = {item.edit.id: item for item in queue}
        return [self.row(item, by_id) for item in shown]

    def row(self, item: QueueItem, by_id: Mapping[str, QueueItem]) -> QueueRow:
        """One of these as a row; `by_id` is the whole queue."""
        return QueueRow(
            item.edit.id,
            item,
            self._edits.item(item),
            self._values.when(item.edit.made_at),
            self._why(item, by_id),
            self._expected(item.edit),
        )

    def undo_ends(self, item: QueueItem, queue: Sequence[QueueItem]) -> list[str]:
        """What ends together with this edit when it is undone."""
        by_id = {other.edit.id: other for other in queue}
        ending = dependants([other.edit for other in queue], item.edit.id)
        return [self._edits.item(by_id[edit.id]) for edit in ending]

    def _why(self, item: QueueItem, by_id: Mapping[str, QueueItem]) -> str:
        edit = item.edit
        if edit.state is EditState.CONFLICTED:
            who = edit.server.changed_by_name if edit.server else ""
            if who:
                return fill(self.tr("⚠ Changed by %1 too: decide"), who)
            return self.tr("⚠ Changed by somebody else too: decide")
        if edit.state is EditState.HELD:
            open_doubts = [doubt for doubt in edit.doubts if not doubt.is_answered]
            return fill(self.tr("⚠ %1: decide"), DoubleWorkTexts(self._values).heading(open_doubts))
        if edit.state is EditState.REFUSED:
            view = RefusalView(edit.id, item.subject, edit, edit.refusal.message if edit.refusal else "")
            return fill(self.tr("✕ Refused: %1"), ErrorTexts(view, self._values).sentence())
        other = by_id.get(item.waits_for)
        name = self._edits.item(other) if other else item.waits_for
        match item.waiting:
            case Waiting.EARLIER_EDIT:
                return fill(self.tr("Follows when this is on the server: %1"), name)
            case Waiting.UNANSWERED_EDIT:
                return fill(self.tr("Waits for your answer to: %1"), name)
            case Waiting.NEEDS_ANSWER:
                return self.tr("⚠ Needs your answer")
            case Waiting.SERVER:
                reason = edit.refusal.message if edit.refusal else ""
                return fill(self.tr("Is tried again: %1"), reason)
        if edit.is_frozen:
            return self.tr("Sent or exported; no answer yet")
        return self._connection_text()

    def _expected(self, edit: Edit) -> str:
        """How it will fare, as far as that is known here."""
        expected = self._forecast.expected.get(edit.id) if self._forecast else None
        if expected is None:
            return ""
        match expected.why:
            case Why.NOTHING:
                return self.tr("Will go through")
            case Why.CHANGED:
                return self.tr("⚠ Needs you: somebody else changed it")
            case Why.DELETED:
                return self.tr("⚠ Needs you: somebody deleted it")
            case Why.LOOKS_DONE:
                return self.tr("⚠ Needs you: may be done already")
            case Why.FINISHED:
                return self.tr("✕ Will be refused: the work order is finished")
            case Why.NOT_ALLOWED:
                return self.tr("✕ Will be refused: your role does not allow it")
            case Why.TRANSITION:
                return self.tr("✕ Will be refused: its status does not allow it")
            case Why.EARLIER_EDIT if expected.prospect is Prospect.REFUSED:
                return self.tr("✕ Depends on one that is refused")
            case Why.EARLIER_EDIT:
                return self.tr("⚠ Depends on one that needs you")
        return self.tr("✕ Will be refused: what it belongs to is gone")

    def _connection_text(self) -> str:
        match self._connection:
            case Connection.ONLINE | Connection.SYNCING:
                return self.tr("Goes out with the next sync")
            case Connection.WORKING_OFFLINE:
                return self.tr("Waits while you work offline")
            case Connection.SIGN_IN_REQUIRED:
                return self.tr("Waits until you sign in again")
            case Connection.WRONG_SERVER:
                return self.tr("Waits for its own server and person")
            case Connection.LOCAL_TROUBLE:
                return self.tr("Waits until this computer can save again")
        return self.tr("Waits until the server can be reached")
