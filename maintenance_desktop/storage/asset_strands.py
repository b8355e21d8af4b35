"""A list of assets as it is read: parts of the cache, each in order, with pending edits in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from maintenance_desktop.domain.views import AssetQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.laid import BEHIND
from maintenance_desktop.storage.pending import PendingRecord
from maintenance_desktop.storage.search_index import is_match, match_text
from maintenance_desktop.storage.strands import Key, Strand, in_order
from maintenance_desktop.storage.subtrees import all_below
from maintenance_desktop.storage.view import View

_SORTS: Final = frozenset(
    {"tag", "name", "status", "criticality", "category", "manufacturer", "model", "serial_number"}
)
_NOT_LAID: Final = " AND a.id NOT IN (SELECT value FROM json_each(?))"
_PLACE: Final = " LEFT JOIN cache.location AS l ON l.id = a.location_id"


class AssetListing:
    """One query at one moment. `open_work_orders` are how many there are on each asset that has any."""

    def __init__(self, view: View, query: AssetQuery, open_work_orders: Mapping[str, int]) -> None:
        self._query = query
        self._counts = {one: count for one, count in open_work_orders.items() if count}
        self.pending: Sequence[PendingRecord] = list(view.pending().records("asset").values())
        self._laid = encode_text([one.id for one in self.pending])
        self._places: frozenset[str] | None = None
        if place := query.location_id:
            self._places = all_below(view, "location", place).ids
        self.location_names: Mapping[str, str] = view.remembered(
            "location names",
            lambda: dict(view.rows("SELECT id, name FROM cache.location WHERE body IS NOT NULL")),
        )
        self._where, self._parameters = self._condition()

    def strands(self) -> list[Strand]:
        """The parts of the list, one behind the other."""
        passing = [place for place, one in enumerate(self.pending) if self._passes(one)]
        match self._query.sort:
            case "open_work_orders":
                return self._by_open_work_orders(passing)
            case "location_name":
                return self._by_location(passing)
            case sort if sort in _SORTS and sort != "tag":
                index = " INDEXED BY asset_name" if sort == "name" and not self._query.text else ""
                keys = self._keys(passing, lambda one: (one.fields.get(sort), _tag(one)))
                return [self._strand((f"a.{sort}", "a.tag", "a.n"), f"cache.asset AS a{index}", keys)]
        is_walked = not self._query.text
        index = " INDEXED BY asset_tag" if is_walked else ""
        keys = self._keys(passing, lambda one: (_tag(one),))
        return [self._strand(("a.tag", "a.n"), f"cache.asset AS a{index}", keys, is_in_order=is_walked)]

    def _by_location(self, passing: list[int]) -> list[Strand]:
        """Locations in the order of their names with what stands at each; what stands nowhere is last."""
        columns = ("l.name", "a.tag", "a.n")
        if self._query.text:
            keys = self._keys(passing, lambda one: (self._place_of(one), _tag(one)))
            return [self._strand(columns, f"cache.asset AS a{_PLACE}", keys)]
        placed = {at for at in passing if self._place_of(self.pending[at]) is not None}
        named = self._strand(
            columns,
            "cache.location AS l INDEXED BY location_name CROSS JOIN cache.asset AS a"
            " INDEXED BY asset_location_id ON a.location_id = l.id AND l.id = a.location_id",
            self._keys([at for at in passing if at in placed], lambda one: (self._place_of(one), _tag(one))),
            also=" AND l.name IS NOT NULL",
            is_in_order=True,
        )
        nowhere = self._strand(
            ("a.tag", "a.n"),
            f"cache.asset AS a INDEXED BY asset_tag{_PLACE}",
            self._keys([at for at in passing if at not in placed], lambda one: (_tag(one),)),
            also=" AND l.name IS NULL",
            is_in_order=True,
        )
        return [named, nowhere]

    def _place_of(self, one: PendingRecord) -> str | None:
        return self.location_names.get(str(one.fields.get("location_id")))

    def _by_open_work_orders(self, passing: list[int]) -> list[Strand]:
        """Those that have any are all known, and the others are by tag."""
        counts = self._counts
        busy = self._strand(
            ("o.value ->> 1", "a.tag", "a.n"),
            "json_each(?) AS o CROSS JOIN cache.asset AS a ON a.id = o.value ->> 0",
            self._keys(
                [at for at in passing if self.pending[at].id in counts],
                lambda one: (counts[one.id], _tag(one)),
            ),
            before=(encode_text(list(counts.items())),),
        )
        free = self._strand(
            ("a.tag", "a.n"),
            "cache.asset AS a INDEXED BY asset_tag",
            self._keys([at for at in passing if self.pending[at].id not in counts], lambda one: (_tag(one),)),
            also=" AND a.id NOT IN (SELECT value FROM json_each(?))",
            behind=(encode_text(list(counts)),),
            is_in_order=True,
        )
        return [busy, free] if self._query.descending else [free, busy]

    def _strand(
        self,
        columns: tuple[str, ...],
        tables: str,
        keys: tuple[tuple[Key, int], ...],
        *,
        before: tuple[str, ...] = (),
        also: str = "",
        behind: tuple[str, ...] = (),
        is_in_order: bool = False,
    ) -> Strand:
        source = f"FROM {tables} WHERE {self._where}{_NOT_LAID}{also}"
        return Strand(columns, source, (*before, *self._parameters, self._laid, *behind), keys, is_in_order)

    def _keys(self, places: list[int], of: Callable[[PendingRecord], Key]) -> tuple[tuple[Key, int], ...]:
        keys = (((*of(self.pending[at]), BEHIND + at), at) for at in places)
        return in_order(keys, descending=self._query.descending)

    def _condition(self) -> tuple[str, list[Any]]:
        """What the query asks of an asset of the cache."""
        query = self._query
        clauses, parameters = ["a.body IS NOT NULL"], list[Any]()
        if query.statuses:
            clauses.append("a.status IN (SELECT value FROM json_each(?))")
            parameters.append(encode_text(sorted(query.statuses)))
        if self._places is not None:
            clauses.append("a.location_id IN (SELECT value FROM json_each(?))")
            parameters.append(encode_text(sorted(self._places)))
        if query.parent_id:
            clauses.append("a.parent_id = ?")
            parameters.append(query.parent_id)
        if matching := match_text(query.text):
            clauses.append("a.n IN (SELECT rowid FROM cache.asset_search WHERE asset_search MATCH ?)")
            parameters.append(matching)
        return " AND ".join(clauses), parameters

    def _passes(self, one: PendingRecord) -> bool:
        """The same of one with a pending edit."""
        query, fields = self._query, one.fields
        texts = [str(fields.get(name) or "") for name in ("tag", "name", "serial_number")]
        return (
            one.is_shown
            and (not query.statuses or fields.get("status") in query.statuses)
            and (self._places is None or fields.get("location_id") in self._places)
            and (not query.parent_id or fields.get("parent_id") == query.parent_id)
            and is_match(" ".join(texts), query.text)
        )


def _tag(one: PendingRecord) -> Any:
    return one.fields.get("tag")
