"""A hub in memory that is spoken to over real HTTP, and whose answers can be bent before they leave."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.outcomes import (
    Applied,
    Change,
    Changes,
    Conflicted,
    CursorExpired,
    Outcome,
    Rejected,
    RemoteError,
    ServerFailed,
    SignInRefused,
)
from maintenance_desktop.domain.wire import encode
from tests.bad_server import BadServer, Reply, Request, reply
from tests.services.fakes import FakeHub, FakeLine

JSON = "application/json"
LINES = "application/x-ndjson"
PROBLEM = "application/problem+json"
PASSWORD = "correct horse"
EPOCH = "0190a000-0000-7000-8000-{:012x}"


@dataclass(frozen=True)
class Said:
    """An answer before it is put on the wire: each part is a line of a stream, or the one object."""

    parts: list[Any]
    status: int = HTTPStatus.OK
    media: str = JSON
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> bytes:
        ends = b"\n" if self.media == LINES else b""
        return b"".join(encode(part) + ends for part in self.parts)

    def replied(self) -> Reply:
        """The whole of it, as an honest server sends it."""
        return reply(self.status, self.body, self.media, headers=self.headers).kept_open()


Bend = Callable[[Said, Request], Reply]
"""What becomes of an answer on its way. The hub does not hear of the request where `reaches` is False."""


class HubOnAWire(BadServer):
    """Answers for a `FakeHub`, each call bent by the next of its `bends`; without one it is honest."""

    def __init__(self, username: str = "pia") -> None:
        super().__init__()
        self.hub = FakeHub()
        self.username = username
        self.bends: dict[str, list[Bend]] = {}
        self.breaks_on: set[str] = set()
        self.sent: list[tuple[Request, Reply]] = []
        self.bug: Exception | None = None
        """What went wrong in here, and not in the client."""

    def __repr__(self) -> str:
        return self.url

    def next_reply(self) -> Reply:
        request = self.requests[-1]
        try:
            waiting = self.bends.get(call_of(request))
            bend = waiting.pop(0) if waiting else None
            said = self._answer(request) if getattr(bend, "reaches", True) else Said([{}])
            answer = said.replied() if bend is None else bend(said, request)
        except Exception as error:
            self.bug = error
            raise
        self.sent.append((request, answer))
        return answer

    def is_honest_again(self) -> None:
        self.bends, self.breaks_on = {}, set()

    def _answer(self, request: Request) -> Said:
        line = _Line(self.hub, self.username)
        line.breaks_on = self.breaks_on
        try:
            return getattr(self, f"_{call_of(request)}")(line, request)
        except RemoteError as error:
            return refusal(error)

    def _info(self, line: FakeLine, request: Request) -> Said:
        return Said(
            [
                {
                    "product": "maintenance-hub",
                    "api": 1,
                    "instance": self.hub.instance,
                    "epoch": EPOCH.format(self.hub.epoch),
                    "name": "North plant",
                    "server_time": "2026-11-22T12:00:00.000Z",
                    "limits": {"edits_per_push": 500, "push_bytes": 8_388_608},
                }
            ]
        )

    def _snapshot(self, line: FakeLine, request: Request) -> Said:
        body = {"type": "/problems/not-found", "title": "not-found", "status": 404, "detail": "None is made."}
        return Said([body], HTTPStatus.NOT_FOUND, PROBLEM)

    def _sessions(self, line: FakeLine, request: Request) -> Said:
        if request.method == "DELETE":
            return Said([], HTTPStatus.NO_CONTENT)
        asked = request.json
        signed_in = line.sign_in(asked["username"], asked["password"])
        content = {
            "token": "abc_DEF-123",
            "expires_at": signed_in.expires_at,
            "person": signed_in.person,
            "instance": self.hub.instance,
            "epoch": EPOCH.format(self.hub.epoch),
        }
        return Said([content], HTTPStatus.CREATED)

    def _edits(self, line: FakeLine, request: Request) -> Said:
        edits = [edit_of(one) for one in request.json["edits"]]
        outcomes = line.push(edits, None)
        pairs = zip(edits, outcomes, strict=True)
        results = [{"id": edit.id} | result_of(outcome) for edit, outcome in pairs]
        return Said([{"results": results}])

    def _decisions(self, line: FakeLine, request: Request) -> Said:
        if request.method == "POST":
            return Said([{"kept": len(request.json["decisions"])}])
        return Said([{"decisions": [], "more": False}])

    def _changes(self, line: FakeLine, request: Request) -> Said:
        since = parse_qs(urlsplit(request.path).query, keep_blank_values=True).get("since", [None])[0]
        return Said([part for piece in line.changes(since) for part in _lines_of(piece)], media=LINES)


class _Line(FakeLine):
    """The cursors of a real hub cannot be guessed: one that was bent on its way is not known."""

    def changes(self, cursor: str | None, *, limit: int = 5_000, within: float | None = None) -> Any:
        plain = None if cursor is None else self._opened(cursor)
        for piece in super().changes(plain):
            yield piece if piece.cursor is None else replace(piece, cursor=_sealed(piece.cursor))

    def _opened(self, cursor: str) -> str:
        plain = cursor.rpartition(".")[0]
        if _sealed(plain) != cursor:
            raise CursorExpired("The cursor is not known.")
        return plain


def _sealed(plain: str) -> str:
    return f"{plain}.{zlib.crc32(plain.encode()):08x}"


def call_of(request: Request) -> str:
    """info, sessions, edits, decisions, snapshot or changes."""
    return urlsplit(request.path).path.removeprefix("/v1/").partition("/")[0]


def refusal(error: RemoteError) -> Said:
    """What a hub says instead; a fault that nobody foresaw has no type of its own (RFC 9457)."""
    if isinstance(error, ServerFailed):
        body: dict[str, Any] = {"type": "about:blank", "title": "Internal Server Error", "status": 500}
        return Said([body], 500, PROBLEM)
    known = {CursorExpired: (410, "cursor-expired"), SignInRefused: (401, "not-signed-in")}
    status, code = known[type(error)]
    body = {"type": f"/problems/{code}", "title": code, "status": status, "detail": str(error)}
    return Said([body], status, PROBLEM)


def edit_of(one: dict[str, Any]) -> Edit:
    """An edit as it arrived."""
    return Edit(
        id=one["id"],
        kind=EditKind(one["kind"]),
        type=one["type"],
        record_id=one["record_id"],
        mine=one["record"],
        made_at=one["made_at"],
        base_version=one["base_version"],
    )


def result_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as it travels, without the edit's id."""
    match outcome:
        case Applied(version, record, replayed):
            return {"outcome": "applied", "version": version, "record": record} | (
                {"replayed": True} if replayed else {}
            )
        case Conflicted(server):
            return {
                "outcome": "conflict",
                "current": server.record,
                "version": server.version,
                "changed_at": server.changed_at,
                "changed_by": server.changed_by,
                "changed_by_name": server.changed_by_name,
                "changes": server.changes,
            }
        case Rejected(refused):
            return {"outcome": "rejected", "code": refused.code, "message": refused.message}


def _lines_of(piece: Changes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [] if piece.total is None else [{"total": piece.total}]
    found += [_line_of(change) for change in piece.changes]
    return found + ([] if piece.cursor is None else [{"cursor": piece.cursor, "more": piece.more}])


def _line_of(change: Change) -> dict[str, Any]:
    known = {
        "type": change.type,
        "id": change.id,
        "version": change.version,
        "changed_at": change.changed_at,
        "changed_by": change.changed_by,
    }
    return known | ({"deleted": True} if change.record is None else {"record": change.record})
