"""What an answer really said, read independently of the client: the judge of what it may have done."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import zlib
from typing import Any

from tests.bad_answers.hub_on_a_wire import JSON, PROBLEM
from tests.bad_server import Reply, Request


def told(request: Request, answer: Reply) -> dict[str, str]:
    """Edit id → outcome, of a whole answer to a push; empty for any other.

    As lenient as it gets, so that what the client finds and this does not was never said.
    """
    head, body = _read(answer)
    asked = [one["id"] for one in request.json["edits"]]
    found = _json(body)
    if head is None or not isinstance(found, dict):
        return {}
    media = head.headers.get_content_type()
    is_own = media == PROBLEM and "/problems/" in f"/{found.get('type')}"
    if head.status in (400, 413) and is_own and len(asked) == 1:
        return {asked[0]: "rejected"}
    results = found.get("results")
    if head.status != 200 or media != JSON or not isinstance(results, list) or len(results) != len(asked):
        return {}
    pairs = zip(asked, results, strict=True)
    return {
        edit_id: one["outcome"]
        for edit_id, one in pairs
        if isinstance(one, dict) and one.get("id") == edit_id and isinstance(one.get("outcome"), str)
    }


def _read(answer: Reply) -> tuple[http.client.HTTPResponse | None, bytes]:
    response = http.client.HTTPResponse(_Socket(answer.data), method="POST")  # type: ignore[arg-type]
    try:
        response.begin()
    except (http.client.HTTPException, OSError, ValueError):
        return None, b""
    try:
        body = response.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    except (http.client.HTTPException, OSError, ValueError):
        body = b""
    if response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip"):
        unpacker = zlib.decompressobj(31)
        with contextlib.suppress(zlib.error):
            body = unpacker.decompress(body)
    return response, body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_int=str)
    except (ValueError, RecursionError):
        return None


class _Socket:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)
