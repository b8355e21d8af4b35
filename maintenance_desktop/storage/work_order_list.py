"""Work orders as lists: filter, sort, search and count over cache and pending edits together."""

from __future__ import annotations

from typing import Any, Final

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import PRIORITIES, STATUSES
from maintenance_desktop.domain.views import Mark, WorkOrderCounts, WorkOrderQuery, WorkOrderRow
from maintenance_desktop.storage.search_index import match_text
from maintenance_desktop.storage.view import View, mark_of, shown

_ORDERS: Final = shown("work_order")
_LOCATIONS_BELOW: Final = (
    "WITH RECURSIVE below (id) AS (SELECT ? UNION"
    " SELECT l.id FROM cache.location AS l JOIN below ON l.parent_id = below.id)"
    " SELECT id FROM below"
)
_ASSETS_BELOW: Final = (
    "WITH RECURSIVE below (id) AS (SELECT ? UNION"
    " SELECT a.id FROM cache.asset AS a JOIN below ON a.parent_id = below.id"
    " WHERE NOT EXISTS (SELECT 1 FROM main.edit AS e WHERE e.record_id = a.id) UNION"
    " SELECT p.record_id FROM main.pending AS p JOIN below ON json_extract(p.mine, '$.parent_id') = below.id"
    " WHERE p.type = 'asset')"
    " SELECT id FROM below"
)
_JOINED: Final = (
    f"FROM {_ORDERS} AS w LEFT JOIN cache.asset AS a ON a.id = w.asset_id"
    " LEFT JOIN cache.location AS l ON l.id = w.location_id"
    " LEFT JOIN cache.person AS p ON p.id = w.assigned_to"
)


def _of_asset(field: str) -> str:
    """What people see of the work order's asset, their own change of it included."""
    pending = (
        f"SELECT json_extract(p.mine, '$.{field}') FROM main.pending AS p WHERE p.record_id = w.asset_id"
    )
    return f"coalesce(({pending}), a.{field})"


_TAG: Final = _of_asset("tag")
_NAME: Final = _of_asset("name")
_NUMBER: Final = (
    "(w.number LIKE 'New-%') * 1000000000000 + CAST(substr(w.number, instr(w.number, '-') + 1) AS INTEGER)"
)


def _rank(column: str, values: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values))
    return f"CASE {column} {cases} END"


_SORTS: Final = {
    "number": _NUMBER,
    "title": "w.title COLLATE NOCASE",
    "status": _rank("w.status", STATUSES),
    "priority": _rank("w.priority", PRIORITIES),
    "work_type": "w.work_type",
    "asset_tag": f"{_TAG} COLLATE NOCASE",
    "asset_name": f"{_NAME} COLLATE NOCASE",
    "location_name": "l.name COLLATE NOCASE",
    "assigned_name": "p.name COLLATE NOCASE",
    "due_at": "w.due_at",
    "created_at": "w.created_at",
    "completed_at": "w.completed_at",
    "mark": "rank_shown",
}
_CHILD_RANK: Final = (
    "(SELECT max(CASE e.state WHEN 'conflicted' THEN 3 WHEN 'refused' THEN 2 ELSE 1 END)"
    " FROM main.edit AS e WHERE e.parent_id = w.id)"
)
_COLUMNS: Final = (
    f"w.id, w.number, w.title, w.status, w.priority, w.work_type, w.asset_id, {_TAG}, {_NAME},"
    " w.location_id, l.name, w.assigned_to, p.name, w.due_at, w.created_at, w.completed_at,"
    f" max(w.rank, coalesce({_CHILD_RANK}, 0)) AS rank_shown"
)


