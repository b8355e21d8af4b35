"""A laptop with changes of every kind waiting, copied for each example, and what must hold on it."""

from __future__ import annotations

import contextlib
import copy
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.cache_layout import TABLES
from maintenance_desktop.domain.edits import EditState, Ending
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.trouble import InvalidInput, NotSaved
from maintenance_desktop.domain.views import AssetQuery, AssetRow, WorkOrderQuery, WorkOrderRow
from maintenance_desktop.services.status import Connection
from maintenance_desktop.storage.profiles import create_profile
from tests.bad_answers.hub_on_a_wire import HubOnAWire
from tests.bad_answers.telling import told
from tests.person import Person
from tests.services.fakes import FakeHub, account_of, cached, person_id

PATIENCE = 60
"""Seconds that no round may take here, however busy the machine is."""
_MANY = 2**41
"""A version that only a lie makes; what is true comes with a new download then."""


@dataclass(frozen=True)
class Template:
    """The profile's folder, closed, and the hub as it is at that moment."""

    folder: Path
    hub: FakeHub

    def copied(self, server: HubOnAWire, folder: Path) -> Laptop:
        shutil.copytree(self.folder, folder)
        server.hub = copy.deepcopy(self.hub)
        server.sent.clear()
        server.requests.clear()
        server.is_honest_again()
        return Laptop(server, folder)


def made(folder: Path) -> Template:
    """Pia's laptop after a day without a network."""
    hub = FakeHub()
    hub.instance = "0190a000-0000-7000-8000-0000000000ff"
    create_profile(folder, account_of(hub, "pia"))
    server = HubOnAWire()
    server.hub = hub
    pia = Person(HubBackend(server.url), folder)
    try:
        _fill(hub, pia)
    finally:
        pia.leaves()
        server.stop()
    return Template(folder, hub)


def _fill(hub: FakeHub, pia: Person) -> None:
    hall = hub.has("location", name="Hall")
    pump = hub.has("asset", tag="P-1", name="Pump", location_id=hall)
    fan = hub.has("asset", tag="F-1", name="Fan", parent_id=pump)
    plain, clashing, finished, sent, asked, refused = (
        hub.has("work_order", title=f"Order {n}", asset_id=pump) for n in range(6)
    )
    hours = hub.has("labor", work_order_id=plain, hours=1)
    assert pia.syncs().connection is Connection.ONLINE
    pia.changes(asked, title="Mine")
    pia.logs_hours(refused, 1)
    hub.changes(asked, title="Theirs")
    hub.changes(refused, status="completed")
    pia.syncs()
    assert {item.edit.state for item in pia.reader.notifications()} == {
        EditState.CONFLICTED,
        EditState.REFUSED,
    }
    pia.changes(sent, title="Sent")
    _freeze(pia)
    pia.changes(sent, status="on_hold")
    pia.changes(plain, description="Found it")
    pia.changes(hours, "labor", hours=2)
    pia.logs_hours(plain, 3)
    pia.changes(plain, status="completed")
    pia.changes(clashing, status="in_progress")
    hub.changes(clashing, description="Bob was here")
    pia.logs_hours(finished, 2)
    hub.changes(finished, status="completed")
    new = pia.records.create("work_order", {"title": "New one", "asset_id": fan})
    pia.logs_hours(new, 1)
    pia.records.create("comment", {"work_order_id": new, "text": "Seen"})
    pia.changes(pump, "asset", status="down")
    pia.records.create("asset", {"tag": "N-1", "name": "New", "status": "running", "parent_id": pump})
    pia.records.delete(pia.sees(fan, "asset"))


def _freeze(pia: Person) -> None:
    """The newest edit has been sent, and its answer never came."""
    newest = pia.profile.outbox.pending()[-1]
    pia.profile.outbox.freeze([newest.id], pia.clock())


