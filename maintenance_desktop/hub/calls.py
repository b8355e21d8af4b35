"""The calls of the contract, as web handlers. What they do is elsewhere; here it is read and answered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from litestar import MediaType, Request, Response, delete, get, post, put, route
from litestar.response import Stream

from maintenance_desktop.domain import wire
from maintenance_desktop.hub.answers import answer, answer_bytes
from maintenance_desktop.hub.asking import (
    EDITS_PER_PUSH,
    HEAD_MARK,
    author_of,
    edits_in,
    json_body,
    label,
    needed_text,
    time_or_none,
    token_of,
)
from maintenance_desktop.hub.changes_answer import changes_answer
from maintenance_desktop.hub.desk import desk_of
from maintenance_desktop.hub.edits import apply_edit
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.ledger_answer import keep_reports, question_in, read_ledger, reports_in
from maintenance_desktop.hub.openapi import document
from maintenance_desktop.hub.sessions import sign_in, sign_out
from maintenance_desktop.hub.snapshot_answer import snapshot_answer

_Request = Request[Any, Any, Any]

PUSH_BYTES: Final = 8_388_608
ATTACHMENT_BYTES: Final = 52_428_800
_SIGN_IN_BYTES: Final = 16_384


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
        "combine": desk.store.combine,
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
    await author_of(request)
    return answer(request, document())


@post("/v1/sessions")
async def create_session(request: _Request) -> Response[bytes]:
    """Sign in."""
    desk = desk_of(request)
    body = await json_body(request, _SIGN_IN_BYTES)
    username, password = needed_text(body, "username"), needed_text(body, "password")
    device = body.get("device") if isinstance(body.get("device"), Mapping) else {}
    assert isinstance(device, Mapping)
    address = request.client.host if request.client else ""
    content = await desk.run(
        lambda: sign_in(
            desk.store,
            username,
            password,
            address=address,
            device_id=label(device.get("id")),
            device_name=label(device.get("name")),
        )
    )
    return answer(request, content, status=201, headers={"Cache-Control": "no-store"})


@delete("/v1/sessions/current")
async def delete_session(request: _Request) -> None:
    """Sign out."""
    desk = desk_of(request)
    await author_of(request)
    await desk.run(lambda: sign_out(desk.store, token_of(request)))


@get("/v1/changes")
async def changes(request: _Request) -> Response[bytes] | Stream:
    """What changed since a cursor, or everything."""
    return await changes_answer(request)


@post("/v1/edits")
async def push_edits(request: _Request) -> Response[bytes]:
    """Apply edits, one transaction each, in order."""
    author = await author_of(request)
    desk = desk_of(request)
    body = await json_body(request, PUSH_BYTES)
    edits = edits_in(body)
    sent_at = time_or_none(body.get("sent_at"))

    def work() -> bytes:
        results = [apply_edit(desk.store, author.id, edit, sent_at) for edit in edits]
        return wire.encode({"results": results})

    return answer_bytes(request, await desk.run(work))


@get("/v1/decisions")
async def decisions(request: _Request) -> Response[bytes]:
    """Conflicts, choices and refusals, as far as this person may see them."""
    author = await author_of(request)
    question, desk = question_in(request), desk_of(request)
    page = await desk.run(partial(desk.store.database.read, partial(read_ledger, author, question)))
    return answer(request, page)


@post("/v1/decisions")
async def tell_decisions(request: _Request) -> Response[bytes]:
    """Keep the choices that this person took."""
    author = await author_of(request)
    desk = desk_of(request)
    body = await json_body(request, PUSH_BYTES)
    told, sent_at = reports_in(body), time_or_none(body.get("sent_at"))
    kept = await desk.run(lambda: keep_reports(desk.store, author.id, told, sent_at))
    return answer(request, {"kept": kept})


@get("/v1/snapshot")
async def snapshot(request: _Request) -> Response[bytes] | Stream:
    """A whole first download as one file."""
    await author_of(request)
    return await snapshot_answer(request, is_head=HEAD_MARK in request.scope)


@get("/v1/attachments/{digest:str}")
async def get_attachment(request: _Request) -> Response[bytes]:
    """Not kept by this version."""
    await author_of(request)
    raise Problem("not-found", "This server keeps no attachments.")


@put("/v1/attachments/{digest:str}")
async def put_attachment(request: _Request) -> Response[bytes]:
    """Not kept by this version."""
    await author_of(request)
    raise Problem("not-found", "This server keeps no attachments.")


@route("/v1/attachments/{digest:str}", http_method=["HEAD"], media_type=MediaType.TEXT)
async def head_attachment(request: _Request) -> None:
    """Not kept by this version."""
    await author_of(request)
    raise Problem("not-found", "This server keeps no attachments.")


CALLS: Final = (
    info,
    openapi,
    create_session,
    delete_session,
    changes,
    push_edits,
    decisions,
    tell_decisions,
    snapshot,
    get_attachment,
    put_attachment,
    head_attachment,
)