class WorkOrderList:
    """The part of the `Reader` port that lists work orders."""

    def __init__(self, view: View) -> None:
        self._view = view

    def work_orders(self, query: WorkOrderQuery, offset: int = 0, limit: int = 200) -> list[WorkOrderRow]:
        where, parameters = _where(query)
        sql = f"SELECT {_COLUMNS} {_JOINED} WHERE {where} ORDER BY {_order(query)} LIMIT ? OFFSET ?"
        return [_row(cells) for cells in self._view.rows(sql, (*parameters, limit, offset))]

    def work_order_position(self, query: WorkOrderQuery, record_id: str) -> int | None:
        where, parameters = _where(query)
        numbered = (
            f"SELECT w.id AS id, row_number() OVER (ORDER BY {_order(query)}) - 1 AS place,"
            f" max(w.rank, coalesce({_CHILD_RANK}, 0)) AS rank_shown {_JOINED} WHERE {where}"
        )
        found = self._view.rows(f"SELECT place FROM ({numbered}) WHERE id = ?", (*parameters, record_id))
        return int(found[0][0]) if found else None

    def count_work_orders(self, query: WorkOrderQuery) -> int:
        where, parameters = _where(query)
        ((count,),) = self._view.rows(f"SELECT count(*) {_JOINED} WHERE {where}", parameters)
        return int(count)

    def work_order_counts(self, person_id: str, now: str) -> WorkOrderCounts:
        unfinished = _in("w.status", UNFINISHED)
        sql = (
            f"SELECT count(*) FILTER (WHERE {unfinished}),"
            f" count(*) FILTER (WHERE {unfinished} AND w.assigned_to = ?),"
            f" count(*) FILTER (WHERE {unfinished} AND w.due_at < ?), count(*) FROM {_ORDERS} AS w"
        )
        ((open_, mine, overdue, everything),) = self._view.rows(sql, (person_id, now))
        return WorkOrderCounts(open_, mine, overdue, everything)

    def find_work_order(self, number: str) -> str | None:
        found = self._view.rows(
            f"SELECT w.id FROM {_ORDERS} AS w WHERE w.number = ? COLLATE NOCASE LIMIT 1", (number.strip(),)
        )
        return str(found[0][0]) if found else None


def _order(query: WorkOrderQuery) -> str:
    by = _SORTS[query.sort]
    if query.sort == "mark":
        by = f"max(w.rank, coalesce({_CHILD_RANK}, 0))"
    direction = "DESC" if query.descending else "ASC"
    return f"{by} IS NULL, {by} {direction}, w.created_at {direction}, w.id {direction}"


def _where(query: WorkOrderQuery) -> tuple[str, list[Any]]:
    clauses, parameters = ["1"], []
    for column, values in (
        ("w.status", query.statuses),
        ("w.priority", query.priorities),
        ("w.work_type", query.work_types),
    ):
        if values:
            clauses.append(_in(column, values))
    if query.assigned_to:
        clauses.append("w.assigned_to = ?")
        parameters.append(query.assigned_to)
    if query.asset_id:
        clauses.append(f"w.asset_id IN ({_ASSETS_BELOW})")
        parameters.append(query.asset_id)
    if query.location_id:
        clauses.append(f"w.location_id IN ({_LOCATIONS_BELOW})")
        parameters.append(query.location_id)
    if query.overdue:
        clauses.append(f"{_in('w.status', UNFINISHED)} AND w.due_at < ?")
        parameters.append(query.now)
    if matching := match_text(query.text):
        clauses.append(
            "CASE WHEN w.n IS NULL THEN"
            " is_match(coalesce(w.number, '') || ' ' || coalesce(w.title, '') || ' '"
            " || coalesce(json_extract(w.content, '$.description'), '') || ' '"
            f" || coalesce({_TAG}, '') || ' ' || coalesce({_NAME}, ''), ?) ELSE w.n IN"
            " (SELECT rowid FROM cache.work_order_search WHERE work_order_search MATCH ?) END"
        )
        parameters += [query.text, matching]
    return " AND ".join(clauses), parameters


def _in(column: str, values: frozenset[str]) -> str:
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))
    return f"{column} IN ({quoted})"


def _row(cells: tuple[Any, ...]) -> WorkOrderRow:
    return WorkOrderRow(
        id=cells[0],
        number=cells[1] or "",
        title=cells[2] or "",
        status=cells[3] or "",
        priority=cells[4] or "",
        work_type=cells[5] or "",
        asset_id=cells[6],
        asset_tag=cells[7] or "",
        asset_name=cells[8] or "",
        location_id=cells[9],
        location_name=cells[10] or "",
        assigned_to=cells[11],
        assigned_name=cells[12] or "",
        due_at=cells[13] or "",
        created_at=cells[14] or "",
        completed_at=cells[15] or "",
        mark=Mark(mark_of(cells[16])),
    )
