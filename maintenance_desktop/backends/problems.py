"""What a server says when it does not do it, and what everything else means: that it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from maintenance_desktop.backends.answers import LINES, Malformed, loads
from maintenance_desktop.backends.transport import Answer
from maintenance_desktop.domain.outcomes import (
    BatchRefused,
    CursorExpired,
    RemoteError,
    ServerFailed,
    SignInRequired,
    Unreachable,
)

NOT_THE_SERVER: Final = "Something else answers in place of the server, perhaps this network's sign-in page."
_PROBLEM: Final = "application/problem+json"
_NO_TYPE: Final = "about:blank"
_LONGEST_PAUSE: Final = 3600.0


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """Why the server itself did not do it (RFC 9457); `sentence` is empty where it gives none."""

    code: str
    sentence: str


def problem_in(answer: Answer) -> ProblemDetails | None:
    """The server's own problem; None when something else answered in its place. Raises Unreachable.

    The problems of the contract have a type. A fault that nobody foresaw has none, or `about:blank` (RFC
    9457), which says no more than its status: that is taken for the server's own word where it is a 500, as
    it puts off at most one edit. A refusal is believed only by its type.
    """
    if answer.media_type != _PROBLEM or answer.status < HTTPStatus.BAD_REQUEST:
        return None
    try:
        found = loads(answer.body())
    except Malformed:
        return None
    if not isinstance(found, dict):
        return None
    kind, detail = found.get("type"), found.get("detail")
    if not isinstance(kind, str):
        kind = _NO_TYPE
    is_fault = kind == _NO_TYPE and answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    if not is_fault and "/problems/" not in f"/{kind}":
        return None
    return ProblemDetails(kind.rpartition("/")[2], detail if isinstance(detail, str) else "")


def pause_in(headers: Mapping[str, str]) -> float | None:
    """How many seconds to wait, at most an hour; the server's clock alone is asked where it names a time."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_PAUSE)
    then, now = _http_date(text), _http_date(headers.get("Date", ""))
    if then is None or now is None:
        return None
    return min(max((then - now).total_seconds(), 0.0), _LONGEST_PAUSE)


def check_stream(answer: Answer) -> None:
    """Let a stream of changes through. Raises CursorExpired, SessionError, ServerFailed."""
    if answer.status == HTTPStatus.OK:
        if answer.media_type != LINES:
            raise Unreachable(NOT_THE_SERVER)
        return
    problem = problem_in(answer)
    if problem and answer.status == HTTPStatus.GONE:
        raise CursorExpired(problem.sentence)
    raise _refusal(answer, problem)


def refuse_push(answer: Answer, problem: ProblemDetails | None, *, is_alone: bool) -> RemoteError:
    """What the answer to a push means that brings no results. `is_alone`: it held a single edit."""
    if problem and answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
        return BatchRefused(problem.sentence or "The server cannot read this change.")
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # A proxy's limit: a smaller batch may pass. A proxy's word refuses no single edit, but puts it off,
        # or it would hold up all that follow
        said = "This is more at once than the network lets through."
        return ServerFailed(said) if is_alone else BatchRefused(said)
    return _refusal(answer, problem, maybe_applied=problem is None)


def _refusal(answer: Answer, problem: ProblemDetails | None, *, maybe_applied: bool = False) -> RemoteError:
    if problem and answer.status == HTTPStatus.UNAUTHORIZED:
        return SignInRequired(problem.sentence or "Please sign in again.")
    if problem and answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFailed(problem.sentence or "The server could not do it because of a fault of its own.")
    return unreachable(answer, problem, maybe_applied=maybe_applied)


def unreachable(
    answer: Answer, problem: ProblemDetails | None, *, maybe_applied: bool = False
) -> Unreachable:
    """What any other answer means: offline. Without a problem it is not the server's own."""
    sentence = problem.sentence if problem else NOT_THE_SERVER
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not problem:
        sentence = "The server cannot be reached behind its address at the moment."
    return Unreachable(
        sentence or "The server cannot answer at the moment.",
        maybe_applied=maybe_applied,
        retry_after=pause_in(answer.headers),
    )


def in_time(seconds: float | None) -> str:
    """When to try again, in words."""
    if seconds is None:
        return "later"
    return f"in {max(round(seconds), 1)} seconds" if seconds < 120 else f"in {round(seconds / 60)} minutes"


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return found if found.tzinfo else None
