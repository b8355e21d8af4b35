"""The hub: a server that speaks the sync contract itself."""

from __future__ import annotations

import gzip
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.backends.ahead import PagesAhead
from maintenance_desktop.backends.answers import (
    JSON,
    LINES,
    Malformed,
    json_object,
    outcomes,
    server_info,
    signed_in,
)
from maintenance_desktop.backends.ledger import decision_in, read_ledger, tell_choices
from maintenance_desktop.backends.line import trusted_certificates
from maintenance_desktop.backends.problems import (
    NOT_THE_SERVER,
    check_stream,
    in_time,
    pause_in,
    problem_in,
    refuse_push,
    unreachable,
)
from maintenance_desktop.backends.snapshot import SnapshotDownload
from maintenance_desktop.backends.stream import read_changes, read_lines, something_changed
from maintenance_desktop.backends.transport import Transport
from maintenance_desktop.domain.addresses import normal_address
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.ledger import ChoiceReport, LedgerPage
from maintenance_desktop.domain.outcomes import (
    Changes,
    Interrupted,
    Lines,
    Outcome,
    ServerFailed,
    ServerInfo,
    SignedIn,
    SignInRefused,
    Snapshot,
    Unreachable,
)
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.wire import encode

_log = logging.getLogger(__name__)

_READ_SECONDS: Final = 30.0
_GZIP_FROM: Final = 1024
_LONGEST_WAIT: Final = 30
_SIGN_IN_REFUSALS: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    }
)


