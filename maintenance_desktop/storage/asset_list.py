"""Assets, locations and people as lists and trees."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import AssetQuery, AssetRow, AssetTotals, LocationRow, Mark, PersonRow
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.search_index import match_text
from maintenance_desktop.storage.trees import topmost
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
_AT_ONCE: Final = 500
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
        return self._view.at_one_moment(lambda: self._below(parent_id))

    def assets_at(self, location_id: str | None) -> list[AssetRow]:
        """The assets here whose parent is not at the same place, so that no place shows one twice."""
        return self._view.at_one_moment(lambda: self._at(location_id))

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
        # a refused change of hours leaves those that the server has
        hours = self._view.rows(
            "SELECT CASE WHEN labor.rank <> 2 THEN labor.hours"
            " ELSE (SELECT c.hours FROM cache.labor AS c WHERE c.id = labor.id) END"
            f" FROM {shown('labor')} AS labor"
            f" WHERE labor.work_order_id IN (SELECT w.id FROM {orders} AS w WHERE w.asset_id = ?)",
            (asset_id,),
        )
        total = sum((Decimal(str(value)) for (value,) in hours if value is not None), Decimal(0))
        return AssetTotals(total, open_, finished)

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
        return [_row(cells) for cells in self._view.rows(sql, parameters)]


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
