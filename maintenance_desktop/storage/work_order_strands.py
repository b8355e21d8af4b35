"""A list of work orders as it is read: parts of the cache, each in order, with pending edits in between."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import chain
from typing import Final

from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.laid import Laid, laid_over
from maintenance_desktop.storage.search_index import match_text
from maintenance_desktop.storage.strands import Key, Strand, Whole, both_ways, in_order
from maintenance_desktop.storage.tallies import FACETS, OPEN_PLACES, passing, tally
from maintenance_desktop.storage.view import View
from maintenance_desktop.storage.work_order_filters import Filters, filters_of
from maintenance_desktop.storage.work_order_search import Hits, having_words, search, stands_first
from maintenance_desktop.storage.work_order_sorts import SORTS, Sort

_MOST_GATHERED: Final = 50_000
_PASSED: Final = 1
_KEPT: Final = 2
_LOOKED_UP: Final = 15
_JOINED: Final = 4
"""What it costs to pass an entry of an index, to sort one that is left, to look up first what it is sorted
by, and to pass one in the order of what it names, as measured: in entries passed."""
_COMPLETED: Final = frozenset({"completed", "closed"})
_CREATED: Final = SORTS["created_at"]


class Listing:
    """One query at one moment; `reach` says how far into the list the reading goes."""

    def __init__(self, view: View, query: WorkOrderQuery, reach: int = 0) -> None:
        self._view = view
        self._reach = reach
        self.query = query
        self.laid: Laid = laid_over(view)
        neutral = replace(query, sort="", descending=True)
        self.filters: Filters = view.remembered(("filters", neutral), lambda: filters_of(view, query))
        self._neutral = neutral

    def strands(self) -> list[Strand]:
        """The parts of the list, one behind the other."""
        passing = self.passing()
        if self.query.sort == "mark":
            return self._by_mark(passing)
        if not self.has_words:
            return self._sorted(passing)
        hits = self.hits()
        first = {place for place in passing if self._stands_first(place)}
        others = [place for place in passing if place not in first]
        return [*self._sorted(sorted(first), hits.first), *self._sorted(others, hits.others)]

    def uncounted(self) -> Strand:
        """All of the cache's part in one piece, by the index that has the least to pass."""
        self._reach = 10**12
        return self._strand(_CREATED, [], index=self._gathered(_CREATED)[0] or "created")

    @property
    def has_words(self) -> bool:
        """Whether anything is searched for."""
        return bool(match_text(self.query.text))

    def passing(self) -> list[int]:
        """The laid records that pass the filters and have the words."""

        def read() -> list[int]:
            found = self.filters.passing(self.laid)
            return having_words(self.query.text, found, self.laid.texts) if self.has_words else found

        return self._view.remembered(("passing", self._neutral), read)

    def hits(self) -> Hits:
        """What the search finds in the cache, without what is hidden."""

        def read() -> Hits:
            found = search(self._view, self.filters, tally(self._view, {}))
            hidden = set(self.laid.rows.values())
            return Hits(
                tuple(n for n in found.first if n not in hidden),
                tuple(n for n in found.others if n not in hidden),
                found.is_bounded,
            )

        return self._view.remembered(("hits", self._neutral), read)

    def hidden(self) -> tuple[int, ...]:
        """The rows of the cache that are not shown as they are, of those that may pass."""

        def read() -> tuple[int, ...]:
            found = passing(self.laid.hidden.items(), self.filters.facets())
            return tuple(chain.from_iterable(rows for _, rows in found))

        return self._view.remembered(("hidden", self._neutral), read)

    def _stands_first(self, place: int) -> bool:
        number, _title, _description, tag, _name = self.laid.texts[place]
        return stands_first(self.query.text, number, tag)

    def _sorted(self, places: list[int], rows: tuple[int, ...] | None = None) -> list[Strand]:
        """The parts of a list in one order; `rows`: only those of the cache."""
        sort = SORTS.get(self.query.sort, _CREATED)
        if not sort.joined:
            return [self._strand(sort, places, rows)]
        naming = self._naming(sort.reference)
        nameless = f" AND c.{sort.joined} IS NULL"
        return [
            self._strand(sort, [at for at in places if at in naming], rows),
            self._strand(
                _CREATED, [at for at in places if at not in naming], rows, nameless, index=sort.joined
            ),
        ]

    def _strand(
        self,
        sort: Sort,
        places: Collection[int],
        rows: tuple[int, ...] | None = None,
        also: str = "",
        index: str = "",
        hidden: tuple[int, ...] | None = None,
    ) -> Strand:
        """One part; `hidden`: rows of the cache that are not in it, if not those of pending records alone.

        `rows`: only these of the cache, of which none is hidden.
        """
        condition, behind = self.filters.sql()
        if hidden is None:
            hidden = self.hidden() if rows is None else ()
        where = f"WHERE {condition}{also}"
        renamed, columns = self._renamed(sort), sort.columns()
        if renamed:
            key = f"(SELECT value ->> 1 FROM json_each({_quoted(renamed)}) WHERE value ->> 0 = a.n)"
            columns = (f"coalesce({key}, {columns[0]}) COLLATE NOCASE", *columns[1:])
        is_in_order, from_end = False, ""
        if rows is not None:
            behind = [encode_text(rows), *behind]
            tables = f"json_each(?) AS h CROSS JOIN cache.work_order AS c ON c.n = h.value{sort.join()}"
        else:
            # What names nothing stands together in the index of that, by its creation
            gathered, is_in_order = (index, bool(also)) if index else self._gathered(sort)
            if renamed and not gathered:
                gathered = sort.joined
            is_in_order = is_in_order or not gathered
            tables = sort.source(gathered)
            if not is_in_order and not renamed and self.query.descending:
                from_end = self._from_end(sort, gathered, where)
        whole = None
        if rows is None and not also and not index and self.filters.are_none and not renamed:
            some = f"json_each(?) AS h CROSS JOIN cache.work_order AS c ON c.n = h.value{sort.join()}"
            whole = Whole(columns, tables, some, sort.joined, sort.key)
        keys = self._keys(sort, places)
        source = f"FROM {tables} {where}"
        return Strand(columns, source, tuple(behind), keys, is_in_order, whole, from_end, hidden)

    def _from_end(self, sort: Sort, index: str, where: str) -> str:
        """The same with the newest work orders first, from an index that has everything that is asked."""
        is_by_creation = index == "open" or self._is_single(index)
        if not (is_by_creation and sort.is_covered and self.filters.has_no_unknown):
            return ""
        names = dict.fromkeys(("n", "created", sort.joined or sort.key))
        return (
            f"FROM (SELECT {', '.join(f'c.{name}' for name in names)} FROM cache.work_order AS c"
            f" INDEXED BY work_order_{index} {where} ORDER BY c.created DESC, c.n DESC LIMIT -1) AS c"
            f"{sort.join()} WHERE true"
        )

    def _keys(self, sort: Sort, places: Collection[int]) -> tuple[tuple[Key, int], ...]:
        """The keys of these laid records in the order of the list."""
        if not places:
            return ()
        if sort not in self.laid.orders:
            self.laid.orders[sort] = both_ways(self._all_keys(sort))
        filled, empty = self.laid.orders[sort]
        wanted = set(places)
        if self.query.descending:
            filled, empty = filled[::-1], empty[::-1]
        return tuple(one for one in chain(filled, empty) if one[1] in wanted)

    def _all_keys(self, sort: Sort) -> list[tuple[Key, int]]:
        if sort is _CREATED:
            return [(end, place) for place, end in enumerate(self.laid.ends)]
        if not sort.joined:
            return [
                ((sort.pending_key(record.fields), *end), place)
                for place, (record, end) in enumerate(zip(self.laid.records, self.laid.ends, strict=True))
            ]
        reference, known = sort.reference, dict[str, Key]()
        found: list[tuple[Key, int]] = []
        for place, (record, end) in enumerate(zip(self.laid.records, self.laid.ends, strict=True)):
            named = str(record.fields.get(reference) or "")
            if named not in known:
                row, fields = self.laid.named(sort.joined, named)
                known[named] = (sort.pending_key(fields), row)
            found.append(((*known[named], *end), place))
        return found

    def _naming(self, reference: str) -> frozenset[int]:
        """The laid records that name something by this field."""
        orders = self.laid.orders
        if reference not in orders:
            named = (record.fields.get(reference) for record in self.laid.records)
            orders[reference] = frozenset(place for place, one in enumerate(named) if one)
        naming: frozenset[int] = orders[reference]
        return naming

    def _renamed(self, sort: Sort) -> str:
        """Assets that people see under another name or tag than the cache has: their work orders move."""
        if sort.joined != "asset":
            return ""

        def read() -> str:
            changed = self._view.pending().records("asset")
            found = self._view.rows(
                f"SELECT id, n, {sort.key} FROM cache.asset WHERE id IN (SELECT value FROM json_each(?))",
                (encode_text(list(changed)),),
            )
            now = [(n, changed[one].fields.get(sort.key), cached) for one, n, cached in found]
            rows = [(n, name) for n, name, cached in now if name and name != cached]
            return encode_text(rows) if rows else ""

        return self._view.remembered(("renamed", sort.key), read)

    def _by_mark(self, passing: list[int]) -> list[Strand]:
        """Marked ones are all known: those laid over the cache, and those with pending edits below them."""
        below = self._view.pending().below
        marked = in_order(
            (
                ((max(self.laid.records[place].rank, below.get(self.laid.records[place].id, 0)), *key), place)
                for key, place in self._keys(_CREATED, passing)
            ),
            descending=self.query.descending,
        )
        parents = {one: rank for one, rank in below.items() if one not in self.laid.rows}
        condition, parameters = self.filters.sql()
        rows: tuple[int, ...] | None = None
        if self.has_words:
            hits = self.hits()
            rows = (*hits.first, *hits.others)
            condition += " AND c.n IN (SELECT value FROM json_each(?))"
            parameters = [*parameters, encode_text(rows)]
        ranked = Strand(
            ("r.value ->> 1", "c.created", "c.n"),
            "FROM json_each(?) AS r CROSS JOIN cache.work_order AS c ON c.id = r.value ->> 0"
            f" WHERE {condition}",
            (encode_text([[one, rank] for one, rank in parents.items()]), *parameters),
            marked,
        )
        known = self._view.rows(
            "SELECT n FROM cache.work_order WHERE id IN (SELECT value FROM json_each(?))",
            (encode_text(list(parents)),),
        )
        hidden = (*self.hidden(), *(n for (n,) in known))
        rest = self._strand(_CREATED, [], rows, hidden=hidden)
        return [ranked, rest] if self.query.descending else [rest, ranked]

    def _gathered(self, sort: Sort) -> tuple[str, bool]:
        """The index of a filter by which this is read sooner, and whether that is in order, too.

        What is left by several choices is known exactly; people, places and assets are taken to be spread
        evenly over that.
        """
        everything, filters = tally(self._view, {}), self.filters
        wanted = filters.facets()
        sizes: dict[str, int] = {}
        if filters.is_open:
            sizes["open"] = tally(self._view, {"status": OPEN_PLACES})
        left: float = tally(self._view, wanted)
        for column in FACETS:
            if wanted[column] and not (filters.is_open and column == "status"):
                sizes[column] = tally(self._view, {column: wanted[column]})
        for column in ("asset", "location", "person"):
            rows = filters.rows[column]
            if rows is not None:
                size = self._size(column, rows)
                left *= size / max(everything, 1)
                if size <= _MOST_GATHERED:
                    sizes[column] = size
        if filters.assets is not None:
            left *= filters.assets.share
        if not sizes:
            return "", False
        index, size = min(sizes.items(), key=lambda one: one[1])
        runs = self._reach / max(left, 1)
        if sort is _CREATED and (index == "open" or self._is_single(index)) and runs * size < size + left:
            return index, True
        gathering = _PASSED * size + (_KEPT if sort.is_covered and not sort.joined else _LOOKED_UP) * left
        walking = everything * (1 if self._is_against(sort) else min(1, runs))
        return (index, False) if gathering < (_JOINED if sort.joined else _PASSED) * walking else ("", False)

    def _is_single(self, column: str) -> bool:
        """Whether one value of this column is asked for, whose entries an index has by their creation."""
        some = self.filters.places(column) if column in FACETS else self.filters.rows.get(column)
        return some is not None and len(some) == 1

    def _is_against(self, sort: Sort) -> bool:
        """Whether what passes stands together in this order, so that an index may be passed to its end.

        Unfinished work is the newest, and only what was completed has a time for that.
        """
        if self.filters.is_open:
            return not sort.joined and sort.is_covered
        statuses = self.filters.query.statuses
        return sort.key == "completed" and bool(statuses) and not statuses & _COMPLETED

    def _size(self, column: str, rows: tuple[int, ...]) -> int:
        """How many work orders name one of these, counted as far as it matters."""

        def read() -> int:
            ((count,),) = self._view.rows(
                f"SELECT count(*) FROM (SELECT 1 FROM cache.work_order INDEXED BY work_order_{column}"
                f" WHERE body IS NOT NULL AND {column} IN (SELECT value FROM json_each(?))"
                f" LIMIT {_MOST_GATHERED + 1})",
                (encode_text(rows),),
            )
            return int(count)

        return self._view.remembered_of_cache(("size", column, rows), read)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
