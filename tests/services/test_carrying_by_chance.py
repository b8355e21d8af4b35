"""Two computers of one person that carry their queues to and fro, whatever else happens meanwhile."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from decimal import Decimal

import pytest

from maintenance_desktop.domain.trouble import NotSaved
from tests.services.fakes import cached, lost

STEPS = 40


class Shift:
    """A shift of Dana's at two computers, drawn from a seed."""

    def __init__(self, hub, seats, folder, seed) -> None:
        self.hub, self.seats, self.folder = hub, seats, folder
        self.pick = random.Random(seed)
        self.orders = [hub.has("work_order", title=f"Job {number}", status="open") for number in range(3)]

    def goes_on(self, step: int) -> None:
        does = self.pick.choices(
            (self._types, self._creates, self._books, self._meets, self._carries, self._syncs, self._answers),
            (6, 2, 3, 1, 4, 5, 4),
        )
        with contextlib.suppress(NotSaved):  # a sentence for the person; nothing was saved
            does[0](self.pick.choice(self.seats), step)

    def ends(self) -> None:
        """Everything is answered until nothing waits."""
        for _ in range(20):
            for seat in self.seats:
                seat.backend.faults = []
                seat.syncs()
                for item in seat.reader.notifications():
                    self._answer(seat, item.edit.id)
            if not any(seat.reader.queue() for seat in self.seats):
                break
        for seat in self.seats:
            seat.syncs()

    def _types(self, seat, step) -> None:
        order = seat.reader.record("work_order", self.pick.choice(self.orders))
        name = self.pick.choice(("description", "cause", "remedy", "status"))
        value = self.pick.choice(("in_progress", "completed")) if name == "status" else f"Step {step}"
        if order is not None:
            seat.records.update(order, {name: value})

    def _creates(self, seat, step) -> None:
        self.orders.append(seat.records.create("work_order", {"title": f"Made in step {step}"}))

    def _books(self, seat, step) -> None:
        order = self.pick.choice(self.orders)
        if seat.reader.record("work_order", order) is not None:
            seat.records.create("labor", {"work_order_id": order, "hours": Decimal(1)})

    def _meets(self, seat, step) -> None:
        self.hub.changes(self.orders[step % 3], title=f"Bob's in step {step}")

    def _carries(self, seat, step) -> None:
        file = self.folder / f"{step}.json"
        seat.carrying.export(file)
        other = next(one for one in self.seats if one is not seat)
        other.carrying.bring(other.carrying.read(file))

    def _syncs(self, seat, step) -> None:
        seat.backend.faults = [lost()] if self.pick.random() < 0.3 else []
        seat.syncs()

    def _answers(self, seat, step) -> None:
        for item in seat.reader.notifications()[:1]:
            self._answer(seat, item.edit.id)

    def _answer(self, seat, edit_id) -> None:
        conflict, refusal = seat.reader.conflict(edit_id, "technician"), seat.reader.refusal(edit_id)
        try:
            if conflict is not None:
                self._decide(seat, conflict)
            elif refusal is not None:
                seat.decisions.acknowledge(refusal.id)
            elif seat.reader.held(edit_id) is not None:
                seat.decisions.send_anyway(edit_id)
        except NotSaved:
            pass  # it is out of date, or this person may not; it is answered in another way the next time

    def _decide(self, seat, conflict) -> None:
        match self.pick.randrange(3):
            case 0:
                seat.decisions.overwrite(conflict.id, conflict.server.version)
            case 1:
                seat.decisions.combine(
                    conflict, {one.name: one.mine for one in conflict.fields if one.overlaps}
                )
            case _:
                seat.decisions.discard(conflict.id)


@pytest.mark.parametrize("seed", [*range(10), 121, 43])
def test_whatever_is_carried_ends_once_and_both_computers_show_what_the_server_has(
    hub, people, tmp_path, seed
):
    seats = [people("dana", tmp_path / f"seat-{number}", seed=10 * seed + number) for number in (1, 2)]
    shift = Shift(hub, seats, tmp_path, seed)
    for seat in seats:
        seat.syncs()
    for step in range(STEPS):
        shift.goes_on(step)
    shift.ends()
    assert max(Counter(hub.applied).values(), default=1) == 1
    for seat in seats:
        ended = Counter(entry.edit.id for entry in seat.reader.history())
        assert seat.reader.queue() == []
        assert max(ended.values(), default=1) == 1
        assert cached(seat) == hub.content()
