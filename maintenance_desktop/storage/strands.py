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
class Whole:
    """All of the cache in one order, hidden records too. `tables` are read in this order.

    `some` has the same columns for the rows in a parameter. `joined` is the table of what work orders are
    sorted by, by its `key`.
    """

    columns: tuple[str, ...]
    tables: str
    some: str
    hidden: str
    joined: str = ""
    key: str = ""

    @property
    def width(self) -> int:
        """How many columns tell a landmark from all before it."""
        return 2 if self.joined else len(self.columns)


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
    whole: Whole | None = None
    """All of the cache, where this part leaves out nothing of it but hidden records."""


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
    filled, empty = both_ways(keys)
    return (*filled[::-1], *empty[::-1]) if descending else (*filled, *empty)


def both_ways(keys: Iterable[tuple[Key, int]]) -> tuple[list[tuple[Key, int]], list[tuple[Key, int]]]:
    """Keys as they ascend, those that begin with an empty value apart: they stand last both ways."""
    filled: list[tuple[Key, int]] = []
    empty: list[tuple[Key, int]] = []
    for one in keys:
        (empty if one[0][0] is None else filled).append(one)
    return _ascending(filled, 0), _ascending(empty, 1)


def _ascending(keys: list[tuple[Key, int]], start: int) -> list[tuple[Key, int]]:
    """Keys sorted by their cells from a place on, as SQLite compares: an empty one is less than any."""
    kinds = {type(cell) for key, _ in keys for cell in key[start:]}
    if kinds <= {int}:
        return sorted(keys, key=lambda one: one[0][start:])
    if type(None) not in kinds:
        return sorted(keys, key=lambda one: [_plain(cell) for cell in one[0][start:]])

    def comparable(one: tuple[Key, int]) -> list[Any]:
        return [(False, 0) if cell is None else (True, _plain(cell)) for cell in one[0][start:]]

    return sorted(keys, key=comparable)


def order_by(width: int, *, descending: bool, is_empty_first: bool = False) -> str:
    """Empty values stand last in both directions, or first where it is read from its end."""
    direction = "DESC" if descending else "ASC"
    rest = "".join(f", {at} {direction}" for at in range(2, width + 1))
    return f"1 {direction} NULLS {'FIRST' if is_empty_first else 'LAST'}{rest}"


def _plain(value: Any) -> Any:
    return value.translate(_LOWER) if isinstance(value, str) else value


def _read(view: View, strand: Strand, offset: int, limit: int, *, descending: bool) -> list[tuple[int, int]]:
    width = len(strand.columns)
    order = order_by(width, descending=descending)
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
