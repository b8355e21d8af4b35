"""`GET /v1/changes`: a page at once, or one that is waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from litestar import Request, Response
from litestar.response import Stream

from maintenance_desktop.hub.answers import accepts_gzip, packed
from maintenance_desktop.hub.asking import author_of, number_in, token_of
from maintenance_desktop.hub.changes import LARGEST_PAGE, read_page
from maintenance_desktop.hub.desk import Desk, desk_of
from maintenance_desktop.hub.errors import HubError, Problem
from maintenance_desktop.hub.questions import Question

_Request = Request[Any, Any, Any]

_LONGEST_WAIT: Final = 30
_NDJSON: Final = "application/x-ndjson"


async def changes_answer(request: _Request) -> Response[bytes] | Stream:
    """What changed since a cursor, or everything. Raises Problem."""
    desk = desk_of(request)
    try:
        limit = number_in(request, "limit", LARGEST_PAGE, least=1)
        wait = min(number_in(request, "wait", 0, least=0), _LONGEST_WAIT)
    except Problem:
        await author_of(request)  # a stranger hears nothing else than that
        raise
    since, packs = request.query_params.get("since"), accepts_gzip(request)
    question = Question(token_of(request), since, limit, waits=wait > 0, packs=packs)
    answer = await desk.ask(question)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if answer.beyond is not None and (answer.page is None or not desk.watch.takes_turn()):
        # Not packed: the headers go out at once, and a packer would hold the few lines back.
        waiting = _after_waiting(desk, replace(question, waits=False, packs=False), answer.beyond, wait)
        return Stream(waiting, media_type=_NDJSON, headers=headers)
    if answer.page is not None:
        packed_body = answer.page.packed if packs else None
        if packed_body is not None:
            headers["Content-Encoding"] = "gzip"
        return Response(packed_body or answer.page.body, media_type=_NDJSON, headers=headers)
    page = await desk.run(partial(read_page, desk.store, since, limit))
    chunks = page.chunks()
    if packs:
        chunks = packed(chunks)
        headers["Content-Encoding"] = "gzip"
    return Stream(_from_thread(desk, chunks), media_type=_NDJSON, headers=headers)


async def _after_waiting(desk: Desk, question: Question, beyond: int, seconds: int) -> AsyncIterator[bytes]:
    await desk.watch.wait_beyond(beyond, seconds)
    try:
        answer = await desk.ask(question)
        if answer.page is not None:
            yield answer.page.body
            return
        page = await desk.run(partial(read_page, desk.store, question.since, question.limit))
    except HubError:
        return  # without its last line a stream counts as cut short: the next call hears why
    for chunk in page.chunks():
        yield chunk


async def _from_thread(desk: Desk, chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await desk.run(lambda: next(chunks, None))) is not None:
        yield chunk
