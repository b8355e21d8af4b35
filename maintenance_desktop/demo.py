"""The demo: a hub as a child process, a network that can be switched off, and a colleague who interferes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from filelock import FileLock, Timeout

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.outcomes import (
    Changes,
    Conflicted,
    Outcome,
    Rejected,
    ServerInfo,
    SignedIn,
    Unreachable,
)
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub.demo_people import COLLEAGUE_PASSWORD, COLLEAGUE_USER
from maintenance_desktop.services.ports import Backend, Clock

_CHANGED_TEXT: Final = "Seen on the evening round: bearing seized, pump isolated and locked out."


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


class SwitchedBackend:
    """A back end whose network cable can be pulled. Everything else is the real one."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._is_cut = threading.Event()

    @property
    def is_connected(self) -> bool:
        return not self._is_cut.is_set()

    def connect(self, on: bool) -> None:
        """Plug the cable in or pull it; a waiting call is cut."""
        if on:
            self._is_cut.clear()
        else:
            self._is_cut.set()
            self._backend.interrupt()

    def info(self) -> ServerInfo:
        self._check()
        return self._backend.info()

    def sign_in(self, username: str, password: str) -> SignedIn:
        self._check()
        return self._backend.sign_in(username, password)

    def use_token(self, token: str | None) -> None:
        self._backend.use_token(token)

    def sign_out(self) -> None:
        self._check()
        self._backend.sign_out()

    def push(self, edits: Sequence[Edit], sent_at: datetime) -> list[Outcome]:
        self._check()
        return self._backend.push(edits, sent_at)

    def changes(self, cursor: str | None, *, limit: int = 5_000) -> Iterator[Changes]:
        for piece in self._backend.changes(cursor, limit=limit):
            self._check()
            yield piece

    def wait_for_change(self, cursor: str, seconds: float) -> bool:
        self._check()
        return self._backend.wait_for_change(cursor, seconds)

    def interrupt(self) -> None:
        self._backend.interrupt()

    def close(self) -> None:
        self._backend.close()

    def _check(self) -> None:
        if self._is_cut.is_set():
            raise Unreachable("The demo's network is switched off (menu Demo).")


class Colleague:
    """A second person on the same hub, with a connection of their own that is never switched off."""

    def __init__(self, url: str, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._url = url
        self._clock = clock
        self._random = Random()

    def change(self, work_order_id: str) -> str:
        """Write into the description; the colleague's name. Raises RemoteError, DemoFailed."""
        return self._update(work_order_id, {"description": _CHANGED_TEXT})

    def complete(self, work_order_id: str) -> str:
        """Complete the work order; the colleague's name. Raises RemoteError, DemoFailed."""
        notes = "Done by the late shift."
        return self._update(work_order_id, {"status": "completed", "completion_notes": notes})

    def _update(self, work_order_id: str, patch: Fields) -> str:
        backend = HubBackend(self._url, device_name="demo colleague")
        try:
            signed_in = backend.sign_in(COLLEAGUE_USER, COLLEAGUE_PASSWORD)
            backend.use_token(signed_in.token)
            # whoever names an old version is told the newest one; fields that are not sent stay as they are
            outcome = self._push(backend, work_order_id, 1, patch)
            while isinstance(outcome, Conflicted) and outcome.server.record is not None:
                outcome = self._push(backend, work_order_id, outcome.server.version, patch)
            if isinstance(outcome, Conflicted):
                raise DemoFailed("This work order was deleted on the server.")
            if isinstance(outcome, Rejected):
                raise DemoFailed(outcome.refusal.message)
            backend.sign_out()
            return str(signed_in.person.get("name"))
        finally:
            backend.close()

    def _push(self, backend: Backend, work_order_id: str, version: int, patch: Fields) -> Outcome:
        now = self._clock()
        edit = Edit(
            id=new_id(now, self._random),
            kind=EditKind.UPDATE,
            type="work_order",
            record_id=work_order_id,
            mine=patch,
            made_at=write_time(now),
            base_version=version,
        )
        (outcome,) = backend.push([edit], now)
        return outcome
