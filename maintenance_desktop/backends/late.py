"""A back end that is made when it is first used, by the thread that uses it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from maintenance_desktop.domain.addresses import normal_address
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

if TYPE_CHECKING:
    from maintenance_desktop.backends.hub import HubBackend


class LateHub:
    """The hub at an address, with nothing of HTTP loaded before the first call.

    requests and what it stands on take longer to load than a window takes to open.
    """

    def __init__(self, address: str, make: Callable[[str], HubBackend] | None = None) -> None:
        """Raises BadAddress."""
        self._address = normal_address(address)
        self._make = make or _make_hub
        self._making = threading.Lock()
        self._marks = threading.Lock()
        self._hub: HubBackend | None = None
        self._is_interrupted = False
        self._is_closed = False

    def info(self) -> ServerInfo:
        return self._made().info()

    def sign_in(self, username: str, password: str) -> SignedIn:
        return self._made().sign_in(username, password)

    def use_token(self, token: str | None) -> None:
        self._made().use_token(token)

    def sign_out(self) -> None:
        self._made().sign_out()

    def push(self, edits: Sequence[Edit], sent_at: datetime) -> list[Outcome]:
        return self._made().push(edits, sent_at)

    def changes(
        self, cursor: str | None, *, limit: int = 5_000, within: float | None = None
    ) -> Iterator[Changes]:
        return self._made().changes(cursor, limit=limit, within=within)

    def lines(self, cursor: str | None, *, limit: int = 5_000) -> Iterator[Lines]:
        return self._made().lines(cursor, limit=limit)

    def fetch_snapshot(
        self,
        layout: int,
        folder: Path,
        on_bytes: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> Snapshot | None:
        return self._made().fetch_snapshot(layout, folder, on_bytes, should_stop)

    def tell_choices(self, choices: Sequence[ChoiceReport], sent_at: datetime) -> None:
        self._made().tell_choices(choices, sent_at)

    def ledger(self, *, before: int | None = None, record_id: str | None = None) -> LedgerPage:
        return self._made().ledger(before=before, record_id=record_id)

    def wait_for_change(self, cursor: str, seconds: float) -> bool:
        return self._made().wait_for_change(cursor, seconds)

    def interrupt(self) -> None:
        """As the hub's own; one that is not there yet is interrupted as soon as it is."""
        with self._marks:
            made, self._is_interrupted = self._hub, self._hub is None
        if made is not None:
            made.interrupt()

    def close(self) -> None:
        """As the hub's own; one that is not there yet is not called any more."""
        with self._marks:
            made, self._is_closed = self._hub, self._hub is None
        if made is not None:
            made.close()

    def _made(self) -> HubBackend:
        with self._making:
            if self._hub is None and not self._is_closed:
                made = self._make(self._address)
                with self._marks:
                    self._hub, is_interrupted = made, self._is_interrupted
                if is_interrupted:
                    made.interrupt()
            if self._hub is None or self._is_closed:
                raise Unreachable("This was stopped before the server was asked.")
            return self._hub


def _make_hub(address: str) -> HubBackend:
    from maintenance_desktop.backends.hub import HubBackend

    return HubBackend(address)
