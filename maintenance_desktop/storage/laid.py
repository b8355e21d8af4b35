"""The work orders with pending edits, laid over those of the cache, once for each state of the files."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.moments import moment
from maintenance_desktop.storage.pending import PendingRecord
from maintenance_desktop.storage.tallies import Places
from maintenance_desktop.storage.view import View

BEHIND: Final = 1 << 30
"""Where records stand that the cache does not have: behind all that it has."""

Names = Mapping[tuple[str, str], tuple[int, Mapping[str, Any]]]
"""By table and id: the row of a record, and what is shown of it."""


_NOWHERE: Final = frozenset[int]()


@dataclass(frozen=True)
class Laid:
    """Pending work orders, each with its row in the cache if it has one, and what they name.

    `names` has pending changes of assets in it. `hidden` are the rows of the cache that are not shown as they
    are, by the places of their choices. What queries need of every record is computed when the
    first one needs it, and then is there for as long as nothing changes; records are told by their place.
    """

    records: tuple[PendingRecord, ...]
    rows: Mapping[str, int]
    names: Names
    hidden: Mapping[Places, tuple[int, ...]]
    orders: dict[Hashable, Any] = field(default_factory=dict)
    """All of them in the orders that lists asked for."""
    _having: dict[str, Mapping[str, frozenset[int]]] = field(default_factory=dict)

    @cached_property
    def shown(self) -> frozenset[int]:
        """Those that are not hidden by a deletion."""
        return frozenset(place for place, record in enumerate(self.records) if record.is_shown)

    @cached_property
    def unfinished_due(self) -> tuple[tuple[int, int], ...]:
        """When the unfinished ones that have a date are due, earliest first."""
        unfinished = frozenset[int]().union(*(self.having("status", status) for status in UNFINISHED))
        dues = ((moment(self.records[place].fields.get("due_at")), place) for place in unfinished)
        return tuple(sorted((due, place) for due, place in dues if due is not None))

    @cached_property
    def ends(self) -> tuple[tuple[int, int], ...]:
        """What every order ends with: the time of creation, and the row."""
        return tuple(
            (moment(record.fields.get("created_at") or record.made_at) or 0, self.row(place))
            for place, record in enumerate(self.records)
        )

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Where words are looked for: number, title, description, and the asset's tag and name."""
        return tuple(map(self._texts, self.records))

    def having(self, name: str, value: str) -> frozenset[int]:
        """Those with this value in a field."""
        return self.by_value(name).get(value, _NOWHERE)

    def by_value(self, name: str) -> Mapping[str, frozenset[int]]:
        """All of them that have a text in a field, by that."""
        if name not in self._having:
            found: dict[str, list[int]] = {}
            for place, record in enumerate(self.records):
                value = record.fields.get(name)
                if isinstance(value, str):
                    found.setdefault(value, []).append(place)
            self._having[name] = {value: frozenset(places) for value, places in found.items()}
        return self._having[name]

    def row(self, place: int) -> int:
        """Where a record stands; those made here behind all others, in their order."""
        return self.rows.get(self.records[place].id, BEHIND + place)

    def named(self, table: str, record_id: Any) -> tuple[int, Mapping[str, Any]]:
        """The row of what a record names, and what is shown of it."""
        return self.names.get((table, str(record_id or "")), (BEHIND, {}))

    def _texts(self, record: PendingRecord) -> tuple[str, ...]:
        fields = record.fields
        _, asset = self.named("asset", fields.get("asset_id"))
        texts = [fields.get(name) for name in ("number", "title", "description")]
        return tuple(str(text or "") for text in (*texts, asset.get("tag"), asset.get("name")))


def laid_over(view: View) -> Laid:
    """The pending work orders as they are at this moment."""
    return view.remembered("laid", lambda: _read(view))


def _read(view: View) -> Laid:
    pending = view.pending()
    records = pending.records("work_order")
    found = view.rows(
        "SELECT id, n, coalesce(status, -1), coalesce(priority, -1), coalesce(work_type, -1),"
        " body IS NOT NULL FROM cache.work_order WHERE id IN (SELECT value FROM json_each(?))",
        (encode_text(list(records)),),
    )
    hidden = dict[Places, list[int]]()
    for _, n, status, priority, work_type, is_there in found:
        if is_there:
            hidden.setdefault((status, priority, work_type), []).append(n)
    return Laid(
        tuple(records.values()),
        {record_id: n for record_id, n, *_ in found},
        _names(view, list(records.values()), pending.records("asset")),
        {places: tuple(some) for places, some in hidden.items()},
    )


def _names(
    view: View, records: Iterable[PendingRecord], changed_assets: Mapping[str, PendingRecord]
) -> dict[tuple[str, str], tuple[int, Mapping[str, Any]]]:
    found: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
    for table, name, shown in (
        ("asset", "asset_id", "tag, name"),
        ("location", "location_id", "name, code"),
        ("person", "assigned_to", "name, username"),
    ):
        ids = sorted({str(one.fields[name]) for one in records if one.fields.get(name)})
        cached = view.rows(
            f"SELECT id, n, {shown} FROM cache.{table} WHERE id IN (SELECT value FROM json_each(?))",
            (encode_text(ids),),
        )
        columns = shown.split(", ")
        for record_id, n, *values in cached:
            found[table, record_id] = (n, dict(zip(columns, values, strict=True)))
    for record_id, asset in changed_assets.items():
        n, cached_fields = found.get(("asset", record_id), (BEHIND, {}))
        found["asset", record_id] = (
            n,
            {one: asset.fields.get(one) or cached_fields.get(one) for one in ("tag", "name")},
        )
    return found
