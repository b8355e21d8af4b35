"""Python's collector, kept to the window's thread and to its idle moments."""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Slot

_LOOK_MS: Final = 1_000
_EVERY: Final = 10
"""So many times the youngest are looked through before the next older, as Python does by itself."""


class Garbage(QObject):
    """Collects what refers to itself, from now on until `stop`.

    Python does that on whichever thread happens to make the next object. On the sync or the reading thread it
    would delete widgets there, which Qt does not survive; on this one, in the middle of a picture.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_settled = False
        self._turns = 0
        self._look = QTimer(self, interval=_LOOK_MS, timerType=Qt.TimerType.CoarseTimer)
        self._look.timeout.connect(self._on_look)
        self._idle = QTimer(self, singleShot=True, interval=0)  # Qt's word for: when there is nothing to do
        self._idle.timeout.connect(self._on_idle)
        gc.disable()
        self._look.start()

    @Slot()
    def settle(self) -> None:
        """A window is up: what there is now stays, and is not looked through again."""
        if self._is_settled:
            gc.unfreeze()  # there was another window before
            gc.collect()
        self._is_settled = True
        gc.freeze()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._look.stop()
        self._idle.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def _on_look(self) -> None:
        if not self._idle.isActive() and gc.get_count()[0] >= gc.get_threshold()[0]:
            self._idle.start()

    @Slot()
    def _on_idle(self) -> None:
        self._turns += 1
        is_long_ago = self._turns % _EVERY == 0
        gc.collect(2 if self._turns % _EVERY**2 == 0 else 1 if is_long_ago else 0)
