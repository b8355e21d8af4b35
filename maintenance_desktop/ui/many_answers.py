"""The same answer to many questions: what it would leave of each, and giving it one by one."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from maintenance_desktop.domain.combining import combination
from maintenance_desktop.domain.conflicts import Undecided
from maintenance_desktop.domain.trouble import InvalidInput, NotSaved
from maintenance_desktop.domain.views import ConflictView, QueueItem
from maintenance_desktop.ui.conflict_texts import ConflictTexts
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.double_work_texts import DoubleWorkTexts
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Planned:
    """One question, and what the answer would leave; or, where it is not `possible`, why not."""

    id: str
    what: str
    outcome: str
    is_possible: bool = True
    view: ConflictView | None = None


class ManyAnswers(QObject):
    """One choice for many questions; each is read, told and answered on its own."""

    def __init__(self, choice: Choice, workspace: Workspace) -> None:
        super().__init__()
        self.choice = choice
        self._workspace = workspace
        self._values = ValueTexts(workspace.reader, workspace.clock)
        self._edits = EditTexts(self._values)

    def plan(self, item: QueueItem) -> Planned:
        """What the answer would do to this one."""
        what, edit_id, reader = self._edits.item(item), item.edit.id, self._workspace.reader
        if self.choice is Choice.ACKNOWLEDGE:
            refused = reader.refusal(edit_id)
            if refused is None:
                return Planned(edit_id, what, self.tr("Okay is for errors only."), is_possible=False)
            ends = self._edits.items(refused.dependants)
            kept = self.tr("Is put away; its content stays in the sync history.")
            return Planned(edit_id, what, f"{kept} {self.tr('Ends with it:')} {ends}." if ends else kept)
        if self.choice is Choice.SEND_ANYWAY:
            held = reader.held(edit_id)
            if held is None:
                return Planned(edit_id, what, self.tr("Nothing holds this up."), is_possible=False)
            return Planned(edit_id, what, DoubleWorkTexts(self._values).heading(held.doubts))
        view = reader.conflict(edit_id, self._workspace.account.role)
        if view is None:
            return Planned(edit_id, what, self.tr("Nobody else changed this."), is_possible=False)
        texts = ConflictTexts(view, self._values)
        problem = ""
        match self.choice:
            case Choice.OVERWRITE:
                outcome, problem = texts.overwrite_leaves(), view.overwrite_problem or ""
            case Choice.DISCARD:
                outcome = f"{texts.discard_leaves()} {texts.dependants()}".strip()
            case _:
                outcome = ""
                try:
                    outcome = texts.combine_leaves(combination(view, {}, self._workspace.account.role))
                except Undecided as undecided:
                    problem = texts.overlap(undecided.names)
                except InvalidInput as invalid:
                    problem = texts.problems(invalid.problems)
        return Planned(view.id, what, problem or outcome, not problem, view)

    def carry_out(self, planned: Planned) -> str:
        """Give the answer; why it could not be given, empty when it was."""
        decisions, view = self._workspace.decisions, planned.view
        try:
            match self.choice, view:
                case Choice.ACKNOWLEDGE, _:
                    decisions.acknowledge(planned.id)
                case Choice.SEND_ANYWAY, _:
                    decisions.send_anyway(planned.id)
                case Choice.OVERWRITE, ConflictView():
                    decisions.overwrite(planned.id, view.server.version)
                case Choice.COMBINE, ConflictView():
                    decisions.combine(view, {})
                case Choice.DISCARD, ConflictView():
                    self._discard(view)
        except NotSaved as trouble:
            return str(trouble) or self.tr("It changed meanwhile; look at it again.")
        return ""

    def _discard(self, view: ConflictView) -> None:
        now = self._workspace.reader.conflict(view.id, self._workspace.account.role)
        if now != view:  # something else would be dropped, or something else kept, than was told
            raise NotSaved(self.tr("It changed meanwhile; look at it again."))
        self._workspace.decisions.discard(view.id)
