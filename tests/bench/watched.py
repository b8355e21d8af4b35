"""The real main window in a process of its own, used by a scripted person while it syncs, and a probe in it.

It prints what happened as JSON. `--stacks FILE` writes down what every thread did in each long gap.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QPoint, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from maintenance_desktop.opening import make_hub_backend, sign_in_to
from maintenance_desktop.program import Program
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.first_paint import FirstPaint
from maintenance_desktop.ui.theme import Theme
from tests.bench.hubs import PASSWORD
from tests.bench.plant import PLANNER
from tests.person import TokensInMemory

LONG_MS: Final = 16
_LONGEST_SECONDS: Final = 240
_STEP_MS: Final = 40
SIZE: Final = QSize(1440, 860)
_WORDS: Final = ("bearing", "leak", "pump seal", "WO-1", "gehäuse")


class Keyring(TokensInMemory):
    def has_keyring(self) -> bool:
        return True


class Probe(QTimer):
    """Ticks each millisecond and keeps how long it took from one tick to the next."""

    def __init__(self, stacks: IO[str] | None) -> None:
        super().__init__(interval=1, timerType=Qt.TimerType.PreciseTimer)
        self.gaps: list[float] = []
        self.long: list[dict[str, object]] = []
        """Each with what the person did, how long it worked, and how long it waited for a free core."""
        self.doing = "nothing"
        self._last: float | None = None
        self._worked = self._waited = 0.0
        self._schedule = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        self._line = ctypes.create_string_buffer(80)
        self._read = ctypes.PyDLL(None).pread  # keeps the GIL, where Python's own would give it away
        self._seen: list[str] = []
        self._stacks = stacks
        self.timeout.connect(self._on_tick)
        if stacks:
            threading.Thread(target=self._look, daemon=True).start()

    def _on_tick(self) -> None:
        now, worked, waited = time.perf_counter(), time.thread_time(), self._waited_for_a_core()
        if self._last is not None:
            gap = (now - self._last) * 1000
            self.gaps.append(gap)
            if gap > LONG_MS:
                work, wait = (worked - self._worked) * 1000, (waited - self._waited) * 1000
                self.long.append({"did": self.doing, "gap": gap, "worked": work, "waited": wait})
                if self._stacks:
                    print(f"--- {self.long[-1]}", *self._seen, file=self._stacks)
        self.doing = "nothing"
        self._seen.clear()
        self._last, self._worked, self._waited = now, worked, waited

    def _waited_for_a_core(self) -> float:
        """Seconds that other programs, or this one's other threads, had all cores."""
        self._read(self._schedule, self._line, 80, 0)
        return int(self._line.value.split()[1]) / 1e9

    def _look(self) -> None:
        """What all threads do while the window stands still, as far as Python lets this one look."""
        me = threading.get_ident()
        while True:
            time.sleep(0.004)  # noqa: TID251 - it samples
            if self._last is None or time.perf_counter() - self._last < 0.008:
                continue
            for number, frame in sys._current_frames().items():
                if number != me:
                    places = reversed(traceback.extract_stack(frame)[-9:])
                    names = (f"{Path(one.filename).stem}.{one.name}:{one.lineno}" for one in places)
                    self._seen.append("\n  " + " < ".join(names))


