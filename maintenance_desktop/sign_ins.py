"""The sign-in windows: one at a time, each with a connection that can be cut."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import SignInRefused
from maintenance_desktop.domain.trouble import ProfileTrouble
from maintenance_desktop.opening import BackendMaker, OpenProfile, sign_in_again, sign_in_to
from maintenance_desktop.services.ports import Backend
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.storage.profiles import list_profiles
from maintenance_desktop.ui.first_paint import FirstPaint
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.profile_list import UsedProfile
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.sign_in_window import SignInWindow

_LAST_URL: Final = "last/url"
_LAST_USERNAME: Final = "last/username"
_LONGEST_DIALLING_MS: Final = 12_000
"""A little longer than the longest time in which a connection is made or given up."""


class SignIns(QObject):
    """Shows the sign-in window, and makes the sign-ins that it asks for.

    Signals:
        signed_in: somebody's Account is accepted; its profile is there.
        profile_chosen: the folder of a used profile.
        given_up: the window was closed without an answer.
    """

    signed_in = Signal(Account)
    profile_chosen = Signal(str)
    given_up = Signal()

    def __init__(
        self,
        root: Path,
        tokens: Credentials,
        settings: Settings,
        keyring: KeyringAnswer,
        make_backend: BackendMaker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._root = root
        self._tokens = tokens
        self._settings = settings
        self._keyring = keyring
        self._make_backend = make_backend
        self._dialling: list[Backend] = []
        self._left_windows: list[SignInWindow] = []
        self.window: SignInWindow | None = None
        self.opened: OpenProfile | None = None
        """The profile that is open: then a sign-in is one to it."""

    def ask_who(self, problem: str = "") -> None:
        """Show who has used this computer, and ask for somebody else."""
        used = [
            UsedProfile(
                str(one.path),
                one.account.name,
                one.account.server_name or one.account.server_url,
                one.waiting,
            )
            for one in list_profiles(self._root)
        ]
        window = SignInWindow(
            self._sign_in,
            last_url=self._settings.text(_LAST_URL),
            last_username=self._settings.text(_LAST_USERNAME),
            profiles=used,
            keyring=self._keyring,
        )
        window.profile_chosen.connect(self.profile_chosen)
        window.rejected.connect(self.given_up)
        self._replace(window)
        if problem:
            window.show_problem(problem)
        window.show()

    def ask_again(self, parent: MainWindow | None) -> None:
        """The server wants a new sign-in; the profile stays open meanwhile."""
        if self.opened is None or (self.window is not None and self.window.isVisible()):
            return
        window = SignInWindow(
            self._sign_in,
            again=self.opened.profile.account,
            waiting=self.opened.workspace.reader.tally().waiting,
            keyring=self._keyring,
            parent=parent,
        )
        self._replace(window)
        window.open()

    def stop(self) -> None:
        """Cut what a slow server does not answer."""
        for backend in self._dialling:
            backend.close()
        for window in (self.window, *self._left_windows):
            if window is not None:
                window.stop(_LONGEST_DIALLING_MS)

    def _replace(self, window: SignInWindow) -> None:
        """Show another one; the one before may be in the middle of a signal, or still have a thread."""
        self._left_windows = [left for left in self._left_windows if not left.stop(0)]
        if self.window is not None:
            self._left_windows.append(self.window)
        self.window = window
        window.signed_in.connect(self._on_signed_in)
        FirstPaint(window).painted.connect(self._keyring.ask)

    def _dial(self, url: str) -> Backend:
        """A back end that can be cut when the program ends before the server answered."""
        backend = self._make_backend(url)
        self._dialling.append(backend)
        return backend

    def _sign_in(self, url: str, username: str, password: str) -> Account:
        """Runs on the sign-in window's own thread. Raises RemoteError."""
        try:
            if self.opened is not None:
                return sign_in_again(self.opened, self._tokens, password)
            return sign_in_to(self._root, self._tokens, self._dial, url, username, password)[0].account
        except (ProfileTrouble, ValueError) as trouble:
            raise SignInRefused(str(trouble)) from trouble

    @Slot(Account)
    def _on_signed_in(self, account: Account) -> None:
        if self.opened is None:
            self._settings.keep(_LAST_URL, account.server_url)
            self._settings.keep(_LAST_USERNAME, account.username)
        self.signed_in.emit(account)
