"""Looking for an update, fetching it, and handing it over: the use cases, without a thread of their own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from maintenance_desktop.domain.updates import (
    Attempt,
    Found,
    Installation,
    Offer,
    Rules,
    UpdateCancelled,
    newest,
)
from maintenance_desktop.services.update_ports import FeedOpener, UpdateFeed, UpdateStore


class UpdateService:
    """Knows this copy of the program and what is newer. Calls raise UpdateTrouble and UpdateCancelled."""

    def __init__(self, open_feed: FeedOpener, store: UpdateStore, here: Installation, running: str) -> None:
        self._open_feed = open_feed
        self._store = store
        self._lock = threading.Lock()
        self._feed: UpdateFeed | None = None
        self._is_cancelled = False
        self.here = here
        self.running = running

    def check(self, rules: Rules) -> Found:
        """Look what there is, and forget older downloads."""
        with self._store.held(), self._opened(rules) as feed:
            offer = newest(feed.offers(), self.here, self.running, rules.channel)
            self._store.clean(offer)
            return Found(offer, offer is not None and self._store.is_whole(offer))

    def download(self, rules: Rules, offer: Offer, on_progress: Callable[[int], None]) -> Found:
        """Fetch the installer; when the feed has another one by now, answer that one, not fetched yet."""
        with self._store.held(), self._opened(rules) as feed:
            found = newest(feed.offers(), self.here, self.running, rules.channel)
            if found != offer:
                return Found(found)
            if not self._store.is_whole(offer):
                feed.fetch(offer, self._store.begin(offer), on_progress)
                self._store.keep(offer)
            return Found(offer, is_here=True)

    def verify(self, offer: Offer) -> Path:
        """The installer's file, compared once more with what was signed."""
        return self._store.verified(offer)

    def cancel(self) -> None:
        """End what is running, or what is about to. Thread-safe."""
        with self._lock:
            self._is_cancelled = True
            if self._feed is not None:
                self._feed.cancel()

    def allow(self) -> None:
        """What begins now was not cancelled."""
        with self._lock:
            self._is_cancelled = False

    def compare(self, offer: Offer, copy: Path) -> None:
        """See that a copy of the installer is what was signed."""
        self._store.compare(offer, copy)

    def remember(self, offer: Offer) -> None:
        """Write down that an update begins; the next start tells what became of it."""
        self._store.remember(Attempt(offer.version, self.running))

    def take_attempt(self) -> Attempt | None:
        """The update that was begun before this start, once."""
        return self._store.take_attempt()

    @contextlib.contextmanager
    def _opened(self, rules: Rules) -> Iterator[UpdateFeed]:
        feed = self._open_feed(rules, self._store.folder)
        with self._lock:
            self._feed = feed
            was_cancelled = self._is_cancelled
        try:
            if was_cancelled:
                raise UpdateCancelled
            yield feed
        finally:
            with self._lock:
                self._feed = None
            feed.close()
