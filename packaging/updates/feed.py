"""The folder of a feed: `metadata/`, signed after The Update Framework, and `targets/`, the installers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from securesystemslib.signer import Signer  # type: ignore[attr-defined]  # its __all__ is computed
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (  # type: ignore[attr-defined]  # its __all__ is computed
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from maintenance_desktop.domain.updates import LARGEST_INSTALLER, Platform
from maintenance_desktop.domain.versions import Version
from updates.keys import OFFLINE, ONLINE, KeyRing, KeyTrouble

ROLES: Final = (*OFFLINE, *ONLINE)
ROOT_DAYS: Final = 3 * 365
TARGETS_DAYS: Final = 365
ONLINE_DAYS: Final = 30
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_NUMBERED: Final = re.compile(r"(\d+)\.(root|targets|snapshot)\.json")


class FeedTrouble(Exception):
    """The feed cannot be changed like this; `str()` says why."""


class Feed:
    """One feed, as its publisher sees it. Every step leaves a feed that programs can read meanwhile."""

    def __init__(self, folder: Path, now: datetime | None = None) -> None:
        self.folder = folder
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"
        self._now = (now or datetime.now(UTC)).replace(microsecond=0)

    def create(self, signers: Mapping[str, Sequence[Signer]], days: int = ONLINE_DAYS) -> None:
        """Begin an empty feed with these keys. One key of a role is enough to sign for it."""
        if self._metadata.exists():
            raise FeedTrouble(f"There is a feed in {self.folder} already.")
        self._metadata.mkdir(parents=True)
        self._targets.mkdir(exist_ok=True)
        root = Root(expires=self._in_days(ROOT_DAYS), consistent_snapshot=True)
        for role in ROLES:
            for signer in signers[role]:
                root.add_key(signer.public_key, role)
        self._write(Metadata(root), "root", signers["root"])
        self._write(Metadata(Targets(expires=self._in_days(TARGETS_DAYS))), "targets", signers["targets"])
        self._publish(1, signers["snapshot"], signers["timestamp"], days)

    def add(self, installer: Path, name: str, custom: Mapping[str, str], ring: KeyRing) -> None:
        """Sign an installer. It is offered from the next `refresh` on."""
        if not _NAME.fullmatch(name):
            raise FeedTrouble(f"{name} is no name for an installer: letters, digits, dots and dashes are.")
        if not 0 < installer.stat().st_size <= LARGEST_INSTALLER:
            raise FeedTrouble(f"{installer} is empty, or larger than 2 GB.")
        targets = self._latest("targets")
        for path, other in targets.signed.targets.items():
            if path == name or (other.custom or {}) == custom:
                raise FeedTrouble(f"{path} is there already. Remove it first, or give another version.")
        target = TargetFile.from_file(name, str(installer))
        target.unrecognized_fields["custom"] = dict(custom)
        (signed_path,) = target.get_prefixed_paths()
        self._put(installer, self._targets / signed_path)
        targets.signed.targets[name] = target
        self._sign_again("targets", targets, ring)

    def remove(self, name: str, ring: KeyRing) -> None:
        """Withdraw an installer. Its file stays until nobody can be fetching it: delete it some day."""
        targets = self._latest("targets")
        if targets.signed.targets.pop(name, None) is None:
            raise FeedTrouble(f"There is no {name} in this feed.")
        self._sign_again("targets", targets, ring)

    def renew(self, ring: KeyRing) -> None:
        """Sign root and targets again, before they expire."""
        self._sign_again("root", self._latest("root"), ring)
        self._sign_again("targets", self._latest("targets"), ring)

    def replace_keys(self, role: str, fresh: Sequence[Signer], ring: KeyRing) -> None:
        """Let new keys count for a role and none of the old ones. Programs learn it from the new root."""
        root = self._latest("root")
        old = ring.signers("root", root.signed.roles["root"].keyids)
        if not old:
            raise KeyTrouble("The root key is not here. Only it can say which keys count.")
        for key_id in list(root.signed.roles[role].keyids):
            root.signed.revoke_key(key_id, role)
        for signer in fresh:
            root.signed.add_key(signer.public_key, role)
        root.signed.version += 1
        root.signed.expires = self._in_days(ROOT_DAYS)
        self._write(root, "root", [*old, *fresh] if role == "root" else old)
        if role == "targets":
            self._sign_again("targets", self._latest("targets", is_checked=False), ring)

    def refresh(self, ring: KeyRing, days: int = ONLINE_DAYS) -> None:
        """Offer the newest signed targets, and say that they are what is offered for some days more."""
        self._latest("targets")
        signers = {role: self._signers(role, ring) for role in ONLINE}
        self._publish(self._version("snapshot") + 1, signers["snapshot"], signers["timestamp"], days)

    def expiries(self) -> dict[str, datetime]:
        """Until when each part is believed."""
        read = {role: self._latest(role, is_checked=False) for role in ROLES}
        return {role: one.signed.expires for role, one in read.items()}

    def installers(self) -> list[tuple[str, Mapping[str, str], int]]:
        """Name, description and length of all that is signed."""
        targets = self._latest("targets").signed.targets
        return [(name, one.custom or {}, one.length) for name, one in sorted(targets.items())]

    def trusted_root(self) -> Path:
        """The file that the programs are given to believe this feed."""
        return self._path("root", self._version("root"))

    def _publish(
        self, version: int, snapshot_by: Sequence[Signer], timestamp_by: Sequence[Signer], days: int
    ) -> None:
        targets = self._version("targets")
        described = MetaFile.from_data(targets, self._path("targets", targets).read_bytes(), ["sha256"])
        snapshot = Snapshot(version, expires=self._in_days(days), meta={"targets.json": described})
        self._write(Metadata(snapshot), "snapshot", snapshot_by)
        described = MetaFile.from_data(version, self._path("snapshot", version).read_bytes(), ["sha256"])
        stamp = self._metadata / "timestamp.json"
        number = Metadata[Timestamp].from_file(str(stamp)).signed.version + 1 if stamp.exists() else 1
        timestamp = Timestamp(number, expires=self._in_days(days), snapshot_meta=described)
        self._write(Metadata(timestamp), "timestamp", timestamp_by)

    def _sign_again(self, role: str, part: Metadata[Any], ring: KeyRing) -> None:
        part.signed.version += 1
        part.signed.expires = self._in_days(ROOT_DAYS if role == "root" else TARGETS_DAYS)
        self._write(part, role, self._signers(role, ring))

    def _signers(self, role: str, ring: KeyRing) -> list[Any]:
        signers = ring.signers(role, self._latest("root").signed.roles[role].keyids)
        if not signers:
            raise KeyTrouble(f"No key for {role} is here that counts for this feed.")
        return signers

    def _latest(self, role: str, *, is_checked: bool = True) -> Metadata[Any]:
        path = self._path(role, self._version(role))
        try:
            part: Metadata[Any] = Metadata.from_file(str(path))
            if is_checked and role != "root":
                self._latest("root").signed.verify_delegate(role, part.signed_bytes, part.signatures)
        except RepositoryError as error:
            raise FeedTrouble(f"{path} is damaged, or not signed with the keys of this feed.") from error
        return part

    def _version(self, role: str) -> int:
        if role == "timestamp":
            return 0
        found = (_NUMBERED.fullmatch(path.name) for path in self._metadata.glob(f"*.{role}.json"))
        numbers = [int(name[1]) for name in found if name]
        if not numbers:
            raise FeedTrouble(f"There is no feed in {self.folder}; `init` makes one.")
        return max(numbers)

    def _path(self, role: str, version: int) -> Path:
        return self._metadata / ("timestamp.json" if role == "timestamp" else f"{version}.{role}.json")

    def _write(self, part: Metadata[Any], role: str, signers: Sequence[Signer]) -> None:
        for at, signer in enumerate(signers):
            part.sign(signer, append=at > 0)
        path = self._path(role, part.signed.version)
        new = path.with_name(path.name + ".new")
        new.write_bytes(part.to_bytes())
        new.replace(path)

    def _put(self, installer: Path, path: Path) -> None:
        new = path.with_name(path.name + ".new")
        shutil.copyfile(installer, new)
        new.replace(path)

    def _in_days(self, days: int) -> datetime:
        return self._now + timedelta(days=days)


def description(version: str, platform: str, channel: str = "") -> dict[str, str]:
    """What a program reads to know whether an installer is for it. Raises ValueError."""
    Version.read(version)
    described = {"version": version, "platform": Platform(platform).value}
    return {**described, "channel": channel} if channel else described
