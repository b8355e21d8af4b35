"""Starts programs: a process that has loaded everything and forks, as loading takes far longer than living.

`python -m tests.soak.processes.nursery` is the process, `Nursery` is how to talk to it. Only it kills its
children, so that no number of theirs can belong to somebody else by then.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import traceback
from itertools import count
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[3]
_NO_KEYRING: Final = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


class Child:
    """A client's process, as far as it is known here."""

    def __init__(self, nursery: Nursery, number: int) -> None:
        self._nursery, self._number = nursery, number
        self.is_up = threading.Event()
        """It has begun to work."""
        self.has_ended = threading.Event()
        self.code: int | None = None

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL

    def kill(self) -> None:
        self._nursery.tells(kill=self._number)

    def asks_to_end(self) -> None:
        self._nursery.tells(end=self._number)


class Nursery:
    """A running nursery. Its children end with it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.processes.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT, env={**os.environ, **_NO_KEYRING},
        )  # fmt: skip
        self._numbers = count(1)
        self._children: dict[int, Child] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._hears, name="nursery", daemon=True)
        self._thread.start()

    def starts(self, what: dict[str, Any]) -> Child:
        """A new process doing that: see `client.main`."""
        with self._lock:
            number = next(self._numbers)
            child = self._children[number] = Child(self, number)
        self.tells(start=number, what=what)
        return child

    def tells(self, **order: Any) -> None:
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    def closes(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._thread.join()
        self._process.stdout.close()

    def _hears(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            child = self._children[told["n"]]
            child.is_up.set()
            if "code" in told:
                child.code = told["code"]
                child.has_ended.set()
                del self._children[told["n"]]


def reports(to: int, **told: int) -> None:
    """Tell those who talk to the nursery how it is with a child."""
    os.write(to, json.dumps(told).encode() + b"\n")


class _Nurse:
    """Inside the process."""

    def __init__(self) -> None:
        self._reports = os.dup(1)
        self._ear, bell = os.pipe()
        os.set_blocking(bell, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=False)
        self._children: dict[int, int] = {}

    def runs(self) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(0, selectors.EVENT_READ)
            ready.register(self._ear, selectors.EVENT_READ)
            heard = b""
            while True:
                for key, _ in ready.select():
                    found = os.read(key.fd, 65536)
                    if key.fd == self._ear:
                        self._buries()
                        continue
                    if not found:
                        self._ends_all()
                        return
                    *orders, heard = (heard + found).split(b"\n")
                    for order in orders:
                        self._obeys(json.loads(order))

    def _obeys(self, order: dict[str, Any]) -> None:
        if "start" in order:
            pid = os.fork()
            if not pid:
                self._becomes(order)
            self._children[order["start"]] = pid
        else:
            signs = {"kill": signal.SIGKILL, "end": signal.SIGTERM}
            ((what, number),) = order.items()
            if number in self._children:
                os.kill(self._children[number], signs[what])

    def _buries(self) -> None:
        for number, pid in list(self._children.items()):
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                del self._children[number]
                reports(self._reports, n=number, code=os.waitstatus_to_exitcode(status))

    def _ends_all(self) -> None:
        for pid in self._children.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _becomes(self, order: dict[str, Any]) -> None:
        """Never returns: this is the child."""
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            what = order["what"]
            os.environ.update(what.get("environment", {}))
            for descriptor, name in ((0, os.devnull), (1, what["out"]), (2, what["err"])):
                opened = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND)
                os.dup2(opened, descriptor)
                os.close(opened)
            if what.get("afresh"):
                os.set_inheritable(self._reports, True)
                what["reports"] = self._reports, order["start"]
                os.execv(sys.executable, [sys.executable, "-m", *_command(what)])
            if what["kind"] == "hub":
                code = hub.main(what["words"])
            else:
                code = client.main(what, lambda: reports(self._reports, n=order["start"]))
        except BaseException:
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(code)


def _command(what: dict[str, Any]) -> list[str]:
    """How Python is told to be the same program from the beginning."""
    if what["kind"] == "hub":
        return ["maintenance_desktop.hub", *what["words"]]
    return ["tests.soak.processes.client", json.dumps(what)]


if __name__ == "__main__":
    # Loaded before the first child is born, and not by those who only talk to this process
    import maintenance_desktop.hub.serving  # noqa: F401
    from maintenance_desktop.hub import cli as hub
    from tests.soak.processes import client

    _Nurse().runs()
