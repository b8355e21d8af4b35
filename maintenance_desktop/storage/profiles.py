"""Profiles: one folder for each server and person, opened by one program at a time."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from maintenance_desktop import disk
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.trouble import ProfileTrouble, StorageTrouble
from maintenance_desktop.domain.wire import UnreadableJson, decode, encode
from maintenance_desktop.storage.answers import Answers
from maintenance_desktop.storage.cache import CacheFiles
from maintenance_desktop.storage.carrying import QueueCarrier
from maintenance_desktop.storage.ledger import LedgerFile
from maintenance_desktop.storage.looking import waiting_in
from maintenance_desktop.storage.mending import NOTICE, open_work
from maintenance_desktop.storage.outbox import Outbox
from maintenance_desktop.storage.reader import ProfileReader
from maintenance_desktop.storage.saving import EditSaver
from maintenance_desktop.storage.view import View

_ACCOUNT: Final = "profile.json"
_WORK: Final = "work.db"


@dataclass(frozen=True, slots=True)
class ProfileSummary:
    """A profile that can be opened: whose it is, and what waits in it."""

    path: Path
    account: Account
    waiting: int


class Profile:
    """An open profile. `notices` are sentences the person has to be told once."""

    def __init__(self, path: Path, now: datetime, *, patience: float = 0) -> None:
        """Open; another program has `patience` seconds to close it. Raises ProfileTrouble, StorageTrouble."""
        self.path = path
        self._lock = FileLock(path / "profile.lock", timeout=patience)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise ProfileTrouble(
                "This profile is open in another window or in maintenance-cli, perhaps on another computer. "
                "Close that one and try again."
            ) from error
        except OSError as error:
            raise ProfileTrouble(
                f"The folder {path} cannot be written. Ask your IT to check its rights."
            ) from error
        self.notices: list[str] = []
        with contextlib.ExitStack() as opened:
            opened.callback(self._lock.release)
            self.account = read_account(path)
            self._work = open_work(path, now)
            opened.callback(self._work.close)
            self._check_identity()
            self.cache = CacheFiles(path, self._work)
            opened.callback(self.cache.close)
            self._take_notices()
            opened.pop_all()
        view = View(self._work, self.cache)
        self._view = view
        self.reader = ProfileReader(view)
        self.outbox = Outbox(self._work, self.reader.shown_fields)
        self.edits = EditSaver(self._work, self.reader.shown_fields)
        self.answers = Answers(self._work, self.reader.shown_fields)
        self.ledger = LedgerFile(self._work, view)
        self.carrier = QueueCarrier(self._work, self.reader.shown_fields)
        with contextlib.suppress(StorageTrouble):
            self.account = self._as_the_server_says(self.account)

    def keep_account(self, account: Account) -> None:
        """Remember a changed address, name or role of the same person."""
        if (account.instance, account.person_id) != (self.account.instance, self.account.person_id):
            raise ProfileTrouble(another_person(self.account))
        write_account(self.path, account)
        self.account = account

    def close_thread(self) -> None:
        """Give back the connections of the thread that calls this."""
        self._view.close()
        self.cache.close()
        self._work.close()

    def close(self) -> None:
        """Close from the last thread, and let others open the profile."""
        self.close_thread()
        self._lock.release()

    def _as_the_server_says(self, account: Account) -> Account:
        """Name and role may have changed since the last sign-in."""
        person = self.reader.shown_fields("person", account.person_id) or {}
        return replace(
            account,
            name=str(person.get("name") or account.name),
            role=str(person.get("role") or account.role),
        )

    def _take_notices(self) -> None:
        """What happened to the files is told once, also when the program ended before it could."""
        notice = self._work.meta(NOTICE)
        if notice:
            self.notices.append(notice)
            self._work.set_meta(NOTICE, "")

    def _check_identity(self) -> None:
        """`work.db` and `profile.json` have to speak of the same person on the same server."""
        mine = f"{self.account.instance} {self.account.person_id}"
        known = self._work.meta("identity")
        if known is None:
            self._work.set_meta("identity", mine)
        elif known != mine:
            raise ProfileTrouble(
                "This folder holds the work of another person or another server. Nothing was changed; "
                "sign in again to open your own profile."
            )


def create_profile(path: Path, account: Account) -> None:
    """Make the folder of a profile, or renew the account in it. Raises ProfileTrouble."""
    try:
        disk.make_folder(path)
        known = _known_account(path)
        if known and (known.instance, known.person_id) != (account.instance, account.person_id):
            raise ProfileTrouble(another_person(known))
        write_account(path, account)
    except OSError as error:
        raise ProfileTrouble(
            f"The folder {path} cannot be written. Ask your IT to check its rights."
        ) from error


def _known_account(path: Path) -> Account | None:
    """Who the profile says it belongs to; None when it does not, and then `work.db` still tells."""
    try:
        return read_account(path)
    except ProfileTrouble:
        return None


def another_person(known: Account) -> str:
    """Why somebody else cannot use a profile."""
    return (
        f"This profile belongs to {known.name} on {known.server_name or known.server_url}. "
        "Nothing was changed; use another profile for somebody else."
    )


def read_account(path: Path) -> Account:
    """Whose profile this is. Raises ProfileTrouble."""
    try:
        return Account(**decode((path / _ACCOUNT).read_bytes()))
    except FileNotFoundError as error:
        raise ProfileTrouble("Nobody has signed in to this profile yet.") from error
    except (OSError, TypeError, UnreadableJson) as error:
        raise ProfileTrouble(
            f"The file {path / _ACCOUNT} cannot be read. Sign in again to renew it."
        ) from error


def write_account(path: Path, account: Account) -> None:
    """Replace the account file in one step, so that a power cut leaves the old one or the new one."""
    temporary = path / f"{_ACCOUNT}.new"
    temporary.write_bytes(encode(asdict(account)))
    disk.replace_file(temporary, path / _ACCOUNT)


def data_folder() -> Path:
    """Where this user's profiles are unless somebody says otherwise.

    On Windows it is the part that does not roam: a file that is copied to a server when its user leaves, and
    down to where they are next, would soon be there twice with different work in it.
    """
    return user_data_path("maintenance-desktop", appauthor=False)


def profile_folder(root: Path, account: Account) -> Path:
    """Where the profile of this person on this server lives."""
    return root / "profiles" / f"{account.instance}-{account.person_id}"


def list_profiles(root: Path) -> list[ProfileSummary]:
    """All profiles on this computer, by name; those that cannot be read are left out."""
    found = []
    for path in sorted((root / "profiles").glob("*/")):
        with contextlib.suppress(ProfileTrouble):
            found.append(ProfileSummary(path, read_account(path), waiting_in(path / _WORK)))
    return sorted(found, key=lambda summary: summary.account.name)
