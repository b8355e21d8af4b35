"""Times of pending records in milliseconds: each is read again after every change, and computed once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from maintenance_desktop.domain.cache_rows import moment_of


def moment(text: Any) -> int | None:
    """A time of the wire, as `moment_of` has it."""
    return _moment(text) if isinstance(text, str) else None


@lru_cache(16_384)
def _moment(text: str) -> int | None:
    return moment_of(text)
