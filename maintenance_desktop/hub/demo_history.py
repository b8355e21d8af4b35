"""Two years of work at the demo plant: rounds, breakdowns, and what is going on now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Final

from maintenance_desktop.hub import demo_assets
from maintenance_desktop.hub.demo_assets import DemoAsset
from maintenance_desktop.hub.demo_breakdowns import Breakdown, breakdowns
from maintenance_desktop.hub.demo_people import LINE_LEAD, PLANNER
from maintenance_desktop.hub.demo_rounds import ROUNDS, Round
from maintenance_desktop.hub.demo_stories import STORIES, Story
from maintenance_desktop.hub.demo_work import Calendar, Remark, Stint, Work, quarters

_DAYS: Final = 730
_PAST_BREAKDOWNS: Final = 190
_NEW_BREAKDOWNS: Final = 12
_OVERDUE_ROUNDS: Final = frozenset({3, 7, 12})
_CLOSED_AFTER_DAYS: Final = 45
_TRADES: Final = {"motor": "Electrical", "moulder": "Electrical", "sensor": "Instrumentation"}
_REMARKS: Final = (
    "Line lead informed.",
    "Had to wait for the end of the run.",
    "Part was in stock, bin updated.",
    "Photo is in the folder of the machine.",
    "Same thing as last summer, please look at the cause.",
    "Used the last one, please reorder.",
    "Thanks, runs well again.",
    "Night shift kept it going by hand until we came.",
    "Checked again after one week: still good.",
)


def all_work(today: datetime, random: Random) -> Iterator[Work]:
    """Every work order of the plant, in no particular order."""
    calendar = Calendar(today, random)
    for index, one in enumerate(ROUNDS):
        yield from _rounds(one, calendar, is_late=index in _OVERDUE_ROUNDS)
    kinds = breakdowns()
    machines = [asset for asset in demo_assets.assets() if asset.category in kinds]
    for _ in range(_PAST_BREAKDOWNS):
        machine = random.choice(machines)
        yield _past_breakdown(machine, random.choice(kinds[machine.category]), calendar)
    # no machine twice, and none that the stories are about or that does not run
    busy = {story.tag for story in STORIES} | demo_assets.STATUSES.keys()
    quiet = [asset for asset in machines if not {asset.tag, asset.parent} & busy]
    statuses = cycle(("open", "open", "in_progress", "open", "on_hold", "open"))
    for machine in random.sample(quiet, _NEW_BREAKDOWNS):
        breakdown = random.choice(kinds[machine.category])
        yield _new_breakdown(machine, breakdown, next(statuses), calendar)
    for story in STORIES:
        yield _told(story, calendar)


def _rounds(one: Round, calendar: Calendar, *, is_late: bool) -> Iterator[Work]:
    """Each time it was done, and the time that comes next."""
    random = calendar.random
    last_due = random.randrange(2, 6) if is_late else random.randrange(4, one.every_days + 4)
    if is_late:
        yield _open_round(one, -last_due, calendar)
    else:
        yield _open_round(one, one.every_days - last_due, calendar)
    for days_ago in range(last_due + (one.every_days if is_late else 0), _DAYS, one.every_days):
        who = calendar.someone(one.trade)
        started = calendar.past(days_ago + random.randrange(-2, 3))
        stints = calendar.stints(who, started, one.hours)
        is_cancelled = random.random() < 0.03
        yield Work(
            one.title,
            one.description,
            one.tag,
            "cancelled" if is_cancelled else "closed" if days_ago > _CLOSED_AFTER_DAYS else "completed",
            "medium",
            one.work_type,
            calendar.past(days_ago + 10),
            PLANNER,
            who,
            quarters(one.hours),
            due_at=calendar.due(-days_ago),
            started_at=None if is_cancelled else started,
            completed_at=None if is_cancelled else _end(stints),
            completed_by=None if is_cancelled else who,
            completion_notes="Skipped: line stopped all week." if is_cancelled else one.finding,
            stints=() if is_cancelled else stints,
        )


def _open_round(one: Round, due_in_days: int, calendar: Calendar) -> Work:
    """The time that comes next, or that somebody should have done already."""
    return Work(
        one.title,
        one.description,
        one.tag,
        "open",
        "high" if one.work_type == "safety" else "medium",
        one.work_type,
        calendar.past(max(1, 14 - due_in_days)),
        PLANNER,
        calendar.someone(one.trade),
        quarters(one.hours),
        due_at=calendar.due(due_in_days),
        scheduled_for=calendar.due(due_in_days - 1),
    )


def _past_breakdown(machine: DemoAsset, breakdown: Breakdown, calendar: Calendar) -> Work:
    """Something that broke and was repaired within some days."""
    random = calendar.random
    days_ago = random.randrange(8, _DAYS)
    took_days = random.choice((0, 0, 0, 1, 1, 2, 4, 7))
    reported = calendar.past(days_ago)
    started = max(calendar.past(days_ago - took_days), reported + timedelta(minutes=20))
    who = calendar.someone(_TRADES.get(machine.category, "Mechanical"))
    stints = calendar.stints(who, started, breakdown.hours)
    end = _end(stints)
    is_urgent = breakdown.priority == "high" and machine.criticality == "a"
    return Work(
        _titled(breakdown, machine),
        _filled(breakdown.description, machine),
        machine.tag,
        "closed" if days_ago > _CLOSED_AFTER_DAYS else "completed",
        "critical" if is_urgent else breakdown.priority,
        "emergency" if is_urgent and random.random() < 0.5 else "corrective",
        reported,
        random.choice((LINE_LEAD, LINE_LEAD, who, PLANNER)),
        who,
        quarters(breakdown.hours),
        due_at=reported.replace(hour=14, minute=0) + timedelta(days=2 if is_urgent else 7),
        started_at=started,
        completed_at=end,
        completed_by=who,
        downtime_minutes=round(breakdown.downtime * random.uniform(0.6, 1.6) / 5) * 5,
        problem=breakdown.problem,
        cause=breakdown.cause,
        remedy=breakdown.remedy,
        completion_notes=random.choice(("", "Tried out with the shift.", "Ran an hour without a fault.")),
        stints=stints,
        remarks=_remarks(who, end, calendar),
    )


def _new_breakdown(machine: DemoAsset, breakdown: Breakdown, status: str, calendar: Calendar) -> Work:
    """Something that broke lately and is not repaired yet."""
    random = calendar.random
    days_ago = random.randrange(2, 9)
    who = calendar.someone(_TRADES.get(machine.category, "Mechanical"))
    began = None if status == "open" else calendar.past(random.randrange(0, days_ago))
    return Work(
        _titled(breakdown, machine),
        _filled(breakdown.description, machine),
        machine.tag,
        status,
        breakdown.priority,
        "corrective",
        calendar.past(days_ago),
        LINE_LEAD,
        who if began or random.random() < 0.6 else None,
        quarters(breakdown.hours),
        due_at=calendar.due(random.randrange(-1, 9)),
        started_at=began,
        problem=breakdown.problem if began else "",
        stints=(Stint(who, began, calendar.hours(breakdown.hours / 2)),) if began else (),
    )


def _told(story: Story, calendar: Calendar) -> Work:
    """A story as it stands today."""
    stints = tuple(Stint(who, calendar.past(ago), quarters(hours)) for who, ago, hours in story.hours)
    return Work(
        story.title,
        story.description,
        story.tag,
        story.status,
        story.priority,
        story.work_type,
        calendar.past(story.age),
        story.requested_by,
        story.assigned_to,
        quarters(story.estimate),
        due_at=None if story.due is None else calendar.due(story.due),
        started_at=min((stint.started_at for stint in stints), default=None),
        problem=story.problem,
        stints=stints,
        remarks=tuple(Remark(who, calendar.past(ago), text) for who, ago, text in story.said),
    )


def _remarks(who: str, end: datetime, calendar: Calendar) -> tuple[Remark, ...]:
    """What was written about a repair: often nothing."""
    random = calendar.random
    texts = random.sample(_REMARKS, random.choices((0, 1, 2), (4, 4, 2))[0])
    writers = (who, LINE_LEAD)
    return tuple(
        Remark(writer, min(end + timedelta(minutes=30 * n), calendar.today), text)
        for n, (writer, text) in enumerate(zip(writers, texts, strict=False), start=1)
    )


def _end(stints: tuple[Stint, ...]) -> datetime:
    return max(stint.started_at + timedelta(hours=float(stint.hours)) for stint in stints)


def _titled(breakdown: Breakdown, machine: DemoAsset) -> str:
    name = machine.name if machine.name[1].isupper() else machine.name[0].lower() + machine.name[1:]
    return f"{breakdown.title}, {name}"


def _filled(text: str, machine: DemoAsset) -> str:
    return text.format(tag=machine.tag, name=machine.name)