class Laptop:
    """One copy: a bad round, what must hold after it, and how all comes to rest."""

    def __init__(self, server: HubOnAWire, folder: Path) -> None:
        self.server = server
        self.person = Person(HubBackend(server.url, read_seconds=0.5), folder)
        self.edits = {edit.id: edit for edit in self.person.profile.outbox.pending()}
        self.states = {edit.id: edit.state for edit in self.edits.values()}

    def told(self) -> dict[str, set[str]]:
        """All that whole answers said of each edit so far."""
        found: dict[str, set[str]] = {}
        for request, answer in self.server.sent:
            if request.method == "POST" and request.path == "/v1/edits":
                for edit_id, outcome in told(request, answer).items():
                    found.setdefault(edit_id, set()).add(outcome)
        return found

    def every_edit_has_the_fate_it_was_told(self) -> None:
        pending = {edit.id: edit for edit in self.person.profile.outbox.pending()}
        entries = {entry.edit.id: entry for entry in self.person.reader.history(limit=10_000)}
        said = self.told()
        for edit_id, made_edit in self.edits.items():
            assert (edit_id in pending) != (edit_id in entries), "dropped, or pending and ended"
            now = pending.get(edit_id)
            if now is None:
                entry = entries[edit_id]
                assert entry.edit.patch == made_edit.patch
                if entry.ending is Ending.REPLACED:
                    assert entry.replaced_by in pending or entry.replaced_by in entries
                else:
                    assert entry.ending in (Ending.APPLIED, Ending.OVERWROTE)
                    assert "applied" in said.get(edit_id, ())
                continue
            assert (now.kind, now.patch, now.made_at) == (made_edit.kind, made_edit.patch, made_edit.made_at)
            if now.state is self.states[edit_id]:
                continue
            if now.state is EditState.CONFLICTED:
                chain = [one for one in pending.values() if one.record_id == now.record_id and one.server]
                assert any("conflict" in said.get(one.id, ()) or self.states.get(one.id) for one in chain)
                assert now.server is None or "conflict" in said.get(edit_id, ())
            else:
                assert now.state is EditState.REFUSED
                assert "rejected" in said.get(edit_id, ())

    def work_goes_on(self) -> None:
        """Whatever is on the screen can be changed, or a sentence says why not."""
        person, seen = self.person, self.person.reader
        orders = [
            view for row in seen.work_orders(WorkOrderQuery()) if (view := seen.record("work_order", row.id))
        ]
        labor = [view for order in orders for view in seen.children("labor", order.id)]
        for view in [*orders, *labor]:
            change = {"note": "Worn"} if view.type == "labor" else {"cause": "Worn", "status": "completed"}
            with contextlib.suppress(InvalidInput, NotSaved):
                person.records.update(view, change)
        for view in orders[:3]:
            with contextlib.suppress(InvalidInput, NotSaved):
                person.logs_hours(view.id, 1)
        for row in seen.assets(AssetQuery())[:1]:
            with contextlib.suppress(InvalidInput, NotSaved):
                person.records.delete(person.sees(row.id, "asset"))
        for edit in person.profile.outbox.pending():
            self.edits[edit.id] = edit

    def everything_can_be_looked_at(self) -> None:
        reader, me = self.person.reader, person_id("pia")
        sorts = set(WorkOrderRow.__dataclass_fields__) - {"id", "asset_id", "location_id", "assigned_to"}
        for sort in sorted(sorts):
            reader.work_orders(WorkOrderQuery(sort=sort))
        orders = reader.work_orders(WorkOrderQuery())
        query = WorkOrderQuery(
            text="order pump 1", statuses=frozenset({"open"}), overdue=True, now="2026", assigned_to=me
        )
        reader.work_orders(query)
        reader.count_work_orders(query)
        reader.work_order_counts(me, "2026-11-22T12:00:00.000Z")
        for row in orders:
            reader.work_order_position(WorkOrderQuery(sort="mark"), row.id)
            reader.find_work_order(row.number)
            reader.children("labor", row.id)
            reader.children("comment", row.id)
        for sort in AssetRow.__dataclass_fields__:
            reader.assets(AssetQuery(sort=sort, text="p"))
        for asset in [None, *(row.id for row in reader.assets(AssetQuery()))]:
            reader.assets_below(asset)
            if asset is not None:
                reader.asset_totals(asset)
                reader.work_orders(WorkOrderQuery(asset_id=asset))
                reader.children("comment", asset)
        for location in [None, *(row.id for row in reader.locations())]:
            reader.assets_at(location)
            if location is not None:
                reader.count_work_orders(WorkOrderQuery(location_id=location))
                reader.count_assets(AssetQuery(location_id=location))
        reader.find_asset("P-1")
        reader.people()
        for record_type in SPECS:
            for record_id in self._ids(record_type):
                reader.record(record_type, record_id)
        for item in [*reader.queue(), *reader.notifications()]:
            reader.record(item.edit.type, item.edit.record_id)
            reader.conflict(item.edit.id, "technician")
            reader.refusal(item.edit.id)
        reader.history("pump order")
        tally, pending = reader.tally(), self.person.profile.outbox.pending()
        assert tally.waiting == Counter(edit.state for edit in pending)[EditState.QUEUED]

    def comes_to_rest(self) -> None:
        """The server is well again. What it has now is newer than every lie it told."""
        self.server.is_honest_again()
        self.person.backend.close()
        self.person.leaves()
        self.person = Person(HubBackend(self.server.url), self.person.profile.path)
        hub = self.server.hub
        known = {record_id: version for record_id, (version, _) in cached(self.person).items()}
        assert all(version < 2**53 - 1 for version in known.values())
        if any(version > _MANY for version in known.values()):
            hub.forgets_cursors()
        else:
            for record_id, row in hub.rows.items():
                hub.seq += 1
                row.version, row.seq = max(row.version, known.get(record_id, 0)) + 1, hub.seq
        for _ in range(15):
            result = self.person.syncs()
            assert result.connection is Connection.ONLINE, result.problem
            self._answers()
            if not self.person.profile.outbox.pending() and not result.applied:
                break
        assert self.person.reader.queue() == []
        entries = [entry.edit.id for entry in self.person.reader.history(limit=10_000)]
        assert set(self.edits) <= set(entries)
        assert len(entries) == len(set(entries))
        mine = {record_id: seen for record_id, seen in cached(self.person).items() if record_id in hub.rows}
        assert mine == hub.content()

    def is_put_away(self) -> None:
        self.person.leaves()

    def _answers(self) -> None:
        for number, item in enumerate(self.person.reader.notifications()):
            asked = self.person.reader.conflict(item.edit.id, "planner")
            if asked is None:
                if self.person.reader.refusal(item.edit.id) is not None:
                    self.person.decisions.acknowledge(item.edit.id)
            elif number % 2 or asked.overwrite_problem:
                self.person.decisions.discard(asked.id)
            else:
                self.person.decisions.overwrite(asked.id, asked.server.version)

    def _ids(self, record_type: str) -> list[str]:
        if record_type not in TABLES:
            return []
        return [row[0] for row in self.person.reader._view.rows(f"SELECT id FROM cache.{record_type}")]
