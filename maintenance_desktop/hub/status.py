"""Asking a hub on this machine whether it answers: for people, and for what watches over a container."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Final

from maintenance_desktop.hub.address import Address
from maintenance_desktop.hub.errors import SetupError

_PATIENCE: Final = 5
"""Seconds."""


def ask(address: Address) -> str:
    """What the hub there says of itself, in a sentence. Raises SetupError when none answers."""
    try:
        return _ask(address)
    except SetupError:
        if address.certificate is not None:
            raise
        try:  # a service may have its certificate from where this command does not see it
            return _ask(replace(address, certificate=Path("unknown")))
        except SetupError:
            pass
        raise


def _ask(address: Address) -> str:
    url = address.url(address.port)
    connection = _connection(address)
    try:
        connection.request("GET", "/v1/info")
        response = connection.getresponse()
        facts = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise SetupError(f"No hub answers at {url}: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise SetupError(f"The hub at {url} says: {facts.get('detail', response.reason)}")
    return f"“{facts['name']}” answers at {url}"


def _connection(address: Address) -> http.client.HTTPConnection:
    host, port = address.host_to_call, address.port
    if address.certificate is None:
        return http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    # The certificate is made out to the name that others call, and no secret is sent here
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=_PATIENCE, context=context)
