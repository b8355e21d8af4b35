"""HTTP as we need it: one session, short sentences for what goes wrong, nothing followed blindly."""

from __future__ import annotations

import contextlib
import logging
import math
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from maintenance_desktop.backends.line import Line, LineAdapter
from maintenance_desktop.domain.addresses import is_loopback
from maintenance_desktop.domain.outcomes import Unreachable

_log = logging.getLogger(__name__)

_CONNECT_SECONDS: Final = 3.0
_IDLE_SECONDS: Final = 4.0
_WHOLE_SECONDS: Final = 120.0
_LARGEST_BODY: Final = 64 * 1024 * 1024
_PIECE: Final = 64 * 1024

# What requests and urllib3 let through when a connection or an answer is broken. ValueError is for what
# they fail to wrap, such as a host name no DNS could have or a header that is not a number.
_BROKEN: Final = (requests.RequestException, HTTPError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Answer:
    """The head of an answer, and how to read its body."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    pieces: Iterator[bytes]

    def body(self) -> bytes:
        """All of the body. Raises Unreachable, also when it takes too long or grows too large."""
        until = time.monotonic() + _WHOLE_SECONDS
        found = bytearray()
        for piece in self.pieces:
            found += piece
            if len(found) > _LARGEST_BODY or time.monotonic() > until:
                raise Unreachable("The server's answer does not come to an end.")
        return bytes(found)

    def finish(self) -> None:
        """Read the end of a body whose content is complete, so that the connection serves once more."""
        with contextlib.suppress(Unreachable):
            next(self.pieces, None)


class Transport:
    """One session with one server. Used by one thread; `cut` and `close` by any."""

    def __init__(
        self, address: str, context: ssl.SSLContext | None, read_seconds: float, token: str | None = None
    ) -> None:
        host = urlsplit(address).hostname or ""
        self._address = address
        self._host = host
        self._read_seconds = read_seconds
        self._token = token
        self._used_at = 0.0
        self._is_kept = False
        self.line = Line()
        self._session = requests.Session()
        # Proxies are the environment's, as everywhere, but what is for this computer stays on it
        self._session.trust_env = not is_loopback(host)
        self._session.headers["Accept-Encoding"] = "gzip"
        adapter = LineAdapter(self.line, context)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def use_token(self, token: str | None) -> None:
        """Send this token from now on."""
        self._token = token

    @contextlib.contextmanager
    def call(
        self,
        method: str,
        path: str,
        *,
        accept: str,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        is_anonymous: bool = False,
        holds_for: float = 0.0,
        within: float | None = None,
        piece: int = _PIECE,
    ) -> Iterator[Answer]:
        """Ask once, and read the answer inside the block. Raises Unreachable.

        `is_anonymous` keeps the token back; `holds_for` are the seconds that the server was asked to
        hold the call; `within` so many seconds all of the body has to be there, where that is not as long
        as it takes; `piece` is how much of it is read at most at once.
        The connection is kept for the next call only if the block ends well.
        """
        self._forget_if_idle()
        started = time.monotonic()
        try:
            response = self._ask(
                method,
                path,
                params=params,
                data=body,
                auth=_Bearer(None if is_anonymous else self._token),
                headers={"Accept": f"{accept}, application/problem+json", **(headers or {})},
                timeout=(_CONNECT_SECONDS, min(self._read_seconds, within or math.inf) + holds_for),
            )
            _log.debug("%s %s: %s, %.3f s", method, path, response.status_code, time.monotonic() - started)
            try:
                yield Answer(
                    response.status_code,
                    response.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
                    response.headers,
                    self._pieces(response, piece, started + (within or math.inf)),
                )
            finally:
                response.close()
        except BaseException:
            self.forget()
            raise
        self._used_at = time.monotonic()
        self._is_kept = True

    def forget(self) -> None:
        """Close the connections; the next call makes a new one."""
        self._is_kept = False
        self._session.close()
        self.line.drop()

    def close(self) -> None:
        """End what is running, as if the connection had broken. Thread-safe."""
        self.line.cut()
        self.forget()
        self.line.mend()

    def _forget_if_idle(self) -> None:
        # A hub closes idle connections after some seconds, and a laptop that moved to another network
        # would wait on the old one for an answer that never comes.
        if self._is_kept and time.monotonic() - self._used_at > _IDLE_SECONDS:
            self.forget()

    def _ask(self, method: str, path: str, **details: Any) -> requests.Response:
        # A connection from an earlier call may have been closed meanwhile, and only asking shows it. What
        # changes nothing is asked once more; a push is not, because its body was sent.
        may_repeat = self._is_kept and details["data"] is None
        try:
            return self._session.request(
                method, self._address + path, stream=True, allow_redirects=False, **details
            )
        except _BROKEN as error:
            _log.info("%s %s: %s", method, path, type(error).__name__)
            if may_repeat and isinstance(error, requests.ConnectionError):
                self.forget()
                return self._ask(method, path, **details)
            was_sent = details["data"] is not None and not _failed_to_connect(error)
            raise Unreachable(self._sentence(error), maybe_applied=was_sent) from error

    def _pieces(self, response: requests.Response, most: int, until: float) -> Iterator[bytes]:
        """The body as it comes, decompressed. Raises Unreachable when it breaks off, or takes too long."""
        try:
            while piece := response.raw.read1(most, decode_content=True):
                if time.monotonic() > until:
                    raise Unreachable("The server's answer takes too long.")
                yield piece
        except _BROKEN as error:
            _log.info("an answer broke off: %s", type(error).__name__)
            raise Unreachable("The connection broke before the whole answer was there.") from error

    def _sentence(self, error: BaseException) -> str:
        if isinstance(error, requests.exceptions.SSLError):
            return f"There is no trusted connection to {self._host}: its certificate is not accepted here."
        if isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidSchema):
            return f"The proxy of this network does not let us through to {self._host}."
        if _is_caused_by(error, NameResolutionError):
            return f"{self._host} is not known in this network."
        if isinstance(error, requests.exceptions.ReadTimeout):
            return f"{self._host} did not answer in time."
        return f"{self._host} does not answer."


class _Bearer(AuthBase):
    """The token, if any. It also keeps requests from looking for passwords in `.netrc`."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _failed_to_connect(error: BaseException) -> bool:
    """Whether no byte of the request can have left."""
    return isinstance(error, requests.exceptions.ProxyError | requests.exceptions.InvalidSchema) or (
        _is_caused_by(
            error, NewConnectionError, ConnectTimeoutError, NameResolutionError, ssl.SSLCertVerificationError
        )
    )


def _is_caused_by(error: BaseException | None, *kinds: type[BaseException]) -> bool:
    seen: set[int] = set()
    todo = [error]
    while todo:
        one = todo.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if isinstance(one, kinds):
            return True
        seen.add(id(one))
        todo += [one.__cause__, getattr(one, "reason", None), *one.args]
    return False
