"""A plant's IT that publishes updates, and a computer that looks for them."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from maintenance_desktop.backends.update_feed import open_feed
from maintenance_desktop.domain.updates import (
    Choice,
    Found,
    Installation,
    Kind,
    Offer,
    Platform,
    Policy,
    rules,
)
from maintenance_desktop.services.updates import UpdateService
from maintenance_desktop.storage.update_files import UpdateFiles

sys.path.insert(0, str(Path(__file__).parents[2] / "packaging"))

from updates.feed import Feed, description
from updates.keys import KeyRing, key_files, make_key

RUNNING = "0.1.0"
INSTALLER = b"MZ" + bytes(range(256)) * 2000
WINDOWS = Installation(Kind.WINDOWS_USER, frozenset({Platform.WINDOWS}), can_install=True)


def no_passphrase(name: str) -> str:
    raise AssertionError(f"asked for the passphrase of {name}")


class It:
    """Publishes into one folder with the keys in another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.feed_folder = folder / "feed"
        self.ring = KeyRing([folder / "keys"], no_passphrase)

    @property
    def root(self) -> Path:
        """What the computers were given at the beginning."""
        return self.feed_folder / "metadata" / "1.root.json"

    def feed(self, now: datetime | None = None) -> Feed:
        return Feed(self.feed_folder, now or datetime.now(UTC))

    def begins(self, now: datetime | None = None) -> It:
        signers = {
            role: [make_key(path) for path in key_files(self.folder / "keys", role, role)]
            for role in ("root", "targets", "snapshot", "timestamp")
        }
        self.feed(now).create(signers)
        return self

    def publishes(
        self,
        version: str,
        content: bytes = INSTALLER,
        *,
        platform: str = "windows",
        channel: str = "",
        now: datetime | None = None,
    ) -> Path:
        """The installer's file in the feed."""
        self.folder.mkdir(exist_ok=True)
        installer = self.folder / f"setup-{version}-{platform}.exe"
        installer.write_bytes(content)
        feed = self.feed(now)
        feed.add(installer, installer.name, description(version, platform, channel), self.ring)
        feed.refresh(self.ring)
        (path,) = (self.feed_folder / "targets").glob(f"*{installer.name}")
        return path

    def replaces_keys(self, role: str) -> None:
        fresh = [make_key(path) for path in self.ring.free_names(role)]
        self.feed().replace_keys(role, fresh, self.ring)
        self.feed().refresh(self.ring)

    def metadata(self, name: str) -> Path:
        return self.feed_folder / "metadata" / name

    def copied_to(self, folder: Path) -> It:
        shutil.copytree(self.folder, folder)
        return It(folder)


class Computer:
    """One computer: the folder of its updates, and what it trusts."""

    def __init__(
        self, folder: Path, *, here: Installation = WINDOWS, running: str = RUNNING, free=None
    ) -> None:
        self.files = UpdateFiles(folder / "updates", free)
        self.service = UpdateService(open_feed, self.files, here, running)
        self.progress: list[int] = []

    def looks(self, location: object, root: Path, channel: str | None = None) -> Found:
        return self.service.check(self.rules(location, root, channel))

    def downloads(self, location: object, root: Path, offer: Offer) -> Found:
        return self.service.download(self.rules(location, root), offer, self.progress.append)

    def rules(self, location: object, root: Path, channel: str | None = None):
        return rules(Policy(channel=channel), Choice(location=str(location), root=str(root)))
