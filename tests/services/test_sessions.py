"""Signing in and out: whose queue it is, and what stays."""

from __future__ import annotations

from dataclasses import replace

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

from maintenance_desktop.domain.outcomes import SignInRefused, SignInRequired, WrongServer
from maintenance_desktop.services.sessions import resume, sign_in, sign_out
from maintenance_desktop.storage.credentials import Credentials
from tests.person import TokensInMemory
from tests.services.fakes import account_of

URL = "http://localhost:1"


class SafeKeyring(KeyringBackend):
    """A keyring that keeps what it is given."""

    priority = 5

    def __init__(self):
        self.kept = {}
        self.is_broken = False

    def get_password(self, service, username):
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._check()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")

    def _check(self):
        if self.is_broken:
            raise KeyringError("locked")


class NoKeyring(SafeKeyring):
    priority = 0


@pytest.fixture
def a_keyring():
    before = keyring.get_keyring()
    made = SafeKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def dana_account(hub):
    return account_of(hub, "dana")


def test_signing_in_gives_the_account_and_keeps_the_token(hub, dana_account):
    tokens, line = TokensInMemory(), hub.line()
    opened = sign_in(line, tokens, URL, "dana", "correct horse")
    assert opened.account == replace(dana_account, server_url=URL, server_name="North plant")
    assert opened.is_kept
    assert tokens.token(dana_account) == "token"


def test_a_wrong_password_changes_nothing(hub, dana_account):
    tokens = TokensInMemory()
    with pytest.raises(SignInRefused):
        sign_in(hub.line(), tokens, URL, "dana", "wrong")
    assert tokens.token(dana_account) is None


def test_somebody_else_is_turned_away_from_an_open_profile(hub, dana_account):
    tokens, line = TokensInMemory(), hub.line()
    with pytest.raises(WrongServer, match="not the account of Dana Ortiz on North"):
        sign_in(line, tokens, URL, "bob", "correct horse", expected=dana_account)
    assert line.calls[-2:] == ["sign_out", "token None"]
    assert not line.token_is_good
    assert tokens.tokens == {}


def test_the_same_person_comes_in_again(hub, dana_account):
    opened = sign_in(hub.line(), TokensInMemory(), URL, "dana", "correct horse", expected=dana_account)
    assert opened.account.person_id == dana_account.person_id


def test_a_kept_token_is_used_and_without_one_a_sign_in_is_wanted(hub, dana_account):
    tokens, line = TokensInMemory(), hub.line()
    with pytest.raises(SignInRequired, match="Sign in as dana"):
        resume(line, tokens, dana_account)
    tokens.keep(dana_account, "kept")
    resume(line, tokens, dana_account)
    assert line.calls == ["token kept"]


@pytest.mark.parametrize("is_offline", [False, True])
def test_signing_out_forgets_the_token_and_keeps_the_queue(hub, dana, is_offline):
    order = hub.has("work_order")
    dana.syncs()
    dana.changes(order, status="on_hold")
    tokens = TokensInMemory()
    tokens.keep(dana.profile.account, "token")
    dana.backend.is_offline = is_offline
    sign_out(dana.backend, tokens, dana.profile.account)
    assert tokens.tokens == {}
    assert dana.reader.tally().waiting == 1
    dana.backend.is_offline, dana.backend.token_is_good = False, True
    dana.syncs()
    assert hub.record(order)["status"] == "on_hold"


class TestCredentials:
    def test_a_token_outlives_the_program_in_the_keyring(self, a_keyring, dana_account):
        assert Credentials().keep(dana_account, "secret")
        again = Credentials()
        assert again.token(dana_account) == "secret"
        again.forget(dana_account)
        assert Credentials().token(dana_account) is None
        again.forget(dana_account)

    def test_each_account_has_its_own(self, a_keyring, hub, dana_account):
        tokens = Credentials()
        tokens.keep(dana_account, "danas")
        tokens.keep(account_of(hub, "bob"), "bobs")
        assert Credentials().token(dana_account) == "danas"

    def test_without_a_keyring_it_is_kept_for_this_run_only(self, a_keyring, dana_account):
        keyring.set_keyring(NoKeyring())
        tokens = Credentials()
        assert not tokens.has_keyring()
        assert not tokens.keep(dana_account, "secret")
        assert tokens.token(dana_account) == "secret"
        assert Credentials().token(dana_account) is None
        assert keyring.get_keyring().kept == {}
        tokens.forget(dana_account)
        assert tokens.token(dana_account) is None

    def test_a_locked_keyring_is_as_good_as_none(self, a_keyring, dana_account):
        a_keyring.is_broken = True
        tokens = Credentials()
        assert tokens.token(dana_account) is None
        assert not tokens.keep(dana_account, "secret")
        assert tokens.token(dana_account) == "secret"
        tokens.forget(dana_account)
        assert tokens.token(dana_account) is None

    def test_a_keyring_that_cannot_say_how_good_it_is_is_not_trusted(self, a_keyring, monkeypatch):
        def fails(self):
            raise RuntimeError("no bus")

        monkeypatch.setattr(SafeKeyring, "priority", property(fails))
        assert not Credentials().has_keyring()
