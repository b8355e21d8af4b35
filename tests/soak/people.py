"""What people do in the simulation: each does one thing to what is on the screen, by the luck of the step."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any, Final

from maintenance_desktop.domain.edits import EditState
from maintenance_desktop.domain.recovery import sides_of
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import AssetQuery, RecordView, WorkOrderQuery
from tests.soak.computer import Program

_TEXTS: Final = ("title", "description", "problem", "cause", "remedy", "completion_notes")
_STATUSES: Final = ("open", "in_progress", "on_hold", "completed", "completed", "cancelled", "closed")


class Person:
    """Somebody at a running program. No two words are the same, so that each change can be told apart."""

    def __init__(self, program: Program, pick: Random, new_word: Callable[[], str]) -> None:
        self.program = program
        self.pick = pick
        self.new_word = new_word

    def creates_work_order(self) -> None:
        fields: dict[str, Any] = {"title": self.new_word()}
        if self.pick.random() < 0.5 and (asset := self._some_asset()) is not None:
            fields["asset_id"] = asset.id
        self.program.records.create("work_order", fields)

    def changes_work_order(self) -> None:
        if (seen := self._some_work_order()) is not None:
            self._update(seen, self._new_content())

    def moves_on(self) -> None:
        """Start, hold, complete, cancel, close or reopen."""
        if (seen := self._some_work_order()) is not None:
            self._update(seen, {"status": self.pick.choice(_STATUSES)})

    def deletes_work_order(self) -> None:
        if (seen := self._some_work_order()) is not None:
            self.program.records.delete(seen)

    def logs_hours(self) -> None:
        if (seen := self._some_work_order()) is not None:
            hours = self.pick.choice([1, 2, Decimal("0.25"), Decimal("7.5")])
            fields = {"work_order_id": seen.id, "hours": hours, "note": self.new_word()}
            self.program.records.create("labor", fields)

    def changes_hours(self) -> None:
        if (seen := self._some_child("labor")) is not None:
            self._update(seen, {"note": self.new_word(), "hours": self.pick.randint(1, 24)})

    def deletes_hours(self) -> None:
        if (seen := self._some_child("labor")) is not None:
            self.program.records.delete(seen)

    def comments(self) -> None:
        if (seen := self._some_work_order()) is not None:
            self.program.records.create("comment", {"work_order_id": seen.id, "text": self.new_word()})

    def changes_comment(self) -> None:
        if (seen := self._some_child("comment")) is not None:
            self._update(seen, {"text": self.new_word()})

    def creates_asset(self) -> None:
        tag = f"T-{self.pick.randrange(6)}"  # now and then one that somebody has
        self.program.records.create("asset", {"tag": tag, "name": self.new_word(), "status": "running"})

    def changes_asset(self) -> None:
        if (seen := self._some_asset()) is not None:
            status = self.pick.choice(["running", "down", "standby"])
            self._update(seen, {"status": status, "notes": self.new_word()})

    def deletes_asset(self) -> None:
        if (seen := self._some_asset()) is not None:
            self.program.records.delete(seen)

    def opens_form(self) -> None:
        self.program.form = self._some_work_order()

    def saves_form(self) -> None:
        """What is typed into a form may be saved long after it was opened."""
        seen, self.program.form = self.program.form, None
        if seen is not None:
            self._update(seen, self._new_content())

    def undoes(self) -> None:
        queue = self.program.reader.queue()
        if queue:
            self.program.records.undo(self.pick.choice(queue).edit.id)

    def combines(self) -> None:
        """Answer a conflict with both: where both changed a field, by luck mine, theirs or other words."""
        program = self.program
        conflicts = [
            item.edit.id for item in program.reader.notifications() if item.edit.state is EditState.CONFLICTED
        ]
        shown = (
            program.reader.conflict(self.pick.choice(conflicts), program.account.role) if conflicts else None
        )
        if shown is None:
            return
        program.answers.shown = shown
        chosen = {one.name: self.pick.choice([one.mine, one.theirs]) for one in shown.fields if one.overlaps}
        for name in chosen:
            if name in _TEXTS and self.pick.random() < 0.3:
                chosen[name] = self.new_word()
        program.decisions.combine(shown, chosen)

    def saves_refused_work(self) -> None:
        """Answer a refusal with anything but *Okay*."""
        program = self.program
        refusals = [
            shown
            for item in program.reader.notifications()
            if (shown := program.reader.refusal(item.edit.id)) is not None
        ]
        if not refusals:
            return
        shown = self.pick.choice(refusals)
        match self.pick.randrange(3):
            case 0:
                is_asset = shown.edit.type == "asset"
                words = {"tag": self.new_word()} if is_asset and "tag" in shown.edit.patch else {}
                program.recovery.resend(shown, words)
            case 1:
                fields = {"title": self.new_word(), "description": self.new_word()}
                program.recovery.follow_up(shown, fields, self.new_word())
            case _:
                program.recovery.ask_to_reopen(shown, self.new_word())

    def restores(self) -> None:
        """Bring back something of the history."""
        entries = [one for one in self.program.reader.history("", 0, 60) if sides_of(one)]
        if entries:
            entry = self.pick.choice(entries)
            self.program.recovery.restore(entry, self.pick.choice(sides_of(entry)))

    def answers(self) -> None:
        """One question of those on *More*."""
        asked = self.program.reader.notifications()
        if not asked:
            return
        item = self.pick.choice(asked)
        if item.edit.state is EditState.HELD:
            self._answers_doubt(item.edit.id)
            return
        if item.edit.state is EditState.REFUSED:
            shown = self.program.reader.refusal(item.edit.id)
            if shown is None or not shown.message:
                self.program.journal.finds(f"the refusal of {item.edit.id} is not explained")
            self.program.decisions.acknowledge(item.edit.id)
            return
        self._answers_conflict(item.edit.id)

    def _answers_doubt(self, edit_id: str) -> None:
        if self.pick.random() < 0.8:
            self.program.decisions.send_anyway(edit_id)
        else:
            self.program.records.undo(edit_id)

    def _answers_conflict(self, edit_id: str) -> None:
        program = self.program
        shown = program.reader.conflict(edit_id, program.account.role)
        if shown is None:
            program.journal.finds(f"the conflict of {edit_id} cannot be shown")
            return
        program.answers.shown = shown
        if self.pick.random() < 0.5 and shown.overwrite_problem is None:
            program.decisions.overwrite(shown.id, shown.server.version)
        else:
            program.decisions.discard(shown.id)

    def _new_content(self) -> dict[str, Any]:
        patch: dict[str, Any] = {
            name: self.new_word() for name in self.pick.sample(_TEXTS, self.pick.choice([1, 1, 2, 3]))
        }
        if self.pick.random() < 0.2:
            patch["status"] = self.pick.choice(_STATUSES)
        if self.pick.random() < 0.1:
            patch["downtime_minutes"] = self.pick.randrange(500)
        if self.pick.random() < 0.1 and (asset := self._some_asset()) is not None:
            patch["asset_id"] = asset.id
        return patch

    def _update(self, seen: RecordView, patch: dict[str, Any]) -> None:
        self.program.records.update(seen, patch)

    def _some_work_order(self) -> RecordView | None:
        rows = self.program.reader.work_orders(WorkOrderQuery(), 0, 40)
        if not rows:
            return None
        # mostly the same few, so that people meet
        at = min(int(self.pick.expovariate(0.4)), len(rows) - 1)
        return self.program.reader.record("work_order", sorted(rows, key=lambda row: row.id)[at].id)

    def _some_asset(self) -> RecordView | None:
        rows = self.program.reader.assets(AssetQuery(), 0, 40)
        return self.program.reader.record("asset", self.pick.choice(rows).id) if rows else None

    def _some_child(self, record_type: str) -> RecordView | None:
        parent = self._some_work_order()
        found = self.program.reader.children(record_type, parent.id) if parent else []
        return self.pick.choice(found) if found else None


ACTS: Final[dict[str, int]] = {
    "creates_work_order": 5, "changes_work_order": 14, "moves_on": 7, "deletes_work_order": 1,
    "logs_hours": 8, "changes_hours": 3, "deletes_hours": 1, "comments": 4, "changes_comment": 2,
    "creates_asset": 1, "changes_asset": 2, "deletes_asset": 1, "opens_form": 3, "saves_form": 4,
    "undoes": 3, "answers": 9,
}  # fmt: skip
"""What a person may do, and how often it comes."""

RESCUES: Final[dict[str, int]] = {"combines": 5, "saves_refused_work": 4, "restores": 2}
"""What a person may do about what would be lost otherwise."""


def does(person: Person, act: str) -> None:
    """Do it; what cannot be saved is told to the person, and that is fine."""
    try:
        getattr(person, act)()
    except NotSaved as told:
        person.program.journal.notes(f"  not saved: {type(told).__name__}")
