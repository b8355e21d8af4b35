"""Connections that another thread can cut, and that trust the certificates this computer trusts."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from requests import PreparedRequest
    from urllib3 import PoolManager

_log = logging.getLogger(__name__)

_MOST_IN_VAIN: Final = 100
_OWN_CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


class Line:
    """The newest connection of a session, in a form that another thread can cut at any moment.

    It is a duplicate of the socket, made when it is new: the original changes hands when TLS begins and
    may be closed by its owner at any time, while shutting down the duplicate ends both.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._duplicate: socket.socket | None = None
        self._is_cut = False

    def hold(self, connection: socket.socket) -> None:
        """Keep hold of a new connection; it ends at once where the line was cut already."""
        with self._lock:
            self._drop()
            self._duplicate = connection.dup()
            if self._is_cut:
                self._shut_down()

    def cut(self) -> None:
        """End the connection, or the next one when there is none yet. Thread-safe, never waits."""
        with self._lock:
            self._is_cut = True
            self._shut_down()

    def mend(self) -> bool:
        """Whether it was cut; afterwards it no longer is."""
        with self._lock:
            was_cut, self._is_cut = self._is_cut, False
            return was_cut

    def drop(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._drop()

    def _shut_down(self) -> None:
        if self._duplicate is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                self._duplicate.shutdown(socket.SHUT_RDWR)

    def _drop(self) -> None:
        if self._duplicate is not None:
            self._duplicate.close()
            self._duplicate = None


class LineAdapter(HTTPAdapter):
    """Makes every connection on a `Line`, and judges certificates by `context` alone."""

    def __init__(self, line: Line, context: ssl.SSLContext | None) -> None:
        self._pool_classes = _pool_classes(line)
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pool_classes

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(proxy, **proxy_kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = self._pool_classes
        return manager

    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Say where to connect to, and always with our own context."""
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._context} if self._context else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the connection as it is: requests would add its own list of certificates here."""


def trusted_certificates() -> ssl.SSLContext:
    """The system's certificates, and those of the files that the environment names."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for where in {os.environ.get(name, "") for name in _OWN_CERTIFICATES} - {""}:
        try:
            context.load_verify_locations(**{"capath" if Path(where).is_dir() else "cafile": where})
        except (OSError, ssl.SSLError) as error:
            _log.warning("the environment names certificates that cannot be read: %s: %s", where, error)
    return context


class _Response(http.client.HTTPResponse):
    """The answer as it is read from a connection.

    WORKAROUND (Python 3.11 to 3.14): http.client reads over any number of interim answers before an answer
    and of trailers behind it, so that a broken server would hold a call for ever.
    """

    _heads = 0

    def _read_status(self) -> tuple[str, int, str]:
        self._heads += 1
        if self._heads > _MOST_IN_VAIN:
            raise http.client.HTTPException("interim answers without end")
        found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]  # not in its stubs
        return found

    def _read_and_discard_trailer(self) -> None:
        for _ in range(_MOST_IN_VAIN):
            if self.fp.readline(65_537).rstrip(b"\r\n") == b"":
                return
        raise http.client.HTTPException("trailers without end")


def _pool_classes(line: Line) -> dict[str, type[HTTPConnectionPool]]:
    class Connection(HTTPConnection):
        response_class = _Response

        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            line.hold(made)
            return made

    class SafeConnection(HTTPSConnection):
        response_class = _Response

        def _new_conn(self) -> socket.socket:
            made = super()._new_conn()
            line.hold(made)
            return made

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class SafePool(HTTPSConnectionPool):
        ConnectionCls = SafeConnection

    return {"http": Pool, "https": SafePool}
