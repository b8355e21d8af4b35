"""A network cable between one client and the hub, which a test can pull and plug in again."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading


class Cable:
    """Forwards TCP on loopback. Pulled, it cuts what is open and refuses what is new."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_plugged = True
        self._flows = threading.Event()
        self._flows.set()
        self.holds_something = threading.Event()
        """Set when something is on the way that does not arrive."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._threads = [threading.Thread(target=self._accept, name="cable", daemon=True)]
        self._threads[0].start()

    def pull(self) -> None:
        with self._lock:
            self._is_plugged = False
            ends, self._open = self._open, set()
        for end in ends:
            _shut(end)

    def plug_in(self) -> None:
        with self._lock:
            self._is_plugged = True

    def slow_down(self) -> None:
        """From now on nothing arrives, and nobody is told so: a server that does not answer."""
        self.holds_something.clear()
        self._flows.clear()

    def flow(self) -> None:
        """Let everything arrive that was on the way."""
        self._flows.set()

    def remove(self) -> None:
        """Pull it for good."""
        self._flows.set()
        _shut(self._listener)
        self._listener.close()
        self.pull()
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = None
            if self._is_plugged:
                with contextlib.suppress(OSError):
                    far = socket.create_connection(("127.0.0.1", self._to_port))
            if far is None:
                near.close()
                continue
            with self._lock:
                is_pulled = not self._is_plugged  # meanwhile
                self._open |= set() if is_pulled else {near, far}
            if is_pulled:
                near.close()
                far.close()
                continue
            thread = threading.Thread(target=self._carry, args=(near, far), name="cable", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
            for end in other:
                ready.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        raise OSError("closed")
                    if not self._flows.is_set():
                        self.holds_something.set()
                        self._flows.wait()
                    self._deliver(data, other[key.fileobj])
        with self._lock:
            self._open -= set(other)
        for end in other:
            end.close()

    def _deliver(self, data: bytes, to: socket.socket) -> None:
        to.sendall(data)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
