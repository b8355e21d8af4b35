"""The real program in a process of its own, at rest: what it holds in memory, and how much it works then.

It prints one JSON object. Without a server to sign in to, a profile is opened as it is, and stays offline.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from maintenance_desktop.opening import make_hub_backend, sign_in_to
from maintenance_desktop.program import Program
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.theme import Theme
from tests.bench.hubs import PASSWORD
from tests.bench.plant import PLANNER
from tests.bench.watched import SIZE, Keyring

_SETTLING_MS: Final = 3_000
_IDLE_MS: Final = 20_000
_SCREENS: Final = 300
_SCREEN_MS: Final = 25


class Steps:
    """Does one thing after the other; each says after how many milliseconds the next one comes."""

    def __init__(self, program: Program, then: Callable[[], None]) -> None:
        self.found: dict[str, float] = {}
        self._program = program
        self._then = then
        self._steps = self._all()
        self._timer = QTimer(singleShot=True)
        self._timer.timeout.connect(self._on_next)
        self._timer.start(0)

    def _on_next(self) -> None:
        wait = next(self._steps, None)
        if wait is None:
            self._then()
        else:
            self._timer.start(wait)

    def _all(self) -> Iterator[int]:
        window, state = self._program.window, lambda: self._program.open.workspace.sync.state
        while not window.work_orders.list.model.rowCount() or state().connection is Connection.SYNCING:
            yield 100
        yield _SETTLING_MS
        self.found["settled"] = _megabytes()
        window.work_orders.list.filters.chips["all"].click()
        yield _SETTLING_MS
        bar = window.work_orders.list.table.verticalScrollBar()
        for screen in range(_SCREENS + 1):
            bar.setValue(bar.maximum() * screen // _SCREENS)
            yield _SCREEN_MS
        yield _SETTLING_MS
        self.found["scrolled"] = _megabytes()
        self.found["rows"] = window.work_orders.list.model.rowCount()
        self.found["online"] = float(state().connection is Connection.ONLINE)
        worked, began = time.process_time(), time.perf_counter()
        yield _IDLE_MS
        self.found["idle"] = 100 * (time.process_time() - worked) / (time.perf_counter() - began)


def _megabytes() -> float:
    """What is in memory now, all of it: code, Qt, data, and what is mapped of files."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def rest(root: Path, folder: Path | None, url: str) -> dict[str, float]:
    app = QApplication([])
    tokens = Keyring()
    if folder is None:
        _, folder = sign_in_to(root, tokens, make_hub_backend, url, PLANNER, PASSWORD)
    crashes: list[str] = []
    program = Program(root, tokens, Theme(app), on_crashed=crashes.append)
    program.start(folder)
    program.window.resize(SIZE)
    steps = Steps(program, app.exit)
    app.exec()
    program.window.close()
    program.close()
    if crashes:
        raise RuntimeError(crashes[0])
    return steps.found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    print(json.dumps(rest(given.root, given.profile, given.url)))


if __name__ == "__main__":
    sys.exit(main())
