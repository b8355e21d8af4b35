"""Reading a request's body: bounded, unpacked, and as much of its JSON as can be understood."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import AsyncIterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgspec

from maintenance_desktop.hub.errors import Problem

_LONGEST_INTEGER: Final = 40
_LONE_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_body(chunks: AsyncIterator[bytes], encoding: str, largest: int) -> bytes:
    """The whole body, unpacked. Raises Problem: 413 when too large, 415 for another encoding."""
    name = encoding.strip().lower()
    if name not in ("", "identity", "gzip", "x-gzip"):
        raise Problem(
            "invalid-request",
            "The body may be sent plain or as gzip.",
            status=415,
            headers={"Accept-Encoding": "gzip, identity"},
        )
    is_packed = "gzip" in name
    unpacker = zlib.decompressobj(wbits=31)
    body = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        body += _unpack(unpacker, chunk, largest + 1 - len(body)) if is_packed else chunk
        if max(received, len(body)) > largest or unpacker.unconsumed_tail:
            raise Problem("too-large", f"At most {largest} bytes at a time, unpacked.")
    if is_packed and received and not unpacker.eof:
        raise Problem("invalid-request", "The gzip data ends too early.")
    return bytes(body)


def read_json(body: bytes) -> Any:
    """What the body says; fractions are `Decimal`. Raises Problem (400).

    A number that no field could hold becomes NaN, and text that cannot be stored stays as it is: both
    are found when their field is checked, so that they spoil one edit and not the whole request.
    """
    try:
        return _decoder.decode(body)
    except RecursionError as error:
        raise _unreadable("nested too deeply") from error
    except msgspec.ValidationError:
        return _read_leniently(body)  # an integer of hundreds of digits
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if _LONE_SURROGATE.search(body):
            return _read_leniently(body)
        raise _unreadable(str(error)) from error


def _unpack(unpacker: Any, chunk: bytes, room: int) -> bytes:
    try:
        unpacked: bytes = unpacker.decompress(chunk, room)
    except zlib.error as error:
        raise Problem("invalid-request", "The body is not the gzip data it should be.") from error
    return unpacked


def _read_leniently(body: bytes) -> Any:
    try:
        return json.loads(body.decode(), parse_float=_exact, parse_int=_integer, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise _unreadable(str(error)) from error


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal("NaN")


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _unreadable(why: str) -> Problem:
    return Problem("invalid-request", f"The body is not JSON: {why}.")


_decoder: Final = msgspec.json.Decoder(float_hook=_exact)
