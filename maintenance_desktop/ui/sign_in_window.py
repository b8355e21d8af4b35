"""The window that opens a profile: sign in to a server, or work on with what this computer has."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QProgressBar, QVBoxLayout, QWidget

from maintenance_desktop.domain.addresses import BadAddress, normal_address
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError, SignInRefused, Unreachable, WrongServer
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.profile_list import ProfileList, UsedProfile
from maintenance_desktop.ui.sign_in_form import SignInForm
from maintenance_desktop.ui.sign_in_thread import SignIn, SignInThread
from maintenance_desktop.ui.values import fill


class SignInWindow(QDialog):
    """Asks for server, user and password, and connects without ever standing still.

    With `again` it asks only for that account's password, because the server wants a new sign-in.

    Signals:
        signed_in: the Account; the window is closed then.
        profile_chosen: the path of a used profile, to be opened without the network.
    """

    signed_in = Signal(Account)
    profile_chosen = Signal(str)

    def __init__(
        self,
        sign_in: SignIn,
        *,
        last_url: str = "",
        last_username: str = "",
        profiles: Sequence[UsedProfile] = (),
        again: Account | None = None,
        waiting: int = 0,
        keyring: KeyringAnswer | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("signInWindow")
        self._sign_in = sign_in
        self._thread: SignInThread | None = None
        self._running: list[SignInThread] = []
        title = self._title(again, waiting)
        self.setWindowTitle(title)
        heading = plain_label("signInHeading", title, is_strong=True, scale=1.25)
        self.form = SignInForm()
        self.form.submitted.connect(self._on_submitted)
        self.busy = named(QProgressBar(), "connectingBar", self.tr("Connecting"))
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.state = plain_label("connectingLabel")
        self.cancel_button = button(self.tr("&Cancel"), "cancelButton")
        self.cancel_button.clicked.connect(self._on_cancelled)
        self.profiles = ProfileList(profiles)
        self.profiles.chosen.connect(self._on_profile_chosen)
        self.profiles.setVisible(bool(profiles) and again is None)
        self._keyring_note = plain_label(
            "keyringNote",
            self.tr("There is no keyring here, so your sign-in is not kept: you are asked at each start."),
        )
        self._keyring_note.hide()
        if keyring is not None:
            keyring.known.connect(self._on_keyring_known)
            self._keyring_note.setVisible(keyring.answer is False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        for widget in (
            heading,
            self.form,
            self._keyring_note,
            self.state,
            self.busy,
            self.cancel_button,
            self.profiles,
        ):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.form.fill_in(again.server_url if again else last_url, again.username if again else last_username)
        self.form.fix_account(is_fixed=again is not None)
        self._show_connecting("")
        self.setMinimumWidth(440)

    def show_problem(self, text: str) -> None:
        """Say what went wrong that belongs to no field."""
        self.form.show_problem("", text)

    def stop(self, timeout_ms: int = 2_000) -> bool:
        """Let cancelled attempts run out before the program ends. False when one did not in time."""
        self._thread = None
        return all(thread.wait(timeout_ms) for thread in list(self._running))

    def reject(self) -> None:
        """Esc cancels an attempt first, and closes the window second."""
        if self._thread is not None:
            self._on_cancelled()
            return
        super().reject()

    @Slot(bool)
    def _on_keyring_known(self, has_keyring: bool) -> None:
        self._keyring_note.setVisible(not has_keyring)

    @Slot(str, str, str)
    def _on_submitted(self, typed_url: str, username: str, password: str) -> None:
        if self._thread is not None:
            return
        try:
            url = normal_address(typed_url)
        except BadAddress as problem:
            self.form.show_problem("url", str(problem))
            return
        thread = SignInThread(self._sign_in, url, username, password, self)
        thread.signed_in.connect(self._on_signed_in)
        thread.failed.connect(self._on_failed)
        thread.finished.connect(self._on_finished)
        self._thread = thread
        self._running.append(thread)
        self._show_connecting(fill(self.tr("Connecting to %1 …"), url))
        thread.start()

    @Slot(Account)
    def _on_signed_in(self, account: Account) -> None:
        if self.sender() is not self._thread:
            return
        self._thread = None
        self._show_connecting("")
        self.accept()
        self.signed_in.emit(account)

    @Slot(RemoteError)
    def _on_failed(self, error: RemoteError) -> None:
        if self.sender() is not self._thread:
            return
        self._thread = None
        self._show_connecting("")
        match error:
            case SignInRefused():
                self.form.show_problem("password", str(error))
            case Unreachable() | WrongServer():
                self.form.show_problem("url", str(error))
            case _:
                self.form.show_problem("", str(error))

    @Slot()
    def _on_finished(self) -> None:
        thread = self.sender()
        if isinstance(thread, SignInThread) and thread in self._running:
            self._running.remove(thread)
            thread.deleteLater()
            if thread is self._thread:  # it ended by a mistake of ours, which the crash window shows
                self._thread = None
                self._show_connecting("")
                self.show_problem(self.tr("That did not work. Try again."))

    @Slot()
    def _on_cancelled(self) -> None:
        self._thread = None
        self._show_connecting("")
        self.form.focus_password()

    @Slot(str)
    def _on_profile_chosen(self, path: str) -> None:
        self._thread = None
        self.accept()
        self.profile_chosen.emit(path)

    def _show_connecting(self, text: str) -> None:
        is_connecting = bool(text)
        self.state.setText(text)
        for widget in (self.state, self.busy, self.cancel_button):
            widget.setVisible(is_connecting)
        self.form.setDisabled(is_connecting)

    def _title(self, again: Account | None, waiting: int) -> str:
        if again is None:
            return self.tr("Sign in")
        if waiting == 0:
            return self.tr("Sign in again to sync")
        if waiting == 1:
            return self.tr("Sign in to send 1 change")
        return fill(self.tr("Sign in to send %1 changes"), str(waiting))
