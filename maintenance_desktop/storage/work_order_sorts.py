"""By what work orders are sorted: the index of the cache in that order, and the place of a pending one.

Every order ends with the time of creation and the row, so that no two stand at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.cache_rows import number_of, place_of
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.storage.moments import moment

_NEW: Final = 10**12
"""Provisional numbers stand behind those of the server, and records that it does not know behind its rows."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One order. `key` is the column of `c`, or of the record that `joined` is the table of."""

    key: str
    pending_key: Callable[[Fields], Any]
    joined: str = ""
    is_covered: bool = True
    """Whether each index of work orders has the column."""

    @property
    def reference(self) -> str:
        """The field by which a work order names what it is sorted by."""
        return _REFERENCES.get(self.joined, "")

    @property
    def alias(self) -> str:
        return self.joined[:1]

    def columns(self) -> tuple[str, ...]:
        """What to order by, over the tables of `source`."""
        if self.joined:
            return (f"{self.alias}.{self.key}", f"{self.alias}.n", "c.created", "c.n")
        return tuple(dict.fromkeys((f"c.{self.key}", "c.created", "c.n")))

    def source(self, index: str) -> str:
        """The tables: in this very order without an index of the filters, in any with one."""
        if self.joined and not index:
            return (
                f"cache.{self.joined} AS {self.alias} INDEXED BY {self.joined}_{self.key}"
                f" CROSS JOIN cache.work_order AS c INDEXED BY work_order_{self.joined}"
                f" ON c.{self.joined} = {self.alias}.n"
            )
        found = f"cache.work_order AS c INDEXED BY work_order_{index or self.key}"
        return found + self.join()

    def join(self) -> str:
        """What has the key, joined to the work orders."""
        if not self.joined:
            return ""
        return f" CROSS JOIN cache.{self.joined} AS {self.alias} ON {self.alias}.n = c.{self.joined}"


_REFERENCES: Final = {"asset": "asset_id", "location": "location_id", "person": "assigned_to"}


def _choice(name: str) -> Sort:
    return Sort(name, lambda fields: place_of(name, fields.get(name)))


def _time(column: str, field: str) -> Sort:
    return Sort(column, lambda fields: moment(fields.get(field)))


def _number(fields: Fields) -> int | None:
    number = fields.get("number")
    found = number_of(number)
    return found + _NEW if found is not None and str(number).startswith("New-") else found


SORTS: Final[Mapping[str, Sort]] = {
    "number": Sort("number_n", _number),
    "title": Sort("title", lambda fields: fields.get("title"), is_covered=False),
    "status": _choice("status"),
    "priority": _choice("priority"),
    "work_type": _choice("work_type"),
    "asset_tag": Sort("tag", lambda fields: fields.get("tag"), joined="asset"),
    "asset_name": Sort("name", lambda fields: fields.get("name"), joined="asset"),
    "location_name": Sort("name", lambda fields: fields.get("name"), joined="location"),
    "assigned_name": Sort("name", lambda fields: fields.get("name"), joined="person"),
    "due_at": _time("due", "due_at"),
    "created_at": _time("created", "created_at"),
    "completed_at": _time("completed", "completed_at"),
}
