"""Whether two titles of work orders say the same, in other cases, accents and endings, or nearly the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

_SIMILAR: Final = Decimal("0.8")
"""So much of the words of two titles is the same (Dice). Of 5,485 work orders of five excavators, 64 then
look like another one of their week without having the same words, mostly rightly; at 0.7 it is 86."""
_LEAST_STEM: Final = 4
_LONGEST_ENDING: Final = 3
_LEAST_WORD: Final = 3
_SIDES: Final = {
    name: side
    for side, names in {
        "left": ("l", "lh", "lhs", "left"),
        "right": ("r", "rh", "rhs", "right"),
        "front": ("front",),
        "rear": ("rear", "back"),
        "upper": ("upper", "top"),
        "lower": ("lower", "bottom"),
        "inner": ("inner", "inside"),
        "outer": ("outer", "outside"),
    }.items()
    for name in names
}


def is_same_title(one: object, other: object) -> bool:
    """Whether two titles are the same but for case, accents, spaces and punctuation."""
    words = _words(str(one or ""))
    return bool(words) and words == _words(str(other or ""))


def is_similar_title(one: object, other: object) -> bool:
    """Whether two titles speak of the same: most of their words, the same side, the same numbers."""
    (mine, my_marks), (theirs, their_marks) = _parts(str(one or "")), _parts(str(other or ""))
    if not mine or not theirs or (my_marks and their_marks and my_marks != their_marks):
        return False
    shared = _shared(mine, theirs)
    if shared == len(mine) == len(theirs):
        return shared > 1 or my_marks == their_marks
    is_alike = Decimal(2 * shared) / (len(mine) + len(theirs)) >= _SIMILAR
    return is_alike and shared > 1 and my_marks == their_marks


def _words(title: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", title.casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one) and one not in "'’`")
    return re.findall(r"[^\W_]+", bare)


def _parts(title: str) -> tuple[list[str], set[str]]:
    """The words that say what it is about, and those that tell one of several apart: sides and numbers."""
    words = list(dict.fromkeys(_words(title)))
    marks = {_SIDES.get(word, word) for word in words if word in _SIDES or any(map(str.isdigit, word))}
    others = [word for word in words if word not in _SIDES and not any(map(str.isdigit, word))]
    return [word for word in others if len(word) >= _LEAST_WORD] or others, marks


def _shared(mine: Sequence[str], theirs: Sequence[str]) -> int:
    rest = list(theirs)
    count = 0
    for word in mine:
        twin = next((other for other in rest if _is_same_word(word, other)), None)
        if twin is not None:
            rest.remove(twin)
            count += 1
    return count


def _is_same_word(one: str, other: str) -> bool:
    """Leak, leaks and leaking are the same word."""
    short, long = sorted((one, other), key=len)
    is_stem = len(short) >= _LEAST_STEM and long.startswith(short)
    return one == other or (is_stem and len(long) - len(short) <= _LONGEST_ENDING)
