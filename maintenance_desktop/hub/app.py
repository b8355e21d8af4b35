"""The hub as a web application."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.datastructures import State

from maintenance_desktop.hub.answers import problem_answer
from maintenance_desktop.hub.asking import HEAD_MARK
from maintenance_desktop.hub.calls import CALLS
from maintenance_desktop.hub.desk import Desk
from maintenance_desktop.hub.store import HubStore


class _Hub(Litestar):
    """Answers `HEAD` wherever it answers `GET` (RFC 9110): the same headers and no body."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One connection."""
        if scope.get("method") == "HEAD" and not _has_its_own_head(scope["path"]):
            scope = {**scope, "method": "GET", HEAD_MARK: True}
            send = _without_body(send)
        await super().__call__(scope, receive, send)


def create_app(store: HubStore) -> Litestar:
    """The application over an open store. Whoever opened the store closes it."""
    desk = Desk(store)
    return _Hub(
        route_handlers=list(CALLS),
        state=State({"desk": desk}),
        exception_handlers={Exception: problem_answer},
        on_shutdown=[desk.close],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )


def _has_its_own_head(path: str) -> bool:
    return path.startswith("/v1/attachments/")


def _without_body(send: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def send_headers(message: Any) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_headers
