"""The pending edits as lists need them: what each makes of its record, read once while nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from maintenance_desktop.domain.edits import EditKind, EditState
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.wire import decode

_RANKS: Final = {EditState.CONFLICTED.value: 3, EditState.HELD.value: 3, EditState.REFUSED.value: 2}
_READ: Final = (
    "SELECT json_group_array(json_array(type, record_id, parent_id, kind, state, made_at, mine))"
    " FROM (SELECT * FROM main.edit ORDER BY seq)"
)


@dataclass(frozen=True, slots=True)
class PendingRecord:
    """A record as its newest pending edit leaves it. `rank`: 1 waits, 2 was refused, 3 conflicts."""

    id: str
    fields: Fields
    kind: str
    rank: int
    made_at: str

    @property
    def is_shown(self) -> bool:
        """A deletion hides its record unless the server refused it."""
        return self.kind != EditKind.DELETE or self.rank > 1


@dataclass(frozen=True, slots=True)
class Pending:
    """All of them, by type and id; `below` has the gravest rank among the edits of a record's children."""

    of: Mapping[str, Mapping[str, PendingRecord]] = field(default_factory=dict)
    below: Mapping[str, int] = field(default_factory=dict)

    def records(self, record_type: str) -> Mapping[str, PendingRecord]:
        """Those of one type."""
        return self.of.get(record_type, {})


class PendingReader:
    """Reads the queue, and decodes only what is new in it."""

    def __init__(self) -> None:
        self._decoded: dict[str, Fields] = {}

    def read(self, rows: Callable[[str], Sequence[tuple[Any, ...]]]) -> Pending:
        """The queue as it is. One step of SQLite, so that a busy thread beside this one costs one turn."""
        ((text,),) = rows(_READ)
        of: dict[str, dict[str, PendingRecord]] = {}
        below: dict[str, int] = {}
        decoded: dict[str, Fields] = {}
        for record_type, record_id, parent_id, kind, state, made_at, mine in decode(text):
            rank = _RANKS.get(state, 1)
            if parent_id:
                below[parent_id] = max(rank, below.get(parent_id, 0))
            known = self._decoded.get(mine)
            decoded[mine] = fields = decode(mine) if known is None else known
            some = of.setdefault(record_type, {})
            earlier = some.get(record_id)
            gravest = max(rank, earlier.rank) if earlier else rank
            some[record_id] = PendingRecord(record_id, fields, kind, gravest, made_at)
        self._decoded = decoded
        return Pending(of, below)
