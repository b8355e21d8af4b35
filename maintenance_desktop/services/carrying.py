"""Carrying the queue to another computer: exported whole into one file, imported exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from maintenance_desktop.domain.carried import (
    Brought,
    Carried,
    CarriedEdit,
    UnusableFile,
    check_owner,
    sealed,
    unsealed,
)
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.services.ports import Clock
from maintenance_desktop.services.whole_file import WholeFile

_LARGEST: Final = 512 * 1024 * 1024
"""No queue is that large; whatever is was chosen by mistake and is not read into memory."""


class QueueStore(Protocol):
    """The queue as it leaves and arrives. Each call is one durable transaction; raises StorageTrouble."""

    def take_along(self, at: str) -> tuple[tuple[CarriedEdit, ...], str | None]:
        """Everything that waits, and the epoch; from now on each may have been sent from elsewhere."""
        ...

    def known(self, edit_ids: Iterable[str]) -> set[str]:
        """Those of these edits that are in the queue here, or ended here."""
        ...

    def bring(self, carried: Carried, at: str) -> Brought:
        """Queue what is not known here, behind all that waits here."""
        ...


@dataclass(frozen=True, slots=True)
class Import:
    """A file that can be imported; `new` is what is not known here yet."""

    carried: Carried
    new: tuple[CarriedEdit, ...]


class CarryingService:
    """Exports and imports what waits, always under the same person and server."""

    def __init__(self, account: Account, store: QueueStore, clock: Clock) -> None:
        self._account = account
        self._store = store
        self._clock = clock

    def export(self, path: Path) -> Carried:
        """Write everything that waits into one file. It stays in the queue, and cannot be changed any more.

        Raises NotWritten, StorageTrouble, NotSaved where nothing waits.
        """
        now = write_time(self._clock())
        with WholeFile(path) as file:  # where it cannot be written, nothing is marked
            edits, epoch = self._store.take_along(now)
            if not edits:
                raise NotSaved("Nothing waits, so there is nothing to export.")
            mine = self._account
            carried = Carried(mine.instance, mine.server_name, mine.person_id, mine.name, now, epoch, edits)
            file.finish(sealed(carried))
        return carried

    def read(self, path: Path) -> Import:
        """What a file would bring; nothing is changed. Raises UnusableFile."""
        try:
            if path.stat().st_size > _LARGEST:
                raise UnusableFile(f"{path.name} is too large to be exported waiting work.")
            data = path.read_bytes()
        except OSError as error:
            raise UnusableFile(f"{path.name} cannot be read: {error.strerror}.") from error
        carried = unsealed(data)
        check_owner(carried, self._account)
        known = self._store.known(item.edit.id for item in carried.edits)
        return Import(carried, tuple(item for item in carried.edits if item.edit.id not in known))

    def bring(self, chosen: Import) -> Brought:
        """Queue what is new in a file that was read. Raises StorageTrouble."""
        return self._store.bring(chosen.carried, write_time(self._clock()))
