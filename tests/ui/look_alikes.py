"""What the plant in memory knows of double work, and of how its queue will fare."""

from __future__ import annotations

from maintenance_desktop.domain.double_work import PLANNED_TYPES, Known
from maintenance_desktop.domain.forecast import Standing
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.values import read_time


class PlantLookAlikes:
    """The ports of the guard and the preview over a `Plant`."""

    def __init__(self, plant) -> None:
        self._plant = plant

    def planned_work_done(self, asset_id, since):
        return [
            one
            for one in self._work_orders(asset_id, "completed_by")
            if one.fields.get("status") in ("completed", "closed")
            and one.fields.get("work_type") in PLANNED_TYPES
            and read_time(one.fields["completed_at"]) >= since
        ]

    def unfinished_on(self, asset_id, before=None):
        return [
            one for one in self._work_orders(asset_id, "created_by") if one.fields.get("status") in UNFINISHED
        ]

    def hours_of(self, person_id, start, end, work_order_id, before=None):
        found = []
        for (record_type, record_id), (_, fields) in self._plant.server.items():
            if record_type == "labor" and fields.get("person_id") == person_id:
                order = self._plant.shown_fields("work_order", fields["work_order_id"]) or {}
                booked_at = fields.get("booked_at") or "2026-11-22T10:00:00.000Z"
                found.append(
                    Known(
                        "labor", record_id, fields, order.get("number", ""), order.get("title", ""),
                        self._name(person_id), booked_at,
                    )
                )  # fmt: skip
        return found

    def pending_edits(self):
        return list(self._plant.edits)

    def standings(self, edits, person_id):
        return {
            record_id: Standing(record_type, version, fields)
            for (record_type, record_id), (version, fields) in self._plant.server.items()
        }

    def _work_orders(self, asset_id, who):
        return [
            Known(
                "work_order", row.id, view.fields, row.number, row.title,
                self._name(view.fields.get(who)),
            )
            for row in self._plant._work_order_rows()
            if row.asset_id == asset_id and (view := self._plant.record("work_order", row.id))
        ]  # fmt: skip

    def _name(self, person_id):
        found = self._plant.shown_fields("person", person_id) if person_id else None
        return str(found["name"]) if found else ""
