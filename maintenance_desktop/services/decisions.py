"""Decisions: what the person answers to a conflict or an error."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.combining import combination
from maintenance_desktop.domain.edits import Edit, Way
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.trouble import Outdated
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import ConflictView
from maintenance_desktop.services.ports import Clock

__all__ = ["DecisionService", "Outdated"]


class DecisionStore(Protocol):
    """Where answers are kept. Each call is one durable transaction; raises Outdated, StorageTrouble."""

    def overwrite(self, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
        """Queue base + mine against `version`, the one on screen; the old chain is replaced by it."""
        ...

    def combine(self, chain: Sequence[Edit], record: Fields, replacement_id: str, at: str, way: Way) -> Edit:
        """Queue `record` as what stays of both; it replaces `chain`, which has to be what is on screen."""
        ...

    def resend(self, edit_id: str, newer: Edit, first: Sequence[Edit], at: str) -> Edit:
        """Queue `newer` in place of a refused edit, and the creates `first` before it."""
        ...

    def send_anyway(self, edit_id: str) -> Edit:
        """Let a held edit go."""
        ...

    def discard(self, edit_id: str, at: str) -> list[Edit]:
        """Drop a conflicted chain and what depends on it into the history; what ended."""
        ...

    def acknowledge(self, edit_id: str, at: str, also: Sequence[Edit] = ()) -> list[Edit]:
        """Drop a refused edit and what depends on it into the history, queue `also`; what ended."""
        ...

    def not_again(self, edit_id: str, at: str) -> None:
        """Offer an acknowledged refusal no more."""
        ...


class DecisionService:
    """The answers to conflicts, and *Okay*. Each returns when it is on disk; a round carries it out."""

    def __init__(self, account: Account, store: DecisionStore, clock: Clock, random: Random) -> None:
        self._account = account
        self._store = store
        self._clock = clock
        self._random = random

    def overwrite(self, edit_id: str, version_on_screen: int) -> Edit:
        """Send my whole version. Raises Outdated when the server's copy on screen is no longer the newest."""
        now = self._clock()
        return self._store.overwrite(edit_id, version_on_screen, new_id(now, self._random), write_time(now))

    def combine(self, view: ConflictView, chosen: Fields, *, way: Way = Way.COMBINE) -> Edit:
        """Send theirs where I changed nothing and mine where they did not; `chosen` where both changed.

        Raises Outdated when what is on screen is no longer the newest of both, Undecided when `chosen`
        lacks a field, InvalidInput when the server would refuse what comes out, StorageTrouble.
        """
        record = combination(view, chosen, self._account.role)
        now = self._clock()
        return self._store.combine(view.chain, record, new_id(now, self._random), write_time(now), way)

    def send_anyway(self, edit_id: str) -> Edit:
        """Let go what was held because it looks like work that is done or planned already."""
        return self._store.send_anyway(edit_id)

    def discard(self, edit_id: str) -> list[Edit]:
        """Keep theirs and drop mine."""
        return self._store.discard(edit_id, write_time(self._clock()))

    def acknowledge(self, edit_id: str) -> list[Edit]:
        """Okay: I have read why it can't be done."""
        return self._store.acknowledge(edit_id, write_time(self._clock()))
