"""The hub as a web application."""

from __future__ import annotations

from litestar import Litestar
from litestar.datastructures import State

from maintenance_desktop.hub.answers import problem_answer
from maintenance_desktop.hub.calls import CALLS
from maintenance_desktop.hub.desk import Desk
from maintenance_desktop.hub.store import HubStore


def create_app(store: HubStore) -> Litestar:
    """The application over an open store. Whoever opened the store closes it."""
    desk = Desk(store)
    return Litestar(
        route_handlers=list(CALLS),
        state=State({"desk": desk}),
        exception_handlers={Exception: problem_answer},
        on_shutdown=[desk.close],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
