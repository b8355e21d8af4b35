"""The quiet word in the status line that there is a newer version, said in a free moment."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.updates import UpdateState
from maintenance_desktop.services.status import Connection
from maintenance_desktop.services.sync_thread import SyncThread
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.free_moment import is_free_moment
from maintenance_desktop.ui.status_line import StatusLine
from maintenance_desktop.ui.update_texts import notice_text

_LOOK_AGAIN_MS = 300


class UpdateNotice(QObject):
    """Waits with the news until nothing is typed, no dialog is open and no sync is under way."""

    def __init__(
        self,
        updates: Updates,
        sync: SyncThread,
        line: StatusLine,
        is_busy: Callable[[], bool],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._updates = updates
        self._sync = sync
        self._line = line
        self._is_busy = is_busy
        self._window = window
        self._is_stopped = False
        self._look_again = QTimer(self, singleShot=True, interval=_LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self.present)
        updates.state_changed.connect(self._on_state_changed)

    @Slot()
    def present(self) -> None:
        """Say it, or look again soon when the person is in the middle of something."""
        if self._is_stopped:
            return
        text = notice_text(self._updates.state)
        is_news = bool(text) and not self._line.update_button.text()
        if is_news and not self._may_say():
            self._look_again.start()
            return
        self._line.show_update(text)

    def stop(self) -> None:
        """Say nothing more: the window closes."""
        self._is_stopped = True
        self._look_again.stop()

    def _may_say(self) -> bool:
        is_syncing = self._sync.state.connection is Connection.SYNCING
        return is_free_moment(self._window) and not is_syncing and not self._is_busy()

    @Slot(UpdateState)
    def _on_state_changed(self, _state: UpdateState) -> None:
        self.present()
