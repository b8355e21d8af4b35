"""A small plant in memory that keeps the ports, for fast tests of windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from PySide6.QtCore import QObject, Signal

from maintenance_desktop.domain.carried import Brought, Carried, CarriedEdit
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.conflicts import differing_fields, overwrite_problem
from maintenance_desktop.domain.edits import (
    Edit,
    EditKind,
    EditState,
    Ending,
    Origin,
    Refusal,
    ServerCopy,
    Way,
    fold,
)
from maintenance_desktop.domain.ledger import LedgerEntry, LedgerPage
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.records import Fields, parent_of
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import (
    AssetQuery,
    AssetRow,
    AssetTotals,
    ConflictView,
    Found,
    HeldView,
    HistoryEntry,
    LocationRow,
    Mark,
    PersonRow,
    QueueItem,
    RecordView,
    RefusalView,
    Subject,
    Tally,
    WorkOrderCounts,
    WorkOrderQuery,
    WorkOrderRow,
)
from maintenance_desktop.services.status import Connection, Progress, RoundResult, SyncState
from maintenance_desktop.ui.reading import Reading

readings: list[Reading] = []
"""Those of the workspaces that a test made; they are stopped after it."""

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)


def record_id(number: int) -> str:
    """A record id that looks like one and can be read in a failure."""
    return f"018f0000-0000-7000-8000-{number:012d}"


DANA, ALEX, SAM, KIM = (record_id(n) for n in range(1, 5))
HALL_1, HALL_2 = record_id(11), record_id(12)
PUMP, MOTOR, CONVEYOR = record_id(21), record_id(22), record_id(23)


def in_days(days: float) -> str:
    return write_time(NOW + timedelta(days=days))


class Plant:
    """The reader and the edit store of a test: the server's records with pending edits laid over them."""

    def __init__(self) -> None:
        self.server: dict[tuple[str, str], tuple[int, Fields]] = {}
        self.edits: list[Edit] = []
        self.ended: list[HistoryEntry] = []
        self.disk_is_full = False
        self.ledger = PlantLedger(self)
        self.put_aside: set[str] = set()
        self._next = 1000

    # arranging

    def has(self, record_type: str, place: int | str, /, *, version: int = 1, **fields: object) -> str:
        """Put a record on the server."""
        key = place if isinstance(place, str) else record_id(place)
        self.server[(record_type, key)] = (version, fields)  # type: ignore[assignment]
        return key

    def work_order(self, number: int, title: str, /, **fields: object) -> str:
        base = {
            "number": f"WO-{number}",
            "title": title,
            "status": "open",
            "priority": "medium",
            "work_type": "corrective",
            "created_at": in_days(-20 + number % 17),
            "created_by": DANA,
        }
        return self.has("work_order", number, **{**base, **fields})

    def server_changes(self, record_type: str, key: str, **fields: object) -> None:
        version, before = self.server[(record_type, key)]
        self.server[(record_type, key)] = (version + 1, {**before, **fields})

    def refuse(self, edit_id: str, code: str, message: str, **details: str) -> None:
        self._replace(edit_id, state=EditState.REFUSED, refusal=Refusal(code, message, details=details))

    def park(self, edit_id: str) -> None:
        edit = next(edit for edit in self.edits if edit.id == edit_id)
        version, fields = self.server[(edit.type, edit.record_id)]
        copy = ServerCopy(version, fields, in_days(-0.01), DANA, "Dana Ortiz")
        self._replace(edit_id, state=EditState.CONFLICTED, server=copy)

    def sync_all(self) -> None:
        """As if the server had applied everything that waits."""
        for edit in [edit for edit in self.edits if edit.state is EditState.QUEUED]:
            self.edits.remove(edit)
            if edit.kind is EditKind.DELETE:
                self.server.pop((edit.type, edit.record_id), None)
                continue
            fields = dict(edit.mine)
            if edit.type == "work_order" and not fields.get("number"):
                self._next += 1
                fields["number"] = f"WO-{self._next}"
            version = self.server.get((edit.type, edit.record_id), (0, {}))[0] + 1
            self.server[(edit.type, edit.record_id)] = (version, fields)
            self.ended.append(HistoryEntry(edit, self.subject(edit), Ending.APPLIED, write_time(NOW)))

    # the edit store

    def save(self, edit: Edit, seen: RecordView | None) -> Edit:
        if self.disk_is_full:
            raise StorageTrouble("The disk is full, so nothing was saved. Your text is still here.")
        for at, waiting in enumerate(self.edits):
            if waiting.record_id == edit.record_id and edit.kind is not EditKind.DELETE:
                self.edits[at] = fold(waiting, edit.patch)
                return self.edits[at]
        self.edits.append(replace(edit, seq=len(self.edits) + 1))
        return self.edits[-1]

    def undo(self, edit_id: str, at: str) -> list[Edit]:
        gone = [edit for edit in self.edits if edit.id == edit_id and not edit.is_frozen]
        created = {edit.record_id for edit in gone if edit.kind is EditKind.CREATE}
        gone += [edit for edit in self.edits if edit.parent_id in created]
        self.edits = [edit for edit in self.edits if edit not in gone]
        return gone

    # the decision store

    def overwrite(self, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
        self._replace(edit_id, id=replacement_id, state=EditState.QUEUED, base_version=version, server=None)
        return next(edit for edit in self.edits if edit.id == replacement_id)

    def discard(self, edit_id: str, at: str) -> list[Edit]:
        return self._end(edit_id, Ending.DISCARDED, at)

    def combine(self, chain: Sequence[Edit], record: Fields, replacement_id: str, at: str, way: Way) -> Edit:
        del at
        edit_id, server = chain[0].id, chain[0].server
        self._replace(
            edit_id, id=replacement_id, state=EditState.QUEUED, base_version=server.version, server=None,
            mine=record, origin=Origin(way, edit_id),
        )  # fmt: skip
        return next(edit for edit in self.edits if edit.id == replacement_id)

    def resend(self, edit_id: str, newer: Edit, first: Sequence[Edit], at: str) -> Edit:
        del at
        place = next(n for n, edit in enumerate(self.edits) if edit.id == edit_id)
        self.edits[place : place + 1] = [*first, newer]
        return newer

    def send_anyway(self, edit_id: str) -> Edit:
        self._replace(edit_id, state=EditState.QUEUED)
        return next(edit for edit in self.edits if edit.id == edit_id)

    def acknowledge(self, edit_id: str, at: str, also: Sequence[Edit] = ()) -> list[Edit]:
        self.edits += also
        return self._end(edit_id, Ending.ACKNOWLEDGED, at)

    # the carried queue

    def take_along(self, at: str) -> tuple[tuple[CarriedEdit, ...], str | None]:
        self.edits = [replace(edit, first_sent_at=edit.first_sent_at or at) for edit in self.edits]
        return tuple(CarriedEdit(edit, self.subject(edit)) for edit in self.edits), None

    def known(self, edit_ids: Iterable[str]) -> set[str]:
        return set(edit_ids) & {one.id for one in (*self.edits, *(entry.edit for entry in self.ended))}

    def bring(self, carried: Carried, at: str) -> Brought:
        del at
        known = self.known(item.edit.id for item in carried.edits)
        new = tuple(item.edit for item in carried.edits if item.edit.id not in known)
        self.edits += new
        return Brought(new, len(known))

    def not_again(self, edit_id: str, at: str) -> None:
        del at
        self.put_aside.add(edit_id)

    # the reader

    def refused_before(self) -> list[HistoryEntry]:
        return [
            one
            for one in self.ended[::-1]
            if one.ending is Ending.ACKNOWLEDGED and not one.replaced_by and one.edit.id not in self.put_aside
        ]

    def work_orders(self, query: WorkOrderQuery, offset: int = 0, limit: int = 200) -> list[WorkOrderRow]:
        rows = [row for row in self._work_order_rows() if self._fits(row, query)]

        def key(row: WorkOrderRow) -> object:
            return getattr(row, query.sort)

        filled = [row for row in rows if key(row)]
        empty = [row for row in rows if not key(row)]
        filled.sort(key=key, reverse=query.descending)  # type: ignore[arg-type]
        return [*filled, *empty][offset : offset + limit]

    def work_order_position(self, query: WorkOrderQuery, record_id: str) -> int | None:
        ids = [row.id for row in self.work_orders(query, 0, 1_000_000)]
        return ids.index(record_id) if record_id in ids else None

    def count_work_orders(self, query: WorkOrderQuery) -> int:
        return len(self.work_orders(query, 0, 1_000_000))

    def found_work_orders(self, query: WorkOrderQuery) -> Found:
        return Found(self.count_work_orders(query))

    def work_order_counts(self, person_id: str, now: str) -> WorkOrderCounts:
        rows = list(self._work_order_rows())
        unfinished = [row for row in rows if row.status in UNFINISHED]
        return WorkOrderCounts(
            open=len(unfinished),
            mine=sum(row.assigned_to == person_id for row in unfinished),
            overdue=sum(bool(row.due_at) and row.due_at < now for row in unfinished),
            everything=len(rows),
        )

    def find_work_order(self, number: str) -> str | None:
        return next((row.id for row in self._work_order_rows() if row.number == number), None)

    def assets(self, query: AssetQuery, offset: int = 0, limit: int = 200) -> list[AssetRow]:
        wanted = query.text.casefold().split()
        rows = [
            row
            for row in self._asset_rows()
            if all(word in f"{row.tag} {row.name} {row.serial_number}".casefold() for word in wanted)
            and (not query.statuses or row.status in query.statuses)
            and query.location_id in (None, row.location_id)
            and query.parent_id in (None, row.parent_id)
        ]
        rows.sort(key=lambda row: str(getattr(row, query.sort)), reverse=query.descending)
        return rows[offset : offset + limit]

    def count_assets(self, query: AssetQuery) -> int:
        return len(self.assets(query, 0, 1_000_000))

    def assets_below(self, parent_id: str | None) -> list[AssetRow]:
        return [row for row in self._asset_rows() if row.parent_id == parent_id]

    def assets_at(self, location_id: str | None) -> list[AssetRow]:
        return [row for row in self._asset_rows() if row.location_id == location_id and row.parent_id is None]

    def find_asset(self, tag: str) -> str | None:
        return next((row.id for row in self._asset_rows() if row.tag == tag), None)

    def asset_totals(self, asset_id: str) -> AssetTotals:
        orders = [row for row in self._work_order_rows() if row.asset_id == asset_id]
        ids = {row.id for row in orders}
        labor = [f for t, k, f in self._all() if t == "labor" and f.get("work_order_id") in ids]
        hours = sum((Decimal(str(fields["hours"])) for fields in labor), Decimal(0))
        finished = sum(row.status not in UNFINISHED for row in orders)
        return AssetTotals(hours, len(orders) - finished, finished)

    def locations(self) -> list[LocationRow]:
        return [
            LocationRow(key, str(f["name"]), str(f.get("code") or ""), f.get("parent_id"))  # type: ignore[arg-type]
            for t, key, f in self._all()
            if t == "location"
        ]

    def people(self) -> list[PersonRow]:
        return [
            PersonRow(key, str(f["name"]), str(f.get("username") or ""), str(f.get("role") or ""))
            for t, key, f in self._all()
            if t == "person"
        ]

    def record(self, record_type: str, record_id: str) -> RecordView | None:
        version, server = self.server.get((record_type, record_id), (None, None))
        edits = tuple(edit for edit in self.edits if edit.type == record_type and edit.record_id == record_id)
        fields = edits[-1].mine if edits else server
        if fields is None:
            return None
        return RecordView(
            record_type,
            record_id,
            fields,
            version,
            server,
            changed_at=in_days(-1),
            changed_by_name="Dana Ortiz" if server else "",
            edits=edits,
            mark=self._mark(record_id),
        )

    def shown_fields(self, record_type: str, record_id: str) -> Fields | None:
        found = self.record(record_type, record_id)
        return found.fields if found else None

    def children(self, record_type: str, parent_id: str) -> list[RecordView]:
        found = [
            self.record(t, key)
            for t, key, fields in self._all()
            if t == record_type and parent_of(t, fields) == parent_id
        ]
        return [view for view in found if view is not None]

    def queue(self) -> list[QueueItem]:
        return [QueueItem(edit, self.subject(edit), self._waiting(edit)) for edit in self.edits]

    def conflict(self, edit_id: str, role: str) -> ConflictView | None:
        for edit in self.edits:
            if edit.id == edit_id and edit.state is EditState.CONFLICTED and edit.server:
                chain = [edit]
                return ConflictView(
                    edit.id,
                    self.subject(edit),
                    tuple(chain),
                    edit.server,
                    tuple(differing_fields(chain)),
                    overwrite_problem(chain, role),
                )
        return None

    def refusal(self, edit_id: str) -> RefusalView | None:
        for edit in self.edits:
            if edit.id == edit_id and edit.refusal:
                return RefusalView(edit.id, self.subject(edit), edit, edit.refusal.message)
        return None

    def held(self, edit_id: str) -> HeldView | None:
        for edit in self.edits:
            if edit.id == edit_id and edit.state is EditState.HELD:
                return HeldView(edit.id, self.subject(edit), edit, edit.doubts)
        return None

    def notifications(self) -> list[QueueItem]:
        return [item for item in self.queue() if item.edit.needs_answer]

    def history(self, text: str = "", offset: int = 0, limit: int = 200) -> list[HistoryEntry]:
        return self.ended[::-1][offset : offset + limit]

    def tally(self) -> Tally:
        states = [edit.state for edit in self.edits]
        return Tally(
            waiting=states.count(EditState.QUEUED),
            conflicts=states.count(EditState.CONFLICTED),
            refusals=states.count(EditState.REFUSED),
            held=states.count(EditState.HELD),
        )

    def subject(self, edit: Edit) -> Subject:
        parent = edit.record_id if edit.type in ("work_order", "asset") else edit.parent_id or ""
        for kind in ("work_order", "asset"):
            view = self.record(kind, parent)
            if view:
                number = view.fields.get("number") or view.fields.get("tag") or "New-1"
                title = view.fields.get("title") or view.fields.get("name") or ""
                ids = {f"{kind}_id": parent}
                return Subject(edit.type, edit.record_id, number=str(number), title=str(title), **ids)
        return Subject(edit.type, edit.record_id)

    def _all(self) -> Iterator[tuple[str, str, Fields]]:
        deleted = {edit.record_id for edit in self.edits if edit.kind is EditKind.DELETE}
        mine = {(edit.type, edit.record_id): edit.mine for edit in self.edits}
        for (kind, key), (_version, fields) in {**self.server}.items():
            if key not in deleted:
                yield kind, key, mine.pop((kind, key), fields)
        for (kind, key), fields in mine.items():
            if key not in deleted:
                yield kind, key, fields

    def _work_order_rows(self) -> Iterator[WorkOrderRow]:
        records = {(kind, key): fields for kind, key, fields in self._all()}
        provisional = 0
        for (kind, key), fields in records.items():
            if kind != "work_order":
                continue
            number = fields.get("number")
            if not number:
                provisional += 1
                number = f"New-{provisional}"
            asset = records.get(("asset", str(fields.get("asset_id"))), {})
            place = records.get(("location", str(fields.get("location_id"))), {})
            person = records.get(("person", str(fields.get("assigned_to"))), {})
            yield WorkOrderRow(
                id=key,
                number=str(number),
                title=str(fields["title"]),
                status=str(fields["status"]),
                priority=str(fields.get("priority") or ""),
                work_type=str(fields.get("work_type") or ""),
                asset_id=fields.get("asset_id"),  # type: ignore[arg-type]
                asset_tag=str(asset.get("tag", "")),
                asset_name=str(asset.get("name", "")),
                location_id=fields.get("location_id"),  # type: ignore[arg-type]
                location_name=str(place.get("name", "")),
                assigned_to=fields.get("assigned_to"),  # type: ignore[arg-type]
                assigned_name=str(person.get("name", "")),
                due_at=str(fields.get("due_at") or ""),
                created_at=str(fields.get("created_at") or in_days(0)),
                completed_at=str(fields.get("completed_at") or ""),
                mark=self._mark(key),
            )

    def _asset_rows(self) -> Iterator[AssetRow]:
        orders = list(self._work_order_rows())
        for kind, key, f in list(self._all()):
            if kind == "asset":
                place = self.server.get(("location", str(f.get("location_id"))), (0, {}))[1]
                yield AssetRow(
                    id=key,
                    tag=str(f["tag"]),
                    name=str(f["name"]),
                    status=str(f.get("status") or ""),
                    criticality=str(f.get("criticality") or ""),
                    category=str(f.get("category") or ""),
                    parent_id=f.get("parent_id"),  # type: ignore[arg-type]
                    location_id=f.get("location_id"),  # type: ignore[arg-type]
                    location_name=str(place.get("name", "")),
                    serial_number=str(f.get("serial_number") or ""),
                    open_work_orders=sum(o.asset_id == key and o.status in UNFINISHED for o in orders),
                    mark=self._mark(key),
                )

    @staticmethod
    def _fits(row: WorkOrderRow, query: WorkOrderQuery) -> bool:
        text = f"{row.number} {row.title} {row.asset_tag} {row.asset_name}".casefold()
        return (
            all(word in text for word in query.text.casefold().split())
            and (not query.statuses or row.status in query.statuses)
            and (not query.priorities or row.priority in query.priorities)
            and (not query.work_types or row.work_type in query.work_types)
            and query.asset_id in (None, row.asset_id)
            and query.location_id in (None, row.location_id)
            and query.assigned_to in (None, row.assigned_to)
            and (
                not query.overdue
                or (row.status in UNFINISHED and bool(row.due_at) and row.due_at < query.now)
            )
        )

    def _mark(self, key: str) -> Mark:
        about = {e.state for e in self.edits if e.record_id == key or e.parent_id == key}
        if EditState.CONFLICTED in about:
            return Mark.CONFLICT
        if EditState.REFUSED in about:
            return Mark.REFUSED
        return Mark.WAITING if about else Mark.NONE

    @staticmethod
    def _waiting(edit: Edit) -> Waiting:
        return Waiting.NEEDS_ANSWER if edit.needs_answer else Waiting.NETWORK

    def _replace(self, edit_id: str, **changes: object) -> None:
        self.edits = [replace(e, **changes) if e.id == edit_id else e for e in self.edits]  # type: ignore[arg-type]

    def _end(self, edit_id: str, ending: Ending, at: str) -> list[Edit]:
        gone = [edit for edit in self.edits if edit.id == edit_id]
        self.edits = [edit for edit in self.edits if edit.id != edit_id]
        self.ended += [HistoryEntry(edit, self.subject(edit), ending, at) for edit in gone]
        return gone


def believable_plant(work_orders: int = 40) -> Plant:
    """A pump station with people, places, assets and work orders in every state."""
    plant = Plant()
    for key, name, role in (
        (DANA, "Dana Ortiz", "planner"),
        (ALEX, "Alex Nyström", "technician"),
        (SAM, "Sam Okafor", "technician"),
        (KIM, "Kim Tran", "requester"),
    ):
        plant.has("person", key, name=name, username=name.split()[0].lower(), role=role, active=True)
    plant.has("location", HALL_1, name="Hall 1", code="H1", parent_id=None)
    plant.has("location", HALL_2, name="Hall 2", code="H2", parent_id=None)
    for key, tag, name, place in (
        (PUMP, "P-204", "Feed pump", HALL_2),
        (MOTOR, "M-204", "Feed pump motor", HALL_2),
        (CONVEYOR, "C-11", "Infeed conveyor", HALL_1),
    ):
        plant.has("asset", key, tag=tag, name=name, status="running", location_id=place)
    titles = (
        "Replace drive-end bearing",
        "Inspect guard and interlock",
        "Oil leak at gearbox",
        "Check belt tension and tracking",
        "Calibrate level transmitter",
        "Quarterly lubrication round",
        "Repair pneumatic cylinder, station 4",
        "Clean heat exchanger plates",
    )
    statuses = ("open", "in_progress", "open", "on_hold", "open", "completed", "closed", "cancelled")
    priorities = ("high", "medium", "low", "critical", "medium")
    assets = ((PUMP, HALL_2), (CONVEYOR, HALL_1), (MOTOR, HALL_2))
    for n in range(work_orders):
        asset, place = assets[n % 3]
        plant.work_order(
            1042 - n,
            titles[n % len(titles)],
            description="Bearing noisy since Monday, temperature 78 °C at the drive end." if n == 0 else None,
            status=statuses[n % len(statuses)] if n else "in_progress",
            priority=priorities[n % len(priorities)],
            work_type=("corrective", "inspection", "preventive")[n % 3],
            asset_id=asset,
            location_id=place,
            assigned_to=(ALEX, SAM, None)[n % 3],
            due_at=in_days((n % 9) - 2 + 0.2) if n % 4 != 2 else None,
            created_at=in_days(-n),
        )
    hours = ((ALEX, Decimal("1.5"), "regular"), (SAM, 2, "overtime"))
    for n, (person, booked, kind) in enumerate(hours, start=5001):
        plant.has(
            "labor",
            n,
            work_order_id=record_id(1042),
            person_id=person,
            started_at=in_days(-1),
            hours=booked,
            labor_type=kind,
            note="Removed coupling and guard" if person == ALEX else None,
        )
    plant.has(
        "comment",
        6001,
        work_order_id=record_id(1042),
        text="Spare bearing is in stock, bin A-14.",
        written_at=in_days(-0.9),
        written_by=DANA,
    )
    return plant


class PlantLedger:
    """The ledger of the server, and what is kept here of who was overwritten."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self.told: list[object] = []
        self.entries: list[LedgerEntry] = []
        self.page = 200
        self.trouble: Exception | None = None

    def read(self, before: int | None) -> LedgerPage:
        if self.trouble is not None:
            raise self.trouble
        beyond = [one for one in self.entries if before is None or one.place < before]
        newest = sorted(beyond, key=lambda one: -one.place)
        return LedgerPage(tuple(newest[: self.page]), len(newest) > self.page)

    def cut(self) -> None: ...

    def notices(self) -> list[object]:
        return list(self.told)

    def ending_of(self, edit_id: str) -> HistoryEntry | None:
        return next((entry for entry in self._plant.ended if entry.edit.id == edit_id), None)

    def okay(self, notice_id: str, at: str) -> None:
        del at
        self.told = [one for one in self.told if one.id != notice_id]


class FakeSync(QObject):
    """Stands in for the sync thread: it remembers what was asked of it and says what it is told to."""

    round_started = Signal()
    progress = Signal(Progress)
    round_finished = Signal(RoundResult)
    state_changed = Signal(SyncState)
    crashed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.state = SyncState(Connection.ONLINE, in_days(-1), in_days(-0.001), is_complete=True)
        self.requests = 0
        self.is_working_offline = False
        self.was_cancelled = False

    def say(self, state: SyncState) -> None:
        self.state = state
        self.state_changed.emit(state)

    def finish(self, result: RoundResult | None = None) -> None:
        self.round_finished.emit(result or RoundResult(everything_changed=True))

    def start(self) -> None: ...

    def request(self) -> None:
        self.requests += 1

    def work_offline(self, on: bool) -> None:
        self.is_working_offline = on

    def cancel_download(self) -> None:
        self.was_cancelled = True

    def stop(self, timeout_ms: int = 10_000) -> bool:
        return True


def account(role: str = "technician", person: str = ALEX, name: str = "Alex Nyström") -> Account:
    return Account(
        record_id(99), person, name, name.split()[0].lower(), role, "http://127.0.0.1:8765", "North plant"
    )


def workspace(plant: Plant, *, role: str = "technician", profile_path: str = ""):  # the real class
    """A workspace over the plant, with the real services."""
    from maintenance_desktop.services.carrying import CarryingService
    from maintenance_desktop.services.decisions import DecisionService
    from maintenance_desktop.services.guard import DoubleWorkGuard
    from maintenance_desktop.services.ledger import OverwrittenNotices
    from maintenance_desktop.services.preview import Preview
    from maintenance_desktop.services.records import RecordService
    from maintenance_desktop.services.recovery import RecoveryService
    from maintenance_desktop.ui.keyring_answer import KeyringAnswer
    from maintenance_desktop.ui.workspace import Workspace
    from tests.ui.look_alikes import PlantLookAlikes

    random = Random(7)

    def clock() -> datetime:
        return NOW

    who = account(role)
    records = RecordService(who, plant, plant, clock, random)
    readings.append(Reading())
    return Workspace(
        account=who,
        reader=plant,
        reading=readings[-1],
        records=records,
        decisions=DecisionService(who, plant, clock, random),
        recovery=RecoveryService(who, plant, records, plant, plant, clock, random),
        guard=DoubleWorkGuard(who, PlantLookAlikes(plant), clock),
        preview=Preview(who, PlantLookAlikes(plant)),
        carrying=CarryingService(who, plant, clock),
        notices=OverwrittenNotices(plant.ledger, clock),
        ledger=plant.ledger,
        sync=FakeSync(),
        clock=clock,
        profile_path=profile_path,
        keyring=KeyringAnswer(lambda: True),
    )
