"""Putting one profile together: stores, back end, services and the sync thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from PySide6.QtCore import QThread

from maintenance_desktop.backends.late import LateHub
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.services.aftermath import Aftermath
from maintenance_desktop.services.carrying import CarryingService
from maintenance_desktop.services.combining_by_itself import CombiningByItself
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.guard import DoubleWorkGuard
from maintenance_desktop.services.ledger import LedgerLine, LedgerSource, OverwrittenNotices
from maintenance_desktop.services.ports import Backend, Clock
from maintenance_desktop.services.preview import Preview
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.services.recovery import RecoveryService
from maintenance_desktop.services.sessions import Opened, TokenStore, resume, sign_in
from maintenance_desktop.services.sync_loop import SyncLoop
from maintenance_desktop.services.sync_round import SyncRound
from maintenance_desktop.services.sync_thread import SyncThread
from maintenance_desktop.storage.profiles import Profile, create_profile, profile_folder
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.reading import Reading
from maintenance_desktop.ui.workspace import Workspace

BackendMaker = Callable[[str], Backend]
"""Makes the back end for a server's address. Raises ValueError for one that is no address."""

_GRACE_MS: Final = 150
"""How long a call may go on when the profile closes: what is cut is sent again under its id next time."""


def now() -> datetime:
    """The one clock of the program."""
    return datetime.now(UTC)


class OpenProfile:
    """An open profile with its sync thread, from opening to closing."""

    def __init__(
        self,
        folder: Path,
        tokens: TokenStore,
        make_backend: BackendMaker,
        *,
        keyring: KeyringAnswer,
        clock: Clock = now,
    ) -> None:
        """Open, without starting to sync. Raises ProfileTrouble, StorageTrouble."""
        self.profile = Profile(folder, clock())
        account = self.profile.account
        self.backend = make_backend(account.server_url)
        random = Random()
        loop = SyncLoop(self.backend, self.profile.cache, clock, random)
        guard = DoubleWorkGuard(account, self.profile.reader, clock)
        preview = Preview(account, self.profile.reader)
        decisions = DecisionService(account, self.profile.answers, clock, random)
        loop.round = SyncRound(
            self.backend,
            self.profile.outbox,
            self.profile.cache,
            account,
            clock,
            resume=lambda: resume(self.backend, tokens, account),
            should_stop=loop.should_stop,
            on_progress=loop.on_progress,
            guard=guard,
            preview=preview,
            aftermath=Aftermath(
                CombiningByItself(account, self.profile.reader, decisions),
                LedgerLine(account, self.backend, self.profile.ledger, clock),
            ),
            on_forecast=loop.on_forecast,
        )
        self.profile.cache.when_replaced = loop.request
        edits, answers, reader = self.profile.edits, self.profile.answers, self.profile.reader
        records = RecordService(account, reader, edits, clock, random)
        self.workspace = Workspace(
            account=account,
            reader=reader,
            reading=Reading(self.profile.close_thread),
            records=records,
            decisions=decisions,
            recovery=RecoveryService(account, reader, records, edits, answers, clock, random),
            guard=guard,
            preview=preview,
            carrying=CarryingService(account, self.profile.carrier, clock),
            notices=OverwrittenNotices(self.profile.ledger, clock),
            ledger=LedgerSource(
                partial(make_backend, account.server_url),
                lambda backend: resume(backend, tokens, account),
            ),
            sync=SyncThread(loop, self.profile.close_thread),
            clock=clock,
            profile_path=str(folder),
            keyring=keyring,
        )

    def close(self) -> None:
        """Stop the threads, then close the files. A call that a slow server does not answer is cut."""
        self.workspace.reading.stop()
        if not self.workspace.sync.stop(_GRACE_MS):
            self.backend.close()
            self.workspace.sync.stop()
        self.backend.close()
        self.profile.close()


def sign_in_to(
    root: Path, tokens: TokenStore, make_backend: BackendMaker, url: str, username: str, password: str
) -> tuple[Opened, Path]:
    """Sign in and make sure that there is a folder for it. Raises RemoteError, ProfileTrouble, ValueError."""
    backend = make_backend(url)
    try:
        opened = sign_in(backend, tokens, url, username, password)
    finally:
        backend.close()
    folder = profile_folder(root, opened.account)
    create_profile(folder, opened.account)
    return opened, folder


def sign_in_again(profile: OpenProfile, tokens: TokenStore, password: str) -> Account:
    """Renew the token of an open profile. Raises RemoteError."""
    account = profile.profile.account
    opened = sign_in(
        profile.backend, tokens, account.server_url, account.username, password, expected=account
    )
    return opened.account


class EndSession(QThread):
    """Has the keyring and the server forget a token, while the sign-in window is there already."""

    def __init__(self, backend: Backend, tokens: TokenStore, account: Account) -> None:
        super().__init__()
        self._backend = backend
        self._tokens = tokens
        self._account = account

    def run(self) -> None:
        self._tokens.forget(self._account)
        with contextlib.suppress(RemoteError):  # it forgets by itself when the token is old
            self._backend.sign_out()
        self._backend.close()

    def stop(self) -> None:
        """Give up asking the server."""
        self._backend.close()
        self.wait()


def make_hub_backend(url: str) -> Backend:
    """The back end for a server of ours. Raises BadAddress."""
    return LateHub(url)
