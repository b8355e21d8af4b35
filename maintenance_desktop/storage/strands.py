"""A list as it is read: parts of the cache, each in order, with pending edits in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.view import View

Key = tuple[Any, ...]
"""What a record is sorted by, as the columns of its order have it, its row in the cache last."""

_LOWER: Final = {place: place + 32 for place in range(ord("A"), ord("Z") + 1)}
"""What NOCASE makes of letters: only these of them."""


@dataclass(frozen=True, slots=True)
class Strand:
    """A part of a list in one order.

    `source` is FROM and WHERE over the cache; empty where that has nothing in this part. `pending` are keys
    in the order of the list, and which of the pending records they are of. `is_in_order`: the cache's part is
    read in its order, so that no more is read than shown.
    """

    columns: tuple[str, ...]
    source: str = ""
    parameters: tuple[Any, ...] = ()
    pending: tuple[tuple[Key, int], ...] = ()
    is_in_order: bool = False


def read_page(
    view: View, strands: Sequence[Strand], offset: int, limit: int, *, descending: bool
) -> list[tuple[int, int]]:
    """Rows of the cache and places of pending records (-1: none), of one page over all parts."""
    found: list[tuple[int, int]] = []
    skipped = offset
    for strand in strands:
        part = _read(view, strand, skipped, limit - len(found), descending=descending)
        found += part
        if len(found) == limit:
            break
        skipped = 0 if part or not skipped else max(0, skipped - length_of(view, strand))
    return found


def length_of(view: View, strand: Strand) -> int:
    """How many there are in a part."""
    cached = 0
    if strand.source:
        ((cached,),) = view.rows(f"SELECT count(*) {strand.source}", strand.parameters)
    return int(cached) + len(strand.pending)


def number_ahead(view: View, strand: Strand, key: Key, *, descending: bool) -> int:
    """How many of a part stand before a key."""
    count = 0
    if strand.source:
        for condition, values in _before(strand.columns, key, descending=descending):
            ((cached,),) = view.rows(
                f"SELECT count(*) {strand.source} AND {condition}", (*strand.parameters, *values)
            )
            count += cached
    if strand.pending:
        cells = [f"value ->> {at} COLLATE NOCASE" for at in range(len(key))]
        keys = encode_text([one for one, _ in strand.pending])
        for condition, values in _before(cells, key, descending=descending):
            ((pending,),) = view.rows(f"SELECT count(*) FROM json_each(?) WHERE {condition}", (keys, *values))
            count += pending
    return count


def in_order(keys: Iterable[tuple[Key, int]], *, descending: bool) -> tuple[tuple[Key, int], ...]:
    """Keys with their places, sorted as SQLite sorts them."""

    def comparable(one: tuple[Key, int]) -> list[Any]:
        found: list[Any] = []
        for value in one[0]:
            found += [(value is None) is not descending, 0 if value is None else _plain(value)]
        return found

    return tuple(sorted(keys, key=comparable, reverse=descending))


def _plain(value: Any) -> Any:
    return value.translate(_LOWER) if isinstance(value, str) else value


def _read(view: View, strand: Strand, offset: int, limit: int, *, descending: bool) -> list[tuple[int, int]]:
    width = len(strand.columns)
    order = _order_by(width, descending=descending)
    parts, parameters = [], list[Any]()
    if strand.source:
        names = ", ".join(f"{column} AS k{at}" for at, column in enumerate(strand.columns))
        cached = f"SELECT {names}, -1 AS place {strand.source}"
        if not strand.is_in_order:
            cached = f"SELECT * FROM ({cached} ORDER BY {order} LIMIT {offset + limit})"
        parts.append(cached)
        parameters += strand.parameters
    if strand.pending:
        cells = ", ".join(f"value ->> {at} AS k{at}" for at in range(width))
        parts.append(f"SELECT {cells}, value ->> {width} AS place FROM json_each(?)")
        parameters.append(encode_text([[*key, place] for key, place in strand.pending[: offset + limit]]))
    if not parts:
        return []
    ((text,),) = view.rows(
        f"SELECT json_group_array(json_array(k{width - 1}, place)) FROM"
        f" ({' UNION ALL '.join(parts)} ORDER BY {order} LIMIT {limit} OFFSET {offset})",
        parameters,
    )
    return [(n, place) for n, place in decode(text)]


def _order_by(width: int, *, descending: bool) -> str:
    """Empty values stand last in both directions."""
    direction = "DESC" if descending else "ASC"
    rest = "".join(f", {at} {direction}" for at in range(2, width + 1))
    return f"1 {direction} NULLS LAST{rest}"


def _before(columns: Sequence[str], key: Key, *, descending: bool) -> list[tuple[str, list[Any]]]:
    """Conditions that together tell what stands before a key; each is one run of an index."""
    sign = ">" if descending else "<"
    found: list[tuple[str, list[Any]]] = []
    for at, (column, value) in enumerate(zip(columns, key, strict=True)):
        same = [f"{one} IS ?" for one in columns[:at]]
        ahead = f"{column} IS NOT NULL" if value is None else f"{column} {sign} ?"
        parameters = [*key[:at], *([] if value is None else [value])]
        found.append((" AND ".join([*same, ahead]), parameters))
    return found
