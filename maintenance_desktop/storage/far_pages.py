"""Pages far down a list that nothing is filtered from: read from a landmark, not from the beginning.

A landmark is the key of every so many-th entry of an index of the cache, so that a save moves none. It is
found by passing entries, from the nearer end or the landmark before it, and kept until the cache changes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.strands import (
    Key,
    Strand,
    Whole,
    length_of,
    number_of_keys_ahead,
    order_by,
    read_page,
)
from maintenance_desktop.storage.tallies import tally
from maintenance_desktop.storage.view import View

_FAR: Final = 10_000
_STEP: Final = 1_000
_WITHIN: Final = 4
"""The key of a landmark among those that name the same is the whole key of an order that is joined."""

Landmark = tuple[int, Key]
"""How many entries of the cache stand before it, and its key: the first columns of what is ordered by."""


def nearer(
    view: View, strands: Sequence[Strand], offset: int, *, descending: bool
) -> tuple[Sequence[Strand], int]:
    """The same page as less to pass: what stands behind a landmark, and where the page begins in that."""
    at = next((at for at, strand in enumerate(strands) if strand.whole is not None), None)
    if at is None or offset < _FAR:
        return strands, offset
    strand, whole, rest = strands[at], strands[at].whole, strands[at + 1 :]
    start = offset - sum(length_of(view, before) for before in strands[:at])
    found = whole and _landmark(view, whole, start - len(strand.pending), descending=descending)
    if not whole or not found:
        return strands, offset
    rank, key = found
    hidden = view.remembered(
        ("hidden", whole.some, whole.columns, strand.hidden), lambda: _hidden(view, whole, strand.hidden)
    )
    pending = number_of_keys_ahead(view, [one for one, _ in strand.pending], key, descending=descending)
    ahead = rank - number_of_keys_ahead(view, hidden, key, descending=descending) + pending
    tails = _behind(replace(strand, pending=strand.pending[pending:]), key, descending=descending)
    return [*tails, *rest], start - ahead


def _hidden(view: View, whole: Whole, rows: tuple[int, ...]) -> list[Key]:
    """The keys of what the cache has and the list has not."""
    return view.rows(
        f"SELECT {', '.join(whole.columns)} FROM {whole.some} WHERE c.body IS NOT NULL", (encode_text(rows),)
    )


def _behind(strand: Strand, key: Key, *, descending: bool, is_strictly: bool = False) -> list[Strand]:
    """What stands at a key or behind it. Empty values are last, apart: an index has them at the other end."""
    if len(key) == _WITHIN:
        return _behind_within(strand, key, descending=descending)
    first, *others = strand.columns[: len(key)]
    sign = ("<" if descending else ">") + ("" if is_strictly else "=")
    empty = replace(
        strand,
        source=f"{strand.source} AND {first} IS NULL",
        pending=tuple(one for one in strand.pending if one[0][0] is None),
    )
    if key[0] is None:
        source = f"{empty.source} AND ({', '.join(others)}) {sign} ({', '.join('?' * len(others))})"
        return [replace(empty, source=source, parameters=(*empty.parameters, *key[1:]))]
    filled = replace(
        strand,
        source=f"{strand.source} AND ({', '.join((first, *others))}) {sign} ({', '.join('?' * len(key))})",
        parameters=(*strand.parameters, *key),
        pending=tuple(one for one in strand.pending if one[0][0] is not None),
    )
    return [filled, empty]


def _behind_within(strand: Strand, key: Key, *, descending: bool) -> list[Strand]:
    """The same of a work order among all that name one asset, location or person: these, and the others."""
    name, row, *_ = strand.columns
    sign = "<=" if descending else ">="
    here = replace(
        strand,
        source=f"{strand.source} AND {name} IS ? AND {row} = ? AND (c.created, c.n) {sign} (?, ?)",
        parameters=(*strand.parameters, *key),
        pending=tuple(one for one in strand.pending if one[0][1] == key[1]),
    )
    others = replace(strand, pending=strand.pending[len(here.pending) :])
    return [here, *_behind(others, key[:2], descending=descending, is_strictly=True)]


def _landmark(view: View, whole: Whole, most: int, *, descending: bool) -> Landmark | None:
    """The last one that has no more than so many entries before it."""
    if whole.joined:
        heads = view.remembered_of_cache(
            ("heads", whole.joined, whole.key, descending), lambda: _heads(view, whole, descending=descending)
        )
        at = bisect_right(heads, most, key=lambda one: one[0])
        return _within(view, whole, heads[at - 1], most, descending=descending) if at else None
    rank = most // _STEP * _STEP
    if rank <= 0 or _has_undated(view):
        return None
    known: dict[int, Key] = view.remembered_of_cache(("landmarks", whole.columns, descending), dict)
    if rank not in known:
        n = _passed(view, whole, known, rank, descending=descending)
        if n is None:
            return None
        known[rank] = view.rows(f"SELECT {', '.join(whole.columns)} FROM {whole.some}", (encode_text([n]),))[
            0
        ]
    return rank, known[rank]


def _passed(view: View, whole: Whole, known: dict[int, Key], rank: int, *, descending: bool) -> int | None:
    """The row with so many entries before it."""
    source = f"FROM {whole.tables} WHERE c.body IS NOT NULL"
    last = tally(view, {}) - 1 - rank
    before = max((one for one in known if one < rank), default=0)
    if last < rank - before:
        order = order_by(len(whole.columns), descending=not descending, is_empty_first=True)
        columns = ", ".join(whole.columns)
        found = view.rows(f"SELECT {columns} {source} ORDER BY {order} LIMIT 1 OFFSET ?", (max(last, 0),))
        return int(found[0][-1]) if found and last >= 0 else None
    strands = [Strand(whole.columns, source, is_in_order=True)]
    if before:
        strands = _behind(strands[0], known[before], descending=descending)
    rows = read_page(view, strands, rank - before, 1, descending=descending)
    return rows[0][0] if rows else None


def _within(view: View, whole: Whole, head: Landmark, most: int, *, descending: bool) -> Landmark:
    """The last one among all that name the same as this head, where those are many."""
    rank, (name, n) = head
    steps = (most - rank) // _STEP * _STEP
    count = _counts(view, whole.joined)[n] if steps else 0
    if not 0 < steps < count or _has_undated(view):
        return head
    known: dict[int, tuple[int, int]] = view.remembered_of_cache(
        ("within", whole.joined, n, descending), dict
    )
    if steps not in known:
        before = max((one for one in known if one < steps), default=0)
        is_from_end = count - 1 - steps < steps - before
        source = (
            f"FROM cache.work_order AS c INDEXED BY work_order_{whole.joined}"
            f" WHERE c.body IS NOT NULL AND c.{whole.joined} = ?"
        )
        parameters = [n]
        if before and not is_from_end:
            source += f" AND (c.created, c.n) {'<=' if descending else '>='} (?, ?)"
            parameters += known[before]
        passed = count - 1 - steps if is_from_end else steps - before
        source += f" ORDER BY {order_by(2, descending=descending is not is_from_end)} LIMIT 1 OFFSET {passed}"
        found = view.rows(f"SELECT c.created, c.n {source}", parameters)
        if not found:
            return head
        known[steps] = found[0]
    return rank + steps, (name, n, *known[steps])


def _heads(view: View, whole: Whole, *, descending: bool) -> list[Landmark]:
    """Landmarks at the first work order of an asset, a location or a person, in the order of these."""
    table = whole.joined
    counts = _counts(view, table)
    filled, empty = view.remembered_of_cache(
        ("in order", table, whole.key), lambda: _rows_in_order(view, table, whole.key)
    )
    ranks = dict[int, int]()
    rank, last = 0, -_STEP
    for n in chain(*((reversed(filled), reversed(empty)) if descending else (filled, empty))):
        if rank - last >= _STEP or counts[n] >= _STEP:
            ranks[n] = last = rank
        rank += counts[n]
    keys: dict[int, Any] = dict(
        view.rows(
            f"SELECT n, {whole.key} FROM cache.{table} WHERE n IN (SELECT value FROM json_each(?))",
            (encode_text([*ranks]),),
        )
    )
    return [(rank, (keys[n], n)) for n, rank in ranks.items()]


def _counts(view: View, table: str) -> array[int]:
    """How many work orders name each row of a table."""
    return view.remembered_of_cache(("counts", table), lambda: _count(view, table))


def _count(view: View, table: str) -> array[int]:
    ((last, text),) = view.rows(
        f"SELECT (SELECT coalesce(max(n), 0) FROM cache.{table}), json_group_array(json_array(n, times)) FROM"
        f" (SELECT {table} AS n, count(*) AS times FROM cache.work_order INDEXED BY work_order_{table}"
        f" WHERE body IS NOT NULL AND {table} IS NOT NULL GROUP BY {table})"
    )
    counts = array("q", bytes(8 * (last + 1)))
    for n, times in decode(text):
        counts[n] = times
    return counts


def _rows_in_order(view: View, table: str, key: str) -> tuple[array[int], array[int]]:
    """The rows of a table in the order of a column, those without it apart. One step of SQLite each."""
    ((filled,), (empty,)) = view.rows(
        f"SELECT json_group_array(n) FROM (SELECT n FROM cache.{table} INDEXED BY {table}_{key}"
        f" WHERE {key} IS NOT NULL ORDER BY {key}, n) UNION ALL"
        f" SELECT json_group_array(n) FROM (SELECT n FROM cache.{table} INDEXED BY {table}_{key}"
        f" WHERE {key} IS NULL ORDER BY n)"
    )
    return array("q", decode(filled)), array("q", decode(empty))


def _has_undated(view: View) -> bool:
    """Whether a work order has no time of creation that could be compared."""

    def read() -> bool:
        return bool(
            view.rows(
                "SELECT 1 FROM cache.work_order INDEXED BY work_order_created"
                " WHERE body IS NOT NULL AND created IS NULL LIMIT 1"
            )
        )

    return view.remembered_of_cache("undated", read)
