"""What is open: the sign-in window, or one profile with its main window, and the way between them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.domain.trouble import NotSaved, ProfileTrouble
from maintenance_desktop.domain.updates import Offer
from maintenance_desktop.opening import EndSession, OpenProfile, make_hub_backend, sign_in_to
from maintenance_desktop.services.ports import Backend
from maintenance_desktop.services.sync_thread import SyncThread
from maintenance_desktop.sign_ins import SignIns
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.storage.profiles import profile_folder
from maintenance_desktop.ui.first_paint import FirstPaint
from maintenance_desktop.ui.garbage import Garbage
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.notice import show_notice
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.settings_section import THEME
from maintenance_desktop.ui.sign_in_window import SignInWindow
from maintenance_desktop.ui.theme import Theme
from maintenance_desktop.updating import Updating

_log = logging.getLogger(__name__)
_LAST_PROFILE: Final = "last/profile"
_LONGEST_READING_MS: Final = 12_000
"""How long an update that is being read may take to hear that the program ends."""
_TURN_SECONDS: Final = 0.000_1
"""How long another thread may go on in Python while the window waits. Python's own 5 ms are felt: painting a
screen of rows takes many turns."""
_SCHEMES: Final = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class Demo(Protocol):
    """What makes a demo of the program: a server, somebody to sign in as there, and a menu."""

    @property
    def url(self) -> str: ...

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...

    def wrap(self, backend: Backend) -> Backend:
        """The back end that the program works with in its place."""
        ...

    def add_menu(self, window: MainWindow, backend: Backend, sync: SyncThread) -> None: ...

    def leave_window(self) -> None:
        """The window with the menu is about to go."""
        ...


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
        demo: Demo | None = None,
        updating: Updating | None = None,
    ) -> None:
        super().__init__()
        self._usual_turn = sys.getswitchinterval()
        self._garbage = Garbage(self)
        self._root = root
        self._tokens = tokens
        self._theme = theme
        self._on_crashed = on_crashed
        self._log_tail = log_tail
        self._demo = demo
        self._updating = updating
        self._updates = updating.updates if updating else None
        if self._updates is not None:
            self._updates.install_ready.connect(self._on_install_ready)
        self._settings = updating.settings if updating else Settings(root / "settings.ini", self)
        self._keyring = KeyringAnswer(tokens.has_keyring, self)
        self._make_backend = partial(_make_backend, demo)
        self._sign_ins = SignIns(root, tokens, self._settings, self._keyring, self._make_backend, self)
        self._sign_ins.signed_in.connect(self._on_signed_in)
        self._sign_ins.profile_chosen.connect(self.open_profile)
        self._sign_ins.given_up.connect(self._on_sign_in_closed)
        self._ending: list[EndSession] = []
        self.open: OpenProfile | None = None
        self.window: MainWindow | None = None
        self._left_window: MainWindow | None = None

    @property
    def sign_in_window(self) -> SignInWindow | None:
        """The newest one, open or not."""
        return self._sign_ins.window

    def start(self, folder: Path | None = None) -> None:
        """Open that profile, or the last one, or ask who is there."""
        self._on_theme_chosen(self._settings.text(THEME))
        last = self._settings.text(_LAST_PROFILE)
        if self._demo:
            self._start_demo(self._demo)
        elif folder is not None or last:
            self.open_profile(str(folder or last))
        else:
            self._sign_ins.ask_who()

    @Slot(str)
    def open_profile(self, path: str) -> None:
        """Open a profile; where that does not work, say so in the sign-in window."""
        try:
            opened = OpenProfile(Path(path), self._tokens, self._make_backend, keyring=self._keyring)
        except (ProfileTrouble, NotSaved, ValueError) as trouble:
            _log.warning("a profile was not opened: %s", trouble)
            self._sign_ins.ask_who(str(trouble))
            return
        self._settings.keep(_LAST_PROFILE, path)
        self.open = self._sign_ins.opened = opened
        with self._theme.dressing_at_the_end():
            window = MainWindow(opened.workspace, self._settings, self._log_tail, self._updates)
        window.closed.connect(self._on_window_closed)
        window.signed_out.connect(self._on_signed_out)
        window.sign_in_wanted.connect(self._on_sign_in_wanted)
        window.theme_chosen.connect(self._on_theme_chosen)
        opened.workspace.sync.crashed.connect(self._on_crashed)
        opened.workspace.sync.round_finished.connect(self._keyring.ask)  # it has loaded keyring by then
        if self._demo:
            self._demo.add_menu(window, opened.backend, opened.workspace.sync)
        self.window = window
        FirstPaint(window).painted.connect(self._on_painted)
        window.show()
        for notice in opened.profile.notices:
            show_notice(notice, window)

    def close(self) -> None:
        """Stop the threads and close the files; what a slow server does not answer is cut."""
        self._sign_ins.stop()
        self._keyring.stop()
        if self._updates is not None:
            self._updates.stop(_LONGEST_READING_MS)
        for ending in self._ending:
            ending.stop()
        self._close_window()
        self._garbage.stop()
        sys.setswitchinterval(self._usual_turn)  # a thread that the end of Python cuts off is to be in peace

    def _start_demo(self, demo: Demo) -> None:
        try:
            _, folder = sign_in_to(
                self._root, self._tokens, self._make_backend, demo.url, demo.username, demo.password
            )
        except (RemoteError, ProfileTrouble) as trouble:
            self._sign_ins.ask_who(str(trouble))
            return
        self.open_profile(str(folder))

    @Slot()
    def _on_painted(self) -> None:
        """Now there is time for everything that is slow to load: HTTP, the keyring."""
        self._garbage.settle()
        sys.setswitchinterval(_TURN_SECONDS)
        if self.open is not None:
            self.open.workspace.sync.start()
        if self._updates is not None:
            self._updates.start()

    @Slot(Account)
    def _on_signed_in(self, account: Account) -> None:
        if self.open is not None:
            self.open.workspace.sync.request()
            return
        self.open_profile(str(profile_folder(self._root, account)))

    @Slot()
    def _on_sign_in_closed(self) -> None:
        if self.open is None:
            QCoreApplication.quit()

    @Slot()
    def _on_sign_in_wanted(self) -> None:
        """The server wants a new sign-in; the profile stays open meanwhile."""
        self._sign_ins.ask_again(self.window)

    @Slot()
    def _on_signed_out(self) -> None:
        """Forget the token; the queue stays in its profile."""
        if self.open is None:
            return
        account, backend = self.open.profile.account, self.open.backend
        self._close_window()
        self._settings.keep(_LAST_PROFILE, "")
        self._ending = [ending for ending in self._ending if ending.isRunning()]
        self._ending.append(EndSession(backend, self._tokens, account))
        self._ending[-1].start()
        self._sign_ins.ask_who()

    @Slot(str)
    def _on_theme_chosen(self, name: str) -> None:
        self._theme.show_scheme(_SCHEMES.get(name))

    @Slot(Offer)
    def _on_install_ready(self, offer: Offer) -> None:
        """Close as ever, with the question about unsaved typing; `Updating.finish` does the rest."""
        if self.window is not None and self._updating is not None:
            self.window.close_for_update(partial(self._updating.want, offer))

    @Slot()
    def _on_window_closed(self) -> None:
        self._close_window()
        QCoreApplication.quit()

    def _close_window(self) -> None:
        if self._demo:
            self._demo.leave_window()
        if self.window is not None:
            self.window.deleteLater()
            # Qt deletes it in a moment; what Python finds first, it would delete on the thread that found it
            self._left_window, self.window = self.window, None
        if self.open is not None:
            self.open.close()
            self.open = self._sign_ins.opened = None


def _make_backend(demo: Demo | None, url: str) -> Backend:
    backend = make_hub_backend(url)
    return demo.wrap(backend) if demo else backend
