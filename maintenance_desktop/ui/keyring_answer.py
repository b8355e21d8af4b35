"""Whether this computer keeps a sign-in, which is found out beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

_LONGEST_SECONDS: Final = 2.0
"""How long the end of the program waits for what is loaded for the answer; that takes a fraction of it."""


class KeyringAnswer(QObject):
    """Asked once, on a thread of its own: a keyring is slow to load, and may wait for a person or a bus.

    The program does not wait for a person or a bus when it ends: nothing is lost with the answer. It has to
    `stop` before what listens is gone, and before Python ends.

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

    def stop(self, longest_seconds: float = _LONGEST_SECONDS) -> None:
        """Want to know it no more, and let the thread come to its end where it can.

        One that still loads would be cut off by the end of Python, in the middle of compiled code (keyring
        comes with some in Rust) which aborts the process then.
        """
        with self._telling:
            self._is_stopped = True
        if self._thread is not None:
            self._thread.join(longest_seconds)

    def _find_out(self) -> None:
        answer = self._has_keyring()
        with self._telling:
            if not self._is_stopped:
                self.answer = answer
                self.known.emit(answer)
