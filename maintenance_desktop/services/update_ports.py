"""The ports of updates: a feed of signed installers, and where they are kept on this computer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from maintenance_desktop.domain.updates import Attempt, Offer, Rules


class UpdateFeed(Protocol):
    """A place with signed updates. Calls raise UpdateTrouble and UpdateCancelled, and nothing else."""

    def offers(self) -> list[Offer]:
        """All installers in the newest signed metadata."""
        ...

    def fetch(self, offer: Offer, path: Path, on_progress: Callable[[int], None]) -> None:
        """Write the installer to `path`; what is there afterwards is what was signed."""
        ...

    def cancel(self) -> None:
        """End what is running. Thread-safe."""
        ...

    def close(self) -> None:
        """Give back what is open."""
        ...


FeedOpener = Callable[[Rules, Path], UpdateFeed]
"""Opens the feed that the rules name; it keeps its metadata in that folder. Raises UpdateTrouble."""


class UpdateStore(Protocol):
    """The folder of downloaded installers. Calls raise UpdateTrouble and nothing else."""

    @property
    def folder(self) -> Path: ...

    def held(self) -> AbstractContextManager[None]:
        """One program at a time looks after updates."""
        ...

    def begin(self, offer: Offer) -> Path:
        """An empty file to download into, where there is room for it."""
        ...

    def keep(self, offer: Offer) -> None:
        """What was downloaded is whole: give it its name."""
        ...

    def is_whole(self, offer: Offer) -> bool:
        """Whether the installer is here, to the last bit as it was signed."""
        ...

    def verified(self, offer: Offer) -> Path:
        """The installer, read through once more; deleted where it is not as it was signed."""
        ...

    def compare(self, offer: Offer, path: Path) -> None:
        """See that a copy of the installer is as it was signed."""
        ...

    def clean(self, offer: Offer | None) -> None:
        """Delete all installers but this one, as far as they can be deleted."""
        ...

    def remember(self, attempt: Attempt) -> None:
        """Write down that an update begins."""
        ...

    def take_attempt(self) -> Attempt | None:
        """The update that was begun before this start, once."""
        ...
