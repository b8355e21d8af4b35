from __future__ import annotations

import threading
import time

import pytest

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.outcomes import CursorExpired, Interrupted, SignInRequired, Unreachable
from tests.backends.samples import END, INFO, change, lines, stream
from tests.bad_server import BadServer, Reply, Then, problem, reply

SOON = 0.1
"""Seconds for the quickest of several: the computer may have something else to do for a moment."""
TIMES = 3


def test_a_change_ends_the_wait_as_soon_as_its_line_is_there(server, backend):
    whole = stream({"total": 1}, change(1), END, chunked=True)
    for answer in (stream({"total": 1}, change(1), END), whole.stalling(len(whole.data) - 30)):
        server.will(answer)
        assert backend.wait_for_change("c1", 30)
    assert server.requests[0].path == "/v1/changes?since=c1&limit=1&wait=30"
    assert server.requests[0].headers["authorization"] == "Bearer secret-token"


@pytest.mark.parametrize(
    ("last", "is_change"),
    [
        ({"cursor": "c1", "more": False}, False),
        ({"cursor": "c1", "more": True}, True),
        ({"cursor": "c2", "more": False}, True),
    ],
)
def test_a_wait_that_ends_quietly_tells_by_its_cursor(server, backend, last, is_change):
    server.will(stream({"total": 0}, last))
    assert backend.wait_for_change("c1", 30) is is_change


@pytest.mark.parametrize(("seconds", "sent"), [(0.2, "1"), (7.4, "7"), (900, "30")])
def test_a_wait_stays_within_what_the_contract_allows(server, backend, seconds, sent):
    server.will(stream({"total": 0}, {"cursor": "c1", "more": False}))
    backend.wait_for_change("c1", seconds)
    assert server.requests[0].path.endswith(f"wait={sent}")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (problem(410, "cursor-expired"), CursorExpired),
        (problem(401, "not-signed-in"), SignInRequired),
        (problem(500, "failed"), Unreachable),
        (problem(503, "unavailable"), Unreachable),
        (reply(200, "<html>", "text/html"), Unreachable),
        (stream({"total": 0}), Unreachable),
        (stream({"total": 1}, {"type": "asset"}), Unreachable),
        (stream({"total": 1}, change(1)).cut(150), Unreachable),
        (Reply(b""), Unreachable),
    ],
)
def test_a_wait_that_fails(server, backend, answer, error):
    server.will(answer)
    with pytest.raises(error) as caught:
        backend.wait_for_change("c1", 30)
    assert not isinstance(caught.value, Interrupted)


def interrupted_after(backend, server):
    """How long the wait went on after it was interrupted, while the server stalls."""
    at = []

    def interrupt():
        assert server.stalled.wait(10)
        at.append(time.monotonic())
        backend.interrupt()

    other = threading.Thread(target=interrupt)
    other.start()
    with pytest.raises(Interrupted):
        backend.wait_for_change("c1", 30)
    ended = time.monotonic()
    other.join()
    server.stalled.clear()
    return ended - at[0]


def quickest_after(backend, server, answer):
    took = []
    for _ in range(TIMES):
        server.will(answer)
        took.append(interrupted_after(backend, server))
    return min(took)


WAITING = stream({"total": 0}, {"cursor": "c1", "more": False}, chunked=True)


@pytest.mark.parametrize(
    "answer",
    [
        Reply(b"", Then.STALL),
        WAITING.stalling(10),
        WAITING.stalling(WAITING.data.index(b"\r\n\r\n") + 4),
        WAITING.stalling(WAITING.data.index(b"cursor")),
        reply(media="application/x-ndjson", headers=[("Connection", "close")], length=500).stalling(),
        reply(body=lines({"total": 0}), media="application/x-ndjson", compressed=True, length=500).stalling(),
    ],
    ids=["before headers", "in the headers", "after headers", "in a line", "closing", "compressed"],
)
def test_a_wait_is_broken_at_once_wherever_it_is(server, backend, answer):
    assert quickest_after(backend, server, answer) < SOON
    server.will(stream({"total": 1}, change(1), END))
    assert backend.wait_for_change("c1", 30)


def test_a_wait_over_tls_is_broken_at_once(certificate, monkeypatch):
    server = BadServer(certificate.context)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    backend = HubBackend(server.url)
    try:
        for answer in (Reply(b"", Then.STALL), WAITING.stalling(WAITING.data.index(b"cursor"))):
            assert quickest_after(backend, server, answer) < SOON
    finally:
        backend.close()
        server.stop()


def test_an_interruption_before_the_wait_ends_it_before_it_begins(server, backend):
    server.will(stream({"total": 1}, change(1), END))
    backend.interrupt()
    backend.interrupt()
    with pytest.raises(Interrupted):
        backend.wait_for_change("c1", 30)
    assert server.requests == []
    assert backend.wait_for_change("c1", 30)


def test_an_interruption_while_connecting_ends_the_wait(server, backend, monkeypatch):
    hold = backend._waiting.line.hold

    def connected(connection):
        backend.interrupt()
        hold(connection)

    monkeypatch.setattr(backend._waiting.line, "hold", connected)
    took = []
    for _ in range(TIMES):
        server.will(Reply(b"", Then.STALL))
        began = time.monotonic()
        with pytest.raises(Interrupted):
            backend.wait_for_change("c1", 30)
        took.append(time.monotonic() - began)
    assert min(took) < SOON


def test_an_interruption_disturbs_no_other_call(server, backend):
    server.will(reply(body=INFO))
    backend.interrupt()
    assert backend.info().name == "North plant"


def test_closing_ends_a_wait_and_a_running_call(server, backend):
    for call in (lambda: backend.wait_for_change("c1", 30), backend.info):
        server.will(Reply(b"", Then.STALL))
        other = threading.Thread(target=lambda: (server.stalled.wait(10), backend.close()))
        other.start()
        with pytest.raises(Unreachable):
            call()
        other.join()
        server.stalled.clear()


def test_interrupting_at_any_moment_loses_no_wait(server, backend):
    """Many waits and many interruptions in a race: each wait ends, and nothing stays open."""
    server.will(stream({"total": 1}, change(1), END))
    over = threading.Event()

    def keep_interrupting():
        while not over.wait(0.0007):
            backend.interrupt()

    other = threading.Thread(target=keep_interrupting)
    other.start()
    ends = set()
    for _ in range(150):
        try:
            ends.add(backend.wait_for_change("c1", 30))
        except Interrupted:
            ends.add("interrupted")
    over.set()
    other.join()
    assert "interrupted" in ends
