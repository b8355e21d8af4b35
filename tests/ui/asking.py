"""Builders for the questions that the decision dialogs ask."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from maintenance_desktop.domain.conflicts import differing_fields
from maintenance_desktop.domain.edits import Edit, EditKind, EditState, Refusal, ServerCopy, changed_fields
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.views import ConflictView, QueueItem, RefusalView, Subject
from tests.ui.fakes import ALEX, DANA, PUMP, SAM, in_days, record_id

ORDER = record_id(1042)
SUBJECT = Subject("work_order", ORDER, ORDER, number="WO-1042", title="Replace DE bearing")
BASE = {
    "number": "WO-1042",
    "title": "Replace DE bearing",
    "status": "open",
    "description": "Bearing noisy",
    "assigned_to": ALEX,
    "asset_id": PUMP,
}
MINE = {**BASE, "status": "in_progress", "assigned_to": SAM}
THEIRS = {**BASE, "description": "Bearing seized, pump stopped"}


def conflicted_edit(mine=MINE, theirs=THEIRS, *, kind=EditKind.UPDATE, changes=1, version=4):
    return Edit(
        "e1",
        kind,
        "work_order",
        ORDER,
        mine,
        in_days(-0.03),
        base=BASE,
        base_version=3,
        patch=changed_fields(BASE, mine),
        state=EditState.CONFLICTED,
        server=ServerCopy(version, theirs, in_days(-0.01), DANA, "Dana Ortiz", changes),
    )


def conflict(edit=None, *, subject=SUBJECT, problem=None, dependants=(), chain=None) -> ConflictView:
    chain = chain or (edit or conflicted_edit(),)
    fields = tuple(differing_fields(list(chain)))
    return ConflictView(chain[0].id, subject, chain, chain[0].server, fields, problem, dependants)


def hours_edit(**details) -> Edit:
    content = {
        "work_order_id": ORDER,
        "person_id": SAM,
        "started_at": in_days(-0.1),
        "hours": Decimal("2.5"),
        "labor_type": "regular",
        "note": "Pulled <b>coupling</b>",
        "torque_curve": "x-17",
    }
    refusal = Refusal("work_order_finished", "It is finished.", "", details)
    return Edit(
        "e2",
        EditKind.CREATE,
        "labor",
        record_id(77),
        content,
        in_days(-0.02),
        patch=content,
        state=EditState.REFUSED,
        refusal=refusal,
    )


def refusal(edit=None, *, dependants=()) -> RefusalView:
    edit = edit or hours_edit(
        finished_by_name="Dana Ortiz", finished_at=in_days(-0.01), number="WO-1042", status="completed"
    )
    return RefusalView(edit.id, replace(SUBJECT, type="labor"), edit, edit.refusal.message, dependants)


def waiting_hours() -> QueueItem:
    return QueueItem(replace(hours_edit(), state=EditState.QUEUED), SUBJECT, Waiting.EARLIER_EDIT)
