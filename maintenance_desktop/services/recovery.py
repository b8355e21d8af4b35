"""What a refusal or a decision dropped becomes work again: sent anew, moved, asked for, restored."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from maintenance_desktop.domain.checks import Account, problems
from maintenance_desktop.domain.edits import Edit, EditKind, EditState, Origin, Way, fold
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.records import SPECS, Fields, known_writable
from maintenance_desktop.domain.recovery import Restoring, Side, could_go_now, may_ask_to_reopen, restoring
from maintenance_desktop.domain.trouble import InvalidInput, NotSaved
from maintenance_desktop.domain.values import canonical_fields, write_time
from maintenance_desktop.domain.views import HistoryEntry, RecordView, RefusalView
from maintenance_desktop.services.decisions import DecisionStore
from maintenance_desktop.services.ports import Clock, Reader
from maintenance_desktop.services.records import EditStore, RecordService


class RecoveryService:
    """Each call returns when it is on disk, as one transaction; a round carries it out."""

    def __init__(
        self,
        account: Account,
        reader: Reader,
        records: RecordService,
        edits: EditStore,
        store: DecisionStore,
        clock: Clock,
        random: Random,
    ) -> None:
        self._account = account
        self._reader = reader
        self._records = records
        self._edits = edits
        self._store = store
        self._clock = clock
        self._random = random

    def resend(self, view: RefusalView, patch: Fields) -> Edit:
        """Send a refused edit again under a new id, with `patch` in it.

        Raises InvalidInput where it would be refused again as far as is known here, Outdated, StorageTrouble.
        """
        # An overwrite or a combination stays one: whose change it drops is told, and can be restored
        decided = view.edit.origin.way if view.edit.origin and view.edit.overwrites else None
        newer = self._again(view.edit, patch, decided or Way.RESEND)
        return self._store.resend(view.id, newer, (), write_time(self._clock()))

    def follow_up(self, view: RefusalView, fields: Fields, link: str) -> str:
        """Create a work order with `fields`, and put the refused hours or comment on it; its id.

        `link` becomes a comment on the work order that is finished. Raises InvalidInput, Outdated,
        StorageTrouble.
        """
        old_id = view.subject.work_order_id
        if old_id is None or not SPECS[view.edit.type].parents or view.edit.kind is not EditKind.CREATE:
            raise NotSaved("Only new hours and comments can be put on a follow-up work order.")
        following = replace(
            self._records.drafted("work_order", fields), origin=Origin(Way.FOLLOW_UP, view.id)
        )
        naming = self._records.drafted("comment", {"work_order_id": old_id, "text": link})
        naming = replace(naming, after=frozenset({following.id}))
        moved = self._again(
            view.edit, {"work_order_id": following.record_id}, Way.FOLLOW_UP, is_parent_new=True
        )
        moved = replace(moved, after=moved.after | {following.id})
        self._store.resend(view.id, moved, (following, naming), write_time(self._clock()))
        return following.record_id

    def ask_to_reopen(self, view: RefusalView, text: str) -> list[Edit]:
        """Ask in a comment, and take the refused edit out of the queue; it is offered again once reopened.

        Raises InvalidInput, Outdated, StorageTrouble.
        """
        if view.subject.work_order_id is None:
            raise NotSaved("This does not belong to a work order that could be reopened.")
        asking = self._records.drafted("comment", {"work_order_id": view.subject.work_order_id, "text": text})
        return self._store.acknowledge(view.id, write_time(self._clock()), (asking,))

    def restoring(self, entry: HistoryEntry, side: Side) -> Restoring:
        """What `restore` would do now, with a `problem` where the server would refuse it."""
        view = self._reader.record(entry.edit.type, entry.edit.record_id)
        plan = restoring(entry, side, view)
        if plan.problem is not None:
            return plan
        if plan.kind is EditKind.CREATE and self._is_parent_gone(plan):
            return replace(plan, problem="What it belongs to is not there any more.")
        if plan.kind is EditKind.DELETE:
            return plan
        self._records.judge_by(self._role())
        fields = {**(view.fields if view else {}), **plan.content}
        found = self._records.check(plan.type, fields, view)
        return replace(plan, problem=" ".join(one.message for one in found)) if found else plan

    def restore(self, entry: HistoryEntry, side: Side) -> str:
        """Save that side of an entry of the history as a new edit; the id of its record.

        Raises NotSaved, InvalidInput, StorageTrouble.
        """
        view = self._reader.record(entry.edit.type, entry.edit.record_id)
        plan = self.restoring(entry, side)
        if plan.problem is not None:
            raise NotSaved(plan.problem)
        origin = Origin(Way.RESTORE, entry.edit.id)
        if plan.kind is EditKind.CREATE or view is None:
            edit = self._records.drafted(plan.type, plan.content)
            edit = replace(edit, record_id=plan.record_id or edit.record_id, origin=origin)
            self._edits.save(edit, None)
            return edit.record_id
        if plan.kind is EditKind.DELETE:
            self._records.delete(view, origin=origin)
        else:
            self._records.update(view, plan.content, origin=origin)
        return view.id

    def offered_again(self) -> list[HistoryEntry]:
        """The refusals read with *Okay* before that would go through by now, newest first."""
        return [one for one in self._reader.refused_before() if self.could_go_now(one.edit)]

    def not_again(self, entry: HistoryEntry) -> None:
        """Not now: it is offered no more and stays in the history. Raises StorageTrouble."""
        self._store.not_again(entry.edit.id, write_time(self._clock()))

    def may_ask_to_reopen(self, edit: Edit) -> bool:
        """Whether asking a planner could help."""
        return may_ask_to_reopen(edit, self._finished(edit), self._role())

    def could_go_now(self, edit: Edit) -> bool:
        """Whether what the server said no to would go through by now, as far as is known here."""
        if edit.refusal is None:
            return False
        return could_go_now(edit, edit.refusal, role=self._role(), work_order=self._finished(edit))

    def _finished(self, edit: Edit) -> Fields | None:
        """The server's copy of the work order that an edit is about."""
        about = edit.record_id if edit.type == "work_order" else edit.mine.get("work_order_id")
        work_order = self._reader.record("work_order", str(about)) if about else None
        return work_order.server if work_order else None

    def _role(self) -> str:
        """What the person may do now: that can have changed since the program was started."""
        me = self._reader.shown_fields("person", self._account.person_id) or {}
        return str(me.get("role") or self._account.role)

    def _is_parent_gone(self, plan: Restoring) -> bool:
        return any(
            self._reader.record(name.removesuffix("_id"), str(plan.content[name])) is None
            for name in SPECS[plan.type].parents
            if plan.content.get(name)
        )

    def _again(self, edit: Edit, patch: Fields, way: Way, *, is_parent_new: bool = False) -> Edit:
        fields = {**edit.mine, **patch}
        if edit.kind is not EditKind.DELETE:
            work_order_id = fields.get("work_order_id")
            is_locked = SPECS[edit.type].locked_when_finished and not is_parent_new
            is_looked_up = is_locked and work_order_id
            parent = self._reader.shown_fields("work_order", str(work_order_id)) if is_looked_up else None
            seen = (
                RecordView(edit.type, edit.record_id, edit.ground or {}, edit.base_version)
                if edit.kind is EditKind.UPDATE
                else None
            )
            account = replace(self._account, role=self._role())
            found = problems(edit.kind, edit.type, fields, seen, account, parent)
            if found:
                raise InvalidInput(found)
            patch = canonical_fields(edit.type, known_writable(edit.type, patch))
        return replace(
            fold(edit, patch),
            id=new_id(self._clock(), self._random),
            state=EditState.QUEUED,
            first_sent_at="",
            refusal=None,
            origin=Origin(way, edit.id),
            seq=0,
        )
