"""A server on the loopback that answers what it is told to, byte for byte, also when that is nonsense."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Then(Enum):
    """What happens on the connection after the last byte of a reply."""

    CLOSE = "close"
    KEEP = "keep"
    STALL = "stall"


@dataclass(frozen=True)
class Reply:
    """One scripted answer as it goes out; `then` tells what happens to the connection afterwards.

    `again` follows the data, over and over until the client hangs up.
    """

    data: bytes
    then: Then = Then.CLOSE
    again: bytes = b""

    def cut(self, at: int) -> Reply:
        """The same answer, broken off after that many bytes."""
        return Reply(self.data[:at], Then.CLOSE)

    def stalling(self, at: int | None = None) -> Reply:
        """The same answer, after whose (first) bytes nothing more comes."""
        return Reply(self.data[:at], Then.STALL)

    def kept_open(self) -> Reply:
        return replace(self, then=Then.KEEP)


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        data = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return json.loads(data)


def reply(
    status: int = 200,
    body: bytes | str | Any = b"",
    media: str = "application/json",
    *,
    headers: Iterable[tuple[str, str]] = (),
    chunked: bool = False,
    compressed: bool = False,
    length: int | None = None,
) -> Reply:
    """A whole HTTP answer. `body` is bytes, text, or something that is made JSON."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {media}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if compressed:
        body = gzip.compress(body)
        lines.append("Content-Encoding: gzip")
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        third = max(len(body) // 3, 1)
        parts = [body[at : at + third] for at in range(0, len(body), third)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    else:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return Reply("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


def problem(status: int, code: str, detail: str = "", **more: Any) -> Reply:
    """The server's own problem details."""
    body = {"type": f"/problems/{code}", "title": code, "status": status, "detail": detail}
    return reply(status, body, "application/problem+json", **more)


@dataclass
class BadServer:
    """Give it replies with `will`; it uses them in order, and the last one for ever."""

    context: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.stalled = threading.Event()
        self._over = threading.Event()
        self._replies: deque[Reply] = deque()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        scheme = "https" if self.context else "http"
        return f"{scheme}://127.0.0.1:{self._server.server_address[1]}"

    def will(self, *replies: Reply) -> None:
        """Answer the next requests like this."""
        self._replies = deque(replies)

    def stop(self) -> None:
        self._over.set()
        self._server.end_connections()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next_reply(self) -> Reply:
        return self._replies.popleft() if len(self._replies) > 1 else self._replies[0]

    def stall(self) -> None:
        self.stalled.set()
        self._over.wait()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    owner: BadServer

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.open: set[socket.socket] = set()

    def end_connections(self) -> None:
        for one in list(self.open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client hung up, which many tests are about."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        self.server.open.add(self.request)
        self.server.owner.connections += 1
        if self.server.owner.context is not None:
            self.request = self.server.owner.context.wrap_socket(self.request, server_side=True)
            self.server.open.add(self.request)
        super().setup()

    def handle(self) -> None:
        while self._read_request():
            answer = self.server.owner.next_reply()
            self.wfile.write(answer.data)
            self.wfile.flush()
            while answer.again:
                self.wfile.write(answer.again)
            if answer.then is Then.STALL:
                self.server.owner.stall()
            if answer.then is not Then.KEEP:
                return

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if isinstance(self.request, ssl.SSLSocket):
            self.request.close()
        self.server.open.discard(self.request)

    def _read_request(self) -> bool:
        first = self.rfile.readline().decode()
        if not first:
            return False
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        method, path, _ = first.split()
        self.server.owner.requests.append(Request(method, path, headers, body))
        return True
