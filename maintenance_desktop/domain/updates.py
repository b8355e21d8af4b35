"""Updates of the program: where they are, which one is for this computer, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from maintenance_desktop.domain.addresses import BadAddress, is_web_address, web_address
from maintenance_desktop.domain.versions import Version, is_newer

LARGEST_INSTALLER: Final = 2**31 - 1
"""Nothing larger is an installer of ours, whoever signed it."""


class Kind(StrEnum):
    """How this copy of the program came here. All but the last two are written beside it by its package."""

    WINDOWS_USER = "windows-user"
    WINDOWS_MACHINE = "windows-machine"
    DEB = "deb"
    RPM = "rpm"
    APPIMAGE = "appimage"
    MACOS = "macos"
    FOLDER = "folder"
    SOURCE = "source"


class Platform(StrEnum):
    """What an installer is for, as the feed says it."""

    WINDOWS = "windows"
    APPIMAGE = "linux-appimage"
    DEB = "deb"
    RPM = "rpm"
    MACOS = "macos"


@dataclass(frozen=True, slots=True)
class Installation:
    """This copy of the program: how it came here, and whether it may put a newer one in its place."""

    kind: Kind
    platforms: frozenset[Platform]
    can_install: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """An installer in a feed, as its signed metadata describes it."""

    version: str
    platform: Platform
    name: str
    length: int
    sha256: str
    channel: str = ""


class Phase(StrEnum):
    """How far it is with updates."""

    OFF_BY_IT = "off_by_it"
    OFF = "off"
    NO_PLACE = "no_place"
    NO_ROOT = "no_root"
    NOT_CHECKED = "not_checked"
    CHECKING = "checking"
    UP_TO_DATE = "up_to_date"
    AVAILABLE = "available"
    DOWNLOADING = "downloading"
    READY = "ready"
    VERIFYING = "verifying"
    FAILED = "failed"


WORKING: Final = frozenset({Phase.CHECKING, Phase.DOWNLOADING, Phase.VERIFYING})
ON_OFFER: Final = frozenset({Phase.AVAILABLE, Phase.DOWNLOADING, Phase.READY, Phase.VERIFYING})


class Reason(StrEnum):
    """Why something with an update did not work."""

    POLICY_UNREADABLE = "policy_unreadable"
    BAD_PLACE = "bad_place"
    BAD_ROOT = "bad_root"
    UNREACHABLE = "unreachable"
    NO_FEED = "no_feed"
    NOT_SIGNED = "not_signed"
    ROLLED_BACK = "rolled_back"
    EXPIRED = "expired"
    DAMAGED = "damaged"
    DISK_FULL = "disk_full"
    DISK = "disk"
    IN_USE = "in_use"
    CHANGED_HERE = "changed_here"
    NOT_INSTALLED = "not_installed"
    BUG = "bug"


class UpdateTrouble(Exception):
    """An update was not found, fetched or handed over; nothing about the program has changed.

    `detail` is for the log and the tooltip, `reason` for the sentence.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class UpdateCancelled(Exception):
    """The person did not want to wait for it, or the program ends."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a feed has for this computer, and whether its installer is here already, whole."""

    offer: Offer | None
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """An update that was begun before the program closed."""

    version: str
    before: str


@dataclass(frozen=True, slots=True)
class UpdateState:
    """The state at one moment. `checked_at` is in wire form, empty when never."""

    phase: Phase = Phase.NOT_CHECKED
    offer: Offer | None = None
    checked_at: str = ""
    done: int = 0
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the plant's IT decided for this computer; None where it leaves it to the person."""

    on: bool | None = None
    location: str | None = None
    root: str | None = None
    channel: str | None = None
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person chose in the settings."""

    on: bool = True
    location: str = ""
    root: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds: IT first, then the person, then what came with the program."""

    on: bool
    location: str
    root: str
    channel: str = ""
    on_by_it: bool = False
    location_by_it: bool = False
    root_by_it: bool = False
    is_readable: bool = True

    @property
    def phase(self) -> Phase:
        """Where it stands before anybody looked for an update."""
        if not self.is_readable:
            return Phase.FAILED
        if not self.on:
            return Phase.OFF_BY_IT if self.on_by_it else Phase.OFF
        if not self.location:
            return Phase.NO_PLACE
        return Phase.NOT_CHECKED if self.root else Phase.NO_ROOT


def rules(policy: Policy, choice: Choice, shipped_root: str = "") -> Rules:
    """Put policy, choice and what is shipped together. A place of IT is never believed by a person's root."""
    if not policy.is_readable:
        return Rules(on=False, location="", root="", on_by_it=True, is_readable=False)
    location_by_it, root_by_it = policy.location is not None, policy.root is not None
    own_root = "" if location_by_it else choice.root
    return Rules(
        on=choice.on if policy.on is None else policy.on,
        location=choice.location if policy.location is None else policy.location,
        root=(own_root or shipped_root) if policy.root is None else policy.root,
        channel=policy.channel or "",
        on_by_it=policy.on is not None,
        location_by_it=location_by_it,
        root_by_it=root_by_it,
    )


def feed_location(typed: str) -> str:
    """The one form of a feed's place: an https address, or the whole path of a folder. Raises BadAddress."""
    text = typed.strip().strip("\"'").strip()
    if not text:
        raise BadAddress("Enter the folder or the address where the updates are.")
    if is_web_address(text):
        return web_address(text)
    if "\0" in text or not PurePath(text).is_absolute():
        raise BadAddress("Enter the whole path of the folder, or an address that starts with https://.")
    return text


def newest(offers: Iterable[Offer], here: Installation, running: str, channel: str = "") -> Offer | None:
    """The newest installer for this computer; None where none is newer than what runs."""
    channels = {"", "stable", channel}
    fitting = [
        offer
        for offer in offers
        if offer.platform in here.platforms and offer.channel in channels and is_newer(offer.version, running)
    ]
    return max(fitting, key=lambda offer: (Version.read(offer.version), offer.name), default=None)
