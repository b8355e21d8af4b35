"""Which snapshots there are, which one is served, and whose turn it is to make the next."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.domain.values import read_time, write_time
from maintenance_desktop.hub import rows, schema
from maintenance_desktop.hub.cursor import Cursor
from maintenance_desktop.hub.database import Transaction

FEWEST: Final = 2_000
"""Below so many records, a stream of changes is as fast, and no snapshot is made."""

_BEHIND: Final = 200
"""One record in so many may have changed: by half of the 1 % allowed, a new one is begun ..."""
_OLDEST: Final = timedelta(minutes=10)
"""... unless the old one will be younger than this when the new one is there."""
_KEPT_FOR: Final = timedelta(hours=1)
_FOREIGN_KEPT_FOR: Final = timedelta(days=1)
"""Another layout is made by a hub of another version, which shares this database during an update."""
_TURN: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class MadeSnapshot:
    """One prepared file. `digest` is the SHA-256 of its bytes in hexadecimal, `size` how many they are.

    `seq` and `epoch` are where changes go on, `seconds` how long it took to make.
    """

    digest: str
    layout: int
    epoch: str
    seq: int
    records: int
    size: int
    unpacked: int
    seconds: int
    read_at: str

    @property
    def etag(self) -> str:
        """A strong validator: the same bytes in every hub process."""
        return f'"{self.digest}"'

    @property
    def repr_digest(self) -> str:
        """The digest as RFC 9530 writes it."""
        return f"sha-256=:{base64.b64encode(bytes.fromhex(self.digest)).decode()}:"

    @property
    def cursor(self) -> str:
        """Where `/v1/changes` goes on."""
        return Cursor(self.epoch, self.seq).encode()


_COLUMNS: Final = ", ".join(field.name for field in fields(MadeSnapshot))


def newest(tx: Transaction, layout: int) -> MadeSnapshot | None:
    """The one that is served now; none from before a backup was restored."""
    return _found(
        tx.row(
            f"SELECT {_COLUMNS} FROM snapshot WHERE layout = ? AND epoch = ? AND replaced_at IS NULL"
            " ORDER BY seq DESC, read_at DESC LIMIT 1",
            layout,
            schema.read_meta(tx, "epoch"),
        )
    )


def find(tx: Transaction, layout: int, digest: str) -> MadeSnapshot | None:
    """A certain one, also when it was replaced meanwhile."""
    return _found(
        tx.row(
            f"SELECT {_COLUMNS} FROM snapshot WHERE layout = ? AND epoch = ? AND digest = ?",
            *(layout, schema.read_meta(tx, "epoch"), digest),
        )
    )


def enter(tx: Transaction, made: MadeSnapshot, now: datetime) -> bool:
    """Serve this one from now on. False when a backup was restored while it was made."""
    if schema.read_meta(tx, "epoch") != made.epoch:
        return False
    tx.run(
        "UPDATE snapshot SET replaced_at = ? WHERE layout = ? AND replaced_at IS NULL",
        write_time(now),
        made.layout,
    )
    values = [getattr(made, field.name) for field in fields(MadeSnapshot)]
    tx.run(f"INSERT INTO snapshot ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", *values)
    return True


def strike_out_old(tx: Transaction, now: datetime) -> int:
    """Forget those that nobody may ask for any more. Answers how many."""
    return tx.run(
        "DELETE FROM snapshot WHERE replaced_at < ? OR epoch <> ? OR (layout <> ? AND read_at < ?)",
        write_time(now - _KEPT_FOR),
        schema.read_meta(tx, "epoch"),
        LAYOUT,
        write_time(now - _FOREIGN_KEPT_FOR),
    )


def strike_out(tx: Transaction, digest: str) -> None:
    """Forget one whose bytes are gone."""
    tx.run("DELETE FROM snapshot WHERE digest = ?", digest)


def digests(tx: Transaction) -> set[str]:
    """All that may still be asked for."""
    return {str(digest) for (digest,) in tx.rows("SELECT digest FROM snapshot")}


def is_due(tx: Transaction, now: datetime) -> bool:
    """Whether a new one should be made now.

    What is served is at most 10 minutes or 1 % of the records behind, whichever is more. Where nothing
    changed, nothing is made.
    """
    last = rows.last_change(tx)
    made = newest(tx, LAYOUT)
    if made is None:
        # Each record has taken a change number, so this looks at the table only where there may be enough
        return last >= FEWEST and _has_enough(tx)
    if (last - made.seq) * _BEHIND <= made.records:
        return False
    # Twice the last time: there will be more records, and the machine may be busier
    return now - read_time(made.read_at) >= _OLDEST - timedelta(seconds=2 * made.seconds)


def take_turn(tx: Transaction, holder: str, now: datetime) -> bool:
    """Make it one's turn for some minutes, or go on having it. False while it is another process's."""
    taken = tx.run(
        "UPDATE snapshot_turn SET holder = ?, until = ? WHERE id = 1 AND (holder = ? OR until < ?)",
        *(holder, write_time(now + _TURN), holder, write_time(now)),
    )
    return taken == 1


def end_turn(tx: Transaction, holder: str) -> None:
    """Let others have it."""
    tx.run("UPDATE snapshot_turn SET until = '' WHERE id = 1 AND holder = ?", holder)


def _has_enough(tx: Transaction) -> bool:
    row = tx.row(
        "SELECT count(*) FROM (SELECT 1 AS one FROM record WHERE deleted = 0 LIMIT ?) AS found", FEWEST
    )
    return row is not None and int(row[0]) >= FEWEST


def _found(row: Sequence[Any] | None) -> MadeSnapshot | None:
    return None if row is None else MadeSnapshot(*row)
