"""What people look at: the server's copy with their own pending edits laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from maintenance_desktop.domain.conflicts import FieldConflict
from maintenance_desktop.domain.edits import Doubt, Edit, Ending, ServerCopy, Way
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.records import Fields


class Mark(StrEnum):
    """What a row shows about its pending edits."""

    NONE = ""
    WAITING = "waiting"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Someone who works here."""

    id: str
    name: str
    username: str = ""
    role: str = ""
    trade: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A place; a `parent_id` that leads nowhere is shown at the root."""

    id: str
    name: str
    code: str = ""
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class WorkOrderRow:
    """A work order in a list. `number` is provisional (`New-3`) until the server gives one."""

    id: str
    number: str
    title: str
    status: str
    priority: str = ""
    work_type: str = ""
    asset_id: str | None = None
    asset_tag: str = ""
    asset_name: str = ""
    location_id: str | None = None
    location_name: str = ""
    assigned_to: str | None = None
    assigned_name: str = ""
    due_at: str = ""
    created_at: str = ""
    completed_at: str = ""
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset in a list or tree. `open_work_orders` counts the unfinished ones on it alone."""

    id: str
    tag: str
    name: str
    status: str = ""
    criticality: str = ""
    category: str = ""
    parent_id: str | None = None
    location_id: str | None = None
    location_name: str = ""
    manufacturer: str = ""
    model: str = ""
    serial_number: str = ""
    open_work_orders: int = 0
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record as it is shown, and what a later save needs to know of what was seen.

    `fields` is what is shown: the server's copy, or the newest pending edit's "mine". `server` and
    `version` are the server's copy in the cache (None: it has none). `edits` are the pending edits, in
    order.
    """

    type: str
    id: str
    fields: Fields
    version: int | None = None
    server: Fields | None = None
    changed_at: str = ""
    changed_by_name: str = ""
    edits: tuple[Edit, ...] = ()
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class WorkOrderQuery:
    """Which work orders, in which order. Empty sets and texts mean "any".

    `asset_id` and `location_id` include everything below them. `overdue` means unfinished with a due
    time before `now` (wire form). `sort` is a name of WorkOrderRow; empty values come last.
    """

    text: str = ""
    statuses: frozenset[str] = frozenset()
    priorities: frozenset[str] = frozenset()
    work_types: frozenset[str] = frozenset()
    asset_id: str | None = None
    location_id: str | None = None
    assigned_to: str | None = None
    overdue: bool = False
    now: str = ""
    sort: str = "created_at"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """How many rows a query has. `is_bounded`: more were found, and only the newest `count` are listed."""

    count: int
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class AssetQuery:
    """Which assets, in which order; `text` is looked for in tag, name and serial number."""

    text: str = ""
    statuses: frozenset[str] = frozenset()
    location_id: str | None = None
    parent_id: str | None = None
    sort: str = "tag"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class WorkOrderCounts:
    """How many there are: `open` are all unfinished, `mine` and `overdue` of those."""

    open: int
    mine: int
    overdue: int
    everything: int


@dataclass(frozen=True, slots=True)
class Subject:
    """What an edit is about: the work order's number and title, or the asset's tag and name."""

    type: str
    record_id: str
    work_order_id: str | None = None
    asset_id: str | None = None
    number: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One pending edit for the queue on *More*: what it is about, why it waits, and for which other edit."""

    edit: Edit
    subject: Subject
    waiting: Waiting
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """A conflict as a dialog shows it. `chain` is answered by one decision.

    `overwrite_problem` says why *Overwrite* is not possible; None when it is. `dependants` are the
    edits that end together with this one when it is discarded.
    """

    id: str
    subject: Subject
    chain: tuple[Edit, ...]
    server: ServerCopy
    fields: tuple[FieldConflict, ...]
    overwrite_problem: str | None = None
    dependants: tuple[QueueItem, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalView:
    """An edit the server refused, as a dialog shows it; `dependants` end together with it."""

    id: str
    subject: Subject
    edit: Edit
    message: str
    dependants: tuple[QueueItem, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldView:
    """An edit that looks like work done or planned already; `doubts` are those without an answer."""

    id: str
    subject: Subject
    edit: Edit
    doubts: tuple[Doubt, ...]
    dependants: tuple[QueueItem, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """How an edit ended. `theirs` is what it overwrote or lost to; `result` what the server made of it.

    `replaced_by` is the edit that came of it, `became` how; after *Restore* an entry has these too.
    """

    edit: Edit
    subject: Subject
    ending: Ending
    ended_at: str
    message: str = ""
    theirs: ServerCopy | None = None
    result: Fields | None = None
    result_version: int | None = None
    replaced_by: str = ""
    became: Way | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was typed; `field` is empty where it is about the whole."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Tally:
    """What the status line counts: edits waiting for the network, and those that need an answer."""

    waiting: int = 0
    conflicts: int = 0
    refusals: int = 0
    held: int = 0

    @property
    def needs_you(self) -> int:
        return self.conflicts + self.refusals + self.held


@dataclass(frozen=True, slots=True)
class AssetTotals:
    """What an asset has seen so far; `hours` are those booked and not refused."""

    hours: Decimal
    open_work_orders: int
    finished_work_orders: int
