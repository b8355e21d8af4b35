"""A script that tells when the first window is painted: `painted.py bare`, or the program's own arguments.

It prints the moment, on the clock that all processes of this computer share, then the moment when its list
has rows (the same, where the window has no list), and then the longest time that the window stood still in
the second after the first. Both windows are watched in the same way.
"""

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from maintenance_desktop.ui import first_paint

_LOOK_ON_MS = 1_000
_BEAT_MS = 5

first_paint._PATIENCE_MS = 120_000  # here, nothing but the picture counts


class Watcher(first_paint.FirstPaint):
    """Watches a window until it is on screen, and then how evenly its events come."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._beat = QTimer(self, interval=_BEAT_MS)
        self._beat.timeout.connect(self._on_beat)
        self._last = self._longest = 0.0
        self._is_looked_on = self._has_rows = self._is_listed = False
        self.painted.connect(self._on_painted)

    def _on_painted(self) -> None:
        print(time.perf_counter(), flush=True)
        self._last = time.perf_counter()
        if not hasattr(self.parent(), "work_orders"):
            print(self._last, flush=True)
            self._is_listed = True
        self._beat.start()
        QTimer.singleShot(_LOOK_ON_MS, self, self._on_looked_on)

    def _on_beat(self) -> None:
        now = time.perf_counter()
        self._longest, self._last = max(self._longest, now - self._last), now
        if not self._is_listed:
            self._look_for_rows()

    def _look_for_rows(self) -> None:
        """What was read by the last beat has been painted by this one."""
        if self._has_rows:
            print(self._last, flush=True)
            self._is_listed = True
            if self._is_looked_on:
                self._on_looked_on()
        self._has_rows = self.parent().work_orders.list.model.row_at(0) is not None

    def _on_looked_on(self) -> None:
        self._is_looked_on = True
        if not self._is_listed:
            return
        print(self._longest, flush=True)
        QApplication.closeAllWindows()


def bare() -> int:
    app = QApplication([])
    window = QWidget()
    window.resize(1000, 700)
    Watcher(window)
    window.show()
    return app.exec()


def program(arguments: list[str]) -> int:
    first_paint.FirstPaint = Watcher
    from maintenance_desktop import app

    return app.main(arguments)


if __name__ == "__main__":
    sys.exit(bare() if sys.argv[1:] == ["bare"] else program(sys.argv[1:]))
