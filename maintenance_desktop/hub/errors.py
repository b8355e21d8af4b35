"""What can go wrong in the hub.

HubError
├── SetupError            the command line says it in one sentence and ends
├── Unavailable           the database does not answer or refuses: 503, come back later
├── Problem               the call cannot be answered: problem details
└── Refusal               this edit stops, the others go on
    ├── Rejection
    └── Conflict
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

STATUS_OF: Final[Mapping[str, int]] = {
    "invalid-request": 400,
    "not-signed-in": 401,
    "not-allowed": 403,
    "not-found": 404,
    "cursor-expired": 410,
    "too-large": 413,
    "too-many-requests": 429,
    "unavailable": 503,
}
_TITLE_OF: Final[Mapping[str, str]] = {
    "invalid-request": "The request cannot be read",
    "not-signed-in": "Not signed in",
    "not-allowed": "Not allowed",
    "not-found": "Not found",
    "cursor-expired": "The cursor is no longer valid",
    "too-large": "The request is too large",
    "too-many-requests": "Too many requests",
    "unavailable": "The server is not available",
}


class HubError(Exception):
    """Something the hub can explain in a sentence."""


class SetupError(HubError):
    """A command cannot do what it was asked; `str()` is the sentence for the person at the terminal."""


class Unavailable(HubError):
    """The database does not answer, or refuses."""


class Problem(HubError):
    """An answer in problem details (RFC 9457)."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status or STATUS_OF[code]
        self.errors = list(errors)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The JSON object that travels."""
        errors = self.errors
        if self.status == STATUS_OF["invalid-request"] and not errors:
            errors = [{"field": "", "message": self.detail}]
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": _TITLE_OF[self.code],
            "status": self.status,
            "detail": self.detail,
        }
        return body | ({"errors": errors} if errors else {})


def not_signed_in() -> Problem:
    """Nobody is known by this token, or not any more."""
    return Problem("not-signed-in", "Please sign in.", headers={"WWW-Authenticate": "Bearer"})


class Refusal(HubError):
    """An edit that is not applied; its transaction is rolled back."""

    def result(self) -> dict[str, Any]:
        """What the client is told, without the edit's id."""
        raise NotImplementedError


class Rejection(Refusal):
    """An edit that cannot be done."""

    def __init__(self, code: str, message: str, field: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.more = more

    def result(self) -> dict[str, Any]:
        """What the client is told, without the edit's id."""
        answer: dict[str, Any] = {"outcome": "rejected", "code": self.code, "message": str(self)}
        return answer | ({"field": self.field} if self.field else {}) | self.more


class Conflict(Refusal):
    """An edit whose record someone else has changed since its base version."""

    def __init__(self, **answer: Any) -> None:
        super().__init__("Someone has changed this record.")
        self.answer = answer

    def result(self) -> dict[str, Any]:
        """What the client is told, without the edit's id."""
        return {"outcome": "conflict"} | self.answer
