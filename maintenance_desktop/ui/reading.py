"""The thread that reads for lists and files, so that the window never waits for the disk."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from maintenance_desktop.domain.trouble import StorageTrouble

Read = Callable[[], Any]
"""Runs on the reading thread: it knows no widget, and what it answers is frozen."""


class Urgency(IntEnum):
    """What is read first when several things wait."""

    ROWS = 0
    NUMBERS = 1
    FILES = 2


class _ReadingThread(QThread):
    done = Signal(int, object, object)

    def __init__(self, at_end: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("reading")
        self._at_end = at_end
        self._waiting: list[tuple[Urgency, int, Read]] = []
        self._is_ending = False
        self._changed = threading.Condition()

    def put(self, urgency: Urgency, number: int, read: Read) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (urgency, number, read))
            self._changed.notify()

    def drop(self, number: int) -> None:
        with self._changed:
            self._waiting = [waiting for waiting in self._waiting if waiting[1] != number]
            heapq.heapify(self._waiting)

    def end(self) -> None:
        with self._changed:
            self._is_ending = True
            self._changed.notify()

    def run(self) -> None:
        try:
            while self._read_one():
                pass
        finally:
            self._at_end()

    def _read_one(self) -> bool:
        """Wait for something to read, and read it. False: it is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_ending)
            if self._is_ending:
                self._waiting.clear()
                return False
            _, number, read = heapq.heappop(self._waiting)
        answer = trouble = None
        try:
            answer = read()
        except Exception as error:  # the thread's last line: whoever asked raises it where it is seen
            trouble = error
        self.done.emit(number, answer, trouble)
        return True


class Reading(QObject):
    """Owns the reading thread; it starts with the first question.

    Signals:
        done: the number of a question, its answer, and what went wrong (None: nothing).
    """

    done = Signal(int, object, object)

    def __init__(self, at_end: Callable[[], None] = lambda: None, parent: QObject | None = None) -> None:
        """`at_end` runs last on the reading thread: it gives back that thread's connections."""
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._is_over = False
        self._thread = _ReadingThread(at_end)
        self._thread.done.connect(self.done)

    def put(self, urgency: Urgency, read: Read) -> int:
        """Have something read; the number is what `done` says about it."""
        number = next(self._numbers)
        if not self._is_over:
            self._thread.put(urgency, number, read)
            if not self._thread.isRunning():
                self._thread.start()
        return number

    def drop(self, number: int) -> None:
        """Do not read it any more, unless that has begun."""
        self._thread.drop(number)

    def stop(self) -> None:
        """End the thread after what it reads just now."""
        self._is_over = True
        self._thread.end()
        self._thread.wait()


class Question(QObject):
    """Something that one part of the window wants to know. A newer question takes the place of an older one.

    Signals:
        answered: what was read for the newest question.
        failed: it could not be read.
    """

    answered = Signal(object)
    failed = Signal()

    def __init__(self, reading: Reading, parent: QObject, urgency: Urgency = Urgency.ROWS) -> None:
        super().__init__(parent)
        self._reading = reading
        self._urgency = urgency
        self._number: int | None = None
        reading.done.connect(self._on_done)

    @property
    def is_open(self) -> bool:
        """Whether an answer is still to come."""
        return self._number is not None

    def ask(self, read: Read) -> None:
        """Ask this instead of what was asked before."""
        self.drop()
        self._number = self._reading.put(self._urgency, read)

    def drop(self) -> None:
        """Ask nothing any more."""
        if self._number is not None:
            self._reading.drop(self._number)
            self._number = None

    @Slot(int, object, object)
    def _on_done(self, number: int, answer: object, trouble: Exception | None) -> None:
        if number != self._number:
            return
        self._number = None
        if trouble is None:
            self.answered.emit(answer)
        elif isinstance(trouble, StorageTrouble):
            self.failed.emit()
        else:
            raise trouble
