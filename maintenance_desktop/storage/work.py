"""`work.db`: what this person did and has not seen confirmed, and how everything ended."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from maintenance_desktop import disk
from maintenance_desktop.domain.edits import Edit, Ending, ServerCopy, rebase
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import HistoryEntry, Subject
from maintenance_desktop.domain.wire import UnreadableJson
from maintenance_desktop.storage.database import Damaged, Database, Transaction, sentences
from maintenance_desktop.storage.edit_rows import (
    EDIT_COLUMNS,
    EDIT_SELECT,
    HISTORY_COLUMNS,
    cells_of,
    edit_of,
    entry_of,
    history_cells,
)
from maintenance_desktop.storage.work_schema import MIGRATIONS, check_age, migrate

_log = logging.getLogger(__name__)

_PRAGMAS: Final = {**disk.DURABLE, "foreign_keys": 1, "wal_autocheckpoint": 4_000}
"""As durable; the save that has to write the journal into the file is one in hundreds."""


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_INSERT: Final = _insert("edit", EDIT_COLUMNS)
_INSERT_NEXT: Final = _insert("edit", EDIT_COLUMNS[1:])
_UPDATE: Final = f"UPDATE edit SET {', '.join(f'{name} = ?' for name in EDIT_COLUMNS)} WHERE id = ?"
_INSERT_ENTRY: Final = _insert("history", HISTORY_COLUMNS)


class WorkFile:
    """The open file, and the few statements that everything done to it is made of."""

    def __init__(self, path: Path) -> None:
        """Open and migrate. Raises ProfileTrouble, StorageTrouble, Damaged."""
        check_age(path)
        self.database = Database(path, _PRAGMAS)
        try:
            if self.database.rows("PRAGMA quick_check(1)") != [("ok",)]:
                raise Damaged("The file with your work on this computer is damaged.")
            migrate(self.database, self._back_up)
            self._check_content()
        except BaseException:
            self.database.close()
            raise

    def meta(self, key: str) -> str | None:
        """A remembered fact about this profile."""
        found = self.database.rows("SELECT value FROM main.meta WHERE key = ?", (key,))
        return str(found[0][0]) if found else None

    def set_meta(self, key: str, value: str) -> None:
        with self.database.write() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def edits(self, where: str = "1", parameters: Sequence[Any] = ()) -> list[Edit]:
        """Pending edits in the order they were made."""
        return [
            edit_of(row)
            for row in self.database.rows(f"{EDIT_SELECT} WHERE {where} ORDER BY seq", parameters)
        ]

    def edit(self, edit_id: str) -> Edit | None:
        return next(iter(self.edits("id = ?", (edit_id,))), None)

    def ending_of(self, edit_id: str) -> HistoryEntry | None:
        """How an edit ended; None while it is pending."""
        found = self.database.rows(
            f"SELECT {', '.join(HISTORY_COLUMNS)} FROM main.history WHERE edit_id = ?", (edit_id,)
        )
        return entry_of(found[0]) if found else None

    def point_to(self, db: Transaction, old: set[str], new: str) -> None:
        """Let what waits for one of the old edits wait for the one that replaced them."""
        either = " OR ".join("instr(after_ids, ?)" for _ in old)
        for edit in self.edits(either, sorted(old)):
            update_edit(db, replace(edit, after=(edit.after - old) | {new}))

    def numbered(self, db: Transaction, edit: Edit) -> Edit:
        """Give a new work order the number people call it by until the server gives one."""
        if edit.type != "work_order":
            return edit
        number = int(self.meta("provisional_number") or 0) + 1
        db.execute("INSERT OR REPLACE INTO meta VALUES ('provisional_number', ?)", (str(number),))
        return replace(edit, mine={**edit.mine, "number": f"New-{number}"})

    def close(self) -> None:
        self.database.close()

    def _check_content(self) -> None:
        """A waiting edit that cannot be understood is damage that SQLite does not see."""
        try:
            self.edits()
        except (UnreadableJson, TypeError, ValueError, KeyError) as error:
            raise Damaged("The file with your work on this computer is damaged.") from error

    def _back_up(self, layout: int) -> Path:
        """Copy the file as it is before a migration; the copy stays."""
        copy = self.database.path.with_name(f"work-layout-{layout}.backup.db")
        unfinished = copy.with_suffix(".unfinished")
        try:
            with sentences():
                unfinished.unlink(missing_ok=True)
                self.database.execute("VACUUM INTO ?", (str(unfinished),))
                disk.replace_file(unfinished, copy)
        except StorageTrouble as trouble:
            raise StorageTrouble(
                "This version of the program first makes a copy of your work, and that did not succeed. "
                f"Nothing was changed. {trouble}"
            ) from trouble
        _log.info("work.db copied before its migration from layout %d to %d", layout, len(MIGRATIONS))
        return copy


def insert_edit(db: Transaction, edit: Edit) -> Edit:
    """Add a pending edit; the same one with its place in the queue."""
    cells = cells_of(edit)
    cursor = db.execute(_INSERT if "seq" in cells else _INSERT_NEXT, tuple(cells.values()))
    return replace(edit, seq=cursor.lastrowid or 0)


def update_edit(db: Transaction, edit: Edit) -> None:
    """Write a pending edit again as it is now."""
    db.execute(_UPDATE, (*cells_of(edit).values(), edit.id))


def end_edit(
    db: Transaction,
    edit: Edit,
    ending: Ending,
    at: str,
    *,
    subject: Subject,
    message: str = "",
    theirs: ServerCopy | None = None,
    result: Fields | None = None,
    result_version: int | None = None,
    replaced_by: str = "",
) -> None:
    """The only way out of the queue: into the history, with everything the edit was."""
    entry = HistoryEntry(edit, subject, ending, at, message, theirs, result, result_version, replaced_by)
    db.execute(_INSERT_ENTRY, tuple(history_cells(entry).values()))
    db.execute("DELETE FROM edit WHERE id = ?", (edit.id,))


def mark_restored(db: Transaction, edit: Edit) -> None:
    """What this edit brings back is not offered again: its entry in the history names this one."""
    if edit.origin is not None:
        db.execute("UPDATE history SET replaced_by = ? WHERE edit_id = ?", (edit.id, edit.origin.edit_id))


def put_on_ground(db: Transaction, successors: Iterable[Edit], version: int | None, ground: Fields) -> None:
    """Put the edits queued behind one that is gone on what the record is without it.

    The first stands on `version`; those behind it have none until their predecessor is answered. What stands
    alone was brought from another computer: it never built on the one that is gone.
    """
    for edit in successors:
        if edit.stands_alone:
            return
        placed = replace(rebase(edit, 0, ground), base_version=version, state=edit.state)
        update_edit(db, placed)
        version, ground = None, placed.mine
