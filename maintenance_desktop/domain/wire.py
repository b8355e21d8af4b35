"""JSON as it travels and as it is stored: numbers are exact, never binary fractions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

_encoder: Final = msgspec.json.Encoder(decimal_format="number")
_decoder: Final = msgspec.json.Decoder(float_hook=Decimal)


class UnreadableJson(ValueError):
    """Bytes that are not the JSON they should be."""


def encode(value: Any) -> bytes:
    """JSON in UTF-8, as short as it gets."""
    return _encoder.encode(value)


def encode_text(value: Any) -> str:
    """The same as text, for a database column."""
    return _encoder.encode(value).decode()


def decode(data: bytes | str) -> Any:
    """What JSON says, with every fraction as a `Decimal`. Raises UnreadableJson."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as error:
        raise UnreadableJson(str(error)) from error
