from __future__ import annotations

import pytest

from maintenance_desktop.hub.errors import Problem, SetupError
from maintenance_desktop.hub.people import (
    add_person,
    change_password,
    disable_person,
    find_person,
    first_admin,
)
from maintenance_desktop.hub.sessions import sign_in, sign_out, who_is

from .world import PASSWORD


def _status(call, *args, **kwargs):
    with pytest.raises(Problem) as caught:
        call(*args, **kwargs)
    return caught.value.status


def test_the_right_password_gives_a_token(world):
    answer = sign_in(world.store, "Dana", PASSWORD, address="1.1.1.1")
    assert answer["person"]["id"] == world.dana
    assert answer["person"]["name"] == "Dana Ortiz"
    assert answer["expires_at"] == "2026-12-22T10:00:00.000Z"
    assert who_is(world.store, answer["token"]).id == world.dana


def test_tokens_and_passwords_are_stored_hashed(world):
    token = sign_in(world.store, "dana", PASSWORD, address="1.1.1.1")["token"]
    stored = world.store.database.read(
        lambda tx: tx.rows("SELECT token_hash FROM session") + tx.rows("SELECT password_hash FROM credential")
    )
    assert not any(token in cell or PASSWORD in cell for (cell,) in stored)


def test_a_token_dies_with_sign_out_age_or_disabling(world):
    tokens = [
        sign_in(world.store, name, PASSWORD, address="1.1.1.1")["token"] for name in ("dana", "bob", "ada")
    ]
    sign_out(world.store, tokens[0])
    disable_person(world.store, "bob")
    assert [_status(who_is, world.store, token) for token in tokens[:2]] == [401, 401]
    assert who_is(world.store, tokens[2]).role == "admin"
    world.clock.move(days=31)
    assert _status(who_is, world.store, tokens[2]) == 401


def test_disabling_by_an_edit_or_deleting_ends_a_session_too(world):
    token = sign_in(world.store, "bob", PASSWORD, address="1.1.1.1")["token"]
    world.update("person", world.bob, 1, {"active": False}, world.admin)
    assert _status(who_is, world.store, token) == 401
    assert _status(sign_in, world.store, "bob", PASSWORD, address="1.1.1.1") == 401
    other = sign_in(world.store, "dana", PASSWORD, address="1.1.1.1")["token"]
    world.delete("person", world.dana, 1, world.admin)
    assert _status(who_is, world.store, other) == 401


@pytest.mark.parametrize("username", ["dana", "nobody", "a\0b", "\ud800", "x" * 5000])
def test_a_wrong_pair_is_answered_the_same_and_costs_the_same(world, username, monkeypatch):
    checked = []
    verify = type(world.store.hasher).verify
    monkeypatch.setattr(
        type(world.store.hasher), "verify", lambda self, *pair: checked.append(pair) or verify(self, *pair)
    )
    with pytest.raises(Problem) as caught:
        sign_in(world.store, username, "wrong", address="1.1.1.1")
    assert caught.value.detail == "The user name or the password is wrong."
    assert len(checked) == 1


def test_a_password_that_cannot_be_text_is_wrong(world):
    assert _status(sign_in, world.store, "dana", "\ud800", address="1.1.1.1") == 401


def test_a_person_without_a_password_cannot_sign_in(world):
    add_person(world.store, "nopass", name="No Pass", role="technician")
    assert _status(sign_in, world.store, "nopass", "", address="1.1.1.1") == 401


def test_an_endless_password_is_not_hashed(world):
    assert _status(sign_in, world.store, "dana", "x" * 10_000, address="1.1.1.1") == 401


def test_repeated_failures_are_slowed_for_that_name_and_address_only(world):
    for _ in range(5):
        assert _status(sign_in, world.store, "dana", "wrong", address="1.1.1.1") == 401
    with pytest.raises(Problem) as caught:
        sign_in(world.store, "dana", PASSWORD, address="1.1.1.1")
    assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "1")
    sign_in(world.store, "dana", PASSWORD, address="2.2.2.2")
    world.clock.move(seconds=1)
    assert sign_in(world.store, "dana", PASSWORD, address="1.1.1.1")["token"]
    assert _status(sign_in, world.store, "dana", "wrong", address="1.1.1.1") == 401


def test_the_pause_grows_to_a_minute_and_is_forgotten(world):
    for _ in range(20):
        try:
            sign_in(world.store, "dana", "wrong", address="1.1.1.1")
        except Problem:
            world.clock.move(seconds=60)
    assert _status(sign_in, world.store, "dana", "wrong", address="1.1.1.1") == 401
    with pytest.raises(Problem) as caught:
        sign_in(world.store, "dana", "wrong", address="1.1.1.1")
    assert caught.value.headers["Retry-After"] == "60"
    world.clock.move(minutes=16)
    assert _status(sign_in, world.store, "dana", "wrong", address="1.1.1.1") == 401
    assert _status(sign_in, world.store, "dana", "wrong", address="1.1.1.1") == 401


def test_a_new_password_replaces_the_old_one_and_its_sessions(world):
    token = sign_in(world.store, "dana", PASSWORD, address="1.1.1.1")["token"]
    change_password(world.store, "dana", "another one")
    assert _status(who_is, world.store, token) == 401
    assert _status(sign_in, world.store, "dana", PASSWORD, address="1.1.1.1") == 401
    assert sign_in(world.store, "dana", "another one", address="1.1.1.1")["token"]


def test_people_are_added_with_care(world):
    for arguments in (
        {"username": "DANA", "name": "D", "role": "admin"},
        {"username": "new", "name": " ", "role": "admin"},
        {"username": "new", "name": "N", "role": "king"},
        {"username": "new", "name": "N", "role": "admin", "password": "short"},
    ):
        with pytest.raises(SetupError):
            add_person(world.store, **arguments)
    with pytest.raises(SetupError):
        find_person(world.store, "new")
    assert first_admin(world.store) == world.admin
    disable_person(world.store, "ada")
    disable_person(world.store, "ada")
    with pytest.raises(SetupError):
        first_admin(world.store)
