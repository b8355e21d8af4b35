"""Other records that a new one may double: what is asked for them is found by an index in milliseconds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.double_work import PLANNED_TYPES, Known
from maintenance_desktop.domain.edits import Edit, EditKind, EditState
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import STATUSES, WORK_TYPES, Fields
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.edit_rows import EDIT_SELECT, edit_of
from maintenance_desktop.storage.view import View

_DONE: Final = tuple(STATUSES.index(status) for status in ("completed", "closed"))
_PLANNED: Final = tuple(WORK_TYPES.index(name) for name in PLANNED_TYPES)
_LONGEST: Final = timedelta(hours=24)
"""The longest hours that one entry may have."""
_BEFORE: Final = timedelta(days=1)
_BOOKED_WITHIN: Final = timedelta(days=14)
"""Hours of others are looked for among those whose ids were made from a day before until two weeks after they
were worked: that is an index, there is none by person. An id of a wrong clock hides a warning, no more."""


class DoubleWork:
    """The `LookAlikes` port over cache and queue.

    `before` is the place in the queue of the edit that asks: of pending edits only those made earlier count,
    so that of two that look alike one is asked about. None: all of them.
    """

    def __init__(self, view: View) -> None:
        self._view = view

    def planned_work_done(self, asset_id: str, since: datetime) -> list[Known]:
        """Preventive work orders and inspections of an asset on the server that were completed since then."""
        return self._view.at_one_moment(
            lambda: self._work_orders(
                f"w.work_type IN {_PLANNED} AND w.status IN {_DONE} AND w.completed >= ?",
                (asset_id, round(since.timestamp() * 1000)),
                "completed_by",
            )
        )

    def unfinished_on(self, asset_id: str, before: int | None = None) -> list[Known]:
        """The unfinished work orders of an asset, as they are shown."""

        def read() -> list[Known]:
            if self._is_gone(asset_id):
                return []
            cached = self._work_orders(f"w.n >= {OPEN_FROM}", (asset_id,), "created_by")
            changed, made_here = self._made_here("work_order", asset_id, before)
            known = {one.record_id: one for one in cached if one.record_id not in changed}
            for record_id, edit in made_here.items():
                is_there = edit.kind is not EditKind.DELETE and edit.mine.get("status") in UNFINISHED
                if is_there and edit.mine.get("asset_id") == asset_id:
                    known[record_id] = self._of_edit(edit, edit.mine, str(edit.mine.get("created_by") or ""))
            return list(known.values())

        return self._view.at_one_moment(read)

    def hours_of(
        self, person_id: str, start: datetime, end: datetime, work_order_id: str, before: int | None = None
    ) -> list[Known]:
        """The hours of a person that may overlap these, and all of the work order's."""

        def read() -> list[Known]:
            changed, made_here = self._made_here("labor", person_id, before)
            found = {
                record_id: self._labor(record_id, decode(body), changed_at)
                for record_id, body, changed_at in (
                    *self._cached_hours(
                        "id BETWEEN ? AND ?",
                        (_id_at(start - _LONGEST - _BEFORE), _id_at(end + _BOOKED_WITHIN)),
                        person_id,
                        (start - _LONGEST, end),
                    ),
                    *self._cached_hours(
                        "work_order_id = ?", (work_order_id,), person_id, (start - _LONGEST, end)
                    ),
                )
                if record_id not in changed
            }
            for record_id, edit in made_here.items():
                if edit.kind is not EditKind.DELETE and edit.mine.get("person_id") == person_id:
                    found[record_id] = self._labor(record_id, edit.mine, edit.made_at)
            return list(found.values())

        return self._view.at_one_moment(read)

    def _is_gone(self, asset_id: str) -> bool:
        """Whether an asset was deleted: what is new on it is refused, whatever else is on it."""
        gone = "SELECT 1 FROM cache.asset WHERE id = ? AND body IS NULL AND version > 0"
        return bool(self._view.rows(gone, (asset_id,)))

    def _work_orders(self, where: str, parameters: Sequence[Any], who: str) -> list[Known]:
        rows = self._view.rows(
            f"SELECT w.id, w.body, p.name FROM cache.work_order AS w INDEXED BY work_order_asset"
            f" LEFT JOIN cache.person AS p ON p.id = json_extract(w.body, '$.{who}')"
            f" WHERE w.body IS NOT NULL AND w.asset = (SELECT n FROM cache.asset WHERE id = ?) AND {where}",
            parameters,
        )
        found = []
        for record_id, body, name in rows:
            fields = decode(body)
            found.append(
                Known(
                    "work_order",
                    record_id,
                    fields,
                    str(fields.get("number") or ""),
                    str(fields.get("title") or ""),
                    str(name or ""),
                )
            )
        return found

    def _cached_hours(
        self, where: str, parameters: Sequence[Any], person_id: str, span: tuple[datetime, datetime]
    ) -> list[tuple[Any, ...]]:
        return self._view.rows(
            # Mostly hours of somebody else: looking for the id costs half of reading the JSON
            f"SELECT id, body, changed_at FROM cache.labor WHERE {where} AND instr(body, ?)"
            " AND json_extract(body, '$.person_id') = ?"
            " AND json_extract(body, '$.started_at') BETWEEN ? AND ?",
            (*parameters, person_id, person_id, *map(write_time, span)),
        )

    def _made_here(
        self, record_type: str, named: str, before: int | None
    ) -> tuple[set[str], dict[str, Edit]]:
        """The ids of all records with a pending edit, and the newest edit of each that names this record.

        What the server refused does not count. A save waits for this: the rest of the queue is not decoded.
        """
        where = "type = ? AND state <> ? AND (? IS NULL OR seq < ?)"
        parameters = (record_type, EditState.REFUSED.value, before, before)
        rows = self._view.rows(
            "SELECT record_id, max(seq), max(instr(mine, ?)) FROM main.edit"
            f" WHERE {where} GROUP BY record_id",
            (named, *parameters),
        )
        newest = [seq for _, seq, at in rows if at]
        edits = self._view.rows(
            f"{EDIT_SELECT} WHERE seq IN (SELECT value FROM json_each(?))", (encode_text(newest),)
        )
        return {row[0] for row in rows}, {edit.record_id: edit for edit in map(edit_of, edits)}

    def _labor(self, record_id: str, fields: Fields, booked_at: str) -> Known:
        ((work_order, name),) = self._view.rows(
            "SELECT coalesce((SELECT mine FROM main.edit WHERE record_id = ? ORDER BY seq DESC LIMIT 1),"
            " (SELECT body FROM cache.work_order WHERE id = ?)),"
            " (SELECT name FROM cache.person WHERE id = ?)",
            (fields.get("work_order_id"), fields.get("work_order_id"), fields.get("person_id")),
        )
        shown: Fields = decode(work_order) if work_order else {}
        number, title = str(shown.get("number") or ""), str(shown.get("title") or "")
        return Known("labor", record_id, fields, number, title, str(name or ""), booked_at)

    def _of_edit(self, edit: Edit, fields: Fields, person_id: str) -> Known:
        rows = self._view.rows("SELECT name FROM cache.person WHERE id = ?", (person_id,))
        number, title = str(fields.get("number") or ""), str(fields.get("title") or "")
        who = str(rows[0][0] or "") if rows else ""
        return Known("work_order", edit.record_id, fields, number, title, who, edit.made_at)


def _id_at(moment: datetime) -> str:
    """The first id that can be made at a time."""
    return str(uuid.UUID(int=max(0, int(moment.timestamp() * 1000)) << 80))
