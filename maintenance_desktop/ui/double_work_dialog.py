"""The questions about work that may be done or planned already: at save, and before it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from maintenance_desktop.domain.edits import Doubt
from maintenance_desktop.domain.views import HeldView, RecordView
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.ui.decision_dialog import Choice, DecisionDialog, DeliberateButton
from maintenance_desktop.ui.double_work_texts import DoubleWorkTexts
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.parts import breakable, plain_label
from maintenance_desktop.ui.value_grid import ValueGrid
from maintenance_desktop.ui.values import ValueTexts, fill


class LookAlike(QWidget):
    """One other record: which, who, when; *Show* opens its content below."""

    def __init__(
        self, doubt: Doubt, other: RecordView | None, values: ValueTexts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        texts = DoubleWorkTexts(values)
        self.line = plain_label("lookAlikeLabel", breakable(texts.line(doubt, other)))
        self.show_button = DeliberateButton(self.tr("Show"), "showLookAlikeButton")
        self._name = texts.name(doubt)
        self.show_button.setAccessibleName(fill(self.tr("Show %1"), self._name))
        self.show_button.setVisible(other is not None)
        self.grid = ValueGrid()
        self.grid.setObjectName("lookAlikeGrid")
        self.grid.hide()
        if other is not None:
            self.grid.show_rows((), EditTexts(values).record_rows(other.type, other.fields))
        self.show_button.clicked.connect(self._on_clicked)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.line, 1)
        row.addWidget(self.show_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.grid)

    @Slot()
    def _on_clicked(self) -> None:
        is_open = self.grid.isHidden()
        self.grid.setVisible(is_open)
        self.show_button.setText(self.tr("Hide") if is_open else self.tr("Show"))
        template = self.tr("Hide %1") if is_open else self.tr("Show %1")
        self.show_button.setAccessibleName(fill(template, self._name))


class DoubleWorkDialog(DecisionDialog):
    """Asked at save. *Go back* leaves what is typed as it is; so do Esc and closing.

    Signals:
        answered: Choice.SEND_ANYWAY or Choice.LATER.
    """

    def __init__(
        self, doubts: Sequence[Doubt], reader: Reader, values: ValueTexts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("doubleWorkDialog")
        self.look_alikes: list[LookAlike] = []
        self._texts = DoubleWorkTexts(values)
        self.list = QVBoxLayout()
        self.list.setSpacing(12)
        self.body.addLayout(self.list)
        self.body.addStretch(1)
        self.set_verbs()
        self.show_doubts(doubts, reader, values)

    def set_verbs(self) -> None:
        """The buttons below."""
        self.later_button.setText(self.tr("&Go back"))
        self.later_button.setObjectName("goBackButton")
        self.later_button.setAccessibleName(self.tr("Go back"))
        self.send_button = self.add_verb(self.tr("&Send anyway"), "sendAnywayButton", Choice.SEND_ANYWAY)

    def show_doubts(self, doubts: Sequence[Doubt], reader: Reader, values: ValueTexts) -> None:
        """Show these, also in place of older ones."""
        self.set_heading(self._texts.heading(doubts))
        self.sentence.setText(self._texts.sentence(doubts))
        for old in self.look_alikes:
            old.hide()
            old.deleteLater()
        self.look_alikes = [
            LookAlike(doubt, reader.record(doubt.type, doubt.record_id), values) for doubt in doubts
        ]
        for one in self.look_alikes:
            self.list.addWidget(one)
            one.show_button.clicked.connect(self._on_shown)

    @Slot()
    def _on_shown(self) -> None:
        """Make room for what is shown now."""
        self._fit()


class HeldDialog(DoubleWorkDialog):
    """Asked about an edit that was held before it was sent.

    Signals:
        answered: Choice.SEND_ANYWAY, Choice.DO_NOT_SEND or Choice.LATER.
    """

    def __init__(
        self, view: HeldView, reader: Reader, values: ValueTexts, parent: QWidget | None = None
    ) -> None:
        self._reader = reader
        self._values = values
        super().__init__(view.doubts, reader, values, parent)
        self.setObjectName("heldDialog")
        self.mine = plain_label("mineLabel")
        self.body.insertWidget(0, self.mine)
        self.dependants = plain_label("dependantsLabel")
        self.body.insertWidget(2, self.dependants)
        self.show_view(view)

    def set_verbs(self) -> None:
        self.drop_button = self.add_verb(self.tr("Do &not send"), "doNotSendButton", Choice.DO_NOT_SEND)
        self.drop_button.setToolTip(self.tr("It goes into the sync history, with everything in it."))
        self.send_button = self.add_verb(self.tr("&Send anyway"), "sendAnywayButton", Choice.SEND_ANYWAY)

    def show_view(self, view: HeldView) -> None:
        """Show this held edit, also in place of an older copy of it."""
        edits = EditTexts(self._values)
        self.show_doubts(view.doubts, self._reader, self._values)
        self.mine.setText(
            breakable(fill(self.tr("Yours, not sent yet: %1"), edits.edit(view.edit, view.subject)))
        )
        text = fill(self.tr("This waits for your answer, too: %1"), edits.items(view.dependants))
        self.dependants.setText(breakable(text))
        self.dependants.setVisible(bool(view.dependants))
        self.drop_button.setVisible(not view.edit.is_frozen)  # an exported file may send it elsewhere
