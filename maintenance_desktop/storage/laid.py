"""The work orders with pending edits, laid over those of the cache, once for each state of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.pending import PendingRecord
from maintenance_desktop.storage.view import View

BEHIND: Final = 1 << 30
"""Where records stand that the cache does not have: behind all that it has."""

Names = Mapping[tuple[str, str], tuple[int, Mapping[str, Any]]]
"""By table and id: the row of a record, and what is shown of it."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Pending work orders, each with its row in the cache if it has one, and what they name.

    `names` has pending changes of assets in it. `hidden` are the rows of the cache that are not shown as they
    are, as JSON, and `hidden_facets` their places.
    """

    records: tuple[PendingRecord, ...]
    rows: Mapping[str, int]
    names: Names
    hidden: str
    hidden_facets: tuple[tuple[int, ...], ...]

    def row(self, place: int) -> int:
        """Where a record stands; those made here behind all others, in their order."""
        return self.rows.get(self.records[place].id, BEHIND + place)

    def named(self, table: str, record_id: Any) -> tuple[int, Mapping[str, Any]]:
        """The row of what a record names, and what is shown of it."""
        return self.names.get((table, str(record_id or "")), (BEHIND, {}))

    def texts(self, record: PendingRecord) -> list[str]:
        """Where words are looked for: number, title, description, and the asset's tag and name."""
        fields = record.fields
        _, asset = self.named("asset", fields.get("asset_id"))
        texts = [fields.get(name) for name in ("number", "title", "description")]
        return [str(text or "") for text in (*texts, asset.get("tag"), asset.get("name"))]


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
    rows = {record_id: n for record_id, n, *_ in found}
    return Laid(
        tuple(records.values()),
        rows,
        _names(view, list(records.values()), pending.records("asset")),
        encode_text(sorted(rows.values())),
        tuple(tuple(facets) for _, _, *facets, is_there in found if is_there),
    )


def _names(
    view: View, records: Iterable[PendingRecord], changed_assets: Mapping[str, PendingRecord]
) -> dict[tuple[str, str], tuple[int, Mapping[str, Any]]]:
    found: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
    for table, field, shown in (
        ("asset", "asset_id", "tag, name"),
        ("location", "location_id", "name, code"),
        ("person", "assigned_to", "name, username"),
    ):
        ids = sorted({str(one.fields[field]) for one in records if one.fields.get(field)})
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
            {name: asset.fields.get(name) or cached_fields.get(name) for name in ("tag", "name")},
        )
    return found
