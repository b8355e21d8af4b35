"""Versions of the program, compared as Semantic Versioning 2 says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Final

_FORM: Final = re.compile(
    r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})"
    r"(?:-([0-9A-Za-z-]{1,40}(?:\.[0-9A-Za-z-]{1,40}){0,8}))?"
    r"(?:\+[0-9A-Za-z.-]{1,80})?",
    re.ASCII,
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """`1.4.0`, or `1.4.0-rc.1` for one before it. What follows a `+` says nothing about the order."""

    release: tuple[int, int, int]
    before: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Version:
        """Raises ValueError for what is not a version."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text[:40]!r} is not a version such as 1.4.0")
        before = tuple(found[4].split(".")) if found[4] else ()
        return cls((int(found[1]), int(found[2]), int(found[3])), before)

    def __lt__(self, other: Version) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[tuple[int, int, int], bool, tuple[tuple[bool, int, str], ...]]:
        # numbers come before words, and a version comes after everything that was before it
        parts = tuple((not one.isdigit(), int(one) if one.isdigit() else 0, one) for one in self.before)
        return self.release, not self.before, parts


def is_newer(version: str, than: str) -> bool:
    """Whether it is a later version; never for what is no version."""
    try:
        return Version.read(version) > Version.read(than)
    except ValueError:
        return False
