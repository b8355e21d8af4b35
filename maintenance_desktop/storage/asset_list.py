"""Assets, locations and people as lists and trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import AssetQuery, AssetRow, AssetTotals, LocationRow, Mark, PersonRow
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.search_index import match_text
from maintenance_desktop.storage.trees import topmost
from maintenance_desktop.storage.view import View, mark_of, shown

_ASSETS: Final = shown("asset")
_COLUMNS: Final = (
    "a.id, a.tag, a.name, a.status, a.criticality, a.category, a.parent_id, a.location_id, l.name,"
    " a.manufacturer, a.model, a.serial_number, a.rank"
)
_JOINED: Final = f"FROM {_ASSETS} AS a LEFT JOIN cache.location AS l ON l.id = a.location_id"
_LOCATIONS_BELOW: Final = (
    "WITH RECURSIVE below (id) AS (SELECT ? UNION"
    " SELECT l.id FROM cache.location AS l JOIN below ON l.parent_id = below.id) SELECT id FROM below"
)
_AT_ONCE: Final = 500
_SORTS: Final = frozenset(
    {"tag", "name", "status", "criticality", "category", "manufacturer", "model", "serial_number"}
)


class AssetList:
    """The part of the `Reader` port that lists assets, locations and people."""

    def __init__(self, view: View) -> None:
        self._view = view

    def assets(self, query: AssetQuery, offset: int = 0, limit: int = 200) -> list[AssetRow]:
        return self._view.at_one_moment(lambda: self._asset_page(query, offset, limit))

    def count_assets(self, query: AssetQuery) -> int:
        where, parameters = _where(query)
        ((count,),) = self._view.rows(f"SELECT count(*) {_JOINED} WHERE {where}", parameters)
        return int(count)

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
        where, parameters = _where(query)
        counts = ""
        if query.sort == "open_work_orders":
            counts = "WITH counted (id, number) AS MATERIALIZED (SELECT key, value FROM json_each(?)) "
            parameters = [encode_text(self.open_work_orders()), *parameters]
        joined = _JOINED + (" LEFT JOIN counted AS o ON o.id = a.id" if counts else "")
        sql = f"{counts}SELECT {_COLUMNS} {joined} WHERE {where} ORDER BY {_order(query)} LIMIT ? OFFSET ?"
        return self._asset_rows(sql, (*parameters, limit, offset))

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
        # a refused change of hours leaves those that the server has
        hours = self._view.rows(
            "SELECT CASE WHEN labor.rank <> 2 THEN json_extract(labor.content, '$.hours')"
            " ELSE (SELECT json_extract(c.body, '$.hours') FROM cache.labor AS c WHERE c.id = labor.id) END"
            f" FROM {shown('labor')} AS labor"
            " WHERE labor.work_order_id IN (SELECT value FROM json_each(?))",
            (encode_text(list(is_open)),),
        )
        total = sum((Decimal(str(value)) for (value,) in hours if value is not None), Decimal(0))
        unfinished = sum(is_open.values())
        return AssetTotals(total, unfinished, len(is_open) - unfinished)

    def _below(self, parent_id: str | None) -> list[AssetRow]:
        if parent_id is None:
            return self._listed_among(topmost(self._parents()))
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

    def _parents(self) -> dict[str, str | None]:
        return dict(self._view.rows(f"SELECT a.id, a.parent_id FROM {_ASSETS} AS a"))

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


def _order(query: AssetQuery) -> str:
    by = "l.name" if query.sort == "location_name" else f"a.{query.sort if query.sort in _SORTS else 'tag'}"
    if query.sort == "open_work_orders":
        by = "coalesce(o.number, 0)"
    direction = "DESC" if query.descending else "ASC"
    return f"{by} IS NULL, {by} COLLATE NOCASE {direction}, a.tag COLLATE NOCASE, a.id"


def _where(query: AssetQuery) -> tuple[str, list[Any]]:
    clauses, parameters = ["1"], []
    if query.statuses:
        marks = ", ".join("?" * len(query.statuses))
        clauses.append(f"a.status IN ({marks})")
        parameters += sorted(query.statuses)
    if query.location_id:
        clauses.append(f"a.location_id IN ({_LOCATIONS_BELOW})")
        parameters.append(query.location_id)
    if query.parent_id:
        clauses.append("a.parent_id = ?")
        parameters.append(query.parent_id)
    if matching := match_text(query.text):
        clauses.append(
            "CASE WHEN a.n IS NULL THEN is_match(coalesce(a.tag, '') || ' ' || coalesce(a.name, '') || ' '"
            " || coalesce(a.serial_number, ''), ?)"
            " ELSE a.n IN (SELECT rowid FROM cache.asset_search WHERE asset_search MATCH ?) END"
        )
        parameters += [query.text, matching]
    return " AND ".join(clauses), parameters


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
