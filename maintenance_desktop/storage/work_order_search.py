"""Finding work orders by words: numbers and tags first, and never more than can be shown at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.storage.search_index import match_text, words_of
from maintenance_desktop.storage.view import View
from maintenance_desktop.storage.work_order_filters import Filters

MOST_FOUND: Final = 2_000
_MOST_LOOKED_AT: Final = 20_000
"""So many records with the words are asked for the other filters, the newest ones."""
_FEW: Final = 20_000
"""With no more work orders than this, every word that begins like the typed one is looked up."""
_COMPLETIONS: Final = 60
_FIRST: Final = 200
"""So many are found by the beginning of a number or a tag."""
_FEW_CANDIDATES: Final = 300
_NUMBER: Final = re.compile(r"(?:[^\W\d]+-)?(\d{1,12})")
_LARGEST_NUMBER: Final = 10**13
_END: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows that were found, `first` by number or tag. `is_bounded`: there are more than these."""

    first: tuple[int, ...]
    others: tuple[int, ...]
    is_bounded: bool


def search(view: View, filters: Filters, total: int) -> Hits:
    """What has all the words and passes the filters. `total`: how many work orders there are."""
    condition, parameters = filters.sql()
    first = dict.fromkeys(_by_number(view, filters, condition, parameters))
    first.update(dict.fromkeys(_by_tag(view, filters, condition, parameters)))
    query, has_more_words = _fts_query(view, filters.query.text, is_small=total <= _FEW)
    if not query:
        return Hits(tuple(first), (), is_bounded=has_more_words)
    side = f" AND rowid >= {OPEN_FROM}" if filters.is_open else ""
    candidates = _candidates(view, filters, condition, parameters)
    if candidates is not None:
        side += f" AND rowid IN ({', '.join(map(str, candidates))})"
    found = view.rows(
        "SELECT c.n FROM (SELECT rowid AS n FROM cache.work_order_search WHERE work_order_search MATCH ?"
        f"{side} ORDER BY rowid DESC LIMIT {_MOST_LOOKED_AT}) AS s"
        f" CROSS JOIN cache.work_order AS c ON c.n = s.n WHERE {condition} LIMIT {MOST_FOUND + 1}",
        (query, *parameters),
    )
    others = [n for (n,) in found if n not in first][: MOST_FOUND - len(first)]
    is_bounded = has_more_words or len(found) > MOST_FOUND
    if not is_bounded and candidates is None and not filters.are_none:
        is_bounded = _looked_at(view, query, side) >= _MOST_LOOKED_AT
    return Hits(tuple(first), tuple(others), is_bounded)


def having_words(text: str, places: Iterable[int], texts: Sequence[Sequence[str]]) -> list[int]:
    """The same search over records that are not in the index, because they are pending edits."""
    runs = [f" {' '.join(words)}" for part in text.split() if (words := words_of(part))]
    found = list(places)
    for run in runs:
        found = [place for place in found if run in _folded(*texts[place])]
    return found


def stands_first(text: str, number: str, tag: str) -> bool:
    """Whether a pending record is found by its number or its asset's tag."""
    wanted = text.strip().casefold()
    digits = _NUMBER.fullmatch(wanted)
    tail = number.casefold().partition("-")[2]
    return (
        number.casefold().startswith(wanted)
        or bool(digits and wanted.isdigit() and tail.startswith(wanted))
        or bool(tag and tag.casefold().startswith(wanted))
    )


@lru_cache(8_192)
def _folded(*texts: str) -> str:
    """Words with one space before and after each, so that a run of words is found as a piece of it.

    The texts stay the same objects for as long as the edit does, so that they are quickly recognised.
    """
    return f" {' '.join(words_of(chr(10).join(texts)))} "


def _looked_at(view: View, query: str, side: str) -> int:
    ((count,),) = view.rows(
        "SELECT count(*) FROM (SELECT 1 FROM cache.work_order_search WHERE work_order_search MATCH ?"
        f"{side} ORDER BY rowid DESC LIMIT {_MOST_LOOKED_AT})",
        (query,),
    )
    return int(count)


def _candidates(view: View, filters: Filters, condition: str, parameters: list[Any]) -> list[int] | None:
    """Where the other filters leave only a few, those are asked for the words instead of the other way."""
    for column in ("asset", "person", "location"):
        if filters.rows[column] is not None:
            found = view.rows(
                f"SELECT c.n FROM cache.work_order AS c INDEXED BY work_order_{column}"
                f" WHERE {condition} LIMIT {_FEW_CANDIDATES + 1}",
                parameters,
            )
            if len(found) <= _FEW_CANDIDATES:
                return [n for (n,) in found]
    return None


def _fts_query(view: View, text: str, *, is_small: bool) -> tuple[str, bool]:
    """The words as FTS5 wants them, and whether more words begin like those than are looked up."""
    if is_small:
        return match_text(text), False
    parts, has_more = [], False
    for part in text.split():
        words = words_of(part)
        if not words:
            continue
        *whole, last = words
        completed, is_cut = _completions(view, last)
        has_more = has_more or is_cut
        phrases = [f'"{" ".join((*whole, one))}"' for one in completed]
        if not phrases:
            phrases = [f'"{" ".join(words)}"*']
        parts.append(f"({' OR '.join(phrases)})")
    return " AND ".join(parts), has_more


def _completions(view: View, beginning: str) -> tuple[list[str], bool]:
    """The commonest words that begin like this. None for numbers: the index itself completes long ones."""
    if beginning.isdigit():
        return ([], False) if len(beginning) > 2 else ([beginning], True)
    found = view.rows(
        "SELECT word FROM cache.word WHERE word >= ? AND word < ? ORDER BY records DESC LIMIT ?",
        (beginning, beginning + _END, _COMPLETIONS + 1),
    )
    words = [word for (word,) in found]
    return words[:_COMPLETIONS], len(words) > _COMPLETIONS


def _by_number(view: View, filters: Filters, condition: str, parameters: list[Any]) -> list[int]:
    text = filters.query.text.strip()
    match = _NUMBER.fullmatch(text)
    if match is None:
        return []
    low = int(match[1])
    ranges, width = [], 1
    while low and low * width < _LARGEST_NUMBER:
        ranges.append(f"c.number_n BETWEEN {low * width} AND {(low + 1) * width - 1}")
        width *= 10
    found: list[int] = []
    for one in ranges:
        rows = view.rows(
            "SELECT c.n, json_extract(c.body, '$.number') FROM cache.work_order AS c"
            f" INDEXED BY work_order_number_n WHERE {condition} AND {one}"
            f" ORDER BY c.number_n LIMIT {_FIRST - len(found)}",
            parameters,
        )
        found += [n for n, number in rows if stands_first(text, str(number or ""), "")]
        if len(found) >= _FIRST:
            break
    return found


def _by_tag(view: View, filters: Filters, condition: str, parameters: list[Any]) -> list[int]:
    text = filters.query.text.strip()
    if len(text) < 2 or " " in text:
        return []
    found = view.rows(
        "SELECT c.n FROM (SELECT n FROM cache.asset WHERE tag >= ? AND tag < ? AND body IS NOT NULL"
        " ORDER BY tag LIMIT 20) AS a CROSS JOIN cache.work_order AS c INDEXED BY work_order_asset"
        f" ON c.asset = a.n WHERE {condition} LIMIT {_FIRST}",
        (text, text + _END, *parameters),
    )
    return [n for (n,) in found]
