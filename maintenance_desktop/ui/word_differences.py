"""Two versions of a text word by word: what stayed, what went, what came; and both changes in one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby
from typing import Final

_WORD: Final = re.compile(r"(?:[\u3040-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff\uac00-\ud7af]+|[^\w\s])\s*|\s+")
"""A word with the blanks after it: compared alone, blanks would be the same everywhere."""
_END: Final = " "
"""Put after both texts: the last word is another one otherwise as soon as something follows it."""
_BOTH: Final = 2
_MOST_WORDS: Final = 12_000
"""Longer texts are not compared: a person waits for it."""
_LEAST_IN_COMMON: Final = 0.35
"""Texts with less in common are two texts, and marks on every word would say nothing."""


class Mark(Enum):
    """What happened to a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what happened to them."""

    text: str
    mark: Mark = Mark.KEPT


_Change = tuple[int, int, list[str]]
"""From where to where in the old words, and the words that stand there now."""


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """The text `after` with what was removed left in its place; empty where marks would say nothing."""
    old, new = _words(before + _END), _words(after + _END)
    changes = _changes(old, new)
    if not changes:
        return ()
    gone = sum(end - start for start, end, _ in changes)
    if 2 * (len(old) - gone) / (len(old) + len(new)) < _LEAST_IN_COMMON:
        return ()
    pieces, at = [], 0
    for start, end, words in changes:
        pieces += [
            Piece("".join(old[at:start])),
            Piece("".join(old[start:end]), Mark.REMOVED),
            Piece("".join(words), Mark.ADDED),
        ]
        at = end
    pieces.append(Piece("".join(old[at:])))
    return _without_end([piece for piece in pieces if piece.text])


def both_changes(base: str, mine: str, theirs: str) -> str | None:
    """The base with both changes in it, of two additions mine first; None where they touch the same words."""
    words = _words(base + _END)
    sides = [
        (change, side)
        for side, text in enumerate((mine, theirs))
        for change in _changes(words, _words(text + _END))
    ]
    sides.sort(key=lambda one: (one[0][0], one[0][1], one[1]))
    result, at = [], 0
    for (start, end, new), _ in sides:
        if start < at:
            return None
        result += words[at:start] + new
        at = end
    return "".join([*result, *words[at:]]).removesuffix(_END)


def _without_end(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces without the blank at the end of both texts; it moves before what only one of them has."""
    kept = max((at for at, piece in enumerate(pieces) if piece.mark is Mark.KEPT), default=-1)
    last = pieces[kept + 1 :]
    front = _END if len(last) == 1 else ""
    ended = [replace(piece, text=front + piece.text.removesuffix(_END)) for piece in last]
    middle = list(pieces[: kept + 1])
    if middle and len(last) < _BOTH:
        middle[-1] = replace(middle[-1], text=middle[-1].text.removesuffix(_END))
    return tuple(piece for piece in (*middle, *ended) if piece.text)


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    """Where they differ."""
    if max(len(old), len(new)) > _MOST_WORDS:
        return []
    first = _same(old, new)
    last = _same(old[first:][::-1], new[first:][::-1])
    matcher = SequenceMatcher(None, old[first : len(old) - last], new[first : len(new) - last])
    found: list[_Change] = []
    for code, start, end, new_start, new_end in matcher.get_opcodes():
        if code == "equal":
            continue
        found.append((start + first, end + first, list(new[new_start + first : new_end + first])))
    return found


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many equal words both begin."""
    pairs = groupby(zip(one, other, strict=False), key=lambda pair: pair[0] == pair[1])
    is_same, run = next(pairs, (False, iter(())))
    return sum(1 for _ in run) if is_same else 0
