"""The demo plant as records: the same every time, with all dates counted from today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.hub import demo_assets
from maintenance_desktop.hub.demo_history import all_work
from maintenance_desktop.hub.demo_people import ADMINISTRATOR, PEOPLE
from maintenance_desktop.hub.demo_work import Remark, Stint, Work

DemoRecord = dict[str, Value]
"""A record in the contract's field names, with `id`, `created_at` and `created_by`."""

_OPENED_DAYS_AGO: Final = 800
_FIRST_NUMBER: Final = 1001


@dataclass(slots=True)
class Plant:
    """Everything the demo hub starts with; parents stand before what belongs to them."""

    people: list[DemoRecord] = field(default_factory=list)
    locations: list[DemoRecord] = field(default_factory=list)
    assets: list[DemoRecord] = field(default_factory=list)
    work_orders: list[DemoRecord] = field(default_factory=list)
    labor: list[DemoRecord] = field(default_factory=list)
    comments: list[DemoRecord] = field(default_factory=list)

    def by_type(self) -> Iterator[tuple[str, list[DemoRecord]]]:
        """The lists under the names of their record types, in an order in which references resolve."""
        yield "person", self.people
        yield "location", self.locations
        yield "asset", self.assets
        yield "work_order", self.work_orders
        yield "labor", self.labor
        yield "comment", self.comments


def build_plant(today: datetime) -> Plant:
    """The whole plant as it stands today."""
    return _Builder(today).build()


class _Builder:
    """Turns the tables into records and remembers which name became which id."""

    def __init__(self, today: datetime) -> None:
        self._today = today
        self._random = Random("Alder Creek")
        self._plant = Plant()
        self._ids: dict[str, str] = {}
        self._home: dict[str, str] = {}
        self._opened = today - timedelta(days=_OPENED_DAYS_AGO)

    def build(self) -> Plant:
        self._add_people()
        self._add_locations()
        self._add_assets()
        works = sorted(all_work(self._today, self._random), key=lambda work: work.created_at)
        for number, work in enumerate(works, start=_FIRST_NUMBER):
            self._add_work_order(f"WO-{number}", work)
        return self._plant

    def _add_people(self) -> None:
        administrator = self._id_for(ADMINISTRATOR, self._opened)
        for person in PEOPLE:
            person_id = administrator if person.username == ADMINISTRATOR else None
            self._plant.people.append(
                self._record(
                    person_id or self._id_for(person.username, self._opened),
                    self._opened,
                    ADMINISTRATOR,
                    name=person.name,
                    username=person.username,
                    email=f"{person.username}@aldercreek.example",
                    role=person.role,
                    trade=person.trade,
                    active=True,
                )
            )

    def _add_locations(self) -> None:
        for place in demo_assets.locations():
            self._plant.locations.append(
                self._record(
                    self._id_for(f"location {place.code}", self._opened),
                    self._opened,
                    ADMINISTRATOR,
                    name=place.name,
                    code=place.code,
                    parent_id=self._ids[f"location {place.parent}"] if place.parent else None,
                )
            )

    def _add_assets(self) -> None:
        for asset in demo_assets.assets():
            installed = (self._today - timedelta(days=self._random.randint(400, 5200))).date()
            warranty = installed + timedelta(days=365 * self._random.choice((2, 3, 5)))
            serial = f"{installed:%y}-{self._random.randint(10_000, 99_999)}" if asset.manufacturer else None
            self._home[asset.tag] = self._ids[f"location {asset.location}"]
            self._plant.assets.append(
                self._record(
                    self._id_for(f"asset {asset.tag}", self._opened),
                    self._opened,
                    ADMINISTRATOR,
                    tag=asset.tag,
                    name=asset.name,
                    status=demo_assets.STATUSES.get(asset.tag, "running"),
                    criticality=asset.criticality,
                    category=asset.category,
                    parent_id=self._ids[f"asset {asset.parent}"] if asset.parent else None,
                    location_id=self._home[asset.tag],
                    manufacturer=asset.manufacturer,
                    model=asset.model,
                    serial_number=serial,
                    installed_on=installed.isoformat(),
                    warranty_until=warranty.isoformat() if asset.manufacturer else None,
                    notes=demo_assets.NOTES.get(asset.tag),
                )
            )

    def _add_work_order(self, number: str, work: Work) -> None:
        work_order_id = new_id(work.created_at, self._random)
        self._plant.work_orders.append(
            self._record(
                work_order_id,
                work.created_at,
                work.created_by,
                number=number,
                title=work.title,
                description=work.description,
                status=work.status,
                priority=work.priority,
                work_type=work.work_type,
                asset_id=self._ids[f"asset {work.tag}"],
                location_id=self._home[work.tag],
                assigned_to=self._ids[work.assigned_to] if work.assigned_to else None,
                requested_by=self._ids[work.created_by],
                due_at=_text(work.due_at),
                scheduled_for=_text(work.scheduled_for),
                started_at=_text(work.started_at),
                completed_at=_text(work.completed_at),
                completed_by=self._ids[work.completed_by] if work.completed_by else None,
                estimated_hours=work.estimated_hours,
                downtime_minutes=work.downtime_minutes,
                problem=work.problem or None,
                cause=work.cause or None,
                remedy=work.remedy or None,
                completion_notes=work.completion_notes or None,
            )
        )
        for stint in work.stints:
            self._add_labor(work_order_id, stint)
        for remark in work.remarks:
            self._add_comment(work_order_id, remark)

    def _add_labor(self, work_order_id: str, stint: Stint) -> None:
        self._plant.labor.append(
            self._record(
                new_id(stint.started_at, self._random),
                stint.started_at,
                stint.who,
                work_order_id=work_order_id,
                person_id=self._ids[stint.who],
                started_at=write_time(stint.started_at),
                hours=stint.hours,
                labor_type=stint.labor_type,
                note=stint.note or None,
            )
        )

    def _add_comment(self, work_order_id: str, remark: Remark) -> None:
        self._plant.comments.append(
            self._record(
                new_id(remark.written_at, self._random),
                remark.written_at,
                remark.who,
                work_order_id=work_order_id,
                text=remark.text,
                written_at=write_time(remark.written_at),
                written_by=self._ids[remark.who],
            )
        )

    def _id_for(self, name: str, moment: datetime) -> str:
        self._ids[name] = new_id(moment, self._random)
        return self._ids[name]

    def _record(self, record_id: str, created_at: datetime, created_by: str, **content: Value) -> DemoRecord:
        return {
            "id": record_id,
            "created_at": write_time(created_at),
            "created_by": self._ids[created_by],
            **content,
        }


def _text(moment: datetime | None) -> str | None:
    return write_time(moment) if moment else None
