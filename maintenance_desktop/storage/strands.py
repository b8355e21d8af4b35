"""A list as it is read: parts of the cache, each in order, with pending edits in between."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.view import View

Key = tuple[Any, ...]
"""What a record is sorted by, as the columns of its order have it, its row in the cache last."""

_MOST_KEPT: Final = 128
_MOST_ROWS: Final = 250_000
"""Of so many lists the beginning is kept, so many rows of one at most, and of all of them twice as many."""
_FAR: Final = 10_000
_FEW: Final = 2
"""What is hidden is few up to so many times as many as are sorted."""
_OFTEN: Final = 4
"""What is in order is only kept for somebody who moves about far down: these are so many pages."""
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
    joined: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Strand:
    """A part of a list in one order.

    `source` is FROM and WHERE over the cache; empty where that has nothing in this part. `pending` are keys
    in the order of the list, and which of the pending records they are of. `is_in_order`: the cache's part is
    read in its order, so that no more is read than shown. `hidden` are rows that the source has and the list
    has not, as the last of the columns has them.
    """

    columns: tuple[str, ...]
    source: str = ""
    parameters: tuple[Any, ...] = ()
    pending: tuple[tuple[Key, int], ...] = ()
    is_in_order: bool = False
    whole: Whole | None = None
    """All of the cache, where this part leaves out nothing of it but hidden records."""
    from_end: str = ""
    """The same as `source`, read from its other end, so that what stands first comes first to be sorted."""
    hidden: tuple[int, ...] = ()

    def shown(self) -> tuple[str, tuple[Any, ...]]:
        """The source without what is hidden, and its parameters."""
        if not self.hidden:
            return self.source, self.parameters
        source = f"{self.source} AND {_not_among(self.columns[-1])}"
        return source, (*self.parameters, encode_text(self.hidden))


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
        source, parameters = strand.shown()
        ((cached,),) = view.rows(f"SELECT count(*) {source}", parameters)
    return int(cached) + len(strand.pending)


def number_ahead(view: View, strand: Strand, key: Key, *, descending: bool) -> int:
    """How many of a part stand before a key."""
    count = 0
    if strand.source:
        source, parameters = strand.shown()
        for condition, values in _before(strand.columns, key, descending=descending):
            ((cached,),) = view.rows(f"SELECT count(*) {source} AND {condition}", (*parameters, *values))
            count += cached
    if strand.pending:
        count += number_of_keys_ahead(view, [one for one, _ in strand.pending], key, descending=descending)
    return count


def number_of_keys_ahead(view: View, keys: Sequence[Key], key: Key, *, descending: bool) -> int:
    """How many of these keys stand before another one, of which they may have more cells."""
    cells = [f"value ->> {at} COLLATE NOCASE" for at in range(len(key))]
    ahead = _before(cells, key, descending=descending)
    either = " OR ".join(f"({condition})" for condition, _ in ahead)
    ((count,),) = view.rows(
        f"SELECT count(*) FROM json_each(?) WHERE {either}",
        (encode_text(keys), *(value for _, values in ahead for value in values)),
    )
    return int(count)


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
    if kinds == {int, str} and all(type(cell) is int for key, _ in keys for cell in key[start + 1 :]):
        return sorted(keys, key=lambda one: (_plain(one[0][start]), one[0][start + 1 :]))
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
    if not isinstance(value, str):
        return value
    return value.lower() if value.isascii() else value.translate(_LOWER)


@dataclass(slots=True)
class _Beginning:
    """The first rows of a part, for the pages behind the one that took long."""

    pending: tuple[tuple[Key, int], ...]
    rows: array[int] = field(default_factory=lambda: array("q"))
    places: array[int] = field(default_factory=lambda: array("q"))
    is_whole: bool = False
    asked: int = 0


def _read(view: View, strand: Strand, offset: int, limit: int, *, descending: bool) -> list[tuple[int, int]]:
    """Where the order has to be made first, twice as much is read as is asked for, and kept."""
    is_near = strand.is_in_order and offset < _FAR
    if is_near or not strand.source or offset + limit > _MOST_ROWS:
        return _rows(*_select(view, strand, offset, limit, descending=descending))
    beginning = _beginning(view, strand, descending=descending)
    if len(beginning.rows) < offset + limit and not beginning.is_whole:
        beginning.asked += 1
        if strand.is_in_order and beginning.asked < _OFTEN:
            return _rows(*_select(view, strand, offset, limit, descending=descending))
        most = min(2 * (offset + limit), _MOST_ROWS)
        rows, places = _select(view, strand, 0, most, descending=descending)
        beginning.rows, beginning.places = array("q", rows), array("q", places)
        beginning.is_whole = len(rows) < most
    some = slice(offset, offset + limit)
    return _rows(beginning.rows[some], beginning.places[some])


def _beginning(view: View, strand: Strand, *, descending: bool) -> _Beginning:
    """What is kept of a part; what was not asked for longest makes room."""
    kept: dict[Hashable, _Beginning] = view.remembered("beginnings", dict)
    key = (strand.columns, strand.source, strand.parameters, strand.hidden, descending)
    found = kept.pop(key, None)
    if found is None or found.pending != strand.pending:
        found = _Beginning(strand.pending)
    while len(kept) >= _MOST_KEPT or sum(len(one.rows) for one in kept.values()) > _MOST_ROWS:
        del kept[next(iter(kept))]
    kept[key] = found
    return found


def _rows(rows: Sequence[int], places: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(rows, places, strict=True))


def _select(
    view: View, strand: Strand, offset: int, limit: int, *, descending: bool
) -> tuple[list[int], list[int]]:
    width = len(strand.columns)
    order = order_by(width, descending=descending)
    parts, parameters = [], list[Any]()
    if strand.source:
        cached, known = _cached(strand, order, offset + limit)
        parts.append(cached)
        parameters += known
    if strand.pending:
        cells = ", ".join(f"value ->> {at} AS k{at}" for at in range(width))
        parts.append(f"SELECT {cells}, value ->> {width} AS place FROM json_each(?)")
        parameters.append(encode_text([[*key, place] for key, place in strand.pending[: offset + limit]]))
    if not parts:
        return [], []
    ((rows, places),) = view.rows(
        f"SELECT json_group_array(k{width - 1}), json_group_array(place) FROM"
        f" ({' UNION ALL '.join(parts)} ORDER BY {order} LIMIT {limit} OFFSET {offset})",
        parameters,
    )
    return decode(rows), decode(places)


def _cached(strand: Strand, order: str, most: int) -> tuple[str, tuple[Any, ...]]:
    """The cache's part of a page that ends there, and its parameters.

    Where few are hidden, so many more are sorted, and those few are taken out of them: whether each that
    passes is hidden costs half as much again as all the rest.
    """
    names = ", ".join(f"{column} AS k{at}" for at, column in enumerate(strand.columns))
    if strand.is_in_order:
        source, parameters = strand.shown()
        return f"SELECT {names}, -1 AS place {source}", parameters
    few = strand.hidden if len(strand.hidden) <= _FEW * most else ()
    part = replace(strand, source=strand.from_end or strand.source, hidden=() if few else strand.hidden)
    source, parameters = part.shown()
    found = f"SELECT * FROM (SELECT {names}, -1 AS place {source} ORDER BY {order} LIMIT {most + len(few)})"
    if not few:
        return found, parameters
    seen = f"{found} WHERE {_not_among(f'k{len(strand.columns) - 1}')} ORDER BY {order} LIMIT {most}"
    return f"SELECT * FROM ({seen})", (*parameters, encode_text(few))


def _not_among(column: str) -> str:
    return f"{column} NOT IN (SELECT value FROM json_each(?))"


def _before(columns: Sequence[str], key: Key, *, descending: bool) -> list[tuple[str, list[Any]]]:
    """Conditions that together tell what stands before a key; each is one run of an index.

    Empty values stand last in the first column, and in the others as if they were less than any.
    """
    sign = ">" if descending else "<"
    found: list[tuple[str, list[Any]]] = []
    for at, (column, value) in enumerate(zip(columns, key, strict=True)):
        same = [f"{one} IS ?" for one in columns[:at]]
        ahead = []
        if value is not None:
            ahead.append((f"{column} {sign} ?", [value]))
            if at and not descending:
                ahead.append((f"{column} IS NULL", []))
        elif not at or descending:
            ahead.append((f"{column} IS NOT NULL", []))
        found += [(" AND ".join([*same, one]), [*key[:at], *values]) for one, values in ahead]
    return found
