"""The search field above every list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from maintenance_desktop.ui.icons import IconKeeper


class SearchField(QLineEdit):
    """A search field that hands on to the list below it; Esc empties it.

    Signals:
        left_downwards: arrow down or Enter.
    """

    left_downwards = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        find = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        IconKeeper(find, "search")
        self._clear = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        IconKeeper(self._clear, "clear")
        self._clear.setToolTip(self.tr("Empty the search (Esc)"))
        self._clear.triggered.connect(self.clear)
        self._clear.setVisible(False)
        self.textChanged.connect(self._on_text_changed)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))

    def event(self, event: QEvent) -> bool:
        # with something to empty, Esc is the field's and not the window's
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and self.text():
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            if event.isAccepted():
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
