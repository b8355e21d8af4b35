"""What can become of an answer between an honest server and the client, drawn by hypothesis."""

from __future__ import annotations

import gzip
import itertools
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.bad_answers.hub_on_a_wire import JSON, LINES, PROBLEM, Bend, Said
from tests.bad_answers.odd_values import Change, changes_of_json
from tests.bad_server import Reply, Request, Then, reply

STATUSES = (*[200] * 3, 201, 204, 206, 301, 304, 307, 400, 401, 403, 404, 409, 410, 413, 429, 500, 503, 511)
MEDIA = (JSON, LINES, PROBLEM, "text/html", "text/plain", "", "application/octet-stream")
BOMB = gzip.compress(b" " * 3_000_000)
BOMB_OF_LINES = gzip.compress(b"\n" * 3_000_000)
PAGE = b"<html><body>Sign in to the guest network</body></html>"


@dataclass(frozen=True)
class Dress:
    """How an answer is put on the wire: what it claims to be, and what really comes."""

    status: int | None = None
    media: str | None = None
    body: bytes | None = None
    packed: str = ""
    length: int | None = None
    chunked: bool = False
    cut: float = 1.0
    stalls: bool = False
    flips: tuple[tuple[float, bytes], ...] = ()
    again: bytes = b""

    def on(self, said: Said) -> Reply:
        if self == Dress():
            return said.replied()
        body = said.body if self.body is None else self.body
        headers = (*said.headers, ("Connection", "close"))
        if self.packed:
            headers += (("Content-Encoding", self.packed.partition(" ")[0]),)
            body = _packed(self.packed, body)
        whole = reply(
            self.status or said.status,
            body,
            said.media if self.media is None else self.media,
            headers=headers,
            chunked=self.chunked,
            length=self.length,
        )
        data = bytearray(whole.data)
        for at, put in self.flips:
            place = round(at * len(data))
            data[place : place + len(put)] = put
        data = data[: round(self.cut * len(data))]
        return Reply(bytes(data), Then.STALL if self.stalls else Then.CLOSE, self.again)


def _packed(how: str, body: bytes) -> bytes:
    match how:
        case "gzip":
            return gzip.compress(body)
        case "gzip cut":
            return gzip.compress(body)[:-9]
        case "gzip broken":
            return gzip.compress(body)[:12] + b"\xff\xff\xff" + gzip.compress(body)[15:]
        case "gzip bomb":
            return BOMB
        case "gzip lines":
            return BOMB_OF_LINES
        case "gzip tail":
            return gzip.compress(body) + b"and more"
    return body  # it only claims to be packed


fractions = st.floats(0, 1, allow_nan=False)
problems = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["about:blank", "/problems/invalid-request", "/problems/x", "", None, 7]),
        "title": st.text(max_size=5),
        "status": st.sampled_from([400, 500, "x"]),
        "detail": st.text(max_size=20) | st.none(),
    },
).map(msgspec.json.encode)
bodies = (
    problems | st.sampled_from([PAGE, b"", b"null", b"{}", b"[]", b"{", b"\xff\xfe"]) | st.binary(max_size=40)
)
cuts = st.builds(Dress, cut=fractions, chunked=st.booleans(), packed=st.sampled_from(["", "gzip"]))
flips = st.builds(
    Dress,
    flips=st.lists(st.tuples(fractions, st.binary(min_size=1, max_size=4)), min_size=1, max_size=3).map(
        tuple
    ),
    chunked=st.booleans(),
)
claims = st.builds(
    Dress,
    status=st.none() | st.sampled_from(STATUSES),
    media=st.none() | st.sampled_from(MEDIA),
    packed=st.sampled_from(
        [
            "",
            "",
            "gzip",
            "gzip plain",
            "gzip cut",
            "gzip broken",
            "gzip bomb",
            "gzip lines",
            "gzip tail",
            "br",
        ]
    ),
    length=st.none() | st.sampled_from([-1, 0, 1, 10, 10**9]),
    chunked=st.booleans(),
)
strangers = st.builds(
    Dress,
    status=st.sampled_from(STATUSES),
    media=st.sampled_from(MEDIA),
    body=bodies,
    cut=fractions | st.just(1.0),
)
own_refusals = st.builds(Dress, status=st.sampled_from(STATUSES), media=st.just(PROBLEM), body=problems)
floods = st.builds(
    Dress,
    media=st.sampled_from([LINES, JSON, "text/html"]),
    body=st.just(b""),
    length=st.just(10**15),
    again=st.sampled_from([b"\n" * 4096, b" " * 4096, b"{}\n" * 1000, b'{"total":1}\n' * 300, b"x" * 4096]),
)
dresses = st.just(Dress()) | cuts | flips | claims | strangers | own_refusals


