"""A proxy between the clients and the hubs that breaks what goes through it."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

_FAULTS: Final = {
    "answer lost": 12, "request cut": 5, "answer cut": 5, "refused": 4, "left alone": 4, "stalled": 4,
    "slow": 4,
}  # fmt: skip
_PUSH: Final = b"POST /v1/edits"
_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""For SO_LINGER: the other side hears of a broken connection, not of a closed one."""
_LONGEST_ALONE: Final = 5.0
_PIECE: Final = 65536


class FaultyProxy:
    """Carries TCP on loopback to any of several hubs. `rate`: how many connections have a fault."""

    def __init__(self, ports: Sequence[int], seed: int) -> None:
        self.rate = 0.0
        self.faults: Counter[str] = Counter()
        self.connections = 0
        self._ports = ports
        self._pick = Random(seed)
        self._ready = selectors.DefaultSelector()
        self._open: set[_Connection] = set()
        self._is_ending = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.setblocking(False)
        self._ready.register(self._listener, selectors.EVENT_READ)
        self._bell, self._ear = socket.socketpair()
        self._ready.register(self._ear, selectors.EVENT_READ)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def ends(self) -> None:
        """Cut everything and go."""
        self._is_ending = True
        self._bell.send(b"!")
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._is_ending:
                for key, events in self._ready.select(self._patience()):
                    if key.fileobj is self._listener:
                        self._accepts()
                    elif key.data is not None and key.data in self._open:
                        key.data.goes_on(key.fileobj, events)
                now = time.monotonic()
                for connection in list(self._open):
                    connection.lets_go(now)
        finally:
            for connection in list(self._open):
                connection.ends()
            for end in (self._listener, self._bell, self._ear):
                end.close()
            self._ready.close()

    def _patience(self) -> float | None:
        waits = [one.until for one in self._open if one.until is not None]
        return max(0.0, min(waits) - time.monotonic()) if waits else None

    def _accepts(self) -> None:
        with contextlib.suppress(OSError):
            near, _ = self._listener.accept()
            self.connections += 1
            fault = ""
            if self._pick.random() < self.rate:
                fault = self._pick.choices(list(_FAULTS), list(_FAULTS.values()))[0]
            far = None if fault == "refused" else self._reaches_a_hub()
            if far is None:
                self.faults[fault or "no hub there"] += 1
                _closes(near, broken=self._pick.random() < 0.5)
                return
            self._open.add(_Connection(self, near, far, fault))

    def _reaches_a_hub(self) -> socket.socket | None:
        ports = list(self._ports)
        self._pick.shuffle(ports)
        for port in ports:
            with contextlib.suppress(OSError):
                return socket.create_connection(("127.0.0.1", port), timeout=2)
        return None


class _Flow:
    """One direction of a connection: what came and has not been passed on yet."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source, self.sink = source, sink
        self.waiting = bytearray()
        self.passed = 0
        self.is_over = False


class _Connection:
    """A client's connection and the one to the hub, with at most one fault."""

    def __init__(self, proxy: FaultyProxy, near: socket.socket, far: socket.socket, fault: str) -> None:
        self._proxy, self._near, self._far, self._fault = proxy, near, far, fault
        self._pick = Random(proxy._pick.getrandbits(40))
        self._up, self._down = _Flow(near, far), _Flow(far, near)
        self._has_pushed = self._is_alone = False
        self._from_push = 0
        self._at = int(self._pick.choice([0, 100, 800, 3000]) * self._pick.random())
        self._stalls = self._pick.choice([self._up, self._down])
        self.until: float | None = None
        """Nothing moves before."""
        for end in (near, far):
            end.setblocking(False)
            proxy._ready.register(end, selectors.EVENT_READ, self)

    def goes_on(self, end: object, events: int) -> None:
        flow = self._up if end is self._near else self._down
        if events & selectors.EVENT_READ:
            self._reads(flow)
        if self in self._proxy._open and self.until is None:
            self._passes_on()

    def lets_go(self, now: float) -> None:
        if self.until is not None and self.until <= now:
            self.until = None
            if self._is_alone:
                self.ends()
            else:
                self._passes_on()

    def ends(self, *, broken: bool = False) -> None:
        self._proxy._open.discard(self)
        for end in (self._near, self._far):
            with contextlib.suppress(KeyError, ValueError):
                self._proxy._ready.unregister(end)
            _closes(end, broken=broken)

    def _reads(self, flow: _Flow) -> None:
        try:
            data = flow.source.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if self._is_alone:
            if not data:
                self.ends()
            return
        if not data:
            if self.until is not None or not flow.waiting:
                self.ends()  # what was held back for somebody who is gone is lost
            flow.is_over = True
            return
        if self._is_met(flow, data):
            return
        flow.waiting += data

    def _is_met(self, flow: _Flow, data: bytes) -> bool:
        """Whether the fault strikes here and ends it."""
        is_up = flow is self._up
        if is_up and _PUSH in data:
            self._has_pushed = True
        come = flow.passed + len(flow.waiting)
        match self._fault:
            case "answer lost" if self._has_pushed and not is_up:
                self._cuts_after(flow, data, self._pick.choice([0, 0, 0, 40, 400]))
                return True
            case "request cut" if is_up and come + len(data) > self._at:
                self._cuts_after(flow, data, max(0, self._at - come))
                return True
            case "answer cut" if not is_up and come + len(data) > self._at:
                self._cuts_after(flow, data, max(0, self._at - come))
                return True
            case "left alone" if is_up and self._has_pushed:
                flow.waiting += data
                self._passes_on()
                self._is_left_alone()
                return True
            case "stalled" if flow is self._stalls and come + len(data) > self._at:
                self._strikes()
                self.until = time.monotonic() + self._pick.uniform(0.1, 2.5)
            case "slow":
                if not come:
                    self._strikes(for_good=False)
                self.until = time.monotonic() + self._pick.uniform(0.01, 0.1)
        return False

    def _strikes(self, *, for_good: bool = True) -> None:
        self._proxy.faults[self._fault] += 1
        if for_good:
            self._fault = ""

    def _cuts_after(self, flow: _Flow, data: bytes, count: int) -> None:
        self._strikes()
        flow.waiting += data[:count]
        self._passes_on()
        if self in self._proxy._open:
            self.ends(broken=self._pick.random() < 0.5)

    def _is_left_alone(self) -> None:
        """The client hears nothing any more; the hub goes on with what it was asked."""
        if self not in self._proxy._open:
            return
        self._strikes()
        self._is_alone = True
        self._proxy._ready.unregister(self._near)
        _closes(self._near, broken=self._pick.random() < 0.5)
        self.until = time.monotonic() + _LONGEST_ALONE

    def _passes_on(self) -> None:
        for flow in (self._up, self._down):
            try:
                while flow.waiting:
                    sent = flow.sink.send(flow.waiting)
                    flow.passed += sent
                    del flow.waiting[:sent]
            except BlockingIOError:
                pass
            except OSError:
                self.ends()
                return
            if flow.is_over and not flow.waiting:
                self.ends()
                return
            if not self._is_alone:
                wants = selectors.EVENT_READ | (selectors.EVENT_WRITE if flow.waiting else 0)
                self._proxy._ready.modify(flow.sink, wants, self)


def _closes(end: socket.socket, *, broken: bool) -> None:
    with contextlib.suppress(OSError):
        if broken:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    end.close()
