"""One open profile, without a window: the stores, the services over them, and one round at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.cli.reply import Code, Stopped
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError, SignInRefused, SignInRequired
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.services.aftermath import Aftermath
from maintenance_desktop.services.carrying import CarryingService
from maintenance_desktop.services.combining_by_itself import CombiningByItself
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.guard import DoubleWorkGuard
from maintenance_desktop.services.ledger import LedgerLine
from maintenance_desktop.services.preview import Preview
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.services.recovery import RecoveryService
from maintenance_desktop.services.sessions import TokenStore, resume, sign_in, sign_out
from maintenance_desktop.services.status import Connection, Progress, RoundResult
from maintenance_desktop.services.sync_round import SyncRound
from maintenance_desktop.storage.profiles import Profile, read_account

PATIENCE: Final = 5.0
"""Seconds that a command waits for another one to leave the profile."""


def now() -> datetime:
    """The one clock of the program."""
    return datetime.now(UTC)


class Desk:
    """An open profile. `password` lets a command sign in afresh where no token is kept."""

    def __init__(
        self,
        folder: Path,
        tokens: TokenStore,
        password: str | None = None,
        on_progress: Callable[[Progress], None] = lambda progress: None,
    ) -> None:
        """Open. Raises ProfileTrouble, StorageTrouble, BadAddress."""
        self._tokens = tokens
        self._password = password
        self._is_signed_in_for_now = False
        read_account(folder)  # makes no folder where nobody has signed in
        self.profile = Profile(folder, now(), patience=PATIENCE)
        try:
            self.backend = HubBackend(self.account.server_url)
        except ValueError:
            self.profile.close()
            raise
        random = Random()
        self.reader = self.profile.reader
        self.records = RecordService(self.account, self.reader, self.profile.edits, now, random)
        self.decisions = DecisionService(self.account, self.profile.answers, now, random)
        self.recovery = RecoveryService(
            self.account, self.reader, self.records, self.profile.edits, self.profile.answers, now, random
        )
        self.preview = Preview(self.account, self.reader)
        self.carrying = CarryingService(self.account, self.profile.carrier, now)
        self._round = SyncRound(
            self.backend,
            self.profile.outbox,
            self.profile.cache,
            self.account,
            now,
            resume=self._resume,
            on_progress=on_progress,
            guard=DoubleWorkGuard(self.account, self.reader, now),
            preview=self.preview,
            aftermath=Aftermath(
                CombiningByItself(self.account, self.reader, self.decisions),
                LedgerLine(self.account, self.backend, self.profile.ledger, now),
            ),
        )

    @property
    def account(self) -> Account:
        return self.profile.account

    def sync(self) -> RoundResult:
        """One round; a second one where the first found that it needs a sign-in or a new download."""
        result = self._round.run()
        if result.connection is Connection.SIGN_IN_REQUIRED and self._can_sign_in():
            self._tokens.forget(self.account)
            return _both(result, self._round.run())
        if result.everything_changed and result.connection is Connection.OFFLINE:
            return _both(result, self._round.run())
        return result

    def sign_in(self, username: str, password: str) -> bool:
        """Sign in as the person this profile belongs to; whether the token is kept. Raises RemoteError."""
        opened = sign_in(
            self.backend,
            self._tokens,
            self.account.server_url,
            username,
            password,
            expected=self.account,
        )
        if opened.account != self.account:
            self.profile.keep_account(opened.account)
        self._is_signed_in_for_now = not opened.is_kept
        return opened.is_kept

    def sign_out(self) -> None:
        """Forget the token, here and on the server if it can be reached. The queue stays."""
        with contextlib.suppress(SignInRequired):
            resume(self.backend, self._tokens, self.account)
        sign_out(self.backend, self._tokens, self.account)
        self._is_signed_in_for_now = False

    def find(self, name: str, *record_types: str) -> RecordView:
        """The work order with that number or the asset with that tag; an id does too. Raises Stopped."""
        for record_type in record_types:
            find = self.reader.find_work_order if record_type == "work_order" else self.reader.find_asset
            view = self.reader.record(record_type, find(name) or name)
            if view is not None:
                return view
        kinds = " or ".join(one.replace("_", " ") for one in record_types)
        hint = "" if self.profile.cache.is_complete() else " The first download is not complete yet: sync."
        raise Stopped(f"There is no {kinds} “{name}” on this computer.{hint}")

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_signed_in_for_now:
            # a token that nobody will remember is not left lying around on the server
            with contextlib.suppress(RemoteError):
                self.backend.sign_out()
        self.backend.close()
        self.profile.close()

    def _resume(self) -> None:
        if self._tokens.token(self.account) is not None or self._password is None:
            resume(self.backend, self._tokens, self.account)
            return
        try:
            self.sign_in(self.account.username, self._password)
        except SignInRefused as error:
            self._password = None
            raise SignInRequired(str(error)) from error

    def _can_sign_in(self) -> bool:
        return self._password is not None and not self._is_signed_in_for_now


def _both(first: RoundResult, second: RoundResult) -> RoundResult:
    return replace(
        second,
        changed=first.changed | second.changed,
        needs_you=(*first.needs_you, *second.needs_you),
        applied=first.applied + second.applied,
    )


def outcome(desk: Desk, result: RoundResult, *, saved: bool) -> Code:
    """What a round means for whoever started the command. `saved`: something is safe whatever came of it."""
    tally = desk.reader.tally()
    if result.connection is not Connection.ONLINE:
        is_refused = result.connection in (Connection.SIGN_IN_REQUIRED, Connection.WRONG_SERVER)
        return Code.REFUSED if is_refused and not saved else Code.OFFLINE
    if tally.needs_you:
        return Code.NEEDS_DECISION
    return Code.OFFLINE if tally.waiting else Code.DONE
