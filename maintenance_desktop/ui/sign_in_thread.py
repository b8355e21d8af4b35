"""The short-lived thread of one sign-in: the window stays alive while a server is slow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError

SignIn = Callable[[str, str, str], Account]
"""Signs in with server address, user name and password. Raises RemoteError. Runs on this thread."""


class SignInThread(QThread):
    """One attempt. It cannot be hurried: a cancelled one runs out unheard.

    Signals:
        signed_in: the Account.
        failed: the RemoteError.
    """

    signed_in = Signal(Account)
    failed = Signal(RemoteError)

    def __init__(
        self, sign_in: SignIn, url: str, username: str, password: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._attempt = (url, username, password)
        self._sign_in = sign_in

    def run(self) -> None:
        try:
            account = self._sign_in(*self._attempt)
        except RemoteError as error:
            self.failed.emit(error)
        else:
            self.signed_in.emit(account)
