"""The proxy of `make soak-kill`: what it breaks, and what it leaves alone."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

from tests.soak.processes import proxy as proxy_module
from tests.soak.processes.proxy import FaultyProxy

_PUSH = b"POST /v1/edits HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone"


class OneHub:
    """Answers everything with the same words and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked = bytearray()
        self.was_asked = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._thread = threading.Thread(target=self._runs)
        self._thread.start()

    def ends(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join()

    def _runs(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                with caller, contextlib.suppress(OSError):
                    while data := caller.recv(65536):
                        self.asked += data
                        if self.asked.endswith(b"hello"):
                            self.was_asked.set()
                            caller.sendall(_ANSWER)


@pytest.fixture
def hub():
    hub = OneHub()
    yield hub
    hub.ends()


@pytest.fixture
def proxy(hub):
    proxy = FaultyProxy([hub.port], seed=1)
    yield proxy
    proxy.ends()


def _asks(proxy: FaultyProxy) -> bytes:
    """What comes back until the connection ends or the whole answer is there."""
    port = int(proxy.url.rsplit(":", 1)[1])
    heard = b""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", port), timeout=20) as line,
    ):
        line.sendall(_PUSH)
        while len(heard) < len(_ANSWER) and (data := line.recv(65536)):
            heard += data
    return heard


def _only(fault: str, proxy: FaultyProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_module, "_FAULTS", {fault: 1})
    proxy.rate = 1.0


def test_without_faults_everything_arrives(hub, proxy):
    assert _asks(proxy) == _ANSWER
    assert bytes(hub.asked) == _PUSH
    assert proxy.faults == {}


@pytest.mark.parametrize("fault", ["answer lost", "left alone"])
def test_the_hub_gets_the_whole_request_and_its_answer_is_lost(fault, hub, proxy, monkeypatch):
    _only(fault, proxy, monkeypatch)
    assert _asks(proxy) != _ANSWER
    assert hub.was_asked.wait(20)
    assert bytes(hub.asked) == _PUSH
    assert proxy.faults == {fault: 1}


@pytest.mark.parametrize("fault", ["slow", "stalled"])
def test_what_is_late_arrives_whole(fault, hub, proxy, monkeypatch):
    _only(fault, proxy, monkeypatch)
    assert _asks(proxy) == _ANSWER
    assert bytes(hub.asked) == _PUSH


def test_a_refused_connection_reaches_no_hub(hub, proxy, monkeypatch):
    _only("refused", proxy, monkeypatch)
    assert _asks(proxy) == b""
    assert not hub.asked


def test_a_hub_that_is_dead_is_left_out(hub):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        dead = nobody.getsockname()[1]
    proxy = FaultyProxy([dead, hub.port], seed=1)
    try:
        assert [_asks(proxy) for _ in range(5)] == [_ANSWER] * 5
    finally:
        proxy.ends()
