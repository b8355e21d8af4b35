"""What stands below an asset or a location as people see it, pending changes included."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.view import Result, View

_MOST_WALKED: Final = 2_000
"""So many are found one below the other; of more, the whole tree is read once and kept."""


@dataclass(frozen=True, slots=True)
class Few:
    """One and all below it: their ids, and those of them that the cache has as its rows."""

    ids: frozenset[str]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Many:
    """The same of very many: a byte for each row of the cache, 1 where it is among them."""

    flags: bytes
    unknown: frozenset[str]
    """Those that the cache does not have."""

    @property
    def count(self) -> int:
        return self.flags.count(1) + len(self.unknown)

    @property
    def share(self) -> float:
        """How many of all that the cache has."""
        return self.flags.count(1) / len(self.flags)

    def has(self, record_id: str, row: int) -> bool:
        """Whether a record is among them; `row` is beyond all where the cache does not have it."""
        return record_id in self.unknown or (row < len(self.flags) and self.flags[row] == 1)


@dataclass(frozen=True, slots=True)
class _Tree:
    """All of a table of the cache: what is below the row n is `below[first[n]:end[n]]`."""

    first: array[int]
    end: array[int]
    below: array[int]
    orphans: Mapping[str, tuple[int, ...]]
    """What is below an id that the cache does not have."""


def all_below(view: View, table: str, top: str) -> Few:
    """An asset or location and all that are below it."""
    return _remembered(view, table, ("all below", top), lambda: _walked(view, table, top))


def few_or_many_below(view: View, table: str, top: str) -> Few | Many:
    """The same, in the way that suits how many they are."""

    def read() -> Few | Many:
        known: dict[str, _Tree] = view.remembered_of_cache("trees", dict)
        if table not in known:
            few = _walked(view, table, top, _MOST_WALKED + 1)
            if len(few.ids) <= _MOST_WALKED:
                return few
            known[table] = _tree(view, table)
        many = _descended(view, table, top, known[table])
        return many if many.count > _MOST_WALKED else _walked(view, table, top)

    return _remembered(view, table, ("below", top), read)


def _remembered(view: View, table: str, key: tuple[str, ...], make: Callable[[], Result]) -> Result:
    is_as_cached = not view.pending().records(table)
    remembered = view.remembered_of_cache if is_as_cached else view.remembered
    return remembered((table, *key), make)


def _walked(view: View, table: str, top: str, most: int = -1) -> Few:
    """One below the other, so many at most.

    Not with `=`: SQLite would first read the whole index into a filter for quicker misses.
    """
    children, laid = _pending_children(view, table), encode_text(list(view.pending().records(table)))
    found, tops = dict[str, int | None](), [top]
    while tops:
        cached = view.rows(
            "WITH RECURSIVE below (id, n) AS ("
            f"SELECT value, (SELECT n FROM cache.{table} WHERE id = value) FROM json_each(?)"
            f" UNION SELECT c.id, c.n FROM below CROSS JOIN cache.{table} AS c INDEXED BY {table}_parent_id"
            " ON c.parent_id BETWEEN below.id AND below.id WHERE c.body IS NOT NULL"
            " AND c.id NOT IN (SELECT value FROM json_each(?))"
            f" LIMIT {most}) SELECT id, n FROM below",
            (encode_text(tops), laid),
        )
        newly = {record_id: n for record_id, n in cached if record_id not in found}
        found |= newly
        if 0 < most <= len(found):
            break
        moved = (one for parent in children if parent in newly for one in children[parent])
        tops = sorted({one for one in moved if one not in found})
    return Few(frozenset(found), tuple(sorted(n for n in found.values() if n is not None)))


def _descended(view: View, table: str, top: str, tree: _Tree) -> Many:
    pending, children = view.pending().records(table), _pending_children(view, table)
    row_of: dict[str, int] = dict(
        view.rows(
            f"SELECT id, n FROM cache.{table} WHERE id IN (SELECT value FROM json_each(?))",
            (encode_text([top, *pending, *children]),),
        )
    )
    laid = {row_of[one] for one in pending if one in row_of}
    moved_below = {row_of[one]: some for one, some in children.items() if one in row_of}
    flags, unknown = bytearray(len(tree.first)), set[str]()
    ids = [top]
    while ids:
        record_id = ids.pop()
        if record_id in row_of:
            found = [row_of[record_id]]
        elif record_id in unknown:
            continue
        else:
            unknown.add(record_id)
            ids += children.get(record_id, ())
            found = [n for n in tree.orphans.get(record_id, ()) if n not in laid]
        families = [n for n in found if not flags[n]]
        for n in families:
            flags[n] = 1
        while families:
            n = families.pop()
            ids += moved_below.get(n, ())
            for one in tree.below[tree.first[n] : tree.end[n]]:
                if not flags[one] and one not in laid:
                    flags[one] = 1
                    if tree.end[one] or one in moved_below:
                        families.append(one)
    return Many(bytes(flags), frozenset(unknown))


def _pending_children(view: View, table: str) -> dict[str, list[str]]:
    """What pending edits put below an id, new records and moved ones."""
    found: dict[str, list[str]] = {}
    for record in view.pending().records(table).values():
        if record.is_shown and record.fields.get("parent_id"):
            found.setdefault(str(record.fields["parent_id"]), []).append(record.id)
    return found


def _tree(view: View, table: str) -> _Tree:
    """Two indexes are read and no record: one that is deleted has no parent there."""
    ((last,),) = view.rows(f"SELECT coalesce(max(n), 0) FROM cache.{table}")
    families = view.rows(
        f"SELECT (SELECT n FROM cache.{table} WHERE id = f.parent_id), f.parent_id, f.below FROM"
        f" (SELECT parent_id, group_concat(n) AS below FROM cache.{table} INDEXED BY {table}_parent_id"
        " WHERE parent_id IS NOT NULL GROUP BY parent_id) AS f"
    )
    first, end, below = array("q", bytes(8 * (last + 1))), array("q", bytes(8 * (last + 1))), array("q")
    orphans = dict[str, tuple[int, ...]]()
    for n, parent_id, text in families:
        rows = map(int, text.split(","))
        if n is None:
            orphans[parent_id] = tuple(rows)
        else:
            first[n] = len(below)
            below.extend(rows)
            end[n] = len(below)
    return _Tree(first, end, below, orphans)
