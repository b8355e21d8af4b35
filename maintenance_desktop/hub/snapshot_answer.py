"""`GET /v1/snapshot`: which bytes of which snapshot go out (RFC 9110: ranges and conditions)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response
from litestar.response import Stream

from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.hub import snapshot_list
from maintenance_desktop.hub.asking import number_in
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.desk import Desk, desk_of
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.snapshot_list import MadeSnapshot

_Request = Request[Any, Any, Any]

_MEDIA_TYPE: Final = "application/gzip"
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


async def snapshot_answer(request: _Request, *, is_head: bool) -> Response[bytes] | Stream:
    """The whole file, the part that was asked for, or why there is none. Raises Problem."""
    desk = desk_of(request)
    layout = number_in(request, "schema", 0, least=1)
    wanted = request.query_params.get("etag", "").strip('"')
    made = await desk.run(lambda: _look_up(desk, layout, wanted))
    if made is None:
        raise Problem("invalid-request", _why_not(layout), status=HTTPStatus.NOT_ACCEPTABLE)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "ETag": made.etag,
        "Repr-Digest": made.repr_digest,
        "Snapshot-Cursor": made.cursor,
        "Snapshot-Size": str(made.unpacked),
    }
    if made.etag in _tags(request, "if-none-match"):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    start, end = 0, made.size
    status = HTTPStatus.OK
    if request.headers.get("if-range", made.etag) == made.etag and (part := _part(request, made.size)):
        status = HTTPStatus.PARTIAL_CONTENT
        start, end = part
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{made.size}"
    headers["Content-Length"] = str(end - start)
    pieces = iter(()) if is_head else desk.shelf.pieces(made.digest, start, end)
    return Stream(_sent(desk, pieces), media_type=_MEDIA_TYPE, headers=headers, status_code=status)


def _look_up(desk: Desk, layout: int, wanted: str) -> MadeSnapshot | None:
    def work(tx: Transaction) -> MadeSnapshot | None:
        certain = snapshot_list.find(tx, layout, wanted) if wanted and "\0" not in wanted else None
        return certain or snapshot_list.newest(tx, layout)

    made = desk.store.database.read(work)
    return made if made is not None and desk.shelf.holds(made.digest) else None


def _why_not(layout: int) -> str:
    if layout == LAYOUT:
        return "There is no snapshot: there are few records here, or the first one is still being made."
    return f"This server makes snapshots of layout {LAYOUT} only."


def _tags(request: _Request, name: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in request.headers.get(name, "").split(",")]


def _part(request: _Request, size: int) -> tuple[int, int] | None:
    """From where up to where; None for everything, which also is the answer to what is no single range."""
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if match is None or match.group() == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= size:
        raise Problem(
            "invalid-request",
            f"There are only {size} bytes.",
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end


async def _sent(desk: Desk, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await desk.run(lambda: next(pieces, None))) is not None:
        yield piece
