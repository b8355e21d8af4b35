"""A screen in memory, and a person at its keyboard."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from debian.root import wait_until

_PICTURE: Final = """
import sys
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
assert app.primaryScreen().grabWindow(0).save(sys.argv[1])
"""


class Screen:
    """An X server outside the root; programs inside reach it as they reach a person's."""

    def __init__(self) -> None:
        with _one_at_a_time():
            self._start()

    def _start(self) -> None:
        reading, writing = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-ac"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        self.display = f":{number}"
        self.socket = Path(f"/tmp/.X11-unix/X{number}")
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.socket))

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as in `ctrl+n`."""
        self._xdotool("key", "--clearmodifiers", "--delay", "40", *keys)

    def write(self, text: str) -> None:
        self._xdotool("type", "--clearmodifiers", "--delay", "15", text)

    def focus(self, title: str) -> None:
        """Wait for a window of that title and give it the keyboard."""
        found: list[str] = []

        def is_there() -> bool:
            found[:] = self._xdotool("search", "--onlyvisible", "--name", title, may_fail=True).split()
            return bool(found)

        wait_until(is_there, f"a window called {title}", 60)
        self._xdotool("windowfocus", "--sync", found[-1])

    def save(self, file: Path) -> None:
        """Take a picture of all that is shown."""
        environment = {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}
        subprocess.run([sys.executable, "-c", _PICTURE, file], env=environment, timeout=30, check=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _one_at_a_time():
            self._server.terminate()
            self._server.wait()

    def _xdotool(self, *words: str, may_fail: bool = False) -> str:
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(
            ["xdotool", *words], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert may_fail or done.returncode == 0, f"xdotool {words}: {done.stderr}"
        return done.stdout


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A server that ends takes the socket of its number away, also if another test has the number by then."""
    with Path(tempfile.gettempdir(), "maintenance-desktop-screens.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
