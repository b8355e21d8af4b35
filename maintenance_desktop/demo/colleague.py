"""The demo's colleague, who interferes."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.demo.server import DemoFailed
from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.outcomes import Conflicted, Outcome, Rejected
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub.demo_people import COLLEAGUE_PASSWORD, COLLEAGUE_USER
from maintenance_desktop.services.ports import Backend, Clock

_CHANGED_TEXT: Final = "Seen on the evening round: bearing seized, pump isolated and locked out."


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
