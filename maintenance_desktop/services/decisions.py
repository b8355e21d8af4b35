"""Decisions: what the person answers to a conflict or an error."""

from __future__ import annotations

from random import Random
from typing import Protocol

from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.trouble import Outdated
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.services.ports import Clock

__all__ = ["DecisionService", "Outdated"]


class DecisionStore(Protocol):
    """Where answers are kept. Each call is one durable transaction; raises Outdated, StorageTrouble."""

    def overwrite(self, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
        """Queue base + mine against `version`, the one on screen; the old chain is replaced by it."""
        ...

    def discard(self, edit_id: str, at: str) -> list[Edit]:
        """Drop a conflicted chain and what depends on it into the history; what ended."""
        ...

    def acknowledge(self, edit_id: str, at: str) -> list[Edit]:
        """Drop a refused edit and what depends on it into the history; what ended."""
        ...


class DecisionService:
    """The three answers. Each returns when it is on disk; a round carries it out."""

    def __init__(self, store: DecisionStore, clock: Clock, random: Random) -> None:
        self._store = store
        self._clock = clock
        self._random = random

    def overwrite(self, edit_id: str, version_on_screen: int) -> Edit:
        """Send my whole version. Raises Outdated when the server's copy on screen is no longer the newest."""
        now = self._clock()
        return self._store.overwrite(edit_id, version_on_screen, new_id(now, self._random), write_time(now))

    def discard(self, edit_id: str) -> list[Edit]:
        """Keep theirs and drop mine."""
        return self._store.discard(edit_id, write_time(self._clock()))

    def acknowledge(self, edit_id: str) -> list[Edit]:
        """Okay: I have read why it can't be done."""
        return self._store.acknowledge(edit_id, write_time(self._clock()))
