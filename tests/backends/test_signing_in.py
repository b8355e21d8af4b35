from __future__ import annotations

import logging

import pytest

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.addresses import UnsafeAddress
from maintenance_desktop.domain.outcomes import (
    ServerInfo,
    SignInRefused,
    Unreachable,
)
from tests.backends.samples import INFO, SESSION
from tests.bad_server import problem, reply


def test_a_hub_says_who_it_is(server, backend):
    server.will(reply(body=INFO))
    assert backend.info() == ServerInfo(INFO["instance"], INFO["epoch"], "North plant", 100, 1_000_000)
    assert server.requests[0].path == "/v1/info"


@pytest.mark.parametrize(
    "limits", [None, [], {}, {"edits_per_push": 0, "push_bytes": "many"}, {"push_bytes": True}]
)
def test_limits_that_make_no_sense_are_the_contracts_own(server, backend, limits):
    server.will(reply(body={**INFO, "limits": limits}))
    info = backend.info()
    assert (info.edits_per_push, info.push_bytes) == (500, 8_388_608)


@pytest.mark.parametrize(
    "answer",
    [
        reply(body="<html>Welcome to Hotel Wi-Fi</html>", media="text/html"),
        reply(body=INFO, media="text/html"),
        reply(body=INFO, media="application/problem+json"),
        reply(body={**INFO, "product": "router"}),
        reply(body={**INFO, "instance": 7}),
        reply(body={**INFO, "epoch": ""}),
        reply(body=[INFO]),
        reply(body="{"),
        reply(body=b""),
        reply(204),
        reply(201, INFO),
        reply(404, "not here", "text/plain"),
        problem(404, "not-found", "No such page."),
        problem(500, "failed"),
        problem(401, "not-signed-in"),
    ],
)
def test_anything_but_a_hubs_info_is_offline(server, backend, answer):
    server.will(answer)
    with pytest.raises(Unreachable) as caught:
        backend.info()
    assert str(caught.value).endswith(".")
    assert not caught.value.maybe_applied


def test_a_hub_that_speaks_another_language_asks_for_an_update(server, backend):
    server.will(reply(body={**INFO, "api": 2}))
    with pytest.raises(Unreachable, match="update"):
        backend.info()


def test_an_accepted_sign_in(server, backend):
    server.will(reply(201, SESSION))
    found = backend.sign_in("dana", "geheim ü")
    assert (found.token, found.instance, found.epoch) == (SESSION["token"], INFO["instance"], INFO["epoch"])
    assert found.person["name"] == "Dana Ortiz"
    sent = server.requests[0]
    assert (sent.method, sent.path) == ("POST", "/v1/sessions")
    assert sent.json == {
        "username": "dana",
        "password": "geheim ü",
        "device": {"id": "0190", "name": "Bench 4"},
    }
    assert "authorization" not in sent.headers


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refused_sign_in_says_what_the_server_says(server, backend, status):
    server.will(problem(status, "not-signed-in", "The user name or the password is wrong."))
    with pytest.raises(SignInRefused, match="user name or the password"):
        backend.sign_in("dana", "wrong")


@pytest.mark.parametrize(
    ("pause", "sentence"),
    [
        ([("Retry-After", "12")], "Too many tries. Try again in 12 seconds."),
        ([("Retry-After", "600")], "Too many tries. Try again in 10 minutes."),
        ([], "Too many tries. Try again later."),
    ],
)
def test_too_many_tries_say_how_long_to_wait(server, backend, pause, sentence):
    server.will(problem(429, "too-many-requests", headers=pause))
    with pytest.raises(SignInRefused, match=sentence):
        backend.sign_in("dana", "wrong")


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, SESSION),
        reply(201, {**SESSION, "token": ""}),
        reply(201, {**SESSION, "token": "a\r\nX-Evil: 1"}),
        reply(201, {**SESSION, "person": None}),
        reply(201, {**SESSION, "person": {"name": "Dana"}}),
        reply(201, {**SESSION, "person": {"id": "x", "name": ["Dana"]}}),
        reply(201, SESSION, "text/html"),
        reply(201, SESSION).cut(250),
        reply(401, "who are you?", "text/html"),
        reply(429, "slow down", "text/plain"),
        problem(503, "unavailable"),
        problem(500, "failed"),
        problem(404, "not-found"),
    ],
)
def test_a_sign_in_without_a_servers_answer_is_offline(server, backend, answer):
    server.will(answer)
    with pytest.raises(Unreachable):
        backend.sign_in("dana", "secret")


def test_a_password_that_is_no_text_is_refused_here(server, backend):
    with pytest.raises(SignInRefused):
        backend.sign_in("dana", "\ud800")
    assert server.requests == []


@pytest.mark.parametrize("answer", [reply(204), problem(401, "not-signed-in")])
def test_signing_out_makes_the_token_dead(server, backend, answer):
    server.will(answer)
    backend.sign_out()
    sent = server.requests[0]
    assert (sent.method, sent.path) == ("DELETE", "/v1/sessions/current")
    assert sent.headers["authorization"] == "Bearer secret-token"


@pytest.mark.parametrize("answer", [reply(200, {}), reply(401, "", "text/html"), problem(500, "failed")])
def test_signing_out_without_a_servers_answer_is_offline(server, backend, answer):
    server.will(answer)
    with pytest.raises(Unreachable):
        backend.sign_out()


def test_a_password_file_of_other_programs_is_not_asked(server, backend, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.will(reply(body=INFO), reply(204), reply(201, SESSION))
    backend.info()
    backend.sign_out()
    backend.sign_in("dana", "geheim")
    sent = [one.headers.get("authorization") for one in server.requests]
    assert sent == [None, "Bearer secret-token", None]


def test_secrets_never_reach_the_log(server, backend, caplog):
    with caplog.at_level(logging.DEBUG):
        server.will(reply(201, SESSION))
        backend.sign_in("dana", "geheim")
        server.will(reply(201, SESSION).cut(150))
        with pytest.raises(Unreachable):
            backend.sign_in("dana", "geheim")
    assert caplog.records
    for secret in ("geheim", SESSION["token"], "secret-token"):
        assert secret not in caplog.text


def test_a_hub_without_protection_is_not_even_asked():
    with pytest.raises(UnsafeAddress):
        HubBackend("http://hub.plant.local")
