"""The question after a conflict: overwrite the server's version, discard mine, or decide later."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.views import ConflictView
from maintenance_desktop.ui.conflict_texts import ConflictTexts
from maintenance_desktop.ui.decision_dialog import Choice, DecisionDialog
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ValueGrid
from maintenance_desktop.ui.values import ValueTexts, fill


class ConflictDialog(DecisionDialog):
    """Shows all three sides of a conflict and what each answer leaves.

    Signals:
        answered: Choice.OVERWRITE, Choice.DISCARD or Choice.LATER.
    """

    def __init__(self, view: ConflictView, values: ValueTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflictDialog")
        self._values = values
        self.grid = ValueGrid()
        self.grid.setObjectName("comparisonGrid")
        self.overwrite_leaves = plain_label("overwriteLeavesLabel")
        self.discard_leaves = plain_label("discardLeavesLabel")
        self.overwrite_problem = plain_label("overwriteProblemLabel", tone="amber")
        self.dependants = plain_label("dependantsLabel")
        self.body.addWidget(self.grid)
        self.body.addStretch(1)
        captions = (self.tr("Overwrite leaves:"), self.tr("Discard leaves:"))
        for line, (caption, label) in enumerate(
            zip(captions, (self.overwrite_leaves, self.discard_leaves), strict=True)
        ):
            lead = plain_label(f"{label.objectName()}Caption", is_strong=True)
            lead.setText(caption)
            lead.setWordWrap(False)
            self.consequences.addWidget(lead, line, 0, Qt.AlignmentFlag.AlignTop)
            self.consequences.addWidget(label, line, 1, Qt.AlignmentFlag.AlignTop)
        self.consequences.addWidget(self.dependants, 2, 1)
        self.consequences.addWidget(self.overwrite_problem, 3, 0, 1, 2)
        self.discard_button = self.add_verb(self.tr("&Discard my changes"), "discardButton", Choice.DISCARD)
        self.overwrite_button = self.add_verb(
            self.tr("&Overwrite with my changes"), "overwriteButton", Choice.OVERWRITE
        )
        self.show_view(view)

    def show_view(self, view: ConflictView) -> None:
        """Show this conflict, also in place of an older copy of it."""
        texts = ConflictTexts(view, self._values)
        self.set_heading(texts.heading())
        self.sentence.setText(breakable(texts.sentence()))
        self.grid.show_rows(texts.headers(), self._rows(view, texts))
        self.grid.setVisible(bool(view.fields))
        self.overwrite_leaves.setText(texts.overwrite_leaves())
        self.discard_leaves.setText(texts.discard_leaves())
        _show(self.dependants, texts.dependants())
        problem = view.overwrite_problem
        _show(
            self.overwrite_problem,
            fill(self.tr("⚠ Overwrite is not possible. %1"), problem) if problem else "",
        )
        self.overwrite_button.setDisabled(problem is not None)
        self.overwrite_button.setToolTip(problem or "")
        self.overwrite_button.setAccessibleDescription(problem or "")

    def _rows(self, view: ConflictView, texts: ConflictTexts) -> list[GridRow]:
        record_type = view.chain[0].type
        my_note = "" if view.chain[-1].kind is EditKind.DELETE else texts.my_note()
        their_note = "" if view.server.record is None else texts.their_note()
        gone = self.tr("✕ deleted")
        rows = []
        for field in view.fields:
            base, mine, theirs = (
                self._values.text(record_type, field.name, value)
                for value in (field.base, field.mine, field.theirs)
            )
            cells = (
                GridCell(base),
                GridCell(mine, my_note if field.changed_by_me else "") if my_note else GridCell(gone),
                GridCell(theirs, their_note if field.changed_by_them else "")
                if their_note
                else GridCell(gone),
            )
            rows.append(GridRow(self._values.label(record_type, field.name), cells))
        return rows


def _show(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
