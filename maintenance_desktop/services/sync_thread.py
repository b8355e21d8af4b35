"""The one QThread: it runs the sync loop and tells the window, by signals, what changed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from maintenance_desktop.services.status import RoundResult, SyncState
from maintenance_desktop.services.sync_loop import Listeners, SyncLoop

_log = logging.getLogger(__name__)


class _LoopThread(QThread):
    """Runs the loop. Its signals are emitted on that thread and delivered on the one of their receiver."""

    round_started = Signal()
    round_finished = Signal(object)
    state_changed = Signal(object)
    crashed = Signal(str)

    def __init__(self, loop: SyncLoop, at_end: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("sync")
        self._loop = loop
        self._at_end = at_end
        loop.listeners = Listeners(
            round_started=self.round_started.emit,
            round_finished=self.round_finished.emit,
            state_changed=self.state_changed.emit,
        )

    def run(self) -> None:
        try:
            self._loop.run()
        except Exception:
            _log.exception("the sync thread ended by a bug")
            self.crashed.emit(traceback.format_exc())
        finally:
            self._at_end()


class SyncThread(QObject):
    """Owns the sync thread.

    Signals (all arrive on the UI thread when connected to methods of QObjects that live there):
        round_started: a round begins.
        round_finished: what a round did (RoundResult).
        state_changed: the connection's state with the progress of a download or push (SyncState).
        crashed: the thread's last line caught a bug; the text for the crash window.
    """

    round_started = Signal()
    round_finished = Signal(RoundResult)
    state_changed = Signal(SyncState)
    crashed = Signal(str)

    def __init__(
        self, loop: SyncLoop, at_end: Callable[[], None] = lambda: None, parent: QObject | None = None
    ) -> None:
        """`at_end` runs last on the sync thread: it gives back that thread's connections."""
        super().__init__(parent)
        self._loop = loop
        self._thread = _LoopThread(loop, at_end)
        self._thread.round_started.connect(self.round_started)
        self._thread.round_finished.connect(self.round_finished)
        self._thread.state_changed.connect(self.state_changed)
        self._thread.crashed.connect(self.crashed)

    @property
    def state(self) -> SyncState:
        """The newest state, also while no signal came yet."""
        return self._loop.state

    @property
    def is_running(self) -> bool:
        return self._thread.isRunning()

    def start(self) -> None:
        """Begin; the first round runs at once."""
        self._thread.start()

    def request(self) -> None:
        """Ask for a round soon: after a save, on F5, on *Sync now*. Never waits."""
        self._loop.request()

    def work_offline(self, on: bool) -> None:
        """Switch *Work offline* on or off by hand."""
        self._loop.work_offline(on)

    def cancel_download(self) -> None:
        """Stop the first download where it is; what came is usable, the next request goes on."""
        self._loop.cancel_download()

    def stop(self, timeout_ms: int = 10_000) -> bool:
        """End the thread after the edit in hand. False when it did not end in time."""
        self._loop.stop()
        return self._thread.wait(timeout_ms)
