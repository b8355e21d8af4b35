"""What a query asks of a work order: as SQL over one index of the cache, and as Python over pending edits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.cache_rows import UNKNOWN, moment_of, place_of
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.laid import Laid, laid_over
from maintenance_desktop.storage.subtrees import Few, Many, all_below, few_or_many_below
from maintenance_desktop.storage.tallies import FACETS, OPEN_PLACES
from maintenance_desktop.storage.view import View

_FACETS: Final = (("status", "statuses"), ("priority", "priorities"), ("work_type", "work_types"))
_REFERENCES: Final = (("asset", "asset_id"), ("location", "location_id"), ("person", "assigned_to"))


@dataclass(frozen=True, slots=True)
class Filters:
    """One query's filters. `chosen` are ids of records, with those below them; None: any."""

    query: WorkOrderQuery
    chosen: dict[str, frozenset[str] | None]
    rows: dict[str, tuple[int, ...] | None]
    """The same as rows of the cache."""
    assets: Many | None = None
    """The assets instead, where they are too many: `chosen` has those of them that pending records name."""

    @property
    def are_facets(self) -> bool:
        """Whether the kept tally alone can count them."""
        query = self.query
        is_any = all(some is None for some in self.chosen.values())
        return not query.overdue and is_any and self.has_no_unknown

    @property
    def are_none(self) -> bool:
        """Whether every work order passes."""
        query = self.query
        return self.are_facets and not (query.statuses or query.priorities or query.work_types)

    @property
    def is_open(self) -> bool:
        """Whether only unfinished work orders can pass."""
        return self.query.overdue or bool(self.query.statuses and self.query.statuses <= UNFINISHED)

    @property
    def has_no_unknown(self) -> bool:
        """Whether the columns alone tell what passes; a choice that we do not know is in the body."""
        return all(
            place_of(column, value) != UNKNOWN
            for column, name in _FACETS
            for value in getattr(self.query, name)
        )

    def places(self, column: str) -> list[int] | None:
        """The wanted places of a choice; None: any."""
        values = getattr(self.query, dict(_FACETS)[column])
        return sorted(place for value in values if (place := place_of(column, value)) is not None) or None

    def facets(self) -> dict[str, Sequence[int] | None]:
        """The wanted places of every choice, of which unfinished work has only some."""
        wanted: dict[str, Sequence[int] | None] = {column: self.places(column) for column in FACETS}
        if self.is_open:
            wanted["status"] = wanted["status"] or OPEN_PLACES
        return wanted

    def sql(self) -> tuple[str, list[Any]]:
        """A condition over `c`, a work order of the cache, and its parameters."""
        clauses, parameters = ["c.body IS NOT NULL"], list[Any]()
        for column, name in _FACETS:
            values = getattr(self.query, name)
            if values and not (column == "status" and values == UNFINISHED):  # the row tells that
                clauses.append(_among(column, values))
        for column, _ in _REFERENCES:
            rows = self.rows[column]
            if rows is not None and len(rows) == 1:
                clauses.append(f"c.{column} = ?")
                parameters += rows
            elif rows is not None:
                clauses.append(f"c.{column} IN (SELECT value FROM json_each(?))")
                parameters.append(encode_text(rows))
        if self.assets is not None:  # to put them into a table costs more than a page
            clauses.append("substr(?, c.asset + 1, 1) = x'01'")
            parameters.append(self.assets.flags)
        if self.is_open:
            clauses.append(f"c.n >= {OPEN_FROM}")
        if self.query.overdue:
            clauses.append("c.due < ?")
            parameters.append(moment_of(self.query.now))
        return " AND ".join(clauses), parameters

    def passing(self, laid: Laid) -> list[int]:
        """The pending records that pass, by their places; the search text is looked for elsewhere."""
        query, found = self.query, laid.shown
        for column, name in _FACETS:
            values = getattr(query, name)
            if values:
                found = found & _any_of(laid, column, values)
        for column, name in _REFERENCES:
            wanted = self.chosen[column]
            if wanted is not None:
                found = found & _any_of(laid, name, wanted)
        if query.overdue:
            now = moment_of(query.now)
            late = () if now is None else laid.unfinished_due[: bisect_left(laid.unfinished_due, (now,))]
            found = found.intersection(place for _, place in late)
        return sorted(found)


def filters_of(view: View, query: WorkOrderQuery) -> Filters:
    """The filters of a query, with what stands below the asset and the location it names."""
    assets = few_or_many_below(view, "asset", query.asset_id) if query.asset_id else None
    named = {
        "asset": assets if isinstance(assets, Few) else None,
        "location": all_below(view, "location", query.location_id) if query.location_id else None,
        "person": _alone(view, "person", query.assigned_to) if query.assigned_to else None,
    }
    chosen = {table: None if found is None else found.ids for table, found in named.items()}
    rows = {table: None if found is None else found.rows for table, found in named.items()}
    if not isinstance(assets, Many):
        return Filters(query, chosen, rows)
    laid = laid_over(view)
    chosen["asset"] = frozenset(
        one for one in laid.by_value("asset_id") if assets.has(one, laid.named("asset", one)[0])
    )
    return Filters(query, chosen, rows, assets)


def _alone(view: View, table: str, record_id: str) -> Few:
    rows = view.rows(f"SELECT n FROM cache.{table} WHERE id = ?", (record_id,))
    return Few(frozenset({record_id}), tuple(n for (n,) in rows))


def _any_of(laid: Laid, name: str, values: frozenset[str]) -> frozenset[int]:
    """The pending records with one of these values in a field."""
    by_value = laid.by_value(name)
    few, many = sorted((values, by_value), key=len)
    return frozenset[int]().union(*(by_value[value] for value in few if value in many))


def _among(column: str, values: frozenset[str]) -> str:
    places = {value: place_of(column, value) for value in values}
    known = ", ".join(str(place) for place in sorted(p for p in places.values() if p not in (None, UNKNOWN)))
    unknown = sorted(value for value, place in places.items() if place == UNKNOWN)
    found = [f"c.{column} IN ({known})"] if known else []
    if unknown:  # an index tells only that it is none of those we know
        quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in unknown)
        found.append(f"(c.{column} = {UNKNOWN} AND json_extract(c.body, '$.{column}') IN ({quoted}))")
    return f"({' OR '.join(found)})"
