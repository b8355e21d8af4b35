"""A plant of any size for benchmarks: believable records from a seed, the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

from tests.bench import words

FIRST_DAY: Final = datetime(2021, 11, 22, tzinfo=UTC)
LAST_DAY: Final = datetime(2026, 11, 22, tzinfo=UTC)
FIRST_NUMBER: Final = 1001

ADMIN, PLANNER, TECHNICIAN = "admin", "planner", "technician"
"""The user names of the first three people; whoever fills a hub gives everybody one password."""

_HOUR: Final = 3_600_000
_DAY: Final = 24 * _HOUR
_START: Final = int(FIRST_DAY.timestamp()) * 1000
_LENGTH: Final = int(LAST_DAY.timestamp()) * 1000 - _START
_LABOR: Final = (2, 1, 3, 2, 0, 4, 2, 1, 2, 3)
_COMMENTS: Final = (1, 0, 2, 1, 0, 3, 0, 1, 2, 0)
_HOURS: Final = tuple(
    Decimal(quarters) / 4 for quarters in (1, 2, 2, 3, 4, 4, 5, 6, 6, 8, 10, 12, 14, 16, 24, 32)
)
_LATE: Final = 0.9
"""Nearly all unfinished work is among the newest tenth, as it is wherever work gets done."""

T = TypeVar("T")
Content = dict[str, Any]


class Made(NamedTuple):
    """One record: `content` has every field of its type, `number` included."""

    type: str
    id: str
    created_at: str
    created_by: str
    content: Content


class _Asset(NamedTuple):
    id: str
    tag: str
    name: str
    parts: tuple[str, ...]
    location_id: str


def plant(n: int, seed: int = 1) -> Plant:
    """A plant with so many work orders."""
    return Plant(n, seed)


class Plant:
    """A recipe: nothing is kept, and each call of `records` makes the same again."""

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self.seed = seed
        self.people = max(12, n // 2000)
        self.locations = max(10, n // 500)
        self.assets = max(1, n // 5)
        self.labor = _sum_of(_LABOR, n, 7)
        self.comments = _sum_of(_COMMENTS, n, 3)

    @property
    def total(self) -> int:
        """How many records it has."""
        return self.people + self.locations + self.assets + self.n + self.labor + self.comments

    def records(self) -> Iterator[Made]:
        """All of it, parents before children, work orders in the order they were made."""
        return _Maker(self).records()


class _Maker:
    """One run through a plant. Only `random()` and `getrandbits()` are used: they never change in Python."""

    def __init__(self, made: Plant) -> None:
        self._plant = made
        source = random.Random(f"plant {made.seed} {made.n}")
        self._random: Callable[[], float] = source.random
        self._bits = source.getrandbits
        self._people: list[str] = []
        self._workers: list[str] = []
        self._locations: list[str] = []
        self._assets: list[_Asset] = []

    def records(self) -> Iterator[Made]:
        yield from self._make_people()
        yield from self._make_locations()
        yield from self._make_assets()
        for k in range(self._plant.n):
            yield from self._make_work(k)

    def _make_people(self) -> Iterator[Made]:
        ids = [self._id(_START) for _ in range(self._plant.people)]
        self._people = ids
        fixed = {0: ADMIN, 1: PLANNER, 2: TECHNICIAN}
        for k, person_id in enumerate(ids):
            first, last = self._one_of(words.FIRST_NAMES), self._one_of(words.LAST_NAMES)
            role = fixed.get(k) or ("technician" if k % 4 else "requester" if k % 8 else "planner")
            username = fixed.get(k) or f"{first}.{last}.{k}".lower()
            if role == "technician":
                self._workers.append(person_id)
            content = {
                "name": f"{first} {last}",
                "username": username,
                "email": f"{k}@plant.example",
                "role": role,
                "trade": self._one_of(words.TRADES) if role == "technician" else None,
                "active": True,
            }
            yield Made("person", person_id, _time(_START), ids[0], content)

    def _make_locations(self) -> Iterator[Made]:
        roots = max(2, self._plant.locations // 12)
        for k in range(self._plant.locations):
            parent = self._locations[int(self._random() * min(k, roots * 4))] if k >= roots else None
            if parent is None:
                name = f"{words.BUILDINGS[k % len(words.BUILDINGS)]} {k // len(words.BUILDINGS) + 1}"
            else:
                name = f"{self._one_of(words.PLACES).capitalize()} {k}"
            location_id = self._id(_START)
            self._locations.append(location_id)
            content = {"name": name, "code": f"L{k:04d}", "parent_id": parent}
            yield Made("location", location_id, _time(_START), self._people[0], content)

    def _make_assets(self) -> Iterator[Made]:
        for k in range(self._plant.assets):
            kind, short, parts = self._one_of(words.MACHINES)
            parent = self._assets[k - 1 - k % 8] if k % 8 and k > 8 else None  # eight machines to a line
            place = parent.location_id if parent else self._one_of(self._locations)
            asset = _Asset(self._id(_START), f"{short}-{k:05d}", f"{kind} {k % 97 + 1}", parts, place)
            self._assets.append(asset)
            bought = -int(self._random() * 6000)
            content = {
                "tag": asset.tag,
                "name": asset.name,
                "description": self._text((f"{kind} in line {k // 8 + 1}, {{code}}.",), 1, asset),
                "status": ("running", "running", "running", "standby", "down", "retired")[
                    int(self._random() ** 3 * 6)
                ],
                "criticality": "cba"[int(self._random() ** 2 * 3)],
                "category": kind.lower(),
                "parent_id": parent.id if parent else None,
                "location_id": place,
                "manufacturer": self._firm(),
                "model": f"{short}{int(self._random() * 90) * 10}",
                "serial_number": f"{self._bits(34):010d}",
                "installed_on": _date(bought),
                "warranty_until": _date(bought + 730) if k % 3 else None,
                "notes": self._text(words.ASSET_NOTES, int(self._random() * 3), asset) or None,
            }
            yield Made("asset", asset.id, _time(_START), self._people[1], content)

    def _make_work(self, k: int) -> Iterator[Made]:
        chance = self._random
        asset = self._assets[int(chance() ** 1.6 * len(self._assets))]  # some machines are always in trouble
        made = _START + int(_LENGTH * (k + chance()) / self._plant.n)
        made_at = _time(made)
        by = self._one_of(self._people)
        status = self._status(k)
        is_round = chance() < 0.35
        is_done = status in ("completed", "closed")
        started = made + int(chance() ** 3 * 12 * _DAY) if status not in ("open", "cancelled") else None
        done = started + int(chance() ** 2 * 2 * _DAY) + _HOUR if is_done and started else None
        worker = self._one_of(self._workers) if status != "open" or chance() < 0.5 else None
        part = self._one_of(asset.parts)
        title = (
            f"{self._one_of(words.ROUNDS)} {asset.name}"
            if is_round
            else f"{asset.name}: {part} {self._one_of(words.FAULTS)}"
        )
        is_fault = is_done and not is_round
        planned = (
            made // _HOUR * _HOUR + (1 + int(chance() * 14)) * _DAY if is_round or chance() < 0.6 else None
        )
        content = {
            "number": f"WO-{FIRST_NUMBER + k}",
            "title": title,
            "description": self._text(
                words.STEPS if is_round else words.REPORTS, 1 + int(chance() ** 3 * 16), asset
            ),
            "status": status,
            "priority": ("medium", "low", "high", "medium", "critical")[int(chance() ** 2 * 5)],
            "work_type": ("preventive", "inspection", "safety")[int(chance() ** 2 * 3)]
            if is_round
            else ("corrective", "emergency", "project")[int(chance() ** 3 * 3)],
            "asset_id": asset.id,
            "location_id": asset.location_id,
            "assigned_to": worker,
            "requested_by": by if not is_round else None,
            "due_at": _time(planned + 2 * _DAY) if planned else None,
            "scheduled_for": _time(planned) if planned and is_round else None,
            "started_at": _time(started) if started else None,
            "completed_at": _time(done) if done else None,
            "completed_by": worker if status == "completed" else None,
            "estimated_hours": self._one_of(_HOURS) if chance() < 0.5 else None,
            "downtime_minutes": int(chance() ** 3 * 600) if is_fault else None,
            "problem": self._text(words.PROBLEMS, 1, asset) if is_fault else None,
            "cause": self._text(words.CAUSES, 1, asset) if is_fault else None,
            "remedy": self._text(words.REMEDIES, 1, asset) if is_fault else None,
            "completion_notes": self._text(words.NOTES, 1 + int(chance() ** 2 * 10), asset)
            if is_done
            else None,
            "created_at": made_at,
            "created_by": by,
        }
        work_order_id = self._id(made)
        yield Made("work_order", work_order_id, made_at, by, content)
        yield from self._make_children(k, work_order_id, asset, made, done)

    def _make_children(
        self, k: int, work_order_id: str, asset: _Asset, made: int, done: int | None
    ) -> Iterator[Made]:
        chance = self._random
        until = (done or made + _DAY) - made
        for _ in range(_LABOR[k * 7 % 10]):
            when = made + int(chance() * until)
            worker, hours = self._one_of(self._workers), self._one_of(_HOURS)
            content = {
                "work_order_id": work_order_id,
                "person_id": worker,
                "started_at": _time(when),
                "hours": int(hours) if hours == int(hours) else hours,
                "labor_type": ("regular", "overtime", "travel")[int(chance() ** 3 * 3)],
                "note": self._text(words.LABOR_NOTES, 1, asset) if chance() < 0.5 else None,
            }
            later = when + int(hours * _HOUR)
            yield Made("labor", self._id(later), _time(later), worker, content)
        for _ in range(_COMMENTS[k * 3 % 10]):
            when = made + int(chance() * until)
            by, at = self._one_of(self._people), _time(when)
            content = {
                "work_order_id": work_order_id,
                "asset_id": None,
                "text": self._text(words.COMMENTS, 1 + int(chance() ** 2 * 3), asset),
                "written_at": at,
                "written_by": by,
            }
            yield Made("comment", self._id(when), at, by, content)

    def _status(self, k: int) -> str:
        chance = self._random()
        if chance < (0.18 if k >= self._plant.n * _LATE else 0.0022):
            return self._one_of(("open", "open", "in_progress", "on_hold"))
        return "cancelled" if chance > 0.96 else "completed" if chance > 0.34 else "closed"

    def _text(self, sentences: tuple[str, ...], count: int, asset: _Asset) -> str:
        """So many sentences in a row, each with its gaps filled."""
        first = int(self._random() * len(sentences))
        found = [sentences[(first + n * 7) % len(sentences)] for n in range(count)]
        return " ".join([self._fill(one, asset) if "{" in one else one for one in found])

    def _fill(self, sentence: str, asset: _Asset) -> str:
        filled = sentence.format(
            part=self._one_of(asset.parts),
            tag=asset.tag,
            value=self._value(),
            who=self._one_of(words.FIRST_NAMES),
            code=f"{chr(65 + self._bits(4))}{self._bits(16):05d}-{self._bits(5)}",
            firm=self._firm(),
        )
        return filled[0].upper() + filled[1:]

    def _value(self) -> str:
        tenths = int(self._random() ** 2 * 990) + 10
        return f"{tenths // 10}.{tenths % 10}" if tenths % 3 else str(tenths // 10)

    def _firm(self) -> str:
        return words.FIRMS[int(self._random() ** 4 * len(words.FIRMS))]

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[int(self._random() * len(choices))]

    def _id(self, at: int) -> str:
        """A UUID of version 7 (RFC 9562), as `domain.identity` makes it, at a tenth of the cost."""
        time, bits = f"{at:012x}", self._bits(74)
        tail = f"{bits & 0xFFFF_FFFF_FFFF:012x}"
        return f"{time[:8]}-{time[8:]}-7{bits >> 62:03x}-{0x8000 | bits >> 48 & 0x3FFF:04x}-{tail}"


def _sum_of(pattern: tuple[int, ...], n: int, step: int) -> int:
    whole, rest = divmod(n, len(pattern))
    return whole * sum(pattern) + sum(pattern[k * step % len(pattern)] for k in range(rest))


def _time(at: int) -> str:
    days, left = divmod(at, _DAY)
    seconds, thousandths = divmod(left, 1000)
    minutes, second = divmod(seconds, 60)
    return f"{_day(days)}T{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}.{thousandths:03d}Z"


@cache
def _day(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days)).isoformat()


def _date(days: int) -> str:
    return _day(_START // _DAY + days)
