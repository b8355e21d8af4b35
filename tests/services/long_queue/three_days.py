"""Three days offline: what a technician saves in that time, and what becomes of each edit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random
from time import thread_time

from maintenance_desktop.domain.outcomes import Change
from tests.person import LaptopClock, Person
from tests.services.long_queue.breaking_hub import BREAKS

DAYS = 3
OPEN_ORDERS, FINISHED_ORDERS, ASSETS = 800, 20, 320
_UNDER_WAY = 6
"""So many jobs are under way at the same time."""
_SAVES_OF_A_JOB = 3.5
"""On average and rounded up, so that the three days are not over too soon."""

WELL = {"visits": 600, "breaks_down": 300, "inspects": 250, "changes_its_mind": 60, "remarks": 90}
DOOMED = {
    "changed_by_another": 33,
    "changed_by_another_twice": 10,
    "deleted_by_another": 15,
    "hours_too_late": 20,
    "completes_too_late": 5,
    "belongs_to_nothing": 7,
    "on_a_scrapped_asset": 8,
    "moved_to_a_scrapped_asset": 6,
    "lost_by_the_server": 6,
    "may_no_longer_add_assets": 4,
    "may_no_longer_add_assets_to_work_on": 4,
    "may_no_longer_delete": 6,
    "may_no_longer_reopen": 5,
    "may_no_longer_reopen_to_work": 5,
    "takes_a_taken_tag": 10,
    "is_too_large": 1,
    "breaks_the_server": 4,
    "breaks_the_server_and_is_needed": 1,
    "id_stands_for_something_else": 2,
}


@dataclass(frozen=True)
class Fate:
    """What becomes of a doomed edit: how it ends, the server's code, and the edit that it waits for."""

    how: str
    code: str = ""
    waits_for: str = ""


@dataclass
class Others:
    """What others do on the server meanwhile, as record ids."""

    change: list[str] = field(default_factory=list)
    delete: list[str] = field(default_factory=list)
    complete: list[str] = field(default_factory=list)
    scrap: list[str] = field(default_factory=list)
    take_tags: list[str] = field(default_factory=list)
    reuse_ids: list[str] = field(default_factory=list)
    lose: list[str] = field(default_factory=list)


