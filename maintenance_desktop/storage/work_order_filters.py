"""What a query asks of a work order: as SQL over one index of the cache, and as Python over pending edits."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.cache_rows import UNKNOWN, moment_of, place_of
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.laid import Laid
from maintenance_desktop.storage.view import View

_FACETS: Final = (("status", "statuses"), ("priority", "priorities"), ("work_type", "work_types"))
_REFERENCES: Final = (("asset", "asset_id"), ("location", "location_id"), ("person", "assigned_to"))


@dataclass(frozen=True, slots=True)
class Below:
    """What a filter by reference lets through: ids, and those of them that the cache has as its rows."""

    ids: frozenset[str]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """One query's filters. `chosen` are ids of records, with those below them; None: any."""

    query: WorkOrderQuery
    chosen: dict[str, frozenset[str] | None]
    rows: dict[str, tuple[int, ...] | None]
    """The same as rows of the cache."""

    @property
    def are_facets(self) -> bool:
        """Whether the kept tally alone can count them."""
        query = self.query
        return not query.overdue and not any(self.chosen.values()) and self._has_no_unknown

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
    def _has_no_unknown(self) -> bool:
        return all(
            place_of(column, value) != UNKNOWN
            for column, name in _FACETS
            for value in getattr(self.query, name)
        )

    def places(self, column: str) -> list[int] | None:
        """The wanted places of a choice; None: any."""
        values = getattr(self.query, dict(_FACETS)[column])
        return sorted(place for value in values if (place := place_of(column, value)) is not None) or None

    def sql(self) -> tuple[str, list[Any]]:
        """A condition over `c`, a work order of the cache, and its parameters."""
        clauses, parameters = ["c.body IS NOT NULL"], list[Any]()
        for column, name in _FACETS:
            values = getattr(self.query, name)
            if values:
                clauses.append(_among(column, values))
        for column, _ in _REFERENCES:
            rows = self.rows[column]
            if rows is not None and len(rows) == 1:
                clauses.append(f"c.{column} = ?")
                parameters += rows
            elif rows is not None:
                clauses.append(f"c.{column} IN (SELECT value FROM json_each(?))")
                parameters.append(encode_text(rows))
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
    named = {
        "asset": below(view, "asset", query.asset_id) if query.asset_id else None,
        "location": below(view, "location", query.location_id) if query.location_id else None,
        "person": _alone(view, "person", query.assigned_to) if query.assigned_to else None,
    }
    return Filters(
        query,
        {table: None if found is None else found.ids for table, found in named.items()},
        {table: None if found is None else found.rows for table, found in named.items()},
    )


def below(view: View, table: str, top: str) -> Below:
    """An asset or location and all that are below it as people see them, pending changes included."""
    is_as_cached = not view.pending().records(table)
    remembered = view.remembered_of_cache if is_as_cached else view.remembered
    return remembered(("below", table, top), lambda: _below(view, table, top))


def _below(view: View, table: str, top: str) -> Below:
    """Not with `=`: SQLite would first read the whole index into a filter for quicker misses."""
    pending = view.pending().records(table)
    children: dict[str, list[str]] = {}
    for record in pending.values():
        if record.is_shown and record.fields.get("parent_id"):
            children.setdefault(str(record.fields["parent_id"]), []).append(record.id)
    laid, found, tops = encode_text(list(pending)), dict[str, int | None](), [top]
    while tops:
        cached = view.rows(
            "WITH RECURSIVE below (id, n) AS ("
            f"SELECT value, (SELECT n FROM cache.{table} WHERE id = value) FROM json_each(?)"
            f" UNION SELECT c.id, c.n FROM below CROSS JOIN cache.{table} AS c INDEXED BY {table}_parent_id"
            " ON c.parent_id BETWEEN below.id AND below.id WHERE c.body IS NOT NULL"
            " AND c.id NOT IN (SELECT value FROM json_each(?))) SELECT id, n FROM below",
            (encode_text(tops), laid),
        )
        newly = {record_id: n for record_id, n in cached if record_id not in found}
        found |= newly
        moved = (one for parent in children if parent in newly for one in children[parent])
        tops = sorted({one for one in moved if one not in found})
    return Below(frozenset(found), tuple(sorted(n for n in found.values() if n is not None)))


def _alone(view: View, table: str, record_id: str) -> Below:
    rows = view.rows(f"SELECT n FROM cache.{table} WHERE id = ?", (record_id,))
    return Below(frozenset({record_id}), tuple(n for (n,) in rows))


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
