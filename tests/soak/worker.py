"""The sync thread of a simulated program: a real thread that runs only while it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """The program was killed here."""


class Worker:
    """Runs a job again and again, and stops wherever the job says `pause`.

    Only one of the two threads runs at any time, so that the same steps give the same story.
    """

    def __init__(self, job: Callable[[], None], at_end: Callable[[], None]) -> None:
        self._job = job
        self._at_end = at_end
        self._go = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        self._is_ending = self._is_killed = False
        self._error: BaseException | None = None
        self.is_idle = True
        self.asked: Any = None
        """What the job waits for; None where it only paused."""
        self.answer: Any = None
        self._thread = threading.Thread(target=self._run, name="soak-sync", daemon=True)
        self._thread.start()

    @property
    def is_here(self) -> bool:
        """Whether the one who asks is the job itself."""
        return threading.current_thread() is self._thread

    def resume(self) -> None:
        """Let the job begin or go on, until it pauses or is done. Raises what it raised."""
        self.is_idle = False
        self._go.release()
        self._back.acquire()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def pause(self, asked: Any = None) -> Any:
        """Called by the job: stop here. Answers what `answer` was set to."""
        self.asked, self.answer = asked, None
        self._back.release()
        self._go.acquire()
        if self._is_killed:
            raise Killed
        answer, self.asked, self.answer = self.answer, None, None
        return answer

    def ends(self, *, killed: bool) -> None:
        """End the thread; it is idle, or dies where it stands."""
        if not self._thread.is_alive():
            return
        self._is_ending, self._is_killed = True, killed
        self._go.release()
        self._thread.join()

    def _run(self) -> None:
        try:
            while True:
                self._go.acquire()
                if self._is_ending:
                    return
                try:
                    self._job()
                except Killed:
                    return
                except BaseException as error:
                    self._error = error
                self.is_idle = True
                self._back.release()
        finally:
            self._at_end()
