"""A list of work orders as it is read: parts of the cache, each in order, with pending edits in between."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from maintenance_desktop.domain.cache_rows import moment_of
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.laid import Laid, laid_over
from maintenance_desktop.storage.pending import PendingRecord
from maintenance_desktop.storage.search_index import match_text
from maintenance_desktop.storage.strands import Key, Strand, in_order
from maintenance_desktop.storage.tallies import FACETS, OPEN_PLACES, tally
from maintenance_desktop.storage.view import View
from maintenance_desktop.storage.work_order_filters import Filters, filters_of
from maintenance_desktop.storage.work_order_search import Hits, has_words, search, stands_first
from maintenance_desktop.storage.work_order_sorts import SORTS, Sort

_MOST_GATHERED: Final = 20_000
_MOST_LOOKED_UP: Final = 5_000
_GATHERING: Final = 3
"""A row that is gathered and sorted costs so many times as much as one that is passed in an index."""
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
        first = [place for place in passing if self._stands_first(self.laid.records[place])]
        others = [place for place in passing if place not in set(first)]
        return [*self._sorted(first, hits.first), *self._sorted(others, hits.others)]

    def uncounted(self) -> Strand:
        """All of the cache's part in one piece, by the index that has the least to pass."""
        self._reach = 10**12
        return self._strand(_CREATED, [], index=self._gathered(_CREATED) or "created")

    @property
    def has_words(self) -> bool:
        """Whether anything is searched for."""
        return bool(match_text(self.query.text))

    def passing(self) -> list[int]:
        """The laid records that pass the filters and have the words."""
        return self._view.remembered(
            ("passing", self._neutral),
            lambda: [place for place, record in enumerate(self.laid.records) if self._passes(record)],
        )

    def hits(self) -> Hits:
        """What the search finds in the cache."""

        def read() -> Hits:
            found = search(self._view, self.filters, tally(self._view, {}))
            hidden = set(self.laid.rows.values())
            return Hits(
                tuple(n for n in found.first if n not in hidden),
                tuple(n for n in found.others if n not in hidden),
                found.is_bounded,
            )

        return self._view.remembered(("hits", self._neutral), read)

    def _passes(self, record: PendingRecord) -> bool:
        if not record.is_shown or not self.filters.match(record.fields):
            return False
        return not self.has_words or has_words(self.query.text, self.laid.texts(record))

    def _stands_first(self, record: PendingRecord) -> bool:
        number, _title, _description, tag, _name = self.laid.texts(record)
        return stands_first(self.query.text, number, tag)

    def _sorted(self, places: list[int], rows: tuple[int, ...] | None = None) -> list[Strand]:
        """The parts of a list in one order; `rows`: only those of the cache."""
        sort = SORTS.get(self.query.sort, _CREATED)
        if not sort.joined:
            return [self._strand(sort, places, rows)]
        naming = {at for at in places if self.laid.records[at].fields.get(sort.reference)}
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
    ) -> Strand:
        condition, parameters = self.filters.sql()
        hidden = " AND c.n NOT IN (SELECT value FROM json_each(?))" if self.laid.rows else ""
        where = f"WHERE {condition}{also}{hidden}"
        behind = [*parameters, *([self.laid.hidden] if hidden else [])]
        renamed, columns = self._renamed(sort), sort.columns()
        if renamed:
            key = f"(SELECT value ->> 1 FROM json_each({_quoted(renamed)}) WHERE value ->> 0 = a.n)"
            columns = (f"coalesce({key}, {columns[0]}) COLLATE NOCASE", *columns[1:])
        is_in_order = False
        if rows is not None:
            behind = [encode_text(rows), *behind]
            tables = f"json_each(?) AS h CROSS JOIN cache.work_order AS c ON c.n = h.value{sort.join()}"
        else:
            gathered = index or self._gathered(sort) or (sort.joined if renamed else "")
            is_in_order = not gathered
            tables = sort.source(gathered)
        return Strand(columns, f"FROM {tables} {where}", tuple(behind), self._keys(sort, places), is_in_order)

    def _keys(self, sort: Sort, places: Collection[int]) -> tuple[tuple[Key, int], ...]:
        """The keys of these laid records in the order of the list."""
        descending = self.query.descending
        every = self._view.remembered(
            ("keys", sort, descending), lambda: in_order(self._all_keys(sort), descending=descending)
        )
        wanted = set(places)
        return tuple(one for one in every if one[1] in wanted)

    def _all_keys(self, sort: Sort) -> list[tuple[Key, int]]:
        found: list[tuple[Key, int]] = []
        for place, record in enumerate(self.laid.records):
            created = moment_of(record.fields.get("created_at") or record.made_at) or 0
            end = (created, self.laid.row(place))
            if sort.joined:
                row, fields = self.laid.named(sort.joined, record.fields.get(sort.reference))
                found.append(((sort.pending_key(fields), row, *end), place))
            elif sort is _CREATED:
                found.append((end, place))
            else:
                found.append(((sort.pending_key(record.fields), *end), place))
        return found

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
        rest = self._strand(_CREATED, [], rows, _not_among(parents))
        return [ranked, rest] if self.query.descending else [rest, ranked]

    def _gathered(self, sort: Sort) -> str:
        """The index of a filter that leaves so little that sorting it is quicker than to walk in order."""
        everything, filters = tally(self._view, {}), self.filters
        if not everything:
            return ""
        sizes = {"open": tally(self._view, {"status": OPEN_PLACES})} if filters.is_open else {}
        share = sizes["open"] / everything if sizes else 1.0
        for column in FACETS:
            places = filters.places(column)
            if places and not (filters.is_open and column == "status"):
                sizes[column] = tally(self._view, {column: places})
                share *= sizes[column] / everything
        for column in ("asset", "location", "person"):
            rows = filters.rows[column]
            if rows is not None:
                sizes[column] = self._size(column, rows)
                share *= sizes[column] / everything
        if not sizes:
            return ""
        index, size = min(sizes.items(), key=lambda one: one[1])
        left = share * everything
        if size > _MOST_GATHERED or (not sort.is_covered and left > _MOST_LOOKED_UP):
            return ""
        walked = self._reach * everything / max(left, 1)
        return index if _GATHERING * size < walked else ""

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

        return self._view.remembered(("size", column, rows), read)


def _not_among(ids: Iterable[str]) -> str:
    quoted = ", ".join(map(_quoted, ids))
    return f" AND c.id NOT IN ({quoted})" if quoted else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
