"""A web server on loopback that serves a feed's folder, as well or as badly as a test wants it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class FeedServer(ThreadingHTTPServer):
    """`faults` maps the end of a path to what answers it instead."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
        self.faults: dict[str, Callable[[SimpleHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(SimpleHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        for end, fault in self.server.faults.items():
            if self.path.endswith(end):
                fault(self)
                return
        super().do_GET()

    def log_message(self, *_: object) -> None: ...


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[FeedServer]:
    server = FeedServer(folder)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="feed")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        assert not thread.is_alive()


def answer(handler: SimpleHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    with contextlib.suppress(OSError):
        handler.wfile.write(body)


def endless(handler: SimpleHTTPRequestHandler) -> None:
    """Sends until the other side has had enough."""
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x" * 65_536)


def cut_after(share: float) -> Callable[[SimpleHTTPRequestHandler], None]:
    """Promises the whole file, sends a part of it and hangs up."""
    return stalls_after(share, None)


def stalls_after(share: float, goes_on: threading.Event | None) -> Callable[[SimpleHTTPRequestHandler], None]:
    """Promises the whole file, sends a part of it, and nothing more; hangs up when it goes on."""

    def fault(handler: SimpleHTTPRequestHandler) -> None:
        body = Path(handler.translate_path(handler.path)).read_bytes()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(body[: int(len(body) * share)])
        handler.close_connection = True
        if goes_on is not None:
            goes_on.wait(20)

    return fault
