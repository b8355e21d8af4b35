"""The message about an edit that the server refused: what, why, what was in it, and how to save the work."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from maintenance_desktop.domain.views import RefusalView
from maintenance_desktop.ui.decision_dialog import Choice, DecisionDialog, DeliberateButton
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.value_grid import ValueGrid
from maintenance_desktop.ui.values import ValueTexts


class SavingWay(StrEnum):
    """What can be done with refused work, besides *Okay*."""

    SEND_AGAIN = "send_again"
    FOLLOW_UP = "follow_up"
    ASK_TO_REOPEN = "ask_to_reopen"
    EDIT = "edit"
    COPY = "copy"


class ErrorDialog(DecisionDialog):
    """Shows a refused edit. *Okay* acknowledges it; Esc and closing leave it for later.

    Signals:
        answered: Choice.ACKNOWLEDGE, Choice.LATER, or Choice.RECOVERED once the work went another way.
        way_chosen: the SavingWay.
        view_changed: another copy of the refusal is shown.
    """

    way_chosen = Signal(SavingWay)
    view_changed = Signal()

    def __init__(self, view: RefusalView, values: ValueTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("errorDialog")
        self.values = values
        self.view = view
        self.made = plain_label("madeLabel")
        self.grid = ValueGrid()
        self.grid.setObjectName("contentGrid")
        self.dependants = plain_label("dependantsLabel")
        self.explanation = plain_label("explanationLabel")
        self.ways: dict[SavingWay, DeliberateButton] = {}
        self._abouts: dict[SavingWay, PlainLabel] = {}
        for widget in (self.made, self.grid, self.dependants, self.explanation):
            self.body.addWidget(widget)
        self.body.addLayout(self._made_ways())  # they scroll with the facts where the screen is small
        self.body.addStretch(1)
        self.okay_button = self.add_verb(self.tr("O&kay"), "okayButton", Choice.ACKNOWLEDGE)
        self.offer(())
        self.show_view(view)

    def show_view(self, view: RefusalView) -> None:
        """Show this refusal, also in place of an older copy of it."""
        self.view = view
        texts, edits = ErrorTexts(view, self.values), EditTexts(self.values)
        self.set_heading(texts.heading())
        self.sentence.setText(breakable(texts.sentence()))
        self.made.setText(texts.made())
        self.grid.show_rows(edits.headers(view.edit), edits.rows(view.edit))
        self.dependants.setText(texts.dependants())
        self.dependants.setVisible(bool(view.dependants))
        self.explanation.setText(texts.explanation())
        self.view_changed.emit()

    def offer(self, ways: Collection[SavingWay]) -> None:
        """Show these ways to save the work."""
        for way, button in self.ways.items():
            button.setVisible(way in ways)
            self._abouts[way].setVisible(way in ways)

    def _made_ways(self) -> QGridLayout:
        texts = (
            (
                SavingWay.SEND_AGAIN,
                self.tr("&Send again"),
                "sendAgainButton",
                self.tr("What stood against it is gone, so it could go through now."),
            ),
            (
                SavingWay.FOLLOW_UP,
                self.tr("Add to a &follow-up work order"),
                "followUpButton",
                self.tr("Makes a new work order with this on it, and names it on the finished one."),
            ),
            (
                SavingWay.ASK_TO_REOPEN,
                self.tr("Ask to &reopen"),
                "askToReopenButton",
                self.tr("Writes the planner a comment with the hours in it."),
            ),
            (
                SavingWay.EDIT,
                self.tr("&Edit and resend"),
                "editAndResendButton",
                self.tr("Change what was refused, then send it again."),
            ),
            (
                SavingWay.COPY,
                self.tr("&Copy"),
                "copyButton",
                self.tr("Copies all of this as text, to paste it elsewhere."),
            ),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for line, (way, text, name, about) in enumerate(texts):
            button = DeliberateButton(text, name)
            button.setAccessibleDescription(about)
            button.clicked.connect(lambda *, way=way: self.way_chosen.emit(way))
            label = plain_label(f"{name}About", about)
            grid.addWidget(button, line, 0)
            grid.addWidget(label, line, 1, Qt.AlignmentFlag.AlignVCenter)
            self.ways[way], self._abouts[way] = button, label
        return grid
