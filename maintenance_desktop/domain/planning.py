"""The planner of a push: which edits go into the next request, and why the others wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from maintenance_desktop.domain.edits import Edit, EditKind, EditState
from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.records import parent_of


class Waiting(StrEnum):
    """Why a pending edit is not sent yet."""

    NETWORK = "network"
    SERVER = "server"
    NEEDS_ANSWER = "needs_answer"
    EARLIER_EDIT = "earlier_edit"
    UNANSWERED_EDIT = "unanswered_edit"


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes out next, in the order it was made, and what the others wait for.

    `held` tells for each edit left behind why, and the id of the edit it waits for.
    """

    batch: tuple[Edit, ...]
    held: dict[str, tuple[Waiting, str]]


def finishes_work(edit: Edit) -> bool:
    """Whether the edit takes its work order to where its children can no longer change."""
    if edit.type != "work_order":
        return False
    if edit.kind is EditKind.DELETE:
        return True
    before = str(edit.base.get("status")) if edit.base else None
    after = str(edit.mine.get("status"))
    return after in FINISHED and before not in FINISHED


def plan(edits: Sequence[Edit], *, most: int, put_off: frozenset[str] = frozenset()) -> Plan:
    """Choose the next request from all pending edits, given in the order they were made.

    An edit never travels in the same request as one it depends on, so that the hub's answer to the
    first is known before the second leaves. `put_off` are edits not to be tried now.
    """
    waits_for = dependencies(edits)
    by_id = {edit.id: edit for edit in edits}
    stuck: dict[str, str] = {}
    batch: list[Edit] = []
    held: dict[str, tuple[Waiting, str]] = {}
    for edit in edits:
        if edit.state is not EditState.QUEUED:
            held[edit.id] = (Waiting.NEEDS_ANSWER, edit.id)
            stuck[edit.id] = edit.id
            continue
        blockers = [name for name in waits_for[edit.id] if name in by_id]
        culprit = next((stuck[name] for name in blockers if name in stuck), None)
        if culprit is not None:
            held[edit.id] = (Waiting.UNANSWERED_EDIT, culprit)
            stuck[edit.id] = culprit
        elif blockers:
            held[edit.id] = (Waiting.EARLIER_EDIT, blockers[0])
        elif edit.id in put_off or len(batch) >= most:
            held[edit.id] = (Waiting.NETWORK, edit.id)
        else:
            batch.append(edit)
    return Plan(tuple(batch), held)


def dependencies(edits: Sequence[Edit]) -> dict[str, list[str]]:
    """For each pending edit, the ids of the earlier pending edits that have to be answered first."""
    last_of_record: dict[str, str] = {}
    children: dict[str, list[str]] = {}
    found: dict[str, list[str]] = {}
    known = {edit.id for edit in edits}
    for edit in edits:
        needed = [name for name in sorted(edit.after) if name in known]
        predecessor = last_of_record.get(edit.record_id)
        if predecessor is not None:
            needed.append(predecessor)
        if finishes_work(edit):
            needed.extend(children.get(edit.record_id, ()))
        found[edit.id] = list(dict.fromkeys(needed))
        last_of_record[edit.record_id] = edit.id
        for parent in _parents(edit):
            children.setdefault(parent, []).append(edit.id)
    return found


def dependants(edits: Sequence[Edit], *edit_ids: str) -> list[Edit]:
    """All later pending edits that cannot be without these, in order: they end together with them.

    Those are what belongs to a record whose create is one of these, and what names one in `after`. A later
    update of the same record, or completing a work order after its hours, can go on without it.
    """
    gone: set[str] = set()
    created: set[str] = set()
    found: list[Edit] = []
    for edit in edits:
        if edit.id in edit_ids or edit.after & gone or edit.record_id in created:
            gone.add(edit.id)
            if edit.kind is EditKind.CREATE:
                created.add(edit.record_id)
            if edit.id not in edit_ids:
                found.append(edit)
    return found


def _parents(edit: Edit) -> set[str]:
    parents = {edit.parent_id, parent_of(edit.type, edit.base) if edit.base else None}
    return {parent for parent in parents if parent}
