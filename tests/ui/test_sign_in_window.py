from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from maintenance_desktop.domain.outcomes import SignInRefused, Unreachable
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.profile_list import UsedProfile
from maintenance_desktop.ui.sign_in_window import SignInWindow
from tests.ui.fakes import account


class Server:
    """The callable behind the window; it can be held up."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        self.threads: list[int] = []
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, url: str, username: str, password: str):
        self.calls.append((url, username, password))
        self.threads.append(threading.get_ident())
        self.gate.wait(10)
        if self.error:
            raise self.error
        return account()


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def make(qtbot, server):
    made = []

    def make(**options) -> SignInWindow:
        window = SignInWindow(server, **options)
        window.accounts, window.paths = [], []
        window.signed_in.connect(window.accounts.append)
        window.profile_chosen.connect(window.paths.append)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        made.append(window)
        return window

    yield make
    server.gate.set()
    for window in made:
        assert window.stop()


def fill(qtbot, window, url="hub.example.com", username="dana", password="secret"):
    for field, text in (
        (window.form.url, url),
        (window.form.username, username),
        (window.form.password, password),
    ):
        field.clear()
        qtbot.keyClicks(field, text)


def problem(window, name):
    return window.form._problems[name].text()


def test_signing_in_happens_off_the_ui_thread(make, qtbot, server):
    window = make()
    fill(qtbot, window)
    qtbot.keyClick(window.form.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.accounts == [account()])
    assert server.calls == [("https://hub.example.com", "dana", "secret")]
    assert server.threads[0] != threading.get_ident()
    assert not window.isVisible()


@pytest.mark.parametrize(
    ("error", "field"),
    [(SignInRefused("Wrong user or password."), "password"), (Unreachable("No answer."), "url")],
)
def test_what_went_wrong_stands_at_its_field(make, qtbot, server, error, field):
    server.error = error
    window = make()
    fill(qtbot, window)
    qtbot.mouseClick(window.form.sign_in_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: str(error) in problem(window, field))
    assert window.form.isEnabled()
    assert window.accounts == []
    server.error = None
    qtbot.mouseClick(window.form.sign_in_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.accounts))
    assert problem(window, field) == ""


def test_missing_fields_are_named_without_asking_the_server(make, qtbot, server):
    window = make()
    qtbot.mouseClick(window.form.sign_in_button, Qt.MouseButton.LeftButton)
    assert all(problem(window, name) == "✕ This is needed." for name in ("url", "username", "password"))
    assert window.focusWidget() is window.form.url
    assert server.calls == []


@pytest.mark.parametrize("url", ["http://hub.example.com", "ftp://hub", "https://"])
def test_an_unsafe_or_wrong_address_is_refused_at_once(make, qtbot, server, url):
    window = make()
    fill(qtbot, window, url=url)
    qtbot.mouseClick(window.form.sign_in_button, Qt.MouseButton.LeftButton)
    assert problem(window, "url")
    assert server.calls == []


def test_a_slow_server_can_be_cancelled_and_its_late_answer_is_not_heard(make, qtbot, server):
    server.gate.clear()
    window = make()
    fill(qtbot, window)
    qtbot.mouseClick(window.form.sign_in_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(server.calls))
    assert window.busy.isVisible()
    assert "hub.example.com" in window.state.text()
    qtbot.mouseClick(window.cancel_button, Qt.MouseButton.LeftButton)
    assert window.form.isEnabled()
    assert window.isVisible()
    (attempt,) = window._running
    with qtbot.waitSignal(attempt.finished):
        server.gate.set()
    qtbot.waitUntil(lambda: not window._running)
    assert window.accounts == []
    assert window.isVisible()


def test_escape_cancels_the_attempt_before_it_closes_the_window(make, qtbot, server):
    server.gate.clear()
    window = make()
    fill(qtbot, window)
    qtbot.mouseClick(window.form.sign_in_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(server.calls))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_the_last_server_and_user_are_filled_in(make, qtbot):
    window = make(last_url="https://hub.example.com", last_username="dana")
    assert window.form.url.text() == "https://hub.example.com"
    assert window.form.username.text() == "dana"
    assert window.focusWidget() is window.form.password


def test_the_password_can_be_shown(make, qtbot):
    window = make()
    assert window.form.password.echoMode() is QLineEdit.EchoMode.Password
    window.form.show_password.click()
    assert window.form.password.echoMode() is QLineEdit.EchoMode.Normal


def test_a_used_profile_opens_with_one_click(make, qtbot, server):
    window = make(
        profiles=[UsedProfile("/p/1", "Dana & Co", "North", 3), UsedProfile("/p/2", "Alex", "South")]
    )
    assert "3 waiting" in window.profiles.buttons[0].text()
    assert "nothing waiting" in window.profiles.buttons[1].text()
    qtbot.mouseClick(window.profiles.buttons[0], Qt.MouseButton.LeftButton)
    assert window.paths == ["/p/1"]
    assert server.calls == []
    assert not window.isVisible()


def test_an_expired_sign_in_asks_only_for_the_password(make, qtbot, server):
    window = make(again=account(), waiting=12, profiles=[UsedProfile("/p", "Dana", "North")])
    assert window.windowTitle() == "Sign in to send 12 changes"
    assert window.form.url.isReadOnly()
    assert window.form.username.isReadOnly()
    assert not window.profiles.isVisible()
    qtbot.keyClicks(window.form.password, "secret")
    qtbot.keyClick(window.form.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(window.accounts))
    assert server.calls == [("http://127.0.0.1:8765", "alex", "secret")]


@pytest.mark.parametrize(
    ("waiting", "title"), [(0, "Sign in again to sync"), (1, "Sign in to send 1 change")]
)
def test_the_title_counts_what_waits(make, waiting, title):
    assert make(again=account(), waiting=waiting).windowTitle() == title


@pytest.mark.parametrize("has_keyring", [True, False])
def test_a_missing_keyring_is_said_as_soon_as_it_is_known(qtbot, make, has_keyring):
    keyring = KeyringAnswer(lambda: has_keyring)
    window = make(keyring=keyring)
    assert not window._keyring_note.isVisible()
    with qtbot.waitSignal(keyring.known):
        keyring.ask()
    assert window._keyring_note.isVisible() is not has_keyring
    assert make(keyring=keyring)._keyring_note.isVisible() is not has_keyring
