"""Whether this computer keeps a sign-in, which is found out beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot


class KeyringAnswer(QObject):
    """Asked once, on a thread of its own: a keyring is slow to load, and may wait for a person or a bus.

    The program does not wait for that thread when it ends: nothing is lost with the answer. It only has to
    `stop` listening before what listens is gone.

    Signals:
        known: whether there is a keyring.
    """

    known = Signal(bool)

    def __init__(self, has_keyring: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._has_keyring = has_keyring
        self._thread: threading.Thread | None = None
        self._telling = threading.Lock()
        self._is_stopped = False
        self.answer: bool | None = None

    @Slot()
    def ask(self) -> None:
        """Begin to find out, unless that was done before."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._find_out, name="keyring", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Want to know it no more."""
        with self._telling:
            self._is_stopped = True

    def _find_out(self) -> None:
        answer = self._has_keyring()
        with self._telling:
            if not self._is_stopped:
                self.answer = answer
                self.known.emit(answer)
