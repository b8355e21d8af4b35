"""Keeping records that changed in `cache.db`, with what searches, sorts and counts, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.domain.cache_filling import insert_sql
from maintenance_desktop.domain.cache_layout import (
    FIRST_FINISHED,
    FIRST_OPEN,
    OPEN_FROM,
    OTHER,
    TABLES,
    columns,
)
from maintenance_desktop.domain.cache_rows import cells_of, table_of
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.database import Transaction
from maintenance_desktop.storage.search_index import words_of

_STANDING: Final = "n, version, changed_at <> '', body"
_SEARCHED: Final = ("number", "title", "description")
_NAMING: Final = ("tag", "name")
_NAMED: Final = (("asset", "asset_id"), ("location", "location_id"), ("person", "assigned_to"))
_ALL: Final = (*TABLES, OTHER)
_INSERT: Final = {table: insert_sql(table) for table in _ALL}
_UPDATE: Final = {
    table: f"UPDATE {table} SET version = ?, changed_at = ?, changed_by = ?"
    f"{''.join(f', {name} = ?' for name in columns(table))}, body = ? WHERE n = ?"
    for table in _ALL
}
_DOUBTED: Final = "doubted"
_ONLY_ANSWERED: Final = "changed_at = '' AND version > 0"
_MOVE: Final = _UPDATE["work_order"].replace(" WHERE n = ?", ", n = ? WHERE n = ?")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the file has of a record."""

    n: int
    version: int
    is_told: bool
    """Whether the stream of changes told of it, not only the answer to an edit."""
    body: str | None

    @property
    def fields(self) -> Fields | None:
        return None if self.body is None else decode(self.body)

    @property
    def same_body(self) -> str | None:
        """The body as this program writes it: who made the file may have put spaces into it."""
        return None if self.body is None else encode_text(decode(self.body))


def _standing(cells: Sequence[Any]) -> _Known:
    n, version, is_told, body = cells
    return _Known(n, version, bool(is_told), body)


