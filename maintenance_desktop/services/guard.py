"""The double-work guard: asks before work is sent that somebody may have done or planned already."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.double_work import (
    Known,
    Question,
    earliest_same_job,
    hours_span,
    overlapping_hours,
    question_of,
    same_job,
    similar_work_orders,
    unanswered,
)
from maintenance_desktop.domain.edits import Doubt, Edit, EditKind, EditState
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.services.ports import Clock


class LookAlikes(Protocol):
    """Where other records are looked up that may be the same work. Each call takes milliseconds."""

    def planned_work_done(self, asset_id: str, since: datetime) -> list[Known]:
        """Preventive work orders and inspections of an asset that were completed since then."""
        ...

    def unfinished_on(self, asset_id: str, before: int | None = None) -> list[Known]:
        """The unfinished work orders of an asset; of those in the queue only what was made `before`."""
        ...

    def hours_of(
        self, person_id: str, start: datetime, end: datetime, work_order_id: str, before: int | None = None
    ) -> list[Known]:
        """The hours of a person that may overlap these."""
        ...


class DoubleWorkGuard:
    """Finds what a save may double, from what is known here. It never stops anything by itself."""

    def __init__(self, account: Account, look_alikes: LookAlikes, clock: Clock) -> None:
        self._account = account
        self._look_alikes = look_alikes
        self._clock = clock

    def doubts(self, record_type: str, fields: Fields, seen: RecordView | None = None) -> tuple[Doubt, ...]:
        """What to ask before these fields are saved; `seen` is the record they change (None: a new one)."""
        kind = EditKind.UPDATE if seen else EditKind.CREATE
        after = {**(seen.fields if seen else self._defaults(record_type)), **fields}
        question = question_of(kind, record_type, seen.fields if seen else None, after)
        found = self._asked(question, after, write_time(self._clock()), None)
        return tuple(one for one in found if seen is None or one.record_id != seen.id)

    def new_doubts(self, edit: Edit) -> tuple[Doubt, ...]:
        """What to ask before this edit is sent; none where it may be on its way, or was answered."""
        if edit.state is not EditState.QUEUED or edit.is_frozen:
            return ()
        question = question_of(edit.kind, edit.type, edit.base, edit.mine)
        found = self._asked(question, edit.mine, edit.made_at, edit.seq)
        return unanswered([one for one in found if one.record_id != edit.record_id], edit.doubts)

    def is_asked_about(self, edit: Edit) -> bool:
        """Whether an edit is of the kind that is looked at before it is sent."""
        is_waiting = edit.state is EditState.QUEUED and not edit.is_frozen
        return is_waiting and question_of(edit.kind, edit.type, edit.base, edit.mine) is not None

    def _asked(
        self, question: Question | None, after: Fields, made_at: str, before: int | None
    ) -> list[Doubt]:
        asset_id = str(after.get("asset_id") or "")
        match question:
            case Question.SAME_JOB:
                done = self._look_alikes.planned_work_done(asset_id, earliest_same_job(after, made_at))
                return same_job(after, done, person_id=self._account.person_id, made_at=made_at)
            case Question.SIMILAR_WORK_ORDER:
                return similar_work_orders(after, self._look_alikes.unfinished_on(asset_id, before))
            case Question.OVERLAPPING_HOURS:
                span, person_id = hours_span(after), str(after.get("person_id") or "")
                if span is not None:
                    work_order_id = str(after.get("work_order_id") or "")
                    booked = self._look_alikes.hours_of(person_id, *span, work_order_id, before)
                    return overlapping_hours(after, booked, made_at=made_at)
        return []

    def _defaults(self, record_type: str) -> Fields:
        """What a new record has that says nothing else."""
        if record_type == "labor":
            return {"person_id": self._account.person_id, "started_at": write_time(self._clock())}
        return {"status": "open"}