@dataclass(frozen=True)
class Invented:
    """The hub is not asked: what it says of each edit is drawn, and looks right."""

    outcomes: tuple[str, ...]
    version: int

    def __call__(self, said: Said, request: Request) -> Said:
        edits = request.json["edits"]
        told = [self.outcomes[n % len(self.outcomes)] for n in range(len(edits))]
        results = [self._result(one, outcome) for one, outcome in zip(edits, told, strict=True)]
        return Said([{"results": results}])

    def _result(self, one: dict[str, Any], outcome: str) -> dict[str, Any]:
        of_it = {"id": one["id"], "outcome": outcome}
        match outcome:
            case "applied":
                return of_it | {"version": self.version, "record": one["record"] or None}
            case "conflict":
                theirs = None if one["kind"] == "delete" else one["record"]
                return of_it | {"version": self.version, "current": theirs, "changed_by_name": "Bob"}
        return {"id": one["id"], "outcome": "rejected", "code": outcome, "message": "No."}


invented = st.builds(
    Invented,
    st.lists(
        st.sampled_from(["applied", "conflict", "invalid", "parent_missing", "not_found"]),
        min_size=1,
        max_size=4,
    ).map(tuple),
    st.sampled_from([1, 2, 5, 2**40]),
)


@dataclass(frozen=True)
class Bent:
    """Its content is changed, or its dress, or both; or another one is invented in its place."""

    invention: Invented | None
    contents: tuple[Change, ...]
    dress: Dress

    @property
    def reaches(self) -> bool:
        """Whether the hub hears of the request at all."""
        return self.invention is None

    def __call__(self, said: Said, request: Request) -> Reply:
        if self.invention is not None:
            said = self.invention(said, request)
        for change in self.contents:
            said = replace(said, parts=change(said.parts))
        return self.dress.on(said)


@dataclass(frozen=True)
class Instead:
    """Anything at all in place of an answer."""

    data: bytes
    reaches: bool

    def __call__(self, said: Said, request: Request) -> Reply:
        return Reply(self.data)


@dataclass(frozen=True)
class Endless:
    """An answer that goes on for ever and never says anything."""

    dress: Dress

    def __call__(self, said: Said, request: Request) -> Reply:
        return self.dress.on(said)


@dataclass
class NoLastPage:
    """The first page, or an empty one, again and again, and always followed by another one."""

    cursors: int
    has_records: bool

    def __post_init__(self) -> None:
        self._number = itertools.count()
        self._first: list[Said] = []

    def __call__(self, said: Said, request: Request) -> Reply:
        self._first.append(said)
        first = self._first[0]
        end = {"cursor": f"c{next(self._number) % self.cursors}", "more": True}
        return replace(first, parts=[*(first.parts[:-1] if self.has_records else []), end]).replied()


starts = st.sampled_from(
    [b"", *(b"HTTP/%b\r\n\r\n" % line for line in (b"1.1 200 OK", b"1.1 100 No", b"2 200"))]
)
instead = st.builds(Instead, st.builds(bytes.__add__, starts, st.binary(max_size=60)), st.booleans())
endless = st.builds(Endless, floods)
stops = st.builds(Bent, st.none(), st.just(()), st.builds(Dress, cut=fractions, stalls=st.just(True)))
pages_without_end = st.builds(NoLastPage, st.sampled_from([1, 2, 10**9]), st.booleans())


def bends(*, of_edits: bool = False) -> st.SearchStrategy[Bend]:
    """Anything that can become of one answer, except that it never ends."""
    inventions = st.none() | invented if of_edits else st.none()
    changes = st.lists(changes_of_json, max_size=3).map(tuple)
    bent = st.builds(Bent, inventions, changes, st.just(Dress()) | dresses)
    return bent | bent | bent | instead
