"""The stream of changes: first everything in a useful order, then whatever has a newer change number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from maintenance_desktop.hub import rows
from maintenance_desktop.hub.cursor import Cursor, decode_cursor
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.rows import Rank
from maintenance_desktop.hub.store import HubStore, read_facts

LARGEST_PAGE: Final = 5_000
_CHUNK: Final = 64 * 1024
_COUNTED: Final = 50_000

_LINE: Final = "r.type, r.id, r.version, r.changed_at, r.changed_by, r.deleted, r.body"


@dataclass(frozen=True, slots=True)
class _Stage:
    """A part of the first download: `key` is its order, newest first."""

    ranks: tuple[Rank, ...]
    key: str = "r.created_at, r.id"
    source: str = "record r"
    where: str = ""
    takes_seq: bool = False

    def whole(self) -> str:
        """All of its lines at once."""
        ranks = ", ".join(str(int(rank)) for rank in self.ranks)
        backwards = ", ".join(f"{column} DESC" for column in self.key.split(", "))
        return (
            f"SELECT {_LINE} FROM {self.source} WHERE r.rank IN ({ranks}) AND r.deleted = 0{self.where}"
            f" ORDER BY {backwards}"
        )

    def query(self, *, is_continued: bool) -> str:
        columns = self.key.split(", ")
        backwards = ", ".join(f"{column} DESC" for column in columns)
        marks = ", ".join("?" * len(columns))
        ranks = ", ".join(str(int(rank)) for rank in self.ranks)
        after = f" AND ({self.key}) < ({marks})" if is_continued else ""
        return (
            f"SELECT {self.key}, {_LINE} FROM {self.source} WHERE r.rank IN ({ranks}) AND r.deleted = 0"
            f"{self.where}{after} ORDER BY {backwards} LIMIT ?"
        )


_WITH_PARENT: Final = "record r JOIN record p ON p.id = r.parent_id"
_IS_OPEN: Final = f"p.rank = {int(Rank.OPEN_WORK)} AND p.deleted = 0"
_STAGES: Final = (
    _Stage((Rank.PERSON,)),
    _Stage((Rank.LOCATION,)),
    _Stage((Rank.OTHER,)),
    _Stage((Rank.OPEN_WORK,)),
    _Stage((Rank.CHILD,), "p.created_at, p.id, r.id", _WITH_PARENT, f" AND {_IS_OPEN}"),
    _Stage((Rank.FINISHED_WORK,)),
    # A work order may have been closed while its children's turn was, and be open again now: only where it
    # has not changed since the download began have its children surely been sent already.
    _Stage((Rank.CHILD,), source=_WITH_PARENT, where=f" AND NOT ({_IS_OPEN} AND p.seq <= ?)", takes_seq=True),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: record lines, how many were still to come before it, and where to go on."""

    total: int
    lines: Sequence[str]
    cursor: str
    more: bool

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces large enough for a web server to be fast."""
        piece: list[str] = [f'{{"total":{self.total}}}\n']
        size = 0
        for line in self.lines:
            piece.append(line)
            size += len(line)
            if size >= _CHUNK:
                yield "".join(piece).encode()
                piece, size = [], 0
        piece.append(f'{{"cursor":"{self.cursor}","more":{"true" if self.more else "false"}}}\n')
        yield "".join(piece).encode()


def read_page(store: HubStore, since: str | None, limit: int) -> Page:
    """What comes after a cursor; everything from the start without one. Raises Problem (410)."""
    size = min(limit, LARGEST_PAGE)

    def work(tx: Transaction) -> Page:
        epoch, last = read_facts(tx).epoch, rows.last_change(tx)
        if since is None:
            count = tx.row("SELECT count(*) FROM record WHERE deleted = 0")
            return _download(tx, Cursor(epoch, last, 0, (), int(count[0]) if count else 0), size)
        cursor = decode_cursor(since, epoch=epoch, last_change=last)
        return _download(tx, cursor, size) if cursor.is_download else _changes(tx, cursor, last, size)

    return store.database.read(work)


def living_records(tx: Transaction, seq: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """All that a first download brings, in its order; `seq` is the last change number there is.

    Each row has type, id, version, changed_at, changed_by, deleted (never) and body.
    """
    for stage in _STAGES:
        yield from tx.batches(stage.whole(), *((seq,) if stage.takes_seq else ()))


def lines_between(tx: Transaction, after: int, last: int) -> Iterator[tuple[int, str, str]]:
    """The changes after one number up to another: each one's number, the record's id, and its line."""
    found = tx.rows(
        f"SELECT r.seq, {_LINE} FROM record r WHERE r.seq > ? AND r.seq <= ? ORDER BY r.seq", after, last
    )
    return ((int(row[0]), str(row[2]), _line(row[1:])) for row in found)


def _changes(tx: Transaction, cursor: Cursor, last: int, size: int) -> Page:
    found = tx.rows(
        f"SELECT r.seq, {_LINE} FROM record r WHERE r.seq > ? ORDER BY r.seq LIMIT ?", cursor.seq, size + 1
    )
    more = len(found) > size
    page = found[:size]
    total = _left(tx, cursor.seq, last) if more else len(page)
    # One snapshot: every number up to `last` is visible in it, and none above.
    reached = int(page[-1][0]) if more else last
    return Page(total, [_line(row[1:]) for row in page], Cursor(cursor.epoch, reached).encode(), more)


def _left(tx: Transaction, seq: int, last: int) -> int:
    if last - seq > _COUNTED:
        return last - seq
    row = tx.row("SELECT count(*) FROM record WHERE seq > ?", seq)
    return int(row[0]) if row else 0


def _download(tx: Transaction, cursor: Cursor, size: int) -> Page:
    lines: list[str] = []
    stage, after = cursor.stage, cursor.after
    while stage < len(_STAGES) and len(lines) < size:
        plan = _STAGES[stage]
        width = len(plan.key.split(", "))
        after = after if len(after) == width else ()
        params: list[Any] = [cursor.seq] if plan.takes_seq else []
        found = tx.rows(plan.query(is_continued=bool(after)), *params, *after, size - len(lines))
        lines += [_line(row[width:]) for row in found]
        if len(lines) < size:
            stage, after = stage + 1, ()
        else:
            after = tuple(str(part) for part in found[-1][:width])
    is_over = stage >= len(_STAGES)
    left = max(cursor.left - len(lines), 0)
    following = (
        Cursor(cursor.epoch, cursor.seq) if is_over else Cursor(cursor.epoch, cursor.seq, stage, after, left)
    )
    has_more = not is_over or cursor.seq < rows.last_change(tx)
    return Page(max(cursor.left, len(lines)), lines, following.encode(), has_more)


def _line(row: Sequence[Any]) -> str:
    record_type, record_id, version, changed_at, changed_by, deleted, body = row
    head = (
        f'{{"type":"{record_type}","id":"{record_id}","version":{version},'
        f'"changed_at":"{changed_at}","changed_by":"{changed_by}",'
    )
    return f'{head}"deleted":true}}\n' if deleted else f'{head}"record":{body}}}\n'
