"""The demo's network, which can be switched off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.ledger import ChoiceReport, LedgerPage
from maintenance_desktop.domain.outcomes import (
    Changes,
    Lines,
    Outcome,
    ServerInfo,
    SignedIn,
    Snapshot,
    Unreachable,
)
from maintenance_desktop.services.ports import Backend


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

    def changes(
        self, cursor: str | None, *, limit: int = 5_000, within: float | None = None
    ) -> Iterator[Changes]:
        for piece in self._backend.changes(cursor, limit=limit, within=within):
            self._check()
            yield piece

    def lines(self, cursor: str | None, *, limit: int = 5_000) -> Iterator[Lines]:
        for piece in self._backend.lines(cursor, limit=limit):
            self._check()
            yield piece

    def fetch_snapshot(
        self,
        layout: int,
        folder: Path,
        on_bytes: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> Snapshot | None:
        self._check()

        def count(done: int, total: int) -> None:
            self._check()
            on_bytes(done, total)

        return self._backend.fetch_snapshot(layout, folder, count, should_stop)

    def tell_choices(self, choices: Sequence[ChoiceReport], sent_at: datetime) -> None:
        self._check()
        self._backend.tell_choices(choices, sent_at)

    def ledger(self, *, before: int | None = None, record_id: str | None = None) -> LedgerPage:
        self._check()
        return self._backend.ledger(before=before, record_id=record_id)

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
