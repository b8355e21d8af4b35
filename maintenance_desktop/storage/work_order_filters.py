"""What a query asks of a work order: as SQL over one index of the cache, and as Python over pending edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.cache_rows import UNKNOWN, moment_of, place_of
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.view import View

_FACETS: Final = (("status", "statuses"), ("priority", "priorities"), ("work_type", "work_types"))
_REFERENCES: Final = (("asset", "asset_id"), ("location", "location_id"), ("person", "assigned_to"))
_AT_ONCE: Final = 500


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

    def match(self, fields: Fields) -> bool:
        """Whether a pending record passes; the search text is looked for elsewhere."""
        query = self.query
        for column, name in _FACETS:
            values = getattr(query, name)
            if values and fields.get(column) not in values:
                return False
        for column, name in _REFERENCES:
            wanted = self.chosen[column]
            if wanted is not None and fields.get(name) not in wanted:
                return False
        if query.overdue:
            due, now = moment_of(fields.get("due_at")), moment_of(query.now)
            return fields.get("status") in UNFINISHED and due is not None and now is not None and due < now
        return True


def filters_of(view: View, query: WorkOrderQuery) -> Filters:
    """The filters of a query, with what stands below the asset and the location it names."""
    chosen: dict[str, frozenset[str] | None] = {
        "asset": frozenset(below(view, "asset", query.asset_id)) if query.asset_id else None,
        "location": frozenset(below(view, "location", query.location_id)) if query.location_id else None,
        "person": frozenset({query.assigned_to}) if query.assigned_to else None,
    }
    rows = {table: None if ids is None else rows_of(view, table, ids) for table, ids in chosen.items()}
    return Filters(query, chosen, rows)


def below(view: View, table: str, top: str) -> set[str]:
    """An asset or location and all that are below it as people see them, pending changes included."""
    pending = view.pending().records(table)
    children: dict[str, list[str]] = {}
    for record in pending.values():
        if record.is_shown and record.fields.get("parent_id"):
            children.setdefault(str(record.fields["parent_id"]), []).append(record.id)
    found, level = {top}, [top]
    while level:
        following: set[str] = set()
        for start in range(0, len(level), _AT_ONCE):
            cached = view.rows(
                f"SELECT id FROM cache.{table} WHERE parent_id IN (SELECT value FROM json_each(?))"
                " AND body IS NOT NULL",
                (encode_text(level[start : start + _AT_ONCE]),),
            )
            following |= {record_id for (record_id,) in cached if record_id not in pending}
        for one in level:
            following.update(children.get(one, ()))
        level = sorted(following - found)
        found |= following
    return found


def rows_of(view: View, table: str, ids: Sequence[str] | frozenset[str] | set[str]) -> tuple[int, ...]:
    """The rows of the cache that have these ids, lowest first."""
    found = view.rows(
        f"SELECT n FROM cache.{table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY n",
        (encode_text(sorted(ids)),),
    )
    return tuple(n for (n,) in found)


def _among(column: str, values: frozenset[str]) -> str:
    places = {value: place_of(column, value) for value in values}
    known = ", ".join(str(place) for place in sorted(p for p in places.values() if p not in (None, UNKNOWN)))
    unknown = sorted(value for value, place in places.items() if place == UNKNOWN)
    found = [f"c.{column} IN ({known})"] if known else []
    if unknown:  # an index tells only that it is none of those we know
        quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in unknown)
        found.append(f"(c.{column} = {UNKNOWN} AND json_extract(c.body, '$.{column}') IN ({quoted}))")
    return f"({' OR '.join(found)})"
