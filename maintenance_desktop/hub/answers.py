"""Answers as they leave: JSON, problem details, gzip where it pays."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException

from maintenance_desktop.domain import wire
from maintenance_desktop.hub.errors import HubError, Problem, Unavailable

WORTH_PACKING: Final = 1024
_LEVEL: Final = 5
_logger: Final = logging.getLogger(__name__)


def accepts_gzip(request: Request[Any, Any, Any]) -> bool:
    """Whether the caller wants packed bodies."""
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, parameters = offer.partition(";")
        if name.strip() in ("gzip", "*"):
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def packed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes as gzip, chunk by chunk."""
    packer = zlib.compressobj(_LEVEL, wbits=31)
    for chunk in chunks:
        if piece := packer.compress(chunk):
            yield piece
    yield packer.flush()


def answer_bytes(
    request: Request[Any, Any, Any],
    body: bytes,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A whole body, packed when the caller wants it and it is worth it."""
    sent = dict(headers or {}) | {"Vary": "Accept-Encoding"}
    if len(body) > WORTH_PACKING and accepts_gzip(request):
        body = b"".join(packed(iter((body,))))
        sent["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, media_type=media_type, headers=sent)


def answer(request: Request[Any, Any, Any], content: Any, **options: Any) -> Response[bytes]:
    """A JSON answer."""
    return answer_bytes(request, wire.encode(content), **options)


def problem_answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Every error as problem details; one that nobody foresaw goes to the log, without its body."""
    problem = _as_problem(error)
    if problem is not None:
        return _answer_problem(request, problem.body(), problem.status, problem.headers)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        codes = {404: "not-found", 413: "too-large"}
        known = Problem(
            codes.get(error.status_code, "invalid-request"), _sentence(error), status=error.status_code
        )
        return _answer_problem(request, known.body(), error.status_code, error.headers or {})
    _logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    # The contract has no code for this, so the type is RFC 9457's own, which says no more than the status
    body = {
        "type": "about:blank",
        "title": HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        "status": HTTPStatus.INTERNAL_SERVER_ERROR.value,
        "detail": "The server could not do it because of a fault of its own.",
    }
    return _answer_problem(request, body, HTTPStatus.INTERNAL_SERVER_ERROR.value, {})


def _answer_problem(
    request: Request[Any, Any, Any], body: Mapping[str, Any], status: int, headers: Mapping[str, str]
) -> Response[bytes]:
    return answer(request, body, status=status, media_type="application/problem+json", headers=headers)


def _as_problem(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Unavailable):
        _logger.warning("the database does not answer: %s", error)
        return Problem(
            "unavailable", "The server cannot reach its database just now.", headers={"Retry-After": "5"}
        )
    return Problem("invalid-request", str(error)) if isinstance(error, HubError) else None


def _sentence(error: HTTPException) -> str:
    sentences = {
        404: "There is nothing at this address.",
        405: "This address does not answer to this method.",
    }
    return sentences.get(error.status_code, "This request cannot be answered.")
