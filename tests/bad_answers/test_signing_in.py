"""Signing in at a server whose answers are bent: a sentence, or a profile that opens and can be used."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.outcomes import SignInRefused, Unreachable
from maintenance_desktop.domain.trouble import InvalidInput
from maintenance_desktop.services.sessions import sign_in, sign_out
from maintenance_desktop.storage.profiles import create_profile, list_profiles, profile_folder
from tests.bad_answers.bends import bends
from tests.bad_answers.hub_on_a_wire import PASSWORD, HubOnAWire
from tests.person import Person, TokensInMemory
from tests.thorough import tries

_numbers = itertools.count()


@pytest.fixture(scope="module")
def server():
    found = HubOnAWire()
    yield found
    found.stop()


@tries(40)
@given(session=bends(), info=st.none() | st.none() | bends(), farewell=st.none() | bends())
def test_a_bent_sign_in_is_a_sentence_or_a_profile(server, tmp_path, session, info, farewell):
    root = tmp_path / str(next(_numbers))
    server.bends = {"sessions": [session, *([farewell] if farewell else [])], "info": [info] if info else []}
    backend = HubBackend(server.url, read_seconds=0.5)
    tokens = TokensInMemory()
    try:
        opened = sign_in(backend, tokens, server.url, "pia", PASSWORD)
    except (SignInRefused, Unreachable):
        assert tokens.tokens == {}
        backend.close()
        return
    folder = profile_folder(root, opened.account)
    create_profile(folder, opened.account)
    assert [found.path for found in list_profiles(root)] == [folder]
    assert folder.parent == root / "profiles"
    person = Person(backend, folder)
    try:
        person.syncs()
        with contextlib.suppress(InvalidInput):  # who knows what somebody in that role may do
            person.records.create("work_order", {"title": "Pump leaks"})
        sign_out(backend, tokens, opened.account)
        assert tokens.tokens == {}
    finally:
        person.leaves()