class Keeper:
    """Keeps changes within one transaction: where they are newer than what is there, and nothing else."""

    def __init__(self, db: Transaction) -> None:
        self._db = db
        self._rows: dict[tuple[str, str], int] = {}
        self._here: dict[tuple[str, str], _Known | None] = {}
        self._stale: set[int] = set()
        self._words: set[str] = set()
        self._newest: dict[bool, int] = {}

    def keep(self, changes: Sequence[Change]) -> set[str]:
        """Keep these; the ids of those that are different now."""
        self._learn(changes)
        kept = {change.id for change in changes if self._keep(change)}
        self._index()
        return kept

    def forget_what_nobody_has(self, among: Collection[str] | None) -> None:
        """Drop what an answer told of and the whole download did not: it was deleted before that began.

        The answer to an edit that is sent again tells what came of it then, and a first download leaves out
        what is deleted. What the download told has a `changed_at`; a server that gives none cannot be asked
        like this. `among` are the ids that answers told of; where nobody knows them (None) all is searched.
        """
        if not has_downloaded_rows(self._db):
            return
        if among is None:
            self._forget(_ONLY_ANSWERED)
        else:
            self._forget_among(among)

    def doubt(self, record_ids: Sequence[str]) -> None:
        """Remember that an answer which was given before told of these: it may be older than the cursor."""
        doubted = sorted({*self._doubted(), *record_ids})
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_DOUBTED, encode_text(doubted)))

    def forget_what_was_doubted(self) -> None:
        """All changes are here. What only such an answer told of was deleted before this copy was begun.

        Otherwise the stream would have told of it by now.
        """
        doubted = self._doubted()
        if not doubted:
            return
        self._db.execute("DELETE FROM meta WHERE key = ?", (_DOUBTED,))
        if has_downloaded_rows(self._db):
            self._forget_among(doubted)

    def _doubted(self) -> list[str]:
        found = self._db.execute("SELECT value FROM meta WHERE key = ?", (_DOUBTED,)).fetchone()
        return list(decode(found[0])) if found else []

    def _forget_among(self, ids: Collection[str]) -> None:
        if ids:
            self._forget(f"id IN (SELECT value FROM json_each(?)) AND {_ONLY_ANSWERED}", encode_text([*ids]))

    def _forget(self, where: str, *parameters: str) -> None:
        for table in _ALL:
            rows = self._db.execute(f"SELECT id FROM {table} WHERE {where}", parameters).fetchall()
            for (record_id,) in rows:
                known = self._known(table, record_id)
                if known is None:
                    continue
                if table == "work_order":
                    self._unindex(known.n)
                elif table == "asset":
                    self._put_asset(known, {})
                # named by others it may be, so its row stays; its version lets any copy come in
                empty = "".join(f", {name} = NULL" for name in columns(table))
                self._db.execute(
                    f"UPDATE {table} SET version = 0, body = NULL{empty} WHERE n = ?", (known.n,)
                )
                self._here[table, record_id] = _Known(known.n, 0, is_told=False, body=None)

    def _keep(self, change: Change) -> bool:
        table = table_of(change.type)
        known = self._known(table, change.id)
        if known is not None and not (
            change.version > known.version or (change.version == known.version and not known.is_told)
        ):
            return False
        told = (change.version, change.changed_at, change.changed_by)
        body = None if change.record is None else encode_text(change.record)
        if known is not None and body is not None and known.same_body == body:
            # Mostly one's own change, told by the answer before: its indexes and its search are right already
            self._db.execute(
                f"UPDATE {table} SET version = ?, changed_at = ?, changed_by = ? WHERE n = ?",
                (*told, known.n),
            )
            self._remember(table, change, known.n, known.body)
            return True
        fields = change.record or {}
        n = known.n if known else None
        if table == "work_order":
            n = self._work_order(known, change.record)
        elif table == "asset" and known is not None:
            self._put_asset(known, fields)
        elif table == "asset":
            n = self._next("asset")
        content = (*cells_of(table, fields, self._row), body)
        if known is not None and n != known.n:
            self._db.execute(_MOVE, (*told, *content, n, known.n))
        elif known is not None:
            self._db.execute(_UPDATE[table], (*told, *content, n))
        else:
            added = self._db.execute(_INSERT[table], (n, change.type, change.id, *told, *content))
            n = n or added.lastrowid
        self._remember(table, change, n or 0, body)
        if table == "asset":
            self._index_asset(change.id, change.record)
        return True

    # What the file has is asked for at once where many records come: one question each costs as much as a row

    def _learn(self, changes: Sequence[Change]) -> None:
        """What the file has of these, and the rows of what they name."""
        named: dict[str, set[str]] = {}
        for change in changes:
            if change.type == "work_order" and change.record:
                for table, field in _NAMED:
                    named.setdefault(table, set()).add(str(change.record.get(field) or ""))
        for table, ids in named.items():
            for record_id, n in self._found(f"id, n FROM {table}", ids):
                self._rows[table, record_id] = n
        wanted: dict[str, set[str]] = {}
        for change in changes:
            wanted.setdefault(table_of(change.type), set()).add(change.id)
        for table, ids in wanted.items():
            self._here.update(dict.fromkeys((table, one) for one in ids))
            for record_id, *cells in self._found(f"id, {_STANDING} FROM {table}", ids):
                self._here[table, record_id] = _standing(cells)

    def _found(self, what: str, ids: set[str]) -> list[tuple[Any, ...]]:
        wanted = f"SELECT {what} WHERE id IN (SELECT value FROM json_each(?))"
        return self._db.execute(wanted, (encode_text(sorted(ids)),)).fetchall()

    def _known(self, table: str, record_id: str) -> _Known | None:
        if (table, record_id) not in self._here:
            found = self._found(f"{_STANDING} FROM {table}", {record_id})
            self._here[table, record_id] = _standing(found[0]) if found else None
        return self._here[table, record_id]

    def _remember(self, table: str, change: Change, n: int, body: str | None) -> None:
        self._here[table, change.id] = _Known(n, change.version, bool(change.changed_at), body)

    # Work orders: their row tells whether they are finished, and the search follows what it reads

    def _work_order(self, known: _Known | None, record: Fields | None) -> int:
        """The row it stands at from now on; the search forgets what it will not find there any more."""
        before = known.fields if known else None
        is_open = record is not None and record.get("status") in UNFINISHED
        keeps_row = known is not None and (record is None or (known.n >= OPEN_FROM) is is_open)
        n = known.n if known is not None and keeps_row else self._next_row(is_open=is_open)
        is_same = (
            known is not None
            and keeps_row
            and before is not None
            and record is not None
            and all(before.get(name) == record.get(name) for name in (*_SEARCHED, "asset_id"))
        )
        if not is_same:
            if known is not None and before is not None:
                self._unindex(known.n)
            if record is not None:
                self._stale.add(n)
                for name in _SEARCHED:
                    self._words.update(words_of(str(record.get(name) or "")))
        return n

    def _next_row(self, *, is_open: bool) -> int:
        if is_open not in self._newest:
            side = f"n >= {OPEN_FROM}" if is_open else f"n < {OPEN_FROM}"
            ((newest,),) = self._db.execute(f"SELECT max(n) FROM work_order WHERE {side}").fetchall()
            self._newest[is_open] = newest or (FIRST_OPEN if is_open else FIRST_FINISHED)
        self._newest[is_open] += 1
        return self._newest[is_open]

    def _unindex(self, n: int) -> None:
        """While the row still is as the search knows it."""
        if n in self._stale:
            self._stale.remove(n)  # it was to be indexed in this very transaction, and is not yet
            return
        self._db.execute("DELETE FROM work_order_search WHERE rowid = ?", (n,))

    def _index(self) -> None:
        """In the order of the rows: the search writes a piece of its own for each step back."""
        self._db.execute_each(
            "INSERT INTO work_order_search (rowid, number, title, description, asset)"
            " SELECT n, number, title, description, asset FROM work_order_text WHERE n = ?",
            [(n,) for n in sorted(self._stale)],
        )
        words = [(word,) for word in sorted(self._words) if not word.isdigit()]
        self._db.execute_each("INSERT OR IGNORE INTO word VALUES (?, 1)", words)
        self._stale, self._words = set(), set()

    # Assets: their work orders are found by the asset's name

    def _put_asset(self, known: _Known, fields: Fields) -> None:
        before = known.fields or {}
        if known.body is not None:
            self._db.execute("DELETE FROM asset_search WHERE rowid = ?", (known.n,))
        if any(before.get(name) != fields.get(name) for name in _NAMING):
            on_it = "SELECT n FROM work_order WHERE asset = ? AND body IS NOT NULL"
            for (n,) in self._db.execute(on_it, (known.n,)).fetchall():
                self._unindex(n)
                self._stale.add(n)

    def _index_asset(self, record_id: str, record: Fields | None) -> None:
        if record is None:
            return
        self._db.execute(
            "INSERT INTO asset_search (rowid, tag, name, serial_number)"
            " SELECT n, tag, name, serial_number FROM asset WHERE id = ?",
            (record_id,),
        )
        for name in _NAMING:
            self._words.update(words_of(str(record.get(name) or "")))

    # References: a record may be named before it comes

    def _row(self, table: str, record_id: Any) -> int | None:
        if not record_id:
            return None
        key = (table, str(record_id))
        if key not in self._rows:
            found = self._db.execute(f"SELECT n FROM {table} WHERE id = ?", (key[1],)).fetchone()
            self._rows[key] = found[0] if found else self._name(*key)
        return self._rows[key]

    def _name(self, table: str, record_id: str) -> int:
        n = self._next(table)
        self._db.execute(
            f"INSERT INTO {table} (n, id, type, version, changed_at, changed_by) VALUES (?, ?, ?, 0, '', '')",
            (n, record_id, table),
        )
        self._here[table, record_id] = _Known(n, 0, is_told=False, body=None)
        return n

    def _next(self, table: str) -> int:
        ((newest,),) = self._db.execute(f"SELECT max(n) FROM {table}").fetchall()
        return int(newest or 0) + 1


def has_downloaded_rows(db: Transaction) -> bool:
    """Whether a download told of any record here."""
    return any(
        db.execute(f"SELECT 1 FROM {table} WHERE changed_at <> '' LIMIT 1").fetchone() for table in _ALL
    )
