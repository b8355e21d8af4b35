"""Text in the cells of a spreadsheet file, so that no spreadsheet takes it for a formula."""

from __future__ import annotations

from typing import Final

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_GUARD: Final = "'"


def guard(text: str) -> str:
    """Text that no spreadsheet takes for a formula. `unguard` takes it back exactly."""
    return _GUARD + text if text.startswith((*_DANGEROUS, _GUARD)) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`; text from elsewhere loses no apostrophe that means something."""
    return text[1:] if text.startswith(_GUARD) and text[1:].startswith((*_DANGEROUS, _GUARD)) else text
