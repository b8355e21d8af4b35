"""What a request says: who sends it, its body, its numbers. Raises Problem where it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from litestar import Request
from litestar.exceptions import InternalServerException

from maintenance_desktop.domain.values import is_storable_text, read_time
from maintenance_desktop.hub.bodies import read_body, read_json
from maintenance_desktop.hub.desk import desk_of
from maintenance_desktop.hub.edit_request import usable_id
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.questions import Question
from maintenance_desktop.hub.store import Author

_Request = Request[Any, Any, Any]

EDITS_PER_PUSH: Final = 500
HEAD_MARK: Final = "maintenance_desktop.head"
"""Stands in the scope of a `HEAD` that is answered like a `GET`, for who would make a long body in vain."""


async def author_of(request: _Request) -> Author:
    """The person whose token came along."""
    return (await desk_of(request).ask(Question(token_of(request)))).author


def token_of(request: _Request) -> str:
    """The bearer token, empty when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def json_body(request: _Request, largest: int) -> Mapping[str, Any]:
    """The body, which is a JSON object of at most so many bytes."""
    try:
        raw = await read_body(request.stream(), request.headers.get("content-encoding", ""), largest)
    except InternalServerException as error:  # litestar's word for a caller who hung up
        raise Problem("invalid-request", "The request broke off.") from error
    body = await desk_of(request).run(lambda: read_json(raw))
    if not isinstance(body, Mapping):
        raise Problem("invalid-request", "The body is a JSON object.")
    return body


def needed_text(body: Mapping[str, Any], name: str) -> str:
    """A text without which the call means nothing."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Problem(
            "invalid-request", f"“{name}” is missing.", errors=[{"field": name, "message": "This is needed."}]
        )
    return value


def label(value: Any) -> str:
    """A text that only people read: whatever is odd about it does not matter."""
    return value[:200] if isinstance(value, str) and is_storable_text(value) else ""


def number_in(request: _Request, name: str, default: int, *, least: int) -> int:
    """A whole number of the query string."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9) or int(text) < least:
        errors = [{"field": name, "message": f"A whole number, at least {least}."}]
        raise Problem("invalid-request", f"“{name}” is not a number this call takes.", errors=errors)
    return int(text)


def edits_in(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The edits of a push. Only the envelope is looked at."""
    edits = body.get("edits")
    if not isinstance(edits, list):
        raise _bad_edits("The list of edits is missing.", "A list is needed.")
    if len(edits) > EDITS_PER_PUSH:
        detail = f"At most {EDITS_PER_PUSH} edits at a time; these are {len(edits)}."
        raise _bad_edits(detail, "This list is too long.")
    for place, edit in enumerate(edits):
        if usable_id(edit) is None:
            errors = [{"field": f"edits[{place}].id", "message": "A UUID is needed."}]
            raise Problem("invalid-request", "An edit has no usable id.", errors=errors)
    return edits


def _bad_edits(detail: str, message: str) -> Problem:
    return Problem("invalid-request", detail, errors=[{"field": "edits", "message": message}])


def time_or_none(value: Any) -> datetime | None:
    """A time, or nothing where there is no readable one."""
    try:
        return read_time(value)
    except (TypeError, ValueError):
        return None
