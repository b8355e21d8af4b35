"""Work that may be done or planned already: what makes two records look like one piece of work.

These rules only ever ask. They look at the laptop's clock, too, because nothing is decided by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from maintenance_desktop.domain.edits import Doubt, EditKind
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.titles import is_same_title, is_similar_title
from maintenance_desktop.domain.values import read_time

PLANNED_TYPES: Final = ("preventive", "inspection")
_JUST_NOW: Final = timedelta(days=1)
"""Planned work that was done so lately is the same, unless it was due at another time."""
_ONE_OCCURRENCE: Final = timedelta(hours=12)
"""Two work orders of one job that are due closer together are for the same time; a daily round's are not."""
_ROUNDING: Final = timedelta(minutes=1)
"""Hours that only touch do not overlap."""
_AT_THE_END: Final = timedelta(minutes=5)


class Question(StrEnum):
    """What is asked: the `code` of a Doubt."""

    SAME_JOB = "same_job"
    OVERLAPPING_HOURS = "overlapping_hours"
    SIMILAR_WORK_ORDER = "similar_work_order"


@dataclass(frozen=True, slots=True)
class Known:
    """Another record that this one may double, with the work order it is or belongs to.

    `booked_at` is when it came about, empty where nobody knows.
    """

    type: str
    record_id: str
    fields: Fields
    number: str = ""
    title: str = ""
    who: str = ""
    booked_at: str = ""

    def doubt(self, question: Question, at: object) -> Doubt:
        """The question that it raises."""
        when = str(at) if at else ""
        return Doubt(question.value, self.type, self.record_id, self.number, self.title, self.who, when)


def question_of(kind: EditKind, record_type: str, before: Fields | None, after: Fields) -> Question | None:
    """Which of the three questions a save raises; None for most.

    `before` is the work order as it was (None: it is new).
    """
    if record_type == "labor":
        return Question.OVERLAPPING_HOURS if kind is EditKind.CREATE else None
    if record_type != "work_order" or kind is EditKind.DELETE or not after.get("asset_id"):
        return None
    status, was = after.get("status"), before.get("status") if before else None
    if status == "completed" and was != "completed":
        return Question.SAME_JOB if after.get("work_type") in PLANNED_TYPES else None
    return Question.SIMILAR_WORK_ORDER if kind is EditKind.CREATE and status in UNFINISHED else None


def same_job(mine: Fields, others: Iterable[Known], *, person_id: str, made_at: str) -> list[Doubt]:
    """Planned work of somebody else that is what `mine` completes.

    It has the same title, and was completed since mine was due, or within a day before I completed mine
    (`made_at`) unless it was due at another time. The occurrence before, done long ago, is none.
    """
    due, now = _occurrence(mine), read_time(made_at)
    found = []
    for other in others:
        completed_at = _moment(other.fields.get("completed_at"))
        is_mine = other.fields.get("completed_by") == person_id
        if is_mine or completed_at is None or not is_same_title(mine.get("title"), other.title):
            continue
        is_since_due = due is not None and completed_at >= due
        if is_since_due or (completed_at >= now - _JUST_NOW and not _are_apart(mine, other.fields)):
            found.append(other.doubt(Question.SAME_JOB, other.fields.get("completed_at")))
    return found


def earliest_same_job(mine: Fields, made_at: str) -> datetime:
    """Completed before this, nothing is `same_job`."""
    due, just_now = _occurrence(mine), read_time(made_at) - _JUST_NOW
    return min(due, just_now) if due else just_now


def overlapping_hours(mine: Fields, others: Iterable[Known], *, made_at: str) -> list[Doubt]:
    """Hours of the same person at the same time.

    Hours that were booked before they can have been over (three keystrokes make them begin now) say how long,
    but not when: those double others only on the same work order and when they are just as long.
    """
    span = hours_span(mine)
    if span is None:
        return []
    found = []
    for other in others:
        theirs = hours_span(other.fields)
        if other.fields.get("person_id") != mine.get("person_id") or theirs is None:
            continue
        if min(span[1], theirs[1]) - max(span[0], theirs[0]) <= _ROUNDING:
            continue
        are_true = _was_over(span, made_at) and _was_over(theirs, other.booked_at)
        is_twin = all(mine.get(name) == other.fields.get(name) for name in ("work_order_id", "hours"))
        if are_true or is_twin:
            found.append(other.doubt(Question.OVERLAPPING_HOURS, other.fields.get("started_at")))
    return found


def similar_work_orders(mine: Fields, others: Iterable[Known]) -> list[Doubt]:
    """Unfinished work on the asset with a similar title; not planned work that is due at another time."""
    return [
        other.doubt(Question.SIMILAR_WORK_ORDER, other.fields.get("created_at"))
        for other in others
        if is_similar_title(mine.get("title"), other.title)
        and not (_is_planned(mine) and _is_planned(other.fields) and _are_apart(mine, other.fields))
    ]


def unanswered(found: Sequence[Doubt], asked: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """Those about which the person has not said *send anyway* yet."""
    answered = {(one.code, one.record_id) for one in asked if one.is_answered}
    return tuple(one for one in found if (one.code, one.record_id) not in answered)


def merged(asked: Sequence[Doubt], newer: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """Both, each question once; the newer answer counts."""
    return tuple({(one.code, one.record_id): one for one in (*asked, *newer)}.values())


def _occurrence(fields: Fields) -> datetime | None:
    """When planned work is for."""
    return _moment(fields.get("scheduled_for")) or _moment(fields.get("due_at"))


def _are_apart(one: Fields, other: Fields) -> bool:
    """Whether both say when they are for, and that is not the same time."""
    mine, theirs = _occurrence(one), _occurrence(other)
    return mine is not None and theirs is not None and abs(mine - theirs) >= _ONE_OCCURRENCE


def _is_planned(fields: Fields) -> bool:
    return fields.get("work_type") in PLANNED_TYPES


def hours_span(labor: Fields) -> tuple[datetime, datetime] | None:
    """From when to when these hours are."""
    start, hours = _moment(labor.get("started_at")), labor.get("hours")
    if start is None or not isinstance(hours, int | Decimal):
        return None
    return start, start + timedelta(hours=float(hours))


def _was_over(span: tuple[datetime, datetime], booked_at: str) -> bool:
    """Whether hours were booked after they were worked, so that their times are true."""
    booked = _moment(booked_at)
    return booked is not None and span[1] <= booked + _AT_THE_END


def _moment(text: object) -> datetime | None:
    try:
        return read_time(str(text)) if text else None
    except ValueError:
        return None  # of a newer server; nothing is known of it then