class HubBackend:
    """One hub. Calls are made by one thread at a time; `interrupt` and `close` by any.

    Raises the errors of `domain.outcomes` and nothing else, but for BadAddress when it is made.
    """

    def __init__(
        self,
        address: str,
        *,
        device_id: str = "",
        device_name: str = "",
        read_seconds: float = _READ_SECONDS,
    ) -> None:
        self.address = normal_address(address)
        self._device = {"id": device_id, "name": device_name or socket.gethostname()}
        context = trusted_certificates() if self.address.startswith("https:") else None
        self._calls = Transport(self.address, context, read_seconds)
        self._waiting = Transport(self.address, context, read_seconds)
        self._token: str | None = None
        self._pages = PagesAhead(lambda: Transport(self.address, context, read_seconds, self._token))

    def info(self) -> ServerInfo:
        """Who answers. Raises Unreachable; a captive portal's page is Unreachable too."""
        with self._calls.call("GET", "/v1/info", accept=JSON, is_anonymous=True) as answer:
            try:
                return server_info(json_object(answer))
            except Malformed as error:
                raise unreachable(answer, problem_in(answer)) from error

    def sign_in(self, username: str, password: str) -> SignedIn:
        """Raises SignInRefused, Unreachable."""
        try:
            body = encode({"username": username, "password": password, "device": self._device})
        except UnicodeEncodeError as error:
            raise SignInRefused(
                "The user name or the password has a character that cannot be sent."
            ) from error
        with self._calls.call(
            "POST", "/v1/sessions", accept=JSON, body=body, headers=_typed(), is_anonymous=True
        ) as answer:
            if answer.status == HTTPStatus.CREATED:
                try:
                    return signed_in(json_object(answer, HTTPStatus.CREATED))
                except Malformed as error:
                    raise Unreachable(NOT_THE_SERVER) from error
            problem = problem_in(answer)
            if problem and answer.status in _SIGN_IN_REFUSALS:
                raise SignInRefused(problem.sentence or "The user name or the password is wrong.")
            if problem and answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise SignInRefused(f"Too many tries. Try again {in_time(pause_in(answer.headers))}.")
            raise unreachable(answer, problem)

    def use_token(self, token: str | None) -> None:
        """Send this token from now on."""
        self._token = token
        self._pages.drop()
        self._calls.use_token(token)
        self._waiting.use_token(token)

    def sign_out(self) -> None:
        """Ask the server to forget the token. Raises SessionError."""
        with self._calls.call("DELETE", "/v1/sessions/current", accept=JSON) as answer:
            if answer.status == HTTPStatus.NO_CONTENT:
                return
            problem = problem_in(answer)
            if problem is None or answer.status != HTTPStatus.UNAUTHORIZED:
                raise unreachable(answer, problem)
            # the token is dead already, which is what was wanted

    def push(self, edits: Sequence[Edit], sent_at: datetime) -> list[Outcome]:
        """Send edits as one request; one outcome each, in order.

        Raises Unreachable (with `maybe_applied`), SignInRequired, BatchRefused, ServerFailed.
        """
        body = encode({"sent_at": write_time(sent_at), "edits": [_outgoing(edit) for edit in edits]})
        headers = _typed()
        if len(body) > _GZIP_FROM:
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        with self._calls.call("POST", "/v1/edits", accept=JSON, body=body, headers=headers) as answer:
            try:
                if answer.status == HTTPStatus.OK:
                    return outcomes(edits, json_object(answer))
                problem = problem_in(answer)
            except Malformed as error:
                _log.warning("the answer to a push is not usable: %s", error)
                raise Unreachable(NOT_THE_SERVER, maybe_applied=True) from error
            except Unreachable as error:
                error.maybe_applied = True
                raise
            raise refuse_push(answer, problem, is_alone=len(edits) == 1)

    def changes(
        self, cursor: str | None, *, limit: int = 5_000, within: float | None = None
    ) -> Iterator[Changes]:
        """What changed since `cursor` (None: everything), in pieces of at most 200 changes.

        `within` so many seconds all of it has to be there, or it counts as broken off. The last piece has a
        cursor; a stream that ends without one raises Unreachable after its whole lines were yielded.
        Raises CursorExpired, SessionError, ServerFailed.
        """
        params = {"limit": str(limit)} | ({} if cursor is None else {"since": cursor})
        with self._calls.call("GET", "/v1/changes", accept=LINES, params=params, within=within) as answer:
            check_stream(answer)
            yield from read_changes(answer.pieces)
            answer.finish()

    def lines(self, cursor: str | None, *, limit: int = 5_000) -> Iterator[Lines]:
        """The same as text, for a large download; what is in the records is not looked at.

        The page behind is asked for meanwhile, so that the server and this program work at the same time.
        """
        try:
            yield from read_lines(self._pages.pieces(cursor, limit))
        except BaseException:
            self._pages.drop()
            raise

    def fetch_snapshot(
        self,
        layout: int,
        folder: Path,
        on_bytes: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> Snapshot | None:
        """A first download as one file of that layout in `folder`; None where the server makes none.

        `on_bytes` hears how many of how many bytes are there. What was cut goes on at the next call, also
        in another process. Nobody has looked into the file yet. Raises Interrupted when `should_stop`
        answers True, SessionError, StorageTrouble.
        """
        return SnapshotDownload(self._calls, layout, folder, on_bytes, should_stop).run()

    def tell_choices(self, choices: Sequence[ChoiceReport], sent_at: datetime) -> None:
        """Tell which choices this person took. Raises NotOffered and the errors of `push`."""
        tell_choices(self._calls, choices, sent_at)

    def ledger(self, *, before: int | None = None, record_id: str | None = None) -> LedgerPage:
        """Entries of the ledger before a place, newest first. Raises NotOffered and those of `push`."""
        return read_ledger(self._calls, before, record_id)

    def wait_for_change(self, cursor: str, seconds: float) -> bool:
        """Hold the line until something changes (True) or the time is over (False).

        Raises Interrupted when `interrupt` was called, CursorExpired, SessionError.
        """
        line = self._waiting.line
        if line.mend():
            raise Interrupted("The wait ended before it began.")
        wait = min(max(round(seconds), 1), _LONGEST_WAIT)
        params = {"since": cursor, "limit": "1", "wait": str(wait)}
        try:
            with self._waiting.call(
                "GET", "/v1/changes", accept=LINES, params=params, holds_for=wait
            ) as answer:
                check_stream(answer)
                return something_changed(answer.pieces, cursor)
        except ServerFailed as error:
            raise Unreachable(str(error)) from error
        except Unreachable as error:
            if line.mend():
                raise Interrupted("The wait was ended from here.") from error
            raise
        finally:
            self._waiting.forget()

    def interrupt(self) -> None:
        """End a waiting `wait_for_change` at once, and make the next one return at once. Thread-safe."""
        self._waiting.line.cut()

    def close(self) -> None:
        """Give back the connections; a call that still runs ends as if its connection had broken."""
        self._waiting.line.cut()
        self._waiting.forget()
        self._calls.close()
        self._pages.drop()


def _outgoing(edit: Edit) -> dict[str, Any]:
    return {
        "id": edit.id,
        "kind": edit.kind.value,
        "type": edit.type,
        "record_id": edit.record_id,
        "base_version": edit.base_version,
        "record": edit.outgoing(),
        "made_at": edit.made_at,
    } | decision_in(edit)


def _typed() -> dict[str, str]:
    return {"Content-Type": JSON}
