"""Putting updates together: the feed, the files, what IT and the person decided, and the installer."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from maintenance_desktop import __version__
from maintenance_desktop.domain.updates import Offer, Policy, Rules, UpdateTrouble, rules
from maintenance_desktop.installation import Surroundings, installation
from maintenance_desktop.opening import now
from maintenance_desktop.services.ports import Clock
from maintenance_desktop.services.update_ports import UpdateFeed
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.services.updates import UpdateService
from maintenance_desktop.storage.machine_policy import machine_policy
from maintenance_desktop.storage.update_files import UpdateFiles
from maintenance_desktop.ui.icons import resource_path
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.update_settings import update_choice

if TYPE_CHECKING:
    from maintenance_desktop.installing import Starter

_log = logging.getLogger(__name__)

SHIPPED_ROOT: Final = "updates/root.json"
"""Where a package may have put, among its resources, what updates are checked with."""


class Updating:
    """Updates of this copy of the program, from looking for one to starting its installer."""

    def __init__(
        self,
        root: Path,
        *,
        arguments: Sequence[str] = (),
        seen: Surroundings | None = None,
        read_policy: Callable[[], Policy] = machine_policy,
        start: Starter | None = None,
        running: str = __version__,
        clock: Clock = now,
    ) -> None:
        """`arguments` are those that the program was started with, and will be again."""
        self._seen = seen or Surroundings()
        self._arguments = tuple(arguments)
        self._start = start
        self.settings = Settings(root / "settings.ini")
        self._read_policy = read_policy
        here = installation(self._seen)
        self._service = UpdateService(_open_feed, UpdateFiles(root / "updates"), here, running)
        self._wanted: Offer | None = None
        self.updates = Updates(self._service, self._rules, clock)

    def want(self, offer: Offer) -> None:
        """Install this one as soon as the program has closed."""
        self._wanted = offer

    def finish(self) -> None:
        """Start the installer that is wanted, if one is. Everything is saved and closed by now.

        There is no window left to say what goes wrong: the next start does.
        """
        from maintenance_desktop.installing import Installer  # most times nothing is installed

        offer = self._wanted
        if offer is None:
            return
        installer = Installer(self._service.here.kind, self._seen, self._arguments, self._start)
        try:
            file = self._service.verify(offer)
            self._service.remember(offer)
            installer.install(file, partial(self._service.compare, offer))
            _log.info("the installer of %s was started", offer.version)
        except UpdateTrouble as trouble:
            _log.error("%s was not installed: %s", offer.version, trouble)
            with contextlib.suppress(UpdateTrouble):
                self._service.remember(offer)
            with contextlib.suppress(OSError):
                installer.start_again()

    def _rules(self) -> Rules:
        shipped = resource_path(SHIPPED_ROOT)
        return rules(
            self._read_policy(), update_choice(self.settings), str(shipped) if shipped.is_file() else ""
        )


def _open_feed(rules: Rules, folder: Path) -> UpdateFeed:
    from maintenance_desktop.backends.update_feed import (
        open_feed,  # `tuf` is loaded on the thread that needs it
    )

    return open_feed(rules, folder)
