"""The ports: what services need of a server, of the stores and of the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from maintenance_desktop.domain.cache_filling import Line
from maintenance_desktop.domain.edits import Doubt, Edit, Refusal
from maintenance_desktop.domain.ledger import ChoiceReport, LedgerPage
from maintenance_desktop.domain.outcomes import (
    Change,
    Changes,
    Lines,
    Outcome,
    ServerInfo,
    SignedIn,
    Snapshot,
)
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.views import (
    AssetQuery,
    AssetRow,
    AssetTotals,
    ConflictView,
    Found,
    HeldView,
    HistoryEntry,
    LocationRow,
    PersonRow,
    QueueItem,
    RecordView,
    RefusalView,
    Tally,
    WorkOrderCounts,
    WorkOrderQuery,
    WorkOrderRow,
)

Clock = Callable[[], datetime]
"""The time now, with its zone. For people and ids only: no decision is made by it."""


class Backend(Protocol):
    """One maintenance server. Calls raise the errors of `domain.outcomes` and nothing else."""

    def info(self) -> ServerInfo:
        """Who answers. Raises Unreachable; a captive portal's page is Unreachable too."""
        ...

    def sign_in(self, username: str, password: str) -> SignedIn:
        """Raises SignInRefused, Unreachable."""
        ...

    def use_token(self, token: str | None) -> None:
        """Send this token from now on."""
        ...

    def sign_out(self) -> None:
        """Ask the server to forget the token. Raises SessionError."""
        ...

    def push(self, edits: Sequence[Edit], sent_at: datetime) -> list[Outcome]:
        """Send edits as one request; one outcome each, in order.

        Raises Unreachable (with `maybe_applied`), SignInRequired, BatchRefused, ServerFailed.
        """
        ...

    def changes(
        self, cursor: str | None, *, limit: int = 5_000, within: float | None = None
    ) -> Iterator[Changes]:
        """What changed since `cursor` (None: everything), in pieces of at most 200 changes.

        `within` so many seconds all of it has to be there, or it counts as broken off. The last piece has a
        cursor; a stream that ends without one raises Unreachable after its whole lines were yielded.
        Raises CursorExpired, SessionError, ServerFailed.
        """
        ...

    def lines(self, cursor: str | None, *, limit: int = 5_000) -> Iterator[Lines]:
        """The same as text, for a large download; what is in the records is not looked at."""
        ...

    def fetch_snapshot(
        self,
        layout: int,
        folder: Path,
        on_bytes: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> Snapshot | None:
        """A first download as one file of that layout in `folder`; None where the server makes none.

        `on_bytes` hears how many of how many bytes are there. What was cut goes on at the next call, also
        in another process. Nobody has looked into the file yet. Raises Interrupted when `should_stop`
        answers True, SessionError, StorageTrouble.
        """
        ...

    def tell_choices(self, choices: Sequence[ChoiceReport], sent_at: datetime) -> None:
        """Tell which choices this person took. Raises NotOffered and the errors of `push`."""
        ...

    def ledger(self, *, before: int | None = None, record_id: str | None = None) -> LedgerPage:
        """Entries of the ledger before a place, newest first. Raises NotOffered and those of `push`."""
        ...

    def wait_for_change(self, cursor: str, seconds: float) -> bool:
        """Hold the line until something changes (True) or the time is over (False).

        Raises Interrupted when `interrupt` was called, CursorExpired, SessionError.
        """
        ...

    def interrupt(self) -> None:
        """End a waiting `wait_for_change` at once, and make the next one return at once. Thread-safe."""
        ...

    def close(self) -> None:
        """Give back the connections."""
        ...


class Outbox(Protocol):
    """The pending edits in `work.db`. Each call is one durable transaction."""

    def pending(self) -> list[Edit]:
        """All pending edits in the order they were made."""
        ...

    def freeze(self, edit_ids: Sequence[str], at: datetime) -> list[Edit]:
        """Mark durably that these may be sent from now on; an earlier mark stays.

        Returns those that still wait, in order, with the content that is theirs from now on.
        """
        ...

    def hold(self, doubts: Mapping[str, Sequence[Doubt]]) -> list[Edit]:
        """Let these edits, by id, wait for the person's answer to these doubts; those that wait now.

        What may have been sent meanwhile is left as it is.
        """
        ...

    def newest(self) -> int:
        """The place in the queue of what was saved last; it never goes back."""
        ...

    def epoch(self) -> str | None:
        """The epoch of the server that versions were last read from; None before the first download."""
        ...

    def lose_ground(self) -> None:
        """The server was restored from a backup: versions known here may mean another content now.

        What stands on one must conflict, because it could overwrite unasked.
        """
        ...

    def keep_epoch(self, epoch: str) -> None:
        """Versions were read from this epoch to the end."""
        ...

    def take(self, answers: Sequence[tuple[Edit, Outcome]], at: datetime) -> None:
        """Each answer ends its edit, or parks it with the rest of its chain; all of them, or none.

        Done: to history, and the next edit of the record is put on the answer. In conflict or refused: it
        waits for the person.
        """
        ...

    def put_off(self, edit: Edit, reason: Refusal) -> None:
        """The server broke on it: it is tried again, and until then the queue says why it waits."""
        ...

    def renew_conflicts(self, changes: Iterable[Change]) -> set[str]:
        """Give unanswered conflicts the newer server copy; the ids of the edits it touched."""
        ...


class Cache(Protocol):
    """The copy of the server in `cache.db`."""

    def cursor(self) -> str | None:
        """Where to go on; None before the first page of a first download. Raises CacheDamaged."""
        ...

    def is_complete(self) -> bool:
        """Whether the first download came to its end."""
        ...

    def has_leftovers(self) -> bool:
        """Whether rows are here of a download that broke off before its first cursor."""
        ...

    def put(
        self, changes: Sequence[Change], cursor: str | None = None, *, complete: bool | None = None
    ) -> set[str]:
        """Keep these where their version is higher, and the cursor, in one transaction.

        Returns the ids of the records that are different now.
        """
        ...

    @property
    def folder(self) -> Path:
        """Where a snapshot is fetched to."""
        ...

    def adopt(self, snapshot: Path, cursor: str) -> bool:
        """Show a downloaded file; False where it is not what this program reads.

        Where a whole copy is shown already, only once the changes since the snapshot was made are in it.
        """
        ...

    def loading_cursor(self) -> str | None:
        """Where a large download goes on that was begun here; None: there is none, or it has no page yet."""
        ...

    def begin_loading(self) -> None:
        """Begin a large download in a file of its own; one that was begun before is thrown away."""
        ...

    def load(self, lines: Sequence[Line], cursor: str | None) -> bool:
        """Keep what a large download tells, and where it goes on. True: there is more to look at now.

        Raises UnreadableRecord where a record is not what the contract says.
        """
        ...

    def finish_loading(self, cursor: str) -> None:
        """Everything came: show it as soon as the changes since then are in it."""
        ...

    def start_again(self) -> None:
        """Begin a new download in a new file; the old one is shown until the new one is complete."""
        ...

    def replace_damaged(self) -> None:
        """Show an empty copy instead of a damaged one."""
        ...


class Reader(Protocol):
    """Everything that is looked at: the server's copy with the person's pending edits laid over it.

    Each call is one read of a few milliseconds; the window may make it on its own thread.
    """

    def work_orders(self, query: WorkOrderQuery, offset: int = 0, limit: int = 200) -> list[WorkOrderRow]: ...

    def work_order_position(self, query: WorkOrderQuery, record_id: str) -> int | None:
        """Where a work order stands in that list; None when it is not in it."""
        ...

    def count_work_orders(self, query: WorkOrderQuery) -> int: ...

    def found_work_orders(self, query: WorkOrderQuery) -> Found:
        """How many rows `work_orders` has for that query, and whether more than these were found."""
        ...

    def work_order_counts(self, person_id: str, now: str) -> WorkOrderCounts: ...

    def find_work_order(self, number: str) -> str | None:
        """The id of the work order with that number (also a provisional one, upper or lower case)."""
        ...

    def assets(self, query: AssetQuery, offset: int = 0, limit: int = 200) -> list[AssetRow]: ...

    def count_assets(self, query: AssetQuery) -> int: ...

    def assets_below(self, parent_id: str | None) -> list[AssetRow]:
        """The assets right below this one, by tag; None: those without a (known) parent."""
        ...

    def assets_at(self, location_id: str | None) -> list[AssetRow]:
        """The topmost assets at this location, by tag; None: those without a (known) location."""
        ...

    def find_asset(self, tag: str) -> str | None: ...

    def asset_totals(self, asset_id: str) -> AssetTotals: ...

    def locations(self) -> list[LocationRow]:
        """All locations by name; a missing parent or a cycle is cut, so that a tree can be built."""
        ...

    def people(self) -> list[PersonRow]:
        """Everybody by name, inactive ones too."""
        ...

    def record(self, record_type: str, record_id: str) -> RecordView | None: ...

    def shown_fields(self, record_type: str, record_id: str) -> Fields | None:
        """What `record` shows of it, in a fraction of the time."""
        ...

    def children(self, record_type: str, parent_id: str) -> list[RecordView]:
        """The labor or comments of a work order or asset, oldest first; refused ones are marked."""
        ...

    def queue(self) -> list[QueueItem]: ...

    def conflict(self, edit_id: str, role: str) -> ConflictView | None:
        """The conflict that this edit is part of; None when it is answered already."""
        ...

    def refusal(self, edit_id: str) -> RefusalView | None: ...

    def held(self, edit_id: str) -> HeldView | None:
        """An edit that waits because of its doubts; None when it is answered already."""
        ...

    def notifications(self) -> list[QueueItem]:
        """The first edit of each conflict, and each refused or held edit, oldest first."""
        ...

    def history(self, text: str = "", offset: int = 0, limit: int = 200) -> list[HistoryEntry]:
        """How edits ended, newest first; `text` is looked for in number, title and content."""
        ...

    def refused_before(self) -> list[HistoryEntry]:
        """Refusals that were acknowledged and neither restored nor put aside since, newest first."""
        ...

    def tally(self) -> Tally: ...
