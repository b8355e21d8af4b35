"""Assets, locations and people as lists and trees."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import AssetQuery, AssetRow, AssetTotals, LocationRow, Mark, PersonRow
from maintenance_desktop.storage.search_index import match_text
from maintenance_desktop.storage.view import View, mark_of, shown

_ASSETS: Final = shown("asset")
_UNFINISHED: Final = ", ".join(f"'{status}'" for status in sorted(UNFINISHED))
_OPEN: Final = (
    f"(SELECT count(*) FROM {shown('work_order')} AS w"
    f" WHERE w.asset_id = a.id AND w.status IN ({_UNFINISHED}))"
)
_COLUMNS: Final = (
    "a.id, a.tag, a.name, a.status, a.criticality, a.category, a.parent_id, a.location_id, l.name,"
    f" a.manufacturer, a.model, a.serial_number, {_OPEN}, a.rank"
)
_JOINED: Final = f"FROM {_ASSETS} AS a LEFT JOIN cache.location AS l ON l.id = a.location_id"
_LOCATIONS_BELOW: Final = (
    "WITH RECURSIVE below (id) AS (SELECT ? UNION"
    " SELECT l.id FROM cache.location AS l JOIN below ON l.parent_id = below.id) SELECT id FROM below"
)
_TOPMOST: Final = (
    # nobody's child, or part of a cycle: whoever is below itself stands at the root
    "SELECT a.id FROM cache.asset AS a LEFT JOIN cache.asset AS up ON up.id = a.parent_id"
    " WHERE up.body IS NULL OR a.id IN (WITH RECURSIVE above (start, id) AS ("
    "SELECT c.id, c.parent_id FROM cache.asset AS c WHERE c.parent_id IS NOT NULL"
    " UNION SELECT above.start, c.parent_id FROM above JOIN cache.asset AS c ON c.id = above.id"
    " WHERE c.parent_id IS NOT NULL AND above.start <> above.id) SELECT start FROM above WHERE start = id)"
)
_SORTS: Final = frozenset(
    {"tag", "name", "status", "criticality", "category", "manufacturer", "model", "serial_number"}
)


class AssetList:
    """The part of the `Reader` port that lists assets, locations and people."""

    def __init__(self, view: View) -> None:
        self._view = view

    def assets(self, query: AssetQuery, offset: int = 0, limit: int = 200) -> list[AssetRow]:
        where, parameters = _where(query)
        sql = f"SELECT {_COLUMNS} {_JOINED} WHERE {where} ORDER BY {_order(query)} LIMIT ? OFFSET ?"
        return [_row(cells) for cells in self._view.rows(sql, (*parameters, limit, offset))]

    def count_assets(self, query: AssetQuery) -> int:
        where, parameters = _where(query)
        ((count,),) = self._view.rows(f"SELECT count(*) {_JOINED} WHERE {where}", parameters)
        return int(count)

    def assets_below(self, parent_id: str | None) -> list[AssetRow]:
        if parent_id is not None:
            return self._listed("a.parent_id = ?", (parent_id,))
        return self._listed(f"a.id IN ({_TOPMOST})")

    def assets_at(self, location_id: str | None) -> list[AssetRow]:
        """The assets here whose parent is not at the same place, so that the tree shows each one once."""
        place = "a.location_id = ?"
        elsewhere = (
            "NOT EXISTS (SELECT 1 FROM cache.asset AS parent WHERE parent.id = a.parent_id"
            " AND parent.body IS NOT NULL AND parent.location_id IS a.location_id)"
        )
        if location_id is not None:
            return self._listed(f"{place} AND ({elsewhere} OR a.id IN ({_TOPMOST}))", (location_id,))
        nowhere = (
            "NOT EXISTS (SELECT 1 FROM cache.location AS x WHERE x.id = a.location_id AND x.body IS NOT NULL)"
        )
        return self._listed(f"{nowhere} AND ({elsewhere} OR a.id IN ({_TOPMOST}))")

    def find_asset(self, tag: str) -> str | None:
        found = self._view.rows(
            f"SELECT a.id FROM {_ASSETS} AS a WHERE a.tag = ? COLLATE NOCASE LIMIT 1", (tag.strip(),)
        )
        return str(found[0][0]) if found else None

    def asset_totals(self, asset_id: str) -> AssetTotals:
        orders = shown("work_order")
        ((open_, finished),) = self._view.rows(
            f"SELECT count(*) FILTER (WHERE w.status IN ({_UNFINISHED})),"
            f" count(*) FILTER (WHERE w.status NOT IN ({_UNFINISHED})) FROM {orders} AS w"
            " WHERE w.asset_id = ?",
            (asset_id,),
        )
        hours = self._view.rows(
            f"SELECT labor.hours FROM {shown('labor')} AS labor WHERE labor.rank <> 2"
            f" AND labor.work_order_id IN (SELECT w.id FROM {orders} AS w WHERE w.asset_id = ?)",
            (asset_id,),
        )
        total = sum((Decimal(str(value)) for (value,) in hours if value is not None), Decimal(0))
        return AssetTotals(total, open_, finished)

    def locations(self) -> list[LocationRow]:
        rows = self._view.rows(
            f"SELECT l.id, l.name, l.code, l.parent_id FROM {shown('location')} AS l"
            " ORDER BY l.name COLLATE NOCASE"
        )
        found = {row[0]: LocationRow(row[0], row[1] or "", row[2] or "", row[3]) for row in rows}
        return [
            row if _reaches_root(row, found) else LocationRow(row.id, row.name, row.code, None)
            for row in found.values()
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

    def _listed(self, where: str, parameters: tuple[Any, ...] = ()) -> list[AssetRow]:
        sql = f"SELECT {_COLUMNS} {_JOINED} WHERE {where} ORDER BY a.tag COLLATE NOCASE, a.id"
        return [_row(cells) for cells in self._view.rows(sql, parameters)]


def _reaches_root(row: LocationRow, known: dict[str, LocationRow]) -> bool:
    seen = {row.id}
    while row.parent_id is not None:
        if row.parent_id in seen or row.parent_id not in known:
            return False
        row = known[row.parent_id]
        seen.add(row.id)
    return True


def _order(query: AssetQuery) -> str:
    by = "l.name" if query.sort == "location_name" else f"a.{query.sort if query.sort in _SORTS else 'tag'}"
    if query.sort == "open_work_orders":
        by = _OPEN
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


def _row(cells: tuple[Any, ...]) -> AssetRow:
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
        open_work_orders=int(cells[12] or 0),
        mark=Mark(mark_of(cells[13])),
    )
