"""What people do in the simulation: each does one thing to what is on the screen, by the luck of the step."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any, Final

from maintenance_desktop.domain.edits import EditState
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

    def answers(self) -> None:
        """One question of those on *More*."""
        asked = self.program.reader.notifications()
        if not asked:
            return
        item = self.pick.choice(asked)
        if item.edit.state is EditState.REFUSED:
            shown = self.program.reader.refusal(item.edit.id)
            if shown is None or not shown.message:
                self.program.journal.finds(f"the refusal of {item.edit.id} is not explained")
            self.program.decisions.acknowledge(item.edit.id)
            return
        self._answers_conflict(item.edit.id)

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


def does(person: Person, act: str) -> None:
    """Do it; what cannot be saved is told to the person, and that is fine."""
    try:
        getattr(person, act)()
    except NotSaved as told:
        person.program.journal.notes(f"  not saved: {type(told).__name__}")