class Scripted(QTimer):
    """Somebody who scrolls, searches and opens work orders, one event after the other."""

    def __init__(self, program: Program, probe: Probe) -> None:
        super().__init__(interval=_STEP_MS)
        self.done: Counter[str] = Counter()
        self._program = program
        self._probe = probe
        self._day = self._live()
        self.timeout.connect(self._on_step)

    def _on_step(self) -> None:
        self._probe.doing = next(self._day)
        self.done[self._probe.doing] += 1

    def _live(self) -> Iterator[str]:
        """Each turn does one thing and says what."""
        rows = self._program.window.work_orders.list
        table, search = rows.table, rows.filters.search_field
        thumb = table.verticalScrollBar()
        number = 0
        while True:
            for _ in range(12):
                _wheel(table.viewport(), -240)
                yield "wheel"
            for _ in range(3):
                number += 1
                self._click(table, number % 8)
                yield "open"
                yield from self._pause(4)
            thumb.setSliderDown(True)
            for part in (1, 3, 5, 9, 7, 4, 8, 2, 6, 10, 0, 5):
                thumb.setSliderPosition(thumb.maximum() * part // 10)
                yield "thumb"
            thumb.setSliderDown(False)
            for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
                QTest.keyClick(table, key)
                yield "keys"
                yield from self._pause(4)
            word = _WORDS[number // 3 % len(_WORDS)]
            for letter in word:
                _type(search, letter)
                yield "type"
                yield from self._pause(2)
            self._click(table, 1)
            yield "open"
            for _ in word:
                QTest.keyClick(search, Qt.Key.Key_Backspace)
                yield "type"

    def _click(self, table: QWidget, row: int) -> None:
        height = table.verticalHeader().defaultSectionSize()
        place = QPoint(60, row * height + height // 2)
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def _pause(self, turns: int) -> Iterator[str]:
        for _ in range(turns):
            yield "looks"


def _wheel(part: QWidget, by: int) -> None:
    middle = QPointF(part.rect().center())
    everywhere = part.mapToGlobal(middle)
    buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    turned = QPoint(0, by)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(middle, everywhere, QPoint(), turned, buttons, keys, phase, False)
    QCoreApplication.sendEvent(part, event)


def _type(field: QLineEdit, letter: str) -> None:
    """QTest knows no letters but those of English."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        pressed = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter)
        QCoreApplication.sendEvent(field, pressed)


class Watch(QTimer):
    """Ends it: so long after the sync has brought or sent everything, or after a time without any."""

    def __init__(
        self, program: Program, is_over: Callable[[], bool], least_s: float, then: Callable[[], None]
    ) -> None:
        super().__init__(interval=100)
        self.seconds = 0.0
        self._program = program
        self._is_over = is_over
        self._least = least_s
        self._then = then
        self._began = QElapsedTimer()
        self._began.start()
        self._calm = QElapsedTimer()
        self.timeout.connect(self._on_look)

    def _on_look(self) -> None:
        lived = self._began.elapsed() / 1000
        if not self._calm.isValid() and self._is_over():
            self.seconds = lived
            self._calm.start()
        is_calm = self._calm.isValid() and self._calm.elapsed() > 1_500
        if (is_calm and lived > self._least) or lived > _LONGEST_SECONDS:
            self._then()


def watch(url: str, root: Path, *, syncs: bool, least_s: float, stacks: IO[str] | None) -> dict[str, object]:
    """Open the program on the person's profile and let both work."""
    app = QApplication([])
    tokens = Keyring()
    _, folder = sign_in_to(root, tokens, make_hub_backend, url, PLANNER, PASSWORD)
    crashes: list[str] = []
    program = Program(root, tokens, Theme(app), on_crashed=crashes.append)
    program.start(folder)
    assert program.open is not None
    program.window.resize(SIZE)  # a screen in memory is smaller than any real one
    workspace = program.open.workspace
    workspace.sync.work_offline(not syncs)
    probe = Probe(stacks)

    def is_over() -> bool:
        state = workspace.sync.state
        is_done = state.connection is Connection.ONLINE and not workspace.reader.tally().waiting
        return not syncs or (is_done and state.is_complete)

    person = Scripted(program, probe)
    ending = Watch(program, is_over, least_s, app.exit)
    FirstPaint(program.window).painted.connect(probe.start)  # when the sync begins
    for timer in (person, ending):
        timer.start()
    app.exec()
    for timer in (probe, person, ending):
        timer.stop()
    program.window.close()
    program.close()
    if crashes:
        raise RuntimeError(crashes[0])
    if not ending.seconds:
        raise RuntimeError("the sync did not come to its end")
    return {
        "gaps": probe.gaps,
        "long": probe.long,
        "seconds": ending.seconds,
        "done": person.done,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("root", type=Path)
    parser.add_argument("--without-sync", action="store_true")
    parser.add_argument("--least-seconds", type=float, default=0.0)
    parser.add_argument("--stacks", type=Path)
    given = parser.parse_args()
    stacks = given.stacks.open("w") if given.stacks else None
    found = watch(
        given.url, given.root, syncs=not given.without_sync, least_s=given.least_seconds, stacks=stacks
    )
    print(json.dumps(found))


if __name__ == "__main__":
    sys.exit(main())
