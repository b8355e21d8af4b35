"""The one QThread: it runs the sync loop and tells the window, by signals, what changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from maintenance_desktop.services.status import Progress, RoundResult, SyncState
from maintenance_desktop.services.sync_loop import SyncLoop


class SyncThread(QObject):
    """Owns the sync thread.

    Signals (all arrive on the UI thread when connected to methods of QObjects that live there):
        round_started: a round begins.
        progress: how far a download or push is (Progress).
        round_finished: what a round did (RoundResult).
        state_changed: the connection's state (SyncState).
        crashed: the thread's last line caught a bug; the text for the crash window.
    """

    round_started = Signal()
    progress = Signal(Progress)
    round_finished = Signal(RoundResult)
    state_changed = Signal(SyncState)
    crashed = Signal(str)

    def __init__(self, loop: SyncLoop, parent: QObject | None = None) -> None:
        super().__init__(parent)

    @property
    def state(self) -> SyncState:
        """The newest state, also while no signal came yet."""
        ...

    def start(self) -> None: ...

    def request(self) -> None:
        """Ask for a round soon: after a save, on F5, on *Sync now*. Never waits."""

    def work_offline(self, on: bool) -> None:
        """Switch *Work offline* on or off by hand."""

    def cancel_download(self) -> None:
        """Stop the first download where it is; what came is usable, the next request goes on."""

    def stop(self, timeout_ms: int = 10_000) -> bool:
        """End the thread after the edit in hand. False when it did not end in time."""
