"""The message about an edit that the server refused: what, why, and everything that was in it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.views import RefusalView
from maintenance_desktop.ui.decision_dialog import Choice, DecisionDialog
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.value_grid import ValueGrid
from maintenance_desktop.ui.values import ValueTexts


class ErrorDialog(DecisionDialog):
    """Shows a refused edit. *Okay* acknowledges it; Esc and closing leave it for later.

    Signals:
        answered: Choice.ACKNOWLEDGE or Choice.LATER.
    """

    def __init__(self, view: RefusalView, values: ValueTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorDialog")
        self._values = values
        self.made = plain_label("madeLabel")
        self.grid = ValueGrid()
        self.grid.setObjectName("contentGrid")
        self.dependants = plain_label("dependantsLabel")
        self.explanation = plain_label("explanationLabel")
        for widget in (self.made, self.grid, self.dependants, self.explanation):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.okay_button = self.add_verb(self.tr("O&kay"), "okayButton", Choice.ACKNOWLEDGE)
        self.show_view(view)

    def show_view(self, view: RefusalView) -> None:
        """Show this refusal, also in place of an older copy of it."""
        texts, edits = ErrorTexts(view, self._values), EditTexts(self._values)
        self.set_heading(texts.heading())
        self.sentence.setText(breakable(texts.sentence()))
        self.made.setText(texts.made())
        self.grid.show_rows(edits.headers(view.edit), edits.rows(view.edit))
        self.dependants.setText(texts.dependants())
        self.dependants.setVisible(bool(view.dependants))
        self.explanation.setText(texts.explanation())
