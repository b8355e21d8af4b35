"""What the two decision dialogs share: the frame of a question that no key answers by accident."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from maintenance_desktop.ui.parts import breakable, named, plain_label
from maintenance_desktop.ui.values import fill

_RETURN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST_HEADING = 160
_WIDTH = 800
_LEAST_HEIGHT = 240


class Choice(StrEnum):
    """What the person answered."""

    OVERWRITE = "overwrite"
    DISCARD = "discard"
    COMBINE = "combine"
    ACKNOWLEDGE = "acknowledge"
    SEND_ANYWAY = "send_anyway"
    DO_NOT_SEND = "do_not_send"
    RECOVERED = "recovered"
    LATER = "later"


class DeliberateButton(QPushButton):
    """A button for the mouse, Space and its mnemonic: Enter never presses it, on no platform."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAccessibleName(text.replace("&", ""))
        self.setAutoDefault(False)
        self.setDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN_KEYS:
            event.ignore()
            return
        super().keyPressEvent(event)


class DecisionDialog(QDialog):
    """One question: a heading, a sentence, the facts, verbs. It decides nothing and answers nothing itself.

    The facts go into `body`, which scrolls; `consequences` and the verbs below them are always in sight.

    Signals:
        answered: the Choice. Only *Decide later* closes the dialog by itself; for the others its owner does,
            once the answer is on disk.
        list_wanted: the person would rather see all questions in a list.
    """

    answered = Signal(Choice)
    list_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setSizeGripEnabled(True)
        self.heading = plain_label("headingLabel", is_strong=True, scale=1.25)
        self.sentence = plain_label("sentenceLabel")
        self.notice = plain_label("noticeLabel", tone="amber")
        self.notice.hide()
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 12, 0)
        self.body.setSpacing(12)
        self.consequences = QGridLayout()
        self.consequences.setHorizontalSpacing(16)
        self.consequences.setVerticalSpacing(8)
        self.consequences.setColumnStretch(1, 1)
        self._facts = named(QScrollArea(), "factsArea", self.tr("Facts"))
        self._facts.setWidgetResizable(True)
        self._facts.setFrameShape(QFrame.Shape.NoFrame)
        self._facts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setLayout(self.body)
        self._facts.setWidget(inside)
        self.later_button = DeliberateButton(self.tr("Decide &later"), "laterButton")
        self.later_button.clicked.connect(self.reject)
        self.show_all_button = DeliberateButton("", "showAllButton")
        self.show_all_button.clicked.connect(self.list_wanted)
        self.show_all_button.hide()
        # ActionRole keeps Qt from making either button the one that Enter presses
        self.buttons = QDialogButtonBox()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.later_button)
        row.addWidget(self.show_all_button)
        row.addStretch(1)
        row.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.heading)
        layout.addWidget(self.sentence)
        layout.addWidget(self._facts, 1)
        layout.addLayout(self.consequences)
        layout.addWidget(self.notice)
        layout.addLayout(row)

    def add_verb(self, text: str, name: str, choice: Choice) -> DeliberateButton:
        """A button that answers with `choice`."""
        button = DeliberateButton(text, name)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        button.clicked.connect(lambda *, choice=choice: self.answered.emit(choice))
        return button

    def offer_list(self, count: int) -> None:
        """Offer to see all `count` questions in a list, where there are several."""
        text = fill(self.tr("See &all %1 in a list"), str(count))
        self.show_all_button.setText(text)
        self.show_all_button.setAccessibleName(text.replace("&", ""))
        self.show_all_button.setVisible(count > 1)

    def set_heading(self, text: str) -> None:
        """Say what happened, here and in the window's title; the whole text is in the tooltip."""
        one_line = " ".join(text.split())
        short = one_line if len(one_line) <= _LONGEST_HEADING else one_line[: _LONGEST_HEADING - 1] + "…"
        self.setWindowTitle(short)
        self.heading.setText(breakable(short))
        self.setAccessibleName(short)

    def show_notice(self, text: str) -> None:
        """Say what stands in the way, or what changed, right above the buttons; empty hides it."""
        self.notice.setText(f"⚠ {text}" if text else "")
        self.notice.setVisible(bool(text))

    def withdraw(self) -> None:
        """Close without an answer: it was given, or the question is gone."""
        super().reject()

    def reject(self) -> None:
        """Esc, closing the window and *Decide later* are one and the same."""
        super().reject()
        self.answered.emit(Choice.LATER)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _RETURN_KEYS:
            event.accept()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._facts.setFocus()
        self._fit()

    def _fit(self) -> None:
        """Be as high as the facts need, and never higher than the screen."""
        room = self.screen().availableGeometry().size() * 0.94
        self.resize(QSize(_WIDTH, self.height()).boundedTo(room))
        layout, sight = self.layout(), self._facts.viewport()
        if layout is not None:
            layout.activate()
        by_width, hint = self.body.heightForWidth(sight.width()), self.body.sizeHint().height()
        needed = by_width if self.body.hasHeightForWidth() else hint
        height = max(self.height() + needed - sight.height(), _LEAST_HEIGHT)
        self.resize(QSize(self.width(), height).boundedTo(room))
