"""A cache of an earlier layout, laid out anew: people update their program where there is no network, too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.cache_filling import Line
from maintenance_desktop.domain.cache_layout import OTHER, TABLES
from maintenance_desktop.storage.database import READING, Database
from maintenance_desktop.storage.loading import Loading

CONVERTIBLE: Final = "1"
_BATCH: Final = 5_000


def convert(old: Path, new: Path) -> bool:
    """Fill a new file with all that an old one has; False where its download had only begun.

    Raises StorageTrouble, UnreadableRecord.
    """
    source = Database(old, READING)
    try:
        facts = dict(source.rows("SELECT key, value FROM meta"))
        if "cursor" not in facts:
            return False
        loading = Loading.begun(new)
        try:
            lines = _lines(source)
            while batch := list(islice(lines, _BATCH)):
                loading.add(batch)
            loading.finish(facts["cursor"])
            complete = facts.get("complete", "0")
            loading.file.execute("INSERT OR REPLACE INTO meta VALUES ('complete', ?)", (complete,))
        finally:
            loading.close()
        return True
    finally:
        source.close()


def _lines(source: Database) -> Iterator[Line]:
    """In the order of a download: what others name comes first, and newer work orders before older ones."""
    for table in (*TABLES, OTHER):
        newest = " ORDER BY json_extract(body, '$.created_at') DESC" if table == "work_order" else ""
        columns = "type, id, version, changed_at, changed_by, body"
        for row in source.rows(f"SELECT {columns} FROM {table}{newest}"):
            yield Line(*row)