class ThreeDays:
    """Saves through the service that the window saves with; several jobs are under way at a time.

    `doomed` says of each edit that cannot get through what becomes of it once `others` were at work. A
    `share` of 5 is a fifth of everything.
    """

    def __init__(self, person: Person, clock: LaptopClock, *, share: int = 1) -> None:
        self.person = person
        self.clock = clock
        self.doomed: dict[str, Fate] = {}
        self.others = Others()
        self.seconds: list[float] = []
        """What each save took of the processor, with looking at what is saved."""
        self._pick = Random(4800)
        self._coming = [
            getattr(self, f"_{name}")
            for name, count in (WELL | DOOMED).items()
            for _ in range(-(-count // share))
        ]
        self._pick.shuffle(self._coming)
        rows = person.reader._view.rows
        self._open = [row[0] for row in rows("SELECT id FROM cache.work_order WHERE status = 0")]
        self._done = [row[0] for row in rows("SELECT id FROM cache.work_order WHERE status = 3")]
        self._assets = [row[0] for row in rows("SELECT id FROM cache.asset")]
        self._all_assets = list(self._assets)

    @property
    def saves(self) -> int:
        """How many there were so far."""
        return len(self.seconds)

    def pass_by(self) -> None:
        """Save after save, while the clock of the laptop goes on."""
        step = timedelta(days=DAYS) / (len(self._coming) * _SAVES_OF_A_JOB)
        self.clock.off = -timedelta(days=DAYS)
        under_way = [self._coming.pop()() for _ in range(_UNDER_WAY)]
        while under_way:
            job = self._pick.choice(under_way)
            before = thread_time()
            if next(job, None) is None:
                under_way.remove(job)
                if self._coming:
                    under_way.append(self._coming.pop()())
                continue
            self.seconds.append(thread_time() - before)
            self.clock.off += step

    # what gets through

    def _visits(self) -> Iterator[str]:
        order = self._open.pop()
        yield self._changes(order, status="in_progress")
        yield self._logs(order, Decimal("1.25"))
        yield self._says(order, "Replaced the seal and ran it for ten minutes. " * 4)
        yield self._changes(order, status="completed", completion_notes="Sealed, runs dry.")

    def _breaks_down(self) -> Iterator[str]:
        asset = self._pick.choice(self._all_assets[: len(self._all_assets) // 2])
        order = self._makes_order(f"Stopped on shift {self.saves}", asset_id=asset, priority="high")
        yield self._newest(order)
        yield self._logs(order, 1)
        yield self._logs(order, Decimal("0.5"))
        yield self._says(order, "Needs a new belt 🔧")
        yield self._changes(order, status="completed", cause="Worn belt", remedy="New belt")

    def _inspects(self) -> Iterator[str]:
        asset = self._assets.pop(0)
        yield self._changes(asset, "asset", notes=f"Seen on day {self.saves}")
        comment = self.person.records.create("comment", {"asset_id": asset, "text": "Bearing is warm."})
        yield self._newest(comment, "comment")

    def _changes_its_mind(self) -> Iterator[str]:
        order = self._open.pop()
        yield self._changes(order, priority="high")
        yield self._says(order, "Urgent after all")
        yield self._changes(order, priority="low")
        yield self._says(order, "Not so urgent")
        yield self._changes(order, status="on_hold", priority="medium")

    def _remarks(self) -> Iterator[str]:
        yield self._says(self._open[0], "Parts are in the store.")

    # what does not

    def _changed_by_another(self) -> Iterator[str]:
        yield self._dooms(self._changes(self._given("change"), status="in_progress"), "conflict")

    def _changed_by_another_twice(self) -> Iterator[str]:
        order = self._given("change")
        head = self._dooms(self._changes(order, status="in_progress"), "conflict")
        yield head
        yield self._says(order, "This gets through")
        yield self._dooms(self._changes(order, status="on_hold"), "joined", waits_for=head)

    def _deleted_by_another(self) -> Iterator[str]:
        yield self._dooms(self._changes(self._given("delete"), status="in_progress"), "conflict")

    def _hours_too_late(self) -> Iterator[str]:
        yield self._dooms(self._logs(self._given("complete"), 2), "refused", "work_order_finished")

    def _completes_too_late(self) -> Iterator[str]:
        order = self._given("complete")
        hours = self._dooms(self._logs(order, 2), "refused", "work_order_finished")
        yield hours
        yield self._dooms(self._changes(order, status="completed"), "held", waits_for=hours)

    def _belongs_to_nothing(self) -> Iterator[str]:
        order = self._given("delete")
        yield self._dooms(self._logs(order, 3), "refused", "parent_missing")
        yield self._dooms(self._says(order, "Done"), "refused", "parent_missing")

    def _on_a_scrapped_asset(self) -> Iterator[str]:
        order = self._makes_order("Scrapped meanwhile", asset_id=self._scrapped())
        made = self._dooms(self._newest(order), "refused", "unknown_reference")
        yield made
        yield self._dooms(self._logs(order, 1), "held", waits_for=made)
        yield self._dooms(self._says(order, "Odd noise"), "held", waits_for=made)

    def _moved_to_a_scrapped_asset(self) -> Iterator[str]:
        edit = self._changes(self._open.pop(), asset_id=self._scrapped())
        yield self._dooms(edit, "refused", "unknown_reference")

    def _lost_by_the_server(self) -> Iterator[str]:
        """A record that the server gave out and does not have any more, after a repair by hand."""
        order = self._open.pop()
        self.others.lose.append(order)
        yield self._dooms(self._changes(order, status="on_hold"), "refused", "not_found")

    def _may_no_longer_add_assets(self) -> Iterator[str]:
        yield self._dooms(self._newest(self._makes_asset(), "asset"), "refused", "not_allowed")

    def _may_no_longer_add_assets_to_work_on(self) -> Iterator[str]:
        asset = self._makes_asset()
        made = self._dooms(self._newest(asset, "asset"), "refused", "not_allowed")
        yield made
        order = self._makes_order("Set the new pump up", asset_id=asset)
        yield self._dooms(self._newest(order), "held", waits_for=made)

    def _may_no_longer_delete(self) -> Iterator[str]:
        order = self._open.pop()
        self.person.records.delete(self.person.sees(order))
        yield self._dooms(self._newest(order), "refused", "not_allowed")

    def _may_no_longer_reopen(self) -> Iterator[str]:
        edit = self._changes(self._done.pop(), status="in_progress")
        yield self._dooms(edit, "refused", "bad_transition")

    def _may_no_longer_reopen_to_work(self) -> Iterator[str]:
        order = self._done.pop()
        reopened = self._dooms(self._changes(order, status="in_progress"), "refused", "bad_transition")
        yield reopened
        yield self._dooms(self._logs(order, 1), "held", waits_for=reopened)

    def _takes_a_taken_tag(self) -> Iterator[str]:
        tag = f"TAKEN-{self.saves}"
        self.others.take_tags.append(tag)
        yield self._dooms(self._changes(self._assets.pop(), "asset", tag=tag), "refused", "invalid")

    def _is_too_large(self) -> Iterator[str]:
        """More text than fits into a request, on a record of a server that once took it."""
        asset = self._assets.pop()
        huge = {**self.person.sees(asset, "asset").fields, "notes": "x" * 9_000_000}
        self.person.profile.cache.put([Change("asset", asset, 2, huge)])
        yield self._dooms(self._changes(asset, "asset", status="standby"), "refused", "invalid")

    def _breaks_the_server(self) -> Iterator[str]:
        yield self._dooms(self._says(self._open[0], BREAKS), "put off")

    def _breaks_the_server_and_is_needed(self) -> Iterator[str]:
        order = self._makes_order(BREAKS)
        made = self._dooms(self._newest(order), "put off")
        yield made
        yield self._dooms(self._logs(order, 1), "follows", waits_for=made)

    def _id_stands_for_something_else(self) -> Iterator[str]:
        hours = 4 + len(self.others.reuse_ids)  # as many twice would be asked about first
        edit = self._dooms(self._logs(self._open[0], hours), "refused", "id_reused")
        self.others.reuse_ids.append(edit)
        yield edit

    # in short words

    def _given(self, to: str) -> str:
        order = self._open.pop()
        getattr(self.others, to).append(order)
        return order

    def _scrapped(self) -> str:
        if not self.others.scrap:
            self.others.scrap.append(self._assets.pop())
        return self.others.scrap[0]

    def _changes(self, record_id: str, record_type: str = "work_order", **patch) -> str:
        self.person.changes(record_id, record_type, **patch)
        return self._newest(record_id, record_type)

    def _makes_order(self, title: str, **fields) -> str:
        return self.person.records.create("work_order", {"title": title, **fields})

    def _makes_asset(self) -> str:
        fields = {"tag": f"NEW-{self.saves}", "name": "Pump", "status": "running"}
        return self.person.records.create("asset", fields)

    def _logs(self, order: str, hours) -> str:
        return self._newest(self.person.logs_hours(order, hours), "labor")

    def _says(self, order: str, text: str) -> str:
        made = self.person.records.create("comment", {"work_order_id": order, "text": text})
        return self._newest(made, "comment")

    def _newest(self, record_id: str, record_type: str = "work_order") -> str:
        """The id of the edit that was saved just now."""
        return self.person.sees(record_id, record_type).edits[-1].id

    def _dooms(self, edit_id: str, how: str, code: str = "", waits_for: str = "") -> str:
        self.doomed[edit_id] = Fate(how, code, waits_for)
        return edit_id
