"""The preview: how what waits will fare, before any of it is sent and without the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.forecast import Forecast, Standing, forecast


class Standings(Protocol):
    """What the local copy knows of the records that edits are about."""

    def pending_edits(self) -> list[Edit]:
        """The queue, in order."""
        ...

    def standings(self, edits: Sequence[Edit], person_id: str) -> Mapping[str, Standing]:
        """By id: the records that these edits change, belong to and name, and the person."""
        ...


class Preview:
    """Tells how the queue will fare. `Preview(account, profile.reader).forecast()` is all there is to it."""

    def __init__(self, account: Account, standings: Standings) -> None:
        self._account = account
        self._standings = standings

    def forecast(self, *, is_complete: bool = True) -> Forecast:
        """How every edit in the queue will fare. `is_complete`: all that happened meanwhile is known here."""
        edits = self._standings.pending_edits()
        me = self._account.person_id
        known = self._standings.standings(edits, me)
        person = known.get(me)
        fields = (person.fields if person else None) or {}
        role = str(fields.get("role") or self._account.role)
        return forecast(edits, known, person_id=me, role=role, is_complete=is_complete)
