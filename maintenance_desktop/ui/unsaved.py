"""What happens to typing that is not saved when the person wants to go elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.theme import as_title


class Typing(Protocol):
    """Something people type into."""

    @property
    def is_dirty(self) -> bool: ...

    def save(self) -> bool:
        """Save; False when that was not possible and the form says why."""
        ...

    def discard_typing(self) -> None: ...


class UnsavedDialog(QDialog):
    """Save, discard or stay. Esc stays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unsavedDialog")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Not saved yet"))
        heading = PlainLabel(self.tr("What you typed is not saved yet"))
        as_title(heading)
        sentence = PlainLabel(self.tr("Save it before you go on, or discard it."), wraps=True)
        self.stay_button = button(self.tr("S&tay here"), "stayButton")
        self.discard_button = button(self.tr("&Discard typing"), "discardTypingButton")
        self.save_button = button(self.tr("&Save"), "saveTypingButton", verb="main")
        self.save_button.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.stay_button)
        row.addStretch(1)
        row.addWidget(self.discard_button)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addWidget(sentence)
        layout.addSpacing(8)
        layout.addLayout(row)
        self.stay_button.clicked.connect(self.reject)


class UnsavedGuard(QObject):
    """Lets people go on at once when nothing is typed, and asks first when something is."""

    def __init__(self, typing: Typing, window: QWidget) -> None:
        super().__init__(window)
        self._typing = typing
        self._window = window
        self._then: Callable[[], None] | None = None
        self.dialog: UnsavedDialog | None = None

    def leave(self, then: Callable[[], None]) -> None:
        """Do `then`, after the question if there is one; not at all when the person stays."""
        if not self._typing.is_dirty:
            then()
            return
        if self.dialog is not None:
            return
        self._then = then
        self.dialog = UnsavedDialog(self._window)
        self.dialog.save_button.clicked.connect(self._on_save)
        self.dialog.discard_button.clicked.connect(self._on_discard)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.open()

    @Slot()
    def _on_save(self) -> None:
        then = self._close()
        if self._typing.save() and then is not None:
            then()

    @Slot()
    def _on_discard(self) -> None:
        then = self._close()
        self._typing.discard_typing()
        if then is not None:
            then()

    @Slot()
    def _on_finished(self) -> None:
        self._then = None
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _close(self) -> Callable[[], None] | None:
        then = self._then
        if self.dialog is not None:
            self.dialog.accept()
        return then
