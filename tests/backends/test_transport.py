from __future__ import annotations

import contextlib
import socket
from pathlib import Path

import pytest

from maintenance_desktop.backends import transport
from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.outcomes import Unreachable
from tests.backends.samples import END, INFO, NOW, applied, edit, results, stream
from tests.bad_server import BadServer, Reply, Then, reply


@pytest.fixture
def safe_server(certificate):
    server = BadServer(certificate.context)
    server.will(reply(body=INFO).kept_open())
    yield server
    server.stop()


def ask(address):
    backend = HubBackend(address)
    try:
        return backend.info()
    finally:
        backend.close()


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_plants_own_authority_is_trusted_once_it_is_installed(
    safe_server, certificate, monkeypatch, variable
):
    with pytest.raises(Unreachable, match="certificate") as caught:
        ask(safe_server.url)
    assert not caught.value.maybe_applied
    monkeypatch.setenv(variable, str(certificate.authority))
    assert ask(safe_server.url).name == "North plant"


def test_a_certificate_for_another_name_is_not_accepted(safe_server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with pytest.raises(Unreachable, match="certificate"):
        ask(safe_server.url.replace("127.0.0.1", "localhost"))


def test_a_push_to_a_server_that_is_not_trusted_was_never_sent(safe_server):
    backend = HubBackend(safe_server.url)
    with pytest.raises(Unreachable) as caught:
        backend.push([edit()], NOW)
    assert not caught.value.maybe_applied
    backend.close()


def test_certificates_that_cannot_be_read_are_said_in_the_log(safe_server, monkeypatch, tmp_path, caplog):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(tmp_path))
    with pytest.raises(Unreachable):
        ask(safe_server.url)
    assert "gone.pem" in caplog.text


def test_a_server_without_tls_behind_an_https_address(server):
    server.will(reply(body=INFO))
    with pytest.raises(Unreachable):
        ask(server.url.replace("http:", "https:"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_somebody_elses_answer_and_gets_no_token(server, backend, status):
    elsewhere = BadServer()
    elsewhere.will(reply(body=INFO))
    server.will(reply(status, "", "text/html", headers=[("Location", elsewhere.url + "/v1/info")]))
    with pytest.raises(Unreachable):
        list(backend.changes(None))
    with pytest.raises(Unreachable):
        backend.push([edit()], NOW)
    assert elsewhere.requests == []
    elsewhere.stop()


def test_what_is_for_this_computer_goes_through_no_proxy(server, backend, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.will(reply(body=INFO))
    assert backend.info().name == "North plant"


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_proxy_that_does_not_let_us_through(server, monkeypatch, status):
    monkeypatch.setenv("https_proxy", server.url)
    server.will(reply(status, "no", "text/html"))
    backend = HubBackend("hub.plant.example")
    backend.use_token("secret-token")
    with pytest.raises(Unreachable, match="proxy") as caught:
        backend.push([edit()], NOW)
    backend.close()
    assert not caught.value.maybe_applied
    assert (server.requests[0].method, server.requests[0].path) == ("CONNECT", "hub.plant.example:443")
    assert "authorization" not in server.requests[0].headers


def test_a_proxy_of_a_kind_we_cannot_speak(monkeypatch):
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    with pytest.raises(Unreachable):
        ask("https://hub.plant.example")


def test_a_server_that_is_off_is_offline_and_nothing_was_sent(server, backend):
    server.stop()
    with pytest.raises(Unreachable, match="does not answer") as caught:
        backend.push([edit()], NOW)
    assert not caught.value.maybe_applied


def test_a_name_nobody_knows(monkeypatch):
    def unknown(*_):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match="not known"):
        ask("https://hub.plant.example")


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "xn--a", "."])
def test_a_name_no_network_can_have(host):
    with pytest.raises((Unreachable, ValueError)):
        ask(f"https://{host}")


@pytest.mark.parametrize("at", [0, 20, None], ids=["before headers", "in the headers", "in the body"])
def test_a_server_that_falls_silent_is_given_up(server, at):
    backend = HubBackend(server.url, read_seconds=0.05)
    server.will(reply(body=results(applied(edit())), length=5_000).stalling(at))
    with pytest.raises(Unreachable) as caught:
        backend.push([edit()], NOW)
    assert caught.value.maybe_applied
    backend.close()


def test_an_answer_that_does_not_come_to_an_end(server, backend, monkeypatch):
    server.will(reply(body=INFO))
    for name, value in (("_LARGEST_BODY", 10), ("_WHOLE_SECONDS", -1.0)):
        with monkeypatch.context() as patch:
            patch.setattr(transport, name, value)
            with pytest.raises(Unreachable, match="come to an end"):
                backend.info()


def test_a_connection_serves_many_calls(server, backend):
    server.will(reply(body=INFO).kept_open())
    for _ in range(3):
        backend.info()
    server.will(stream({"total": 0}, END, chunked=True).kept_open())
    for _ in range(3):
        list(backend.changes(None))
    assert server.connections == 1


def test_a_connection_that_was_idle_for_long_is_not_trusted(server, backend, monkeypatch):
    server.will(reply(body=INFO).kept_open())
    backend.info()
    monkeypatch.setattr(transport, "_IDLE_SECONDS", -1.0)
    backend.info()
    assert server.connections == 2


def test_a_call_that_changes_nothing_is_repeated_on_a_new_connection_if_the_kept_one_is_dead(server, backend):
    server.will(reply(body=INFO).kept_open(), Reply(b"", Then.CLOSE), reply(body=INFO))
    backend.info()
    assert backend.info().name == "North plant"
    assert len(server.requests) == 3


def test_but_only_once_and_only_after_a_good_call(server, backend):
    server.will(reply(body=INFO).kept_open(), Reply(b"", Then.CLOSE))
    backend.info()
    with pytest.raises(Unreachable):
        backend.info()
    with pytest.raises(Unreachable):
        backend.info()
    assert len(server.requests) == 4


def test_nothing_stays_open(server):
    def sockets():
        folder = Path("/proc/self/fd")
        if not folder.exists():
            pytest.skip("needs /proc")
        return sum("socket:" in str(one.readlink()) for one in folder.iterdir() if one.is_symlink())

    before = sockets()
    backend = HubBackend(server.url)
    for answer in (reply(body=INFO), reply(body=INFO).kept_open(), reply(body=INFO).cut(100), reply(302)):
        server.will(answer)
        for _ in range(3):
            with contextlib.suppress(Unreachable):
                backend.info()
    backend.close()
    assert sockets() <= before + 1  # the server's side of the last one may still be closing
