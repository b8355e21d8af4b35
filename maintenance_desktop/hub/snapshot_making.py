"""Making a snapshot: everything that lives, read in one transaction, as a file in the client's layout."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.cache_filling import CacheFilling, Line
from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.domain.members import MEMBER, pack_member
from maintenance_desktop.hub import rows, snapshot_list
from maintenance_desktop.hub.changes import living_records
from maintenance_desktop.hub.cursor import Cursor
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.snapshot_list import MadeSnapshot
from maintenance_desktop.hub.snapshot_shelf import Shelf
from maintenance_desktop.hub.store import HubStore, read_facts

_UNFINISHED: Final = "unfinished.db"
_PACKED: Final = "unfinished.db.gz"


def make_snapshot(store: HubStore, shelf: Shelf, scratch: Path) -> MadeSnapshot | None:
    """Make one and serve it from now on; None when a backup was restored meanwhile.

    Only whose turn it is may call this. `scratch` is a folder for what is not finished. Raises SetupError.
    """
    began = time.monotonic()
    unfinished, packed = scratch / _UNFINISHED, scratch / _PACKED
    try:
        read_at = store.now_text()
        epoch, seq, records = store.database.read(partial(_fill, file=unfinished))
        # The transaction is over: what takes the longest holds back no journal and no vacuuming
        with closing(_open(unfinished)) as connection:
            CacheFilling(connection).finish(Cursor(epoch, seq).encode())
        unpacked = unfinished.stat().st_size
        digest, size = _pack(unfinished, packed)
        unfinished.unlink()
        shelf.keep(packed, digest)
    except (sqlite3.Error, OSError) as error:
        raise SetupError(f"No snapshot could be made in {scratch}: {error}.") from error
    finally:
        for left in (unfinished, packed):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
    seconds = round(time.monotonic() - began)
    made = MadeSnapshot(digest, LAYOUT, epoch, seq, records, size, unpacked, seconds, read_at)
    now = store.clock()
    return made if store.database.write(lambda tx: snapshot_list.enter(tx, made, now)) else None


def _fill(tx: Transaction, file: Path) -> tuple[str, int, int]:
    """Everything into a new file. Answers epoch, last change number, and how many records there are."""
    file.unlink(missing_ok=True)
    epoch, seq = read_facts(tx).epoch, rows.last_change(tx)
    count = 0
    with closing(_open(file)) as connection:
        filling = CacheFilling(connection)
        filling.begin()
        for batch in living_records(tx, seq):
            filling.add([Line._make((*row[:5], row[6])) for row in batch])
            count += len(batch)
    return epoch, seq, count


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    # Nobody wants a half-made file back after a power cut
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _pack(source: Path, target: Path) -> tuple[str, int]:
    """Pack a file. Answers the digest and the size of what came out."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as plain, target.open("wb") as packed:
        while data := plain.read(MEMBER):
            member = pack_member(data)
            packed.write(member)
            digest.update(member)
            size += len(member)
    return digest.hexdigest(), size
