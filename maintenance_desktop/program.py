"""What is open: the sign-in window, or one profile with its main window, and the way between them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from maintenance_desktop.demo import Colleague, DemoFailed, DemoHub, SwitchedBackend
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError, SignInRefused
from maintenance_desktop.domain.trouble import NotSaved, ProfileTrouble
from maintenance_desktop.hub.demo_people import DEMO_PASSWORD, DEMO_USER
from maintenance_desktop.opening import EndSession, OpenProfile, make_hub_backend, sign_in_again, sign_in_to
from maintenance_desktop.services.ports import Backend
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.storage.profiles import list_profiles, profile_folder
from maintenance_desktop.ui.demo_menu import DemoMenu
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.profile_list import UsedProfile
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.settings_section import THEME
from maintenance_desktop.ui.sign_in_window import SignInWindow
from maintenance_desktop.ui.theme import Theme

_log = logging.getLogger(__name__)
_LAST_PROFILE: Final = "last/profile"
_LAST_URL: Final = "last/url"
_LAST_USERNAME: Final = "last/username"
_LONGEST_DIALLING_MS: Final = 12_000
"""A little longer than the longest time in which a connection is made or given up."""

_SCHEMES: Final = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class Program(QObject):
    """Opens and closes profiles. One is open at a time."""

    def __init__(
        self,
        root: Path,
        tokens: Credentials,
        theme: Theme,
        *,
        on_crashed: Callable[[str], None],
        log_tail: Callable[[], str] = str,
        demo: DemoHub | None = None,
    ) -> None:
        super().__init__()
        self._root = root
        self._tokens = tokens
        self._theme = theme
        self._on_crashed = on_crashed
        self._log_tail = log_tail
        self._demo = demo
        self._settings = Settings(root / "settings.ini", self)
        self._demo_menu: DemoMenu | None = None
        self._dialling: list[Backend] = []
        self._left_windows: list[SignInWindow] = []
        self._ending: list[EndSession] = []
        self.open: OpenProfile | None = None
        self.window: MainWindow | None = None
        self.sign_in_window: SignInWindow | None = None

    def start(self, folder: Path | None = None) -> None:
        """Open that profile, or the last one, or ask who is there."""
        self._on_theme_chosen(self._settings.text(THEME))
        last = self._settings.text(_LAST_PROFILE)
        if self._demo:
            self._start_demo(self._demo)
        elif folder is not None or last:
            self.open_profile(str(folder or last))
        else:
            self.ask_who()

    @Slot()
    def ask_who(self, problem: str = "") -> None:
        """Show the sign-in window."""
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
            has_keyring=self._tokens.has_keyring(),
        )
        window.signed_in.connect(self._on_signed_in)
        window.profile_chosen.connect(self.open_profile)
        window.rejected.connect(self._on_sign_in_closed)
        self._replace_sign_in_window(window)
        if problem:
            window.show_problem(problem)
        window.show()

    @Slot(str)
    def open_profile(self, path: str) -> None:
        """Open a profile; where that does not work, say so in the sign-in window."""
        try:
            opened = OpenProfile(
                Path(path), self._tokens, self._make_backend, has_keyring=self._tokens.has_keyring()
            )
        except (ProfileTrouble, NotSaved, ValueError) as trouble:
            _log.warning("a profile was not opened: %s", trouble)
            self.ask_who(str(trouble))
            return
        self._settings.keep(_LAST_PROFILE, path)
        self.open = opened
        window = MainWindow(opened.workspace, self._settings, self._log_tail)
        window.closed.connect(self._on_window_closed)
        window.signed_out.connect(self._on_signed_out)
        window.sign_in_wanted.connect(self._on_sign_in_wanted)
        window.theme_chosen.connect(self._on_theme_chosen)
        opened.workspace.sync.crashed.connect(self._on_crashed)
        if self._demo and isinstance(opened.backend, SwitchedBackend):
            self._demo_menu = DemoMenu(
                opened.backend,
                Colleague(self._demo.url),
                (RemoteError, DemoFailed),
                current=window.current_work_order_id,
                say=window.show_message,
                on_reconnected=opened.workspace.sync.request,
                parent=window,
            )
            window.add_menu(self._demo_menu)
        self.window = window
        window.show()
        opened.workspace.sync.start()
        for notice in opened.profile.notices:
            self._tell(notice)

    def close(self) -> None:
        """Stop the threads and close the files; what a slow server does not answer is cut."""
        for backend in self._dialling:
            backend.close()
        for window in (self.sign_in_window, *self._left_windows):
            if window is not None:
                window.stop(_LONGEST_DIALLING_MS)
        for ending in self._ending:
            ending.stop()
        self._close_window()

    def _start_demo(self, demo: DemoHub) -> None:
        try:
            _, folder = sign_in_to(
                self._root, self._tokens, self._make_backend, demo.url, DEMO_USER, DEMO_PASSWORD
            )
        except (RemoteError, ProfileTrouble) as trouble:
            self.ask_who(str(trouble))
            return
        self.open_profile(str(folder))

    def _make_backend(self, url: str) -> Backend:
        return SwitchedBackend(make_hub_backend(url)) if self._demo else make_hub_backend(url)

    def _dial(self, url: str) -> Backend:
        """A back end that can be cut when the program ends before the server answered."""
        backend = self._make_backend(url)
        self._dialling.append(backend)
        return backend

    def _replace_sign_in_window(self, window: SignInWindow) -> None:
        """Show another one; the one before may be in the middle of a signal, or still have a thread."""
        self._left_windows = [left for left in self._left_windows if not left.stop(0)]
        if self.sign_in_window is not None:
            self._left_windows.append(self.sign_in_window)
        self.sign_in_window = window

    def _sign_in(self, url: str, username: str, password: str) -> Account:
        """Runs on the sign-in window's own thread. Raises RemoteError."""
        try:
            if self.open is not None:
                return sign_in_again(self.open, self._tokens, password)
            return sign_in_to(self._root, self._tokens, self._dial, url, username, password)[0].account
        except (ProfileTrouble, ValueError) as trouble:
            raise SignInRefused(str(trouble)) from trouble

    @Slot(Account)
    def _on_signed_in(self, account: Account) -> None:
        if self.open is not None:
            self.open.workspace.sync.request()
            return
        self._settings.keep(_LAST_URL, account.server_url)
        self._settings.keep(_LAST_USERNAME, account.username)
        self.open_profile(str(profile_folder(self._root, account)))

    @Slot()
    def _on_sign_in_closed(self) -> None:
        if self.open is None:
            QCoreApplication.quit()

    @Slot()
    def _on_sign_in_wanted(self) -> None:
        """The server wants a new sign-in; the profile stays open meanwhile."""
        if self.open is None or (self.sign_in_window is not None and self.sign_in_window.isVisible()):
            return
        window = SignInWindow(
            self._sign_in,
            again=self.open.profile.account,
            waiting=self.open.workspace.reader.tally().waiting,
            has_keyring=self._tokens.has_keyring(),
            parent=self.window,
        )
        window.signed_in.connect(self._on_signed_in)
        self._replace_sign_in_window(window)
        window.open()

    @Slot()
    def _on_signed_out(self) -> None:
        """Forget the token; the queue stays in its profile."""
        if self.open is None:
            return
        account, backend = self.open.profile.account, self.open.backend
        self._close_window()
        self._settings.keep(_LAST_PROFILE, "")
        self._tokens.forget(account)
        self._ending = [ending for ending in self._ending if ending.isRunning()]
        self._ending.append(EndSession(backend))
        self._ending[-1].start()
        self.ask_who()

    @Slot(str)
    def _on_theme_chosen(self, name: str) -> None:
        self._theme.show_scheme(_SCHEMES.get(name))

    @Slot()
    def _on_window_closed(self) -> None:
        self._close_window()
        QCoreApplication.quit()

    def _close_window(self) -> None:
        if self._demo_menu is not None:
            self._demo_menu.stop()
            self._demo_menu = None
        if self.window is not None:
            self.window.deleteLater()
            self.window = None
        if self.open is not None:
            self.open.close()
            self.open = None

    def _tell(self, sentence: str, parent: QWidget | None = None) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning, "Maintenance Desktop", sentence, parent=parent or self.window
        )
        box.setObjectName("noticeDialog")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
