"""A question before something is given up: the safe answer is the one that Enter and Esc choose."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget


class Confirmation(QMessageBox):
    """Asks once; `open()` it.

    Signals:
        confirmed: the person chose the verb.
    """

    confirmed = Signal()

    def __init__(
        self, title: str, text: str, verb: str, keep: str, *, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(title)
        self.setInformativeText(text)
        self.verb_button = self.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
        self.verb_button.setObjectName("confirmButton")
        self.verb_button.setAutoDefault(False)
        self.keep_button = self.addButton(keep, QMessageBox.ButtonRole.RejectRole)
        self.keep_button.setObjectName("keepButton")
        self.setDefaultButton(self.keep_button)
        self.setEscapeButton(self.keep_button)
        self.buttonClicked.connect(self._on_clicked)

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        if button is self.verb_button:
            self.confirmed.emit()
