"""A plant's Wi-Fi for benchmarks: a TCP proxy, in a process of its own, that is narrow, late, lossy and cut.

What is modelled, for each direction:

- The air is one queue that all connections share. A piece occupies it for its bits ÷ bandwidth, and arrives
  half a round trip later. Opening a connection costs a round trip.
- A lost segment (each of 1,460 bytes, by chance) occupies the air once more and arrives a round trip late;
  whatever came behind it waits for it, since TCP gives bytes on in order only.
- The sender's window begins at ten segments and doubles each round trip (slow start).
- What a loss does to the window is a choice. Without `backs_off`, nothing: the radio repeats lost frames
  itself, or the sender is one that does not take a loss for a queue (BBR). With it, a loss halves the window
  and each round trip adds a segment (Reno; CUBIC does about the same here): at 1 % and 40 ms one connection
  then carries about 3 Mbit/s, however wide the air is.

Not modelled: headers, acknowledgements on the air of the other direction, time-outs of a whole window.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

SEGMENT: Final = 1460
_PIECE: Final = 8 * SEGMENT
_FIRST_WINDOW: Final = 10 * SEGMENT
_LEAST_WINDOW: Final = 2 * SEGMENT
_ROOM: Final = 65536


@dataclass(frozen=True, slots=True)
class Link:
    """Bits per second, seconds there and back, the share of lost segments, where it breaks, in bytes.

    `cuts` count what has reached clients, over all connections; at each, every open connection is reset.
    """

    bandwidth: float = 20e6
    round_trip: float = 0.04
    loss: float = 0.01
    cuts: tuple[int, ...] = ()
    backs_off: bool = False
    seed: int = 1


@dataclass(slots=True)
class Carried:
    """What went through."""

    connections: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    segments: int = 0
    lost: int = 0
    cuts: int = 0


class Air:
    """One direction: who sends when. Times come in as arguments, so that it can be tested without any."""

    def __init__(self, link: Link, random: Random) -> None:
        self._link = link
        self._random = random
        self._free_at = 0.0

    def send(self, now: float, size: int) -> tuple[float, int]:
        """When so many bytes have arrived, and how many segments were lost on the way."""
        segments = -(-size // SEGMENT)
        lost = sum(self._random.random() < self._link.loss for _ in range(segments))
        bits = 8 * (size + lost * SEGMENT)
        self._free_at = max(self._free_at, now) + bits / self._link.bandwidth
        late = self._link.round_trip if lost else 0.0
        return self._free_at + self._link.round_trip / 2 + late, lost


@dataclass(slots=True)
class Window:
    """How much one sender of one connection may have on the way."""

    link: Link
    size: float = _FIRST_WINDOW
    threshold: float = 1e12
    on_the_way: int = 0
    _deaf_until: float = 0.0

    @property
    def largest(self) -> float:
        """Four times what fits on the way: more would only wait in a queue."""
        return max(4 * self.link.bandwidth * self.link.round_trip / 8, 4 * _PIECE)

    def acknowledged(self, size: int) -> None:
        """These have arrived, and the sender knows."""
        self.on_the_way -= size
        grown = size if self.size < self.threshold else SEGMENT * size / self.size
        self.size = min(self.size + grown, self.largest)

    def lost(self, now: float) -> None:
        """Losses of one round trip count as one."""
        if self.link.backs_off and now >= self._deaf_until:
            self.size = self.threshold = max(self.size / 2, _LEAST_WINDOW)
            self._deaf_until = now + self.link.round_trip


@dataclass(slots=True)
class _Proxy:
    """Listens, and carries to one port of the loopback."""

    to_port: int
    link: Link
    carried: Carried = field(default_factory=Carried)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _airs: dict[str, Air] = field(default_factory=dict)
    _cuts: deque[int] = field(default_factory=deque)

    async def serve(self) -> None:
        """Until the process is told to end; says its port first and what went through last."""
        random = Random(self.link.seed)
        self._airs = {way: Air(self.link, random) for way in ("up", "down")}
        self._cuts = deque(sorted(self.link.cuts))
        server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0, limit=_ROOM)
        over = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
        print(server.sockets[0].getsockname()[1], flush=True)
        await over.wait()
        server.close()
        self._reset_all()
        print(json.dumps(asdict(self.carried)), flush=True)

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.carried.connections += 1
        self._open.add(writer)
        await asyncio.sleep(self.link.round_trip)
        far = None
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.to_port, limit=_ROOM)
            self._open.add(far)
            await asyncio.gather(
                self._carry("up", reader, far),
                self._carry("down", far_reader, writer),
                return_exceptions=True,
            )
        except (OSError, asyncio.CancelledError):
            pass  # nobody listens there, or the process ends: the caller is reset
        finally:
            for end in (writer, far):
                if end is not None:
                    self._open.discard(end)
                    end.close()

    async def _carry(self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One direction of one connection: read what the window has room for, deliver it in time."""
        clock = asyncio.get_running_loop().time
        window = Window(self.link)
        coming: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        room = asyncio.Event()
        deliverer = asyncio.create_task(self._deliver(way, coming, writer, window, room))
        last = 0.0
        try:
            while data := await reader.read(int(min(_PIECE, max(window.size - window.on_the_way, SEGMENT)))):
                window.on_the_way += len(data)
                arrives, lost = self._airs[way].send(clock(), len(data))
                self.carried.segments += -(-len(data) // SEGMENT)
                self.carried.lost += lost
                if lost:
                    window.lost(clock())
                last = max(arrives, last)
                coming.put_nowait((last, data))
                while window.on_the_way + SEGMENT > window.size:
                    room.clear()
                    await room.wait()
            coming.put_nowait((last, b""))
            await deliverer
        finally:
            deliverer.cancel()

    async def _deliver(
        self,
        way: str,
        coming: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        window: Window,
        room: asyncio.Event,
    ) -> None:
        loop = asyncio.get_running_loop()

        def acknowledge(size: int) -> None:
            window.acknowledged(size)
            room.set()

        while True:
            at, data = await coming.get()
            await asyncio.sleep(at - loop.time())
            if not data:
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            if way == "up":
                self.carried.bytes_up += len(data)
                writer.write(data)
            elif self._gives_down(data, writer):
                return
            await writer.drain()
            loop.call_later(self.link.round_trip / 2, acknowledge, len(data))

    def _gives_down(self, data: bytes, writer: asyncio.StreamWriter) -> bool:
        """Whether the link broke: up to there, every byte is given on."""
        before = self.carried.bytes_down
        cut = self._cuts[0] if self._cuts and self._cuts[0] < before + len(data) else None
        piece = data if cut is None else data[: cut - before]
        self.carried.bytes_down += len(piece)
        writer.write(piece)
        if cut is None:
            return False
        self._cuts.popleft()
        self.carried.cuts += 1
        self._reset_all()
        return True

    def _reset_all(self) -> None:
        ends, self._open = self._open, set()
        for end in ends:
            raw = end.get_extra_info("socket")
            if raw is not None:  # closing then says "reset" and not "over"
                with contextlib.suppress(OSError):
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()


class Wifi:
    """The proxy as a process of its own, so that it takes no time from whoever is measured."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    @classmethod
    def start(cls, to_port: int, link: Link) -> Wifi:
        given = json.dumps(asdict(link))
        command = [sys.executable, "-m", "tests.bench.wifi", "--to", str(to_port), "--link", given]
        root = Path(__file__).parents[2]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
        assert process.stdout is not None
        return cls(process, int(process.stdout.readline()))

    def stop(self) -> Carried:
        """End it; what it carried."""
        self._process.terminate()
        answer, _ = self._process.communicate(timeout=10)
        return Carried(**json.loads(answer.splitlines()[-1]))

    def __enter__(self) -> Wifi:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.wifi", description=__doc__)
    parser.add_argument("--to", type=int, required=True, metavar="PORT")
    parser.add_argument(
        "--link", default="{}", help='as JSON, e.g. \'{"bandwidth": 2e7, "cuts": [1000000]}\''
    )
    options = parser.parse_args()
    given: dict[str, Any] = json.loads(options.link)
    link = Link(**(given | {"cuts": tuple(given.get("cuts", ()))}))
    asyncio.run(_Proxy(options.to, link).serve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
