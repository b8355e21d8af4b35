"""Three people, one hub, and all that can go wrong, drawn by lot: any failure replays from its seed."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from maintenance_desktop.domain.edits import EditKind, EditState, Ending
from maintenance_desktop.domain.outcomes import ServerFailed, Unreachable
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import WorkOrderQuery
from tests.person import LaptopClock, Person
from tests.services.fakes import After, FakeHub, cached, joins, lost

FIELDS = ("title", "description", "cause", "remedy")
STATUS = ("open", "in_progress", "on_hold", "completed")


class JudgingHub(FakeHub):
    """A hub that watches: an edit nobody was asked about changes only what its person changed."""

    def _done(self, edit, content, username):
        stored = self.rows[edit.record_id].last if edit.record_id in self.rows else {}
        writable = {field.name for field in SPECS[edit.type].writable()}
        changed = {name for name in writable if content.get(name) != stored.get(name)}
        if edit.kind is EditKind.UPDATE and edit.overwrites is None:
            assert changed <= set(edit.patch), "somebody else's change was written over unasked"
        assert edit.is_frozen, "an edit left before it was frozen"
        return super()._done(edit, content, username)


class Simulation:
    def __init__(self, seed, folder) -> None:
        self.pick = Random(seed)
        self.hub = JudgingHub()
        self.orders = [self.hub.has("work_order", title=f"Order {number}") for number in range(3)]
        self.folder = folder
        self.words = 0
        self.was_restored = False
        clocks = {"dana": timedelta(days=-1), "bob": timedelta(days=1), "pia": timedelta()}
        self.people = {
            name: joins(self.hub, name, folder / name, clock=LaptopClock(off), seed=seed + number)
            for number, (name, off) in enumerate(clocks.items())
        }
        for person in self.people.values():
            person.syncs()

    def runs(self, steps) -> None:
        moves = [
            *[self.changes] * 6, *[self.logs] * 4, *[self.syncs] * 8, *[self.answers] * 3, self.creates,
            self.deletes, self.undoes, self.restarts, self.changes_hours, self.restores,
        ]  # fmt: skip
        for _ in range(steps):
            name = self.pick.choice(sorted(self.people))
            self.pick.choice(moves)(name)
            self.every_edit_has_one_fate(self.people[name])
            self.every_record_is_shown_once(self.people[name])

    def changes(self, name) -> None:
        person = self.people[name]
        record_id = self.pick.choice(self.orders)
        seen = person.reader.record("work_order", record_id)
        if seen is None:
            return
        self.words += 1
        patch = {self.pick.choice(FIELDS): f"{name} {self.words}"}
        if self.pick.random() < 0.3:
            patch["status"] = self.pick.choice(STATUS)
        self.tries(lambda: person.records.update(seen, patch))

    def logs(self, name) -> None:
        self.tries(lambda: self.people[name].logs_hours(self.pick.choice(self.orders), 1))

    def creates(self, name) -> None:
        self.words += 1
        self.orders.append(self.people[name].records.create("work_order", {"title": f"New {self.words}"}))

    def changes_hours(self, name) -> None:
        person = self.people[name]
        for order in self.orders:
            for seen in person.reader.children("labor", order)[:1]:
                self.words += 1
                self.tries(lambda seen=seen: person.records.update(seen, {"note": f"{name} {self.words}"}))

    def deletes(self, name) -> None:
        person = self.people[name]
        seen = person.reader.record("work_order", self.pick.choice(self.orders))
        if seen is not None:
            self.tries(lambda: person.records.delete(seen))

    def undoes(self, name) -> None:
        person = self.people[name]
        for item in person.reader.queue()[-1:]:
            person.records.undo(item.edit.id)

    def syncs(self, name) -> None:
        person = self.people[name]
        line = person.backend
        line.is_offline = self.pick.random() < 0.2
        line.faults = self.pick.choice(
            [[], [], [], [lost()], [After(1)], [None, lost()], [ServerFailed("x")], [Unreachable("x")]]
        )
        line.cuts_after = self.pick.choice([None, None, None, 0, 2])
        line.piece = self.pick.choice([1, 200])
        line.most_per_request = self.pick.choice([1, 2, 500])
        person.round.forget_server()
        person.syncs()

    def answers(self, name) -> None:
        person = self.people[name]
        for item in person.reader.notifications():
            if item.edit.state is EditState.REFUSED:
                person.decisions.acknowledge(item.edit.id)
                continue
            if item.edit.state is EditState.HELD:
                if self.pick.random() < 0.5:
                    person.decisions.send_anyway(item.edit.id)
                else:
                    assert person.records.undo(item.edit.id)
                continue
            asked = person.reader.conflict(item.edit.id, person.profile.account.role)
            if self.pick.random() < 0.5 and asked.overwrite_problem is None:
                person.decisions.overwrite(asked.id, asked.server.version)
            else:
                person.decisions.discard(asked.id)

    def restarts(self, name) -> None:
        """The program ends and begins again; what the round knew is gone."""
        old = self.people[name]
        old.leaves()
        self.words += 1
        again = Person(self.hub.line(name), self.folder / name, clock=old.clock, seed=self.words + 100)
        self.people[name] = again

    def restores(self, name) -> None:
        if self.pick.random() < 0.5:
            self.hub.forgets_cursors()
        else:
            self.hub.is_restored_from_backup()
            self.was_restored = True

    @staticmethod
    def tries(save) -> None:
        """What cannot be saved is told, and that is fine."""
        with contextlib.suppress(NotSaved):
            save()

    def every_edit_has_one_fate(self, person) -> None:
        pending = [edit.id for edit in person.profile.outbox.pending()]
        ended = [row[0] for row in person.profile._work.database.rows("SELECT edit_id FROM history")]
        assert max(Counter(pending + ended).values(), default=1) == 1
        after = {one for edit in person.profile.outbox.pending() for one in edit.after}
        assert after <= {*pending, *ended}

    def every_record_is_shown_once(self, person) -> None:
        rows = person.reader.work_orders(WorkOrderQuery(), 0, 1000)
        ids = [row.id for row in rows]
        assert len(ids) == len(set(ids)) == person.reader.count_work_orders(WorkOrderQuery())
        tally = person.reader.tally()
        assert tally.needs_you == len(person.reader.notifications())

    def comes_to_rest(self) -> None:
        for _ in range(30):
            for name, person in self.people.items():
                line = person.backend
                line.is_offline, line.faults, line.cuts_after = False, [], None
                person.syncs()
                self.answers(name)
            if not any(person.reader.queue() for person in self.people.values()):
                break
        for person in self.people.values():
            person.syncs()

    def all_is_well(self) -> None:
        applied = Counter(self.hub.applied)
        assert set(applied.values()) <= {1}
        ended_well = set()
        for name, person in self.people.items():
            assert person.reader.queue() == [], name
            assert cached(person) == self.hub.content(), name
            for entry in person.reader.history("", 0, 10_000):
                if entry.ending.value in ("applied", "applied_by_overwrite"):
                    ended_well.add(entry.edit.id)
                elif entry.ending is not Ending.REPLACED:  # a restored hub may know the replaced one
                    # what the person was told did not happen did not happen
                    assert entry.edit.id not in applied, (name, entry.ending)
        assert self.was_restored or set(applied) <= ended_well

    def ends(self) -> None:
        for person in self.people.values():
            person.leaves()


@pytest.mark.parametrize("seed", range(24))
def test_whatever_happens_everybody_ends_up_with_the_same_and_nothing_is_lost(seed, tmp_path):
    simulation = Simulation(seed, tmp_path)
    try:
        simulation.runs(70)
        simulation.comes_to_rest()
        simulation.all_is_well()
    finally:
        simulation.ends()
