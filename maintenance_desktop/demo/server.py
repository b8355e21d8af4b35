"""The demo's hub, as a child process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from filelock import FileLock, Timeout


class DemoFailed(Exception):
    """The demo hub did not start; `str()` is a sentence for the person."""


class DemoHub:
    """The hub's process. It ends with this one, however that ends: it watches its standard input."""

    def __init__(self, folder: Path) -> None:
        """Start it on the plant in `folder`, which is made there the first time. Raises DemoFailed."""
        self._lock = FileLock(f"{folder}.lock", timeout=0)
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise DemoFailed(
                "The demo is open in another window already. Use that one, or close it first."
            ) from error
        except OSError as error:
            raise DemoFailed(f"The folder {folder.parent} cannot be written: {error.strerror}.") from error
        command = [sys.executable, "-m", "maintenance_desktop.hub.demo", "--data", str(folder)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        except OSError as error:
            self._lock.release()
            raise DemoFailed(f"The demo server could not be started: {error.strerror}.") from error
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith("listening on "):
            self.stop()
            raise DemoFailed(
                "The demo server did not start. Install the program with its hub: pip install '.[hub]'."
            )
        self.url = line.removeprefix("listening on ").strip()

    def stop(self) -> None:
        """End it and wait for it."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._lock.release()
