"""Running the web server: one line when it is ready, a clean end on SIGTERM."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from typing import Final

import uvicorn

from maintenance_desktop.hub import systemd
from maintenance_desktop.hub.address import Address
from maintenance_desktop.hub.app import create_app
from maintenance_desktop.hub.desk import Desk
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.snapshot_keeper import SnapshotKeeper
from maintenance_desktop.hub.store import HubStore

_PATIENCE: Final = 1
"""Seconds that calls in hand may still take when the hub is told to stop."""

_SWITCH: Final = 0.0005
"""Seconds after which one thread lets another go on. With Python's 5 ms, an edit whose dozen statements each
wait for the busy loop holds the counter's row for long, and with it everybody else who writes."""


class _Server(uvicorn.Server):
    """Says when it is ready and lets nobody wait when it stops."""

    def __init__(self, config: uvicorn.Config, desk: Desk, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._desk = desk
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        systemd.tell(systemd.STOPPING)
        await self._desk.watch.close()
        await super().shutdown(sockets)


def serve(store: HubStore, address: Address, keeper: SnapshotKeeper | None = None) -> None:
    """Answer calls until SIGTERM or Ctrl-C; `keeper` keeps a snapshot ready. Raises SetupError."""
    _check_security(address)
    sys.setswitchinterval(_SWITCH)
    listener = _listen(address)
    app = create_app(store)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
        timeout_keep_alive=75,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        listener.close()
        raise SetupError(f"The certificate or its key cannot be used: {error}") from error
    url = address.url(listener.getsockname()[1])

    def say_so() -> None:
        print(f"listening on {url}", flush=True)  # noqa: T201
        systemd.tell(systemd.READY)
        if keeper is not None:
            keeper.start()

    server = _Server(config, app.state.desk, say_so)
    # uvicorn raises the signal again when it has stopped; ours end there instead of killing the process
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    try:
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        if keeper is not None:
            keeper.stop()


def _check_security(address: Address) -> None:
    if (address.certificate is None) != (address.key is None):
        raise SetupError("--tls-cert and --tls-key go together.")
    if address.certificate is None and not address.insecure and not _is_loopback(address.host):
        raise SetupError(
            f"{address.host} can be reached by other machines, and without --tls-cert and --tls-key everybody"
            " on the way can read passwords. Use --insecure if something else encrypts."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(address: Address) -> socket.socket:
    try:
        family = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0][0]
        # asyncio lets small answers go at once (TCP_NODELAY) only on sockets that say they speak TCP;
        # else the second half of an answer waits 40 ms for the caller to confirm the first
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise SetupError(f"{address.host} is not an address of this machine.") from error
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        why = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise SetupError(f"Cannot listen on {address.host} port {address.port}: {why}.") from error
    listener.setblocking(False)
    return listener
