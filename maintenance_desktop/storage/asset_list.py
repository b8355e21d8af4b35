"""Assets, locations and people as lists and trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import AssetQuery, AssetRow, AssetTotals, LocationRow, Mark, PersonRow
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.asset_strands import AssetListing
from maintenance_desktop.storage.pending import PendingRecord
from maintenance_desktop.storage.strands import length_of, read_page
from maintenance_desktop.storage.trees import topmost
from maintenance_desktop.storage.view import View, mark_of, shown

_ASSETS: Final = shown("asset")
_COLUMNS: Final = (
    "a.id, a.tag, a.name, a.status, a.criticality, a.category, a.parent_id, a.location_id, l.name,"
    " a.manufacturer, a.model, a.serial_number, a.rank"
)
_JOINED: Final = f"FROM {_ASSETS} AS a LEFT JOIN cache.location AS l ON l.id = a.location_id"
_CACHED_COLUMNS: Final = (
    "a.id, a.tag, a.name, a.status, a.criticality, a.category, a.parent_id, a.location_id, l.name,"
    " a.manufacturer, a.model, a.serial_number, 0"
)
_REFUSED: Final = 2
_AT_ONCE: Final = 500


class AssetList:
    """The part of the `Reader` port that lists assets, locations and people."""

    def __init__(self, view: View) -> None:
        self._view = view

    def assets(self, query: AssetQuery, offset: int = 0, limit: int = 200) -> list[AssetRow]:
        return self._view.at_one_moment(lambda: self._asset_page(query, offset, limit))

    def count_assets(self, query: AssetQuery) -> int:
        def read() -> int:
            pending = list(self._view.pending().records("asset").values())
            plain = replace(query, sort="tag")
            if plain != AssetQuery():
                return sum(
                    length_of(self._view, one) for one in AssetListing(self._view, plain, {}).strands()
                )
            # only an index is read, but for those few without a tag
            ((tagged,), (others,)) = self._view.rows(
                "SELECT count(*) FROM cache.asset INDEXED BY asset_tag WHERE tag IS NOT NULL UNION ALL"
                " SELECT count(*) FROM cache.asset WHERE tag IS NULL AND body IS NOT NULL"
            )
            ((hidden,),) = self._view.rows(
                "SELECT count(*) FROM cache.asset WHERE body IS NOT NULL"
                " AND id IN (SELECT value FROM json_each(?))",
                (encode_text([one.id for one in pending]),),
            )
            return int(tagged + others - hidden) + sum(one.is_shown for one in pending)

        return self._view.at_one_moment(read)

    def assets_below(self, parent_id: str | None) -> list[AssetRow]:
        return self._view.at_one_moment(lambda: self._below(parent_id))

    def assets_at(self, location_id: str | None) -> list[AssetRow]:
        """The assets here whose parent is not at the same place, so that no place shows one twice."""
        return self._view.at_one_moment(lambda: self._at(location_id))

    def open_work_orders(self) -> Mapping[str, int]:
        """How many unfinished work orders there are on each asset that has any."""
        return self._view.remembered("open work orders", self._count_open)

    def find_asset(self, tag: str) -> str | None:
        found = self._view.rows(
            f"SELECT a.id FROM {_ASSETS} AS a WHERE a.tag = ? COLLATE NOCASE LIMIT 1", (tag.strip(),)
        )
        return str(found[0][0]) if found else None

    def asset_totals(self, asset_id: str) -> AssetTotals:
        return self._view.at_one_moment(lambda: self._totals(asset_id))

    def locations(self) -> list[LocationRow]:
        rows = self._view.rows(
            f"SELECT l.id, l.name, l.code, l.parent_id FROM {shown('location')} AS l"
            " ORDER BY l.name COLLATE NOCASE"
        )
        parents = {row[0]: row[3] for row in rows}
        tops = topmost(parents)
        return [
            LocationRow(id_, name or "", code or "", None if id_ in tops else parent)
            for id_, name, code, parent in rows
        ]

    def people(self) -> list[PersonRow]:
        rows = self._view.rows(
            "SELECT p.id, p.name, p.username, json_extract(p.content, '$.role'),"
            " json_extract(p.content, '$.trade'),"
            f" json_extract(p.content, '$.active') FROM {shown('person')} AS p ORDER BY p.name COLLATE NOCASE"
        )
        return [
            PersonRow(r[0], r[1] or "", r[2] or "", r[3] or "", r[4] or "", active=r[5] is None or bool(r[5]))
            for r in rows
        ]

    def _asset_page(self, query: AssetQuery, offset: int, limit: int) -> list[AssetRow]:
        counts = self.open_work_orders()
        listing = AssetListing(self._view, query, counts)
        found = read_page(self._view, listing.strands(), offset, limit, descending=query.descending)
        cached = {
            cells[0]: _row(cells[1:], counts.get(cells[1], 0))
            for cells in self._view.rows(
                f"SELECT a.n, {_CACHED_COLUMNS} FROM json_each(?) AS j"
                " CROSS JOIN cache.asset AS a ON a.n = j.value"
                " LEFT JOIN cache.location AS l ON l.id = a.location_id",
                (encode_text([n for n, place in found if place < 0]),),
            )
        }
        return [
            cached[n] if place < 0 else _pending_row(listing.pending[place], counts, listing.location_names)
            for n, place in found
        ]

    def _asset_rows(self, sql: str, parameters: tuple[Any, ...]) -> list[AssetRow]:
        counts = self.open_work_orders()
        return [_row(cells, counts.get(cells[0], 0)) for cells in self._view.rows(sql, parameters)]

    def _count_open(self) -> dict[str, int]:
        pending = self._view.pending().records("work_order")
        on_assets = (
            "FROM cache.work_order AS c INDEXED BY work_order_open JOIN cache.asset AS a ON a.n = c.asset"
            f" WHERE c.body IS NOT NULL AND c.n >= {OPEN_FROM}"
        )
        counts = Counter[str](dict(self._view.rows(f"SELECT a.id, count(*) {on_assets} GROUP BY c.asset")))
        changed = self._view.rows(
            "SELECT a.id FROM cache.work_order AS c JOIN cache.asset AS a ON a.n = c.asset"
            f" WHERE c.id IN (SELECT value FROM json_each(?)) AND c.body IS NOT NULL AND c.n >= {OPEN_FROM}",
            (encode_text(list(pending)),),
        )
        counts.subtract(asset_id for (asset_id,) in changed)
        counts.update(
            str(one.fields["asset_id"])
            for one in pending.values()
            if one.is_shown and one.fields.get("status") in UNFINISHED and one.fields.get("asset_id")
        )
        return dict(counts)

    def _totals(self, asset_id: str) -> AssetTotals:
        pending = self._view.pending().records("work_order")
        is_open = {
            record_id: bool(is_unfinished)
            for record_id, is_unfinished in self._view.rows(
                f"SELECT c.id, c.n >= {OPEN_FROM} FROM cache.work_order AS c"
                " WHERE c.asset = (SELECT a.n FROM cache.asset AS a WHERE a.id = ?) AND c.body IS NOT NULL",
                (asset_id,),
            )
            if record_id not in pending
        }
        is_open |= {
            one.id: one.fields.get("status") in UNFINISHED
            for one in pending.values()
            if one.is_shown and one.fields.get("asset_id") == asset_id
        }
        hours = [value for record_id, value in self._hours_on(is_open) if value is not None]
        total = sum((Decimal(str(value)) for value in hours), Decimal(0))
        unfinished = sum(is_open.values())
        return AssetTotals(total, unfinished, len(is_open) - unfinished)

    def _hours_on(self, work_orders: Mapping[str, bool]) -> Iterator[tuple[str, Any]]:
        """The hours of each labor on these. A refused change leaves those that the server has."""
        pending = self._view.pending().records("labor")
        cached = dict(
            self._view.rows(
                "SELECT c.id, json_extract(c.body, '$.hours') FROM json_each(?) AS j"
                " CROSS JOIN cache.labor AS c INDEXED BY labor_work_order_id ON c.work_order_id = j.value"
                " WHERE c.body IS NOT NULL",
                (encode_text(list(work_orders)),),
            )
        )
        for record_id, value in cached.items():
            if record_id not in pending or pending[record_id].rank == _REFUSED:
                yield record_id, value
        for one in pending.values():
            if one.is_shown and one.rank != _REFUSED and one.fields.get("work_order_id") in work_orders:
                yield one.id, one.fields.get("hours")

    def _below(self, parent_id: str | None) -> list[AssetRow]:
        if parent_id is None:
            return self._listed_among(self._tops())
        above = self._parents_above([parent_id])
        return [row for row in self._listed("a.parent_id = ?", (parent_id,)) if row.id not in above]

    def _at(self, location_id: str | None) -> list[AssetRow]:
        if location_id is None:
            known = f"SELECT x.id FROM {shown('location')} AS x"
            here = self._listed(f"(a.location_id IS NULL OR a.location_id NOT IN ({known}))")
        else:
            here = self._listed("a.location_id = ?", (location_id,))
        ids = {row.id for row in here}
        tops = topmost(self._parents_above(ids))
        return [row for row in here if row.id in tops or row.parent_id not in ids]

    def _tops(self) -> set[str]:
        """The assets at the root of the tree, for as long as nothing changes."""

        def read() -> set[str]:
            return topmost(dict(self._view.rows(f"SELECT a.id, a.parent_id FROM {_ASSETS} AS a")))

        return self._view.remembered("topmost assets", read)

    def _parents_above(self, ids: Iterable[str]) -> dict[str, str | None]:
        """The parent of each of these assets, of those parents, and so on up to the top."""
        found: dict[str, str | None] = {}
        wanted = sorted(ids)
        while wanted:
            step, wanted = wanted[:_AT_ONCE], wanted[_AT_ONCE:]
            marks = ", ".join("?" * len(step))
            rows = self._view.rows(
                f"SELECT a.id, a.parent_id FROM {_ASSETS} AS a WHERE a.id IN ({marks})", step
            )
            found.update(rows)
            wanted += sorted({up for _, up in rows if up and up not in found} - set(wanted))
        return found

    def _listed_among(self, ids: set[str]) -> list[AssetRow]:
        """Those of all assets that have one of these ids."""
        return self._listed("a.id IN (SELECT value FROM json_each(?))", (encode_text(sorted(ids)),))

    def _listed(self, where: str, parameters: tuple[Any, ...] = ()) -> list[AssetRow]:
        sql = f"SELECT {_COLUMNS} {_JOINED} WHERE {where} ORDER BY a.tag COLLATE NOCASE, a.id"
        return self._asset_rows(sql, parameters)


def _row(cells: tuple[Any, ...], open_work_orders: int) -> AssetRow:
    texts = [cell or "" for cell in cells]
    return AssetRow(
        id=cells[0],
        tag=texts[1],
        name=texts[2],
        status=texts[3],
        criticality=texts[4],
        category=texts[5],
        parent_id=cells[6],
        location_id=cells[7],
        location_name=texts[8],
        manufacturer=texts[9],
        model=texts[10],
        serial_number=texts[11],
        open_work_orders=open_work_orders,
        mark=Mark(mark_of(cells[12])),
    )


def _pending_row(one: PendingRecord, counts: Mapping[str, int], places: Mapping[str, str]) -> AssetRow:
    fields = one.fields
    named = ("tag", "name", "status", "criticality", "category", "parent_id", "location_id")
    where = places.get(str(fields.get("location_id")))
    rest = (fields.get(name) for name in ("manufacturer", "model", "serial_number"))
    cells = (one.id, *(fields.get(name) for name in named), where, *rest, one.rank)
    return _row(cells, counts.get(one.id, 0))
