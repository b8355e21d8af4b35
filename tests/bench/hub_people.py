"""Many people of a plant as seen by a hub: each saves, pushes, pulls and waits just as the program does."""

from __future__ import annotations

import asyncio
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.values import write_time

_RECORD: Final = re.compile(rb'^\{"type":"[a-z_]+","id":"([^"]{36})","version":(\d+)', re.MULTILINE)
WAIT: Final = 25
"""Seconds that a waiting call may last."""
Seen = Callable[[int, list[tuple[bytes, bytes]], float], None]


class Failed(Exception):
    """The hub answered what it should not."""


class Line:
    """One kept connection, with the least HTTP that does it."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = f"HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def call(self, method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
        """The body of the answer. Raises Failed on any status but 200."""
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        self._writer.write(f"{method} {path} {self._head}{more}{length}\r\n".encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        whole = await self._body(self._reader, head)
        if b"content-encoding: gzip" in head:
            whole = zlib.decompress(whole, wbits=31)
        if not head.startswith(b"http/1.1 200"):
            raise Failed(f"{path}: {head[:40]!r} {whole[:300]!r}")
        return whole

    def cut(self) -> None:
        """Close it now."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _body(self, reader: asyncio.StreamReader, head: bytes) -> bytes:
        if b"transfer-encoding: chunked" not in head:
            found = re.search(rb"content-length: (\d+)", head)
            return await reader.readexactly(int(found[1])) if found else b""
        pieces = []
        while size := int(await reader.readuntil(b"\r\n"), 16):
            pieces.append((await reader.readexactly(size + 2))[:-2])
        await reader.readexactly(2)
        return b"".join(pieces)


@dataclass
class Person:
    """One client: a line for calls and one for waiting, and the work orders that only it changes."""

    number: int
    port: int
    token: str
    person_id: str
    cursor: str
    work: list[dict[str, Any]]
    seen: Seen
    random: Random
    pushes: list[float] = field(default_factory=list)
    rounds: int = 0
    _saved: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    _something: asyncio.Event = field(default_factory=asyncio.Event)

    def save(self, at: float) -> tuple[str, int]:
        """Make an edit; it is sent as soon as this client's turn comes. Answers what others will see."""
        chance = self.random.random()
        order = self.work[0]
        now = datetime.now(UTC)
        edit: dict[str, Any] = {"id": new_id(now, self.random), "made_at": write_time(now)}
        child = {"work_order_id": order["id"]}
        if chance < 0.5:
            record = order["record"] | {"completion_notes": f"Checked, no leak, see {edit['id']}."}
            edit |= {"kind": "update", "type": "work_order", "record_id": order["id"], "record": record}
            edit |= {"base_version": order["version"]}
            order["version"] += 1
            version = order["version"]
        else:
            kind = "labor" if chance < 0.8 else "comment"
            record = (
                child | {"person_id": self.person_id, "hours": 1.5, "labor_type": "regular", "note": "Seal."}
                if kind == "labor"
                else child | {"text": "Checked this morning, not worse than yesterday."}
            )
            edit |= {"kind": "create", "type": kind, "record_id": new_id(now, self.random), "record": record}
            edit |= {"base_version": None}
            version = 1
        self._saved.append((at, edit))
        self.work.append(self.work.pop(0))
        self._something.set()
        return edit["record_id"], version

    async def live(self) -> None:
        """Rounds, and waiting between them, until it is cancelled."""
        line, waiting = Line(self.port, self.token), Line(self.port, self.token)
        try:
            while True:
                self._something.clear()
                await self._round(line)
                await self._wait(waiting)
        finally:
            line.cut()
            waiting.cut()

    async def _round(self, line: Line) -> None:
        self.rounds += 1
        saved, self._saved = self._saved, []
        if saved:
            clock = asyncio.get_running_loop().time
            body = {"sent_at": write_time(datetime.now(UTC)), "edits": [edit for _, edit in saved]}
            began = clock()
            more = "Content-Type: application/json\r\nAccept-Encoding: gzip\r\n"
            answer = json.loads(await line.call("POST", "/v1/edits", json.dumps(body).encode(), more))
            self.pushes += [clock() - began] * len(saved)
            for result in answer["results"]:
                if result["outcome"] != "applied":
                    raise Failed(f"{result}")
        is_more = True
        while is_more:
            page = await line.call(
                "GET", f"/v1/changes?since={self.cursor}", more="Accept-Encoding: gzip\r\n"
            )
            is_more = self._read(page)

    def _read(self, page: bytes) -> bool:
        self.seen(self.number, _RECORD.findall(page), asyncio.get_running_loop().time())
        end = json.loads(page[page.rindex(b"\n", 0, -1) + 1 :])
        self.cursor = end["cursor"]
        return bool(end["more"])

    async def _wait(self, line: Line) -> None:
        """Hold the line until there is a change, or a save here cuts it, as the program does."""
        path = f"/v1/changes?since={self.cursor}&limit=1&wait={WAIT}"
        call = asyncio.ensure_future(line.call("GET", path, more="Accept-Encoding: gzip\r\n"))
        mine = asyncio.ensure_future(self._something.wait())
        try:
            await asyncio.wait((call, mine), return_when=asyncio.FIRST_COMPLETED)
            if call.done():
                call.result()
        finally:
            mine.cancel()
            if not call.done():
                call.cancel()
                line.cut()
                await asyncio.wait((call,))
