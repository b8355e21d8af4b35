"""The question after a conflict: overwrite the server's version, discard mine, combine, or decide later."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from maintenance_desktop.domain.combining import combination
from maintenance_desktop.domain.conflicts import Undecided, combine_problem
from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.trouble import InvalidInput
from maintenance_desktop.domain.views import ConflictView
from maintenance_desktop.ui.conflict_texts import ConflictTexts
from maintenance_desktop.ui.decision_dialog import Choice, DecisionDialog, DeliberateButton
from maintenance_desktop.ui.field_pick import FieldPick, Picked
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.value_grid import ValueGrid
from maintenance_desktop.ui.values import ValueTexts, fill


class ConflictDialog(DecisionDialog):
    """Shows all three sides of a conflict and what each answer leaves.

    Signals:
        answered: Choice.OVERWRITE, Choice.DISCARD, Choice.COMBINE or Choice.LATER.
    """

    def __init__(
        self, view: ConflictView, values: ValueTexts, role: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("conflictDialog")
        self._values = values
        self._role = role
        self._view = view
        self.picks: dict[str, FieldPick] = {}
        self.grid = ValueGrid()
        self.grid.setObjectName("comparisonGrid")
        self.overwrite_leaves = plain_label("overwriteLeavesLabel")
        self.discard_leaves = plain_label("discardLeavesLabel")
        self.combine_leaves = plain_label("combineLeavesLabel")
        self.overwrite_problem = plain_label("overwriteProblemLabel", tone="amber")
        self.dependants = plain_label("dependantsLabel")
        self.body.addWidget(self.grid)
        self.body.addStretch(1)
        _say(self.consequences, 0, self.tr("Overwrite leaves:"), self.overwrite_leaves)
        _say(self.consequences, 1, self.tr("Discard leaves:"), self.discard_leaves)
        _say(self.consequences, 2, self.tr("Combine leaves:"), self.combine_leaves)
        self.consequences.addWidget(self.dependants, 3, 1)
        self.consequences.addWidget(self.overwrite_problem, 4, 0, 1, 2)
        self.discard_button = self.add_verb(self.tr("&Discard my changes"), "discardButton", Choice.DISCARD)
        self.overwrite_button = self.add_verb(
            self.tr("&Overwrite with my changes"), "overwriteButton", Choice.OVERWRITE
        )
        self.combine_button = self.add_verb(self.tr("&Combine"), "combineButton", Choice.COMBINE)
        self.show_view(view)

    def show_view(self, view: ConflictView) -> None:
        """Show this conflict, also in place of an older copy of it; picks that still mean the same stay."""
        self._view = view
        texts = ConflictTexts(view, self._values)
        self.set_heading(texts.heading())
        self.sentence.setText(breakable(texts.sentence()))
        focused = self.focusWidget()
        self._follow_picks(view)
        self.grid.show_rows(texts.headers(), texts.rows(self.picks))
        if focused is not None and any(pick.isAncestorOf(focused) for pick in self.picks.values()):
            focused.setFocus()
        self.grid.setVisible(bool(view.fields))
        self.overwrite_leaves.setText(texts.overwrite_leaves())
        self.discard_leaves.setText(texts.discard_leaves())
        _show(self.dependants, texts.dependants())
        problem = view.overwrite_problem or ""
        _show(
            self.overwrite_problem,
            fill(self.tr("⚠ Overwrite is not possible. %1"), problem) if problem else "",
        )
        _allow(self.overwrite_button, problem)
        self._show_combination()

    def chosen(self) -> dict[str, Value]:
        """What stays of the fields that both changed, as far as it is decided."""
        return {name: pick.value for name, pick in self.picks.items() if pick.is_decided}

    def picked(self) -> dict[str, Picked]:
        """What is picked so far, for when the question comes back."""
        return {name: pick.picked() for name, pick in self.picks.items()}

    def take_up(self, picked: Mapping[str, Picked]) -> None:
        """Go on with what was picked before the question was put off."""
        for name, one in picked.items():
            if name in self.picks:
                self.picks[name].take_up(one)

    @Slot()
    def _show_combination(self) -> None:
        """What *Combine* leaves with these picks, or why it is not possible yet."""
        texts = ConflictTexts(self._view, self._values)
        problem = leaves = ""
        try:
            leaves = texts.combine_leaves(combination(self._view, self.chosen(), self._role))
        except Undecided as undecided:
            problem = texts.undecided(undecided.names)
        except InvalidInput as invalid:
            problem = texts.problems(invalid.problems)
        self.combine_leaves.setText(f"⚠ {problem}" if problem else leaves)
        _allow(self.combine_button, problem)

    def _follow_picks(self, view: ConflictView) -> None:
        is_open = combine_problem(view.chain) is None
        overlapping = [one for one in view.fields if one.overlaps and is_open]
        before, self.picks = self.picks, {}
        record_type = view.chain[0].type
        for field in overlapping:
            pick = before.pop(field.name, None)
            if pick is None:
                pick = FieldPick(record_type, field, self._values.label(record_type, field.name))
                pick.changed.connect(self._show_combination)
            else:
                pick.follow(field)
            self.picks[field.name] = pick


def _say(grid: QGridLayout, line: int, caption: str, label: QLabel) -> None:
    lead = plain_label(f"{label.objectName()}Caption", is_strong=True)
    lead.setText(caption)
    lead.setWordWrap(False)
    grid.addWidget(lead, line, 0, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(label, line, 1, Qt.AlignmentFlag.AlignTop)


def _allow(button: DeliberateButton, problem: str) -> None:
    """Let the button be pressed, or say why not."""
    button.setDisabled(bool(problem))
    button.setToolTip(tooltip(problem))
    button.setAccessibleDescription(problem)


def _show(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
