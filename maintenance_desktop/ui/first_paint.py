"""The moment a window is on screen, before which nothing begins that it could wait for."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

_PATIENCE_MS: Final = 1_000
"""A window that is started minimised, or behind others, is not painted; its program works all the same."""


class FirstPaint(QObject):
    """Waits for the first picture of a window.

    Signals:
        painted: it is on screen, or had the time to be.
    """

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)  # and no reference to it, or Python would end both at a time of its own
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._on_over)
        self._patience.start()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            self._patience.start(0)  # what is in the window is painted in this turn of the event loop
        return False

    @Slot()
    def _on_over(self) -> None:
        window = self.parent()
        if window is not None:
            window.removeEventFilter(self)
        self.painted.emit()
