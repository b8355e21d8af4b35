"""A work order of the demo plant before it has ids, and the calendar its moments come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from maintenance_desktop.domain.values import shortest
from maintenance_desktop.hub.demo_people import PEOPLE, TECHNICIANS


@dataclass(frozen=True, slots=True)
class Stint:
    """Hours somebody worked."""

    who: str
    started_at: datetime
    hours: int | Decimal
    labor_type: str = "regular"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something somebody wrote."""

    who: str
    written_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Work:
    """A work order before it has ids: people by user name, the machine by its tag."""

    title: str
    description: str
    tag: str
    status: str
    priority: str
    work_type: str
    created_at: datetime
    created_by: str
    assigned_to: str | None
    estimated_hours: int | Decimal
    due_at: datetime | None = None
    scheduled_for: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    completed_by: str | None = None
    downtime_minutes: int | None = None
    problem: str = ""
    cause: str = ""
    remedy: str = ""
    completion_notes: str = ""
    stints: tuple[Stint, ...] = ()
    remarks: tuple[Remark, ...] = ()


class Calendar:
    """Moments relative to today, within working hours and never in the future unless asked for."""

    def __init__(self, today: datetime, random: Random) -> None:
        self.today = today
        self.random = random

    def past(self, days_ago: float) -> datetime:
        """A moment in the shift of that day."""
        start = self.today.replace(hour=5, minute=0, second=0, microsecond=0) - timedelta(days=int(days_ago))
        moment = start + timedelta(minutes=self.random.randrange(0, 9 * 60, 5))
        return min(moment, self.today - timedelta(minutes=self.random.randrange(5, 60, 5)))

    def due(self, days_ahead: int) -> datetime:
        """The end of the day shift, so many days from today."""
        return self.today.replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=days_ahead)

    def hours(self, about: float) -> int | Decimal:
        """About that many hours, in quarters."""
        return quarters(max(0.25, about * self.random.uniform(0.6, 1.5)))

    def someone(self, trade: str) -> str:
        """A technician, mostly of that trade."""
        fitting = [p.username for p in PEOPLE if p.role == "technician" and p.trade == trade]
        return self.random.choice(fitting if self.random.random() < 0.85 else TECHNICIANS)

    def stints(self, who: str, started: datetime, hours: float) -> tuple[Stint, ...]:
        """Who worked on it: one person, or two for the larger jobs."""
        kind = self.random.choices(("regular", "overtime"), (9, 1))[0]
        stints = [Stint(who, started, self.hours(hours), kind)]
        if hours >= 1.5 and self.random.random() < 0.4:
            helper = self.random.choice([one for one in TECHNICIANS if one != who])
            stints.append(
                Stint(helper, started + timedelta(minutes=15), self.hours(hours / 2), kind, "Helped")
            )
        if self.random.random() < 0.04:
            trip = started - timedelta(minutes=45)
            stints.append(Stint(who, trip, quarters(0.75), "travel", "Fetched the part"))
        return tuple(stints)


def quarters(hours: float) -> int | Decimal:
    """Hours in the form in which they are stored."""
    return shortest(Decimal(round(hours * 4)) / 4)
