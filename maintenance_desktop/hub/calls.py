"""The calls of the contract, as web handlers. What they do is elsewhere; here it is read and answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from litestar import MediaType, Request, Response, delete, get, post, put, route
from litestar.response import Stream

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.values import is_storable_text, read_time
from maintenance_desktop.hub.answers import accepts_gzip, answer, answer_bytes, packed
from maintenance_desktop.hub.bodies import read_body, read_json
from maintenance_desktop.hub.changes import LARGEST_PAGE, Page, read_page, where_it_waits
from maintenance_desktop.hub.desk import Desk, desk_of
from maintenance_desktop.hub.edit_request import usable_id
from maintenance_desktop.hub.edits import apply_edit
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.openapi import document
from maintenance_desktop.hub.sessions import sign_in, sign_out, who_is
from maintenance_desktop.hub.store import Author

_Request = Request[Any, Any, Any]

EDITS_PER_PUSH: Final = 500
PUSH_BYTES: Final = 8_388_608
ATTACHMENT_BYTES: Final = 52_428_800
_SIGN_IN_BYTES: Final = 16_384
_LONGEST_WAIT: Final = 30
_NDJSON: Final = "application/x-ndjson"


@get("/v1/info")
async def info(request: _Request) -> Response[bytes]:
    """Who answers here."""
    desk = desk_of(request)
    facts = await desk.run(desk.store.facts)
    content = {
        "product": "maintenance-hub",
        "api": 1,
        "instance": facts.instance,
        "epoch": facts.epoch,
        "name": facts.name,
        "server_time": desk.store.now_text(),
        "limits": {
            "edits_per_push": EDITS_PER_PUSH,
            "push_bytes": PUSH_BYTES,
            "attachment_bytes": ATTACHMENT_BYTES,
        },
    }
    return answer(request, content, headers={"Cache-Control": "no-store"})


@get("/v1/openapi.json")
async def openapi(request: _Request) -> Response[bytes]:
    """The contract as OpenAPI, with the choices the hub took where it is silent."""
    await _signed_in(request)
    return answer(request, document())


@post("/v1/sessions")
async def create_session(request: _Request) -> Response[bytes]:
    """Sign in."""
    desk = desk_of(request)
    body = await _json_body(request, _SIGN_IN_BYTES)
    username, password = _text(body, "username"), _text(body, "password")
    device = body.get("device") if isinstance(body.get("device"), Mapping) else {}
    assert isinstance(device, Mapping)
    address = request.client.host if request.client else ""
    content = await desk.run(
        lambda: sign_in(
            desk.store,
            username,
            password,
            address=address,
            device_id=_label(device.get("id")),
            device_name=_label(device.get("name")),
        )
    )
    return answer(request, content, status=201, headers={"Cache-Control": "no-store"})


@delete("/v1/sessions/current")
async def delete_session(request: _Request) -> None:
    """Sign out."""
    desk = desk_of(request)
    await _signed_in(request)
    await desk.run(lambda: sign_out(desk.store, _token(request)))


@get("/v1/changes")
async def changes(request: _Request) -> Stream:
    """What changed since a cursor, or everything."""
    await _signed_in(request)
    desk = desk_of(request)
    since = request.query_params.get("since")
    limit = _number(request, "limit", LARGEST_PAGE, least=1)
    wait = min(_number(request, "wait", 0, least=0), _LONGEST_WAIT)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if since is not None and wait:
        beyond = await desk.run(lambda: where_it_waits(desk.store, since))
        if beyond is not None:
            # Not packed: the headers go out at once, and a packer would hold the few lines back.
            waiting = _after_waiting(desk, since, limit, beyond, wait)
            return Stream(waiting, media_type=_NDJSON, headers=headers)
    page = await desk.run(lambda: read_page(desk.store, since, limit))
    chunks = page.chunks()
    if accepts_gzip(request):
        chunks = packed(chunks)
        headers["Content-Encoding"] = "gzip"
    return Stream(_from_thread(desk, chunks), media_type=_NDJSON, headers=headers)


@post("/v1/edits")
async def push_edits(request: _Request) -> Response[bytes]:
    """Apply edits, one transaction each, in order."""
    author = await _signed_in(request)
    desk = desk_of(request)
    body = await _json_body(request, PUSH_BYTES)
    edits = _edits(body)
    sent_at = _sent_at(body.get("sent_at"))

    def work() -> bytes:
        results = [apply_edit(desk.store, author.id, edit, sent_at) for edit in edits]
        return wire.encode({"results": results})

    return answer_bytes(request, await desk.run(work))


@get("/v1/snapshot")
async def snapshot(request: _Request) -> Response[bytes]:
    """Not made by this version: clients take `/v1/changes`."""
    await _signed_in(request)
    raise Problem("not-found", "This server makes no snapshots.")


@get("/v1/attachments/{digest:str}")
async def get_attachment(request: _Request) -> Response[bytes]:
    """Not kept by this version."""
    await _signed_in(request)
    raise Problem("not-found", "This server keeps no attachments.")


@put("/v1/attachments/{digest:str}")
async def put_attachment(request: _Request) -> Response[bytes]:
    """Not kept by this version."""
    await _signed_in(request)
    raise Problem("not-found", "This server keeps no attachments.")


@route("/v1/attachments/{digest:str}", http_method=["HEAD"], media_type=MediaType.TEXT)
async def head_attachment(request: _Request) -> None:
    """Not kept by this version."""
    await _signed_in(request)
    raise Problem("not-found", "This server keeps no attachments.")


CALLS: Final = (
    info,
    openapi,
    create_session,
    delete_session,
    changes,
    push_edits,
    snapshot,
    get_attachment,
    put_attachment,
    head_attachment,
)


async def _after_waiting(
    desk: Desk, since: str, limit: int, beyond: int, seconds: int
) -> AsyncIterator[bytes]:
    await desk.watch.wait_beyond(beyond, seconds)
    page: Page = await desk.run(lambda: read_page(desk.store, since, limit))
    for chunk in page.chunks():
        yield chunk


async def _from_thread(desk: Desk, chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await desk.run(lambda: next(chunks, None))) is not None:
        yield chunk


async def _signed_in(request: _Request) -> Author:
    desk, token = desk_of(request), _token(request)
    return await desk.run(lambda: who_is(desk.store, token))


def _token(request: _Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _json_body(request: _Request, largest: int) -> Mapping[str, Any]:
    raw = await read_body(request.stream(), request.headers.get("content-encoding", ""), largest)
    body = await desk_of(request).run(lambda: read_json(raw))
    if not isinstance(body, Mapping):
        raise Problem("invalid-request", "The body is a JSON object.")
    return body


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Problem(
            "invalid-request", f"“{name}” is missing.", errors=[{"field": name, "message": "This is needed."}]
        )
    return value


def _label(value: Any) -> str:
    return value[:200] if isinstance(value, str) and is_storable_text(value) else ""


def _number(request: _Request, name: str, default: int, *, least: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9) or int(text) < least:
        errors = [{"field": name, "message": f"A whole number, at least {least}."}]
        raise Problem("invalid-request", f"“{name}” is not a number this call takes.", errors=errors)
    return int(text)


def _edits(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    edits = body.get("edits")
    if not isinstance(edits, list):
        raise Problem("invalid-request", "The list of edits is missing.")
    if len(edits) > EDITS_PER_PUSH:
        raise Problem("invalid-request", f"At most {EDITS_PER_PUSH} edits at a time; these are {len(edits)}.")
    for place, edit in enumerate(edits):
        if usable_id(edit) is None:
            errors = [{"field": f"edits[{place}].id", "message": "A UUID is needed."}]
            raise Problem("invalid-request", "An edit has no usable id.", errors=errors)
    return edits


def _sent_at(value: Any) -> datetime | None:
    try:
        return read_time(value)
    except (TypeError, ValueError):
        return None
