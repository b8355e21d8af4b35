"""What a search text means, the same for the index and for what is not in it."""

from __future__ import annotations

import re
import unicodedata


def match_text(text: str) -> str:
    """What is typed, as an FTS5 query: every word has to begin a word of the record."""
    return " ".join(f'"{" ".join(words)}"*' for part in text.split() if (words := words_of(part)))


def words_of(text: str) -> list[str]:
    """The words of a text, folded as the index folds them."""
    lowered = text.lower()
    if not lowered.isascii():
        plain = unicodedata.normalize("NFD", lowered)
        lowered = "".join(c for c in plain if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", lowered)


def is_match(text: str, query: str) -> bool:
    """The same search over a record that is not in the index, because it is a pending edit."""
    words = words_of(text)
    return all(_has_run(words, words_of(part)) for part in query.split())


def _has_run(words: list[str], wanted: list[str]) -> bool:
    if not wanted:
        return True
    *whole, last = wanted
    return any(
        words[at : at + len(whole)] == whole and words[at + len(whole)].startswith(last)
        for at in range(len(words) - len(whole))
    )
