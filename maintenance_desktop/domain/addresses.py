"""The address of a server: what people type, and which addresses are safe to sign in to."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_API_PATH: Final = re.compile(r"/v1(/.*)?$")
_HOST: Final = re.compile(r"[\w.-]+|\[[0-9a-f:.]+\]")
_PATH: Final = re.compile(r"[\w.~/%-]*")
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


class BadAddress(ValueError):
    """Not the address of a server; `str()` is a sentence for the person."""


class UnsafeAddress(BadAddress):
    """An address where a password would travel in the open."""


def normal_address(typed: str) -> str:
    """The one form of a server's address, without a slash at the end. Raises BadAddress, UnsafeAddress.

    Without a scheme it is `https`, and `http` for this computer itself.
    """
    origin, path = _checked(typed)
    return origin + _API_PATH.sub("", path)


def web_address(typed: str) -> str:
    """The same for a place on the web that is no server of ours: its path stays. Raises as above."""
    return "".join(_checked(typed))


def is_web_address(typed: str) -> bool:
    """Whether it begins with a scheme, as no path of a folder does."""
    return _SCHEME.match(typed) is not None


def _checked(typed: str) -> tuple[str, str]:
    text = typed.strip().strip("<>\"'").strip()
    if not text:
        raise BadAddress("Enter the address of the server.")
    parts, port = _split(text if _SCHEME.match(text) else f"//{text}")
    host = (parts.hostname or "").rstrip(".")
    shown_host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(shown_host) or not _PATH.fullmatch(parts.path):
        raise BadAddress("This is not the address of a server.")
    scheme = parts.scheme or ("http" if is_loopback(host) else "https")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("Leave user name and password out of the address.")
    if scheme not in _DEFAULT_PORTS:
        raise BadAddress(f"The address starts with https://, not with {scheme}://.")
    if scheme == "http" and not is_loopback(host):
        raise UnsafeAddress(
            f"http://{shown_host} is not protected against listeners; use https://{shown_host}."
        )
    shown_port = "" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}"
    return f"{scheme}://{shown_host}{shown_port}", parts.path.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether this is the computer itself: what is sent there never leaves it."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError as error:
        raise BadAddress("This is not the address of a server.") from error
