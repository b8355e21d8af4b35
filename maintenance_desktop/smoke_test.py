"""`--smoke-test`: the installed program does by itself what a person does first, and writes down how it went.

Makers of packages and IT run it, on a server made for that: it leaves a work order there.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QEvent, QObject, QTimer, Slot, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from maintenance_desktop import __version__
from maintenance_desktop.program import Program
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.sign_in_form import SignInForm

_LOOK_EVERY_MS: Final = 20

Step = tuple[str, Callable[[], bool]]
"""What is waited for, in words, and whether it is so."""


class BadJob(Exception):
    """The file given to `--smoke-test` is none; `str()` is a sentence."""


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do. `report` is the file to write; `started` when the process was started, in Unix seconds."""

    server: str
    username: str
    password: str
    title: str
    report: str
    started: float = 0


def read_job(file: Path) -> Job:
    """Raises BadJob."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Job)
    except OSError as error:
        raise BadJob(f"{file} cannot be read: {error.strerror}.") from error
    except msgspec.MsgspecError as error:
        raise BadJob(f"{file} is no smoke test: {error}.") from error


class SmokeTest(QObject):
    """Signs in, downloads, creates a work order in the window, sees it on the server, ends the program."""

    def __init__(self, app: QApplication, program: Program, job: Job, patience_s: float = 60.0) -> None:
        super().__init__()
        self._patience_s = patience_s
        self._app = app
        self._program = program
        self._job = job
        self._painted_at = 0.0
        self._done: list[tuple[str, float]] = []
        self._steps = self._walk()
        self._step: Step = next(self._steps)
        self._deadline = time.monotonic() + self._patience_s
        self.failure = ""
        self._app.installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._on_look)
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when the first window is painted."""
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            self._painted_at = time.time()
            self._app.removeEventFilter(self)
        return False

    def report(self) -> int:
        """Write the report once the program has ended; the exit code."""
        is_ok = not self.failure and not self._timer.isActive()
        since = self._job.started
        content = {
            "ok": is_ok,
            "failure": self.failure,
            "version": __version__,
            "first_paint_ms": round((self._painted_at - since) * 1000)
            if since and self._painted_at
            else None,
            "steps": [{"done": words, "at": round(at, 3)} for words, at in self._done],
            "python": platform.python_version(),
            "qt": qVersion(),
            "screen": QGuiApplication.platformName(),
            "program": sys.executable,
        }
        Path(self._job.report).write_bytes(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
        return 0 if is_ok else 1

    def _walk(self) -> Iterator[Step]:
        """What a person does, step by step; each is waited for before the next."""
        yield "a window is on screen", lambda: self._painted_at > 0
        yield "signed in, or asked to", lambda: self._form() is not None or self._is_online()
        form = self._form()
        if form is not None:  # none where an earlier smoke test signed in on the same data, and it was kept
            form.fill_in(self._job.server, self._job.username)
            form.password.setText(self._job.password)
            form.sign_in_button.click()
        yield "signed in and downloaded", self._is_online
        window = self._program.window
        if window is None:  # closed by somebody between two looks
            yield "the window stays open", lambda: False
            return
        page = window.work_orders
        page.new_work_order()
        page.new_form.form.enter("title", self._job.title)
        page.new_form.save_button.click()
        yield "the work order is on screen", lambda: page.current_id is not None
        yield "the server has it", lambda: self._has_server(page.current_id or "")

    def _form(self) -> SignInForm | None:
        window = self._program.sign_in_window
        return window.form if window is not None and window.isVisible() else None

    def _is_asked(self) -> bool:
        asking = self._program.sign_in_window
        return asking is not None and asking.isVisible()

    def _is_online(self) -> bool:
        if self._program.open is None:
            return False
        state = self._program.open.workspace.sync.state
        return state.is_complete and state.connection is Connection.ONLINE

    def _has_server(self, record_id: str) -> bool:
        if self._program.open is None:
            return False
        view = self._program.open.workspace.reader.record("work_order", record_id)
        return view is not None and view.server is not None and not view.edits

    @Slot()
    def _on_look(self) -> None:
        words, is_so = self._step
        if is_so():
            self._done.append((words, time.time()))
            self._deadline = time.monotonic() + self._patience_s
            following = next(self._steps, None)
            if following is None:
                self._end()
            else:
                self._step = following
        elif time.monotonic() > self._deadline:
            self.failure = f"This did not happen within {self._patience_s:.0f} s: {words}. {self._shown()}"
            self._end()

    def _shown(self) -> str:
        windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        titles = [one.windowTitle() or one.objectName() for one in windows]
        problems = [
            label.text()
            for one in windows
            for label in one.findChildren(QLabel)
            if label.text().startswith("✕")
        ]
        return "On screen: " + "; ".join([*titles, *problems])

    def _end(self) -> None:
        self._timer.stop()
        if self._program.window is not None and not self.failure:
            self._program.window.close()
        else:
            self._app.exit()  # `quit` asks the windows, and one that signs in or has typing in it says no
