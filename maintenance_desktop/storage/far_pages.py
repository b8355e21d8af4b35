"""Pages far down a list that nothing is filtered from: read from a landmark, not from the beginning.

A landmark is the key of every so many-th entry of an index of the cache, so that a save moves none. It is
found by passing entries, from the nearer end or the landmark before it, and kept until the cache changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.strands import (
    Key,
    Strand,
    Whole,
    length_of,
    number_ahead,
    order_by,
    read_page,
)
from maintenance_desktop.storage.tallies import tally
from maintenance_desktop.storage.view import View

_FAR: Final = 10_000
_STEP: Final = 1_000

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
    columns = whole.columns[: whole.width]
    hidden = Strand(columns, f"FROM {whole.some} WHERE c.body IS NOT NULL", (whole.hidden,))
    laid = Strand(columns, pending=strand.pending)
    pending = number_ahead(view, laid, key, descending=descending)
    ahead = rank - number_ahead(view, hidden, key, descending=descending) + pending
    tails = _behind(replace(strand, pending=strand.pending[pending:]), key, descending=descending)
    return [*tails, *rest], start - ahead


def _behind(strand: Strand, key: Key, *, descending: bool) -> list[Strand]:
    """What stands at a key or behind it. Empty values are last, apart: an index has them at the other end."""
    first, *others = strand.columns[: len(key)]
    sign = "<=" if descending else ">="
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


def _landmark(view: View, whole: Whole, most: int, *, descending: bool) -> Landmark | None:
    """The last one that has no more than so many entries before it."""
    if whole.joined:
        heads = view.remembered_of_cache(
            ("heads", whole.joined, whole.key, descending), lambda: _heads(view, whole, descending=descending)
        )
        at = bisect_right(heads, most, key=lambda one: one[0])
        return heads[at - 1] if at else None
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


def _heads(view: View, whole: Whole, *, descending: bool) -> list[Landmark]:
    """Landmarks at the first work order of an asset, a location or a person, in the order of these."""
    counts: dict[int, int] = dict(
        view.rows(
            f"SELECT {whole.joined}, count(*) FROM cache.work_order INDEXED BY work_order_{whole.joined}"
            f" WHERE body IS NOT NULL AND {whole.joined} IS NOT NULL GROUP BY {whole.joined}"
        )
    )
    named = view.rows(
        f"SELECT {whole.key}, n FROM cache.{whole.joined} INDEXED BY {whole.joined}_{whole.key}"
        f" ORDER BY {order_by(2, descending=descending)}"
    )
    found: list[Landmark] = []
    rank = 0
    for key in named:
        if not found or rank - found[-1][0] >= _STEP:
            found.append((rank, key))
        rank += counts.get(key[1], 0)
    return found


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
