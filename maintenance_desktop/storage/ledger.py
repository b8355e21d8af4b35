"""What `work.db` knows of choices not told yet, and of this person's changes that somebody overwrote."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import TABLES
from maintenance_desktop.domain.edits import Edit, Ending, Way
from maintenance_desktop.domain.ledger import Choice, ChoiceReport, DecisionKind
from maintenance_desktop.domain.overwritten import APPLIED, Overwritten, is_overturned
from maintenance_desktop.domain.records import known_writable
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.edit_rows import HISTORY_COLUMNS, entry_of
from maintenance_desktop.storage.view import View
from maintenance_desktop.storage.work import WorkFile

_TOLD: Final = "choices_told"
_SUSPECTS: Final = "overwritten_suspects"
_KIND: Final = "overwritten"
_CHOSEN: Final = (Ending.DISCARDED, Ending.ACKNOWLEDGED, Ending.REPLACED)
_DROPPED: Final = {Ending.DISCARDED: Choice.DISCARD, Ending.ACKNOWLEDGED: Choice.ACKNOWLEDGE}
_COLUMNS: Final = ", ".join(HISTORY_COLUMNS)


class LedgerFile:
    """The `LedgerStore` port over `work.db` and the cache."""

    def __init__(self, work: WorkFile, view: View) -> None:
        self._work = work
        self._view = view

    def untold(self, most: int) -> tuple[list[ChoiceReport], int | None]:
        """The next choices that the server was not told, and where to go on once it was; None at the end."""
        marks = ", ".join("?" * len(_CHOSEN))
        told = int(self._work.meta(_TOLD) or 0)
        rows = self._work.database.rows(
            f"SELECT n, {_COLUMNS} FROM main.history WHERE ending IN ({marks}) AND n > ? ORDER BY n LIMIT ?",
            (*(ending.value for ending in _CHOSEN), told, most),
        )
        found = [self._report(entry_of(row[1:])) for row in rows]
        return [one for one in found if one is not None], rows[-1][0] if rows else None

    def keep_told(self, place: int) -> None:
        """The server knows all choices up to here."""
        self._work.set_meta(_TOLD, str(place))

    def suspects(self) -> list[str]:
        """Records of which it is still to be asked whether somebody overwrote this person."""
        return list(decode(self._work.meta(_SUSPECTS) or "[]"))

    def keep_suspects(self, record_ids: Sequence[str]) -> None:
        self._work.set_meta(_SUSPECTS, encode_text(list(record_ids)))

    def overturned(self, record_ids: Collection[str] | None, me: str) -> list[str]:
        """Those records (None: all) that are by somebody else not as this person left them."""
        endings = ", ".join(f"'{ending.value}'" for ending in sorted(APPLIED))
        where, parameters = "", []
        if record_ids is not None:
            where = " AND record_id IN (SELECT value FROM json_each(?))"
            parameters.append(encode_text(sorted(record_ids)))
        rows = self._view.rows(
            f"SELECT DISTINCT record_id FROM main.history WHERE ending IN ({endings}){where}", parameters
        )
        return [record_id for (record_id,) in rows if self._is_overturned(record_id, me)]

    def applied(self, record_id: str) -> list[HistoryEntry]:
        """This person's edits of a record that the server did, oldest first."""
        rows = self._work.database.rows(
            f"SELECT {_COLUMNS} FROM main.history WHERE record_id = ? ORDER BY n", (record_id,)
        )
        return [entry for entry in map(entry_of, rows) if entry.ending in APPLIED]

    def ending_of(self, edit_id: str) -> HistoryEntry | None:
        """An entry of the history."""
        return self._work.ending_of(edit_id)

    def tell(self, notices: Sequence[Overwritten], at: str) -> None:
        """Keep these for the person; those told before stay as they are."""
        with self._work.database.write() as db:
            for one in notices:
                db.execute(
                    "INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?, '')",
                    (one.id, _KIND, at, encode_text(one)),
                )

    def notices(self) -> list[Overwritten]:
        """What the person has not answered, oldest first."""
        rows = self._work.database.rows(
            "SELECT content FROM main.notice WHERE kind = ? AND answered_at = '' ORDER BY told_at, id",
            (_KIND,),
        )
        return [_notice(decode(content)) for (content,) in rows]

    def okay(self, notice_id: str, at: str) -> None:
        """The person has read it."""
        with self._work.database.write() as db:
            db.execute("UPDATE notice SET answered_at = ? WHERE id = ?", (at, notice_id))

    def _is_overturned(self, record_id: str, me: str) -> bool:
        entries = self.applied(record_id)
        record_type = entries[-1].edit.type
        if record_type not in TABLES:
            return False
        rows = self._view.rows(f"SELECT body, changed_by FROM cache.{record_type} WHERE id = ?", (record_id,))
        if not rows or rows[0][1] == me:
            return False
        body = rows[0][0]
        return is_overturned(entries, None if body is None else decode(body))

    def _report(self, entry: HistoryEntry) -> ChoiceReport | None:
        """What the server is told; None for what was no choice, such as the rest of a chain."""
        edit = entry.edit
        choice = _DROPPED.get(entry.ending)
        if choice is None:
            newer = self._newer(entry.replaced_by)
            if newer is None or newer.origin is None or newer.origin.edit_id != edit.id:
                return None
            is_moved = newer.origin.way is Way.FOLLOW_UP
            choice = Choice(newer.origin.way.value) if is_moved or not edit.refusal else Choice.RESEND
        theirs = entry.theirs
        is_conflict = theirs is not None and edit.refusal is None
        return ChoiceReport(
            edit_id=edit.id,
            kind=DecisionKind.CONFLICT if is_conflict else DecisionKind.REFUSAL,
            edit_kind=edit.kind.value,
            type=edit.type,
            record_id=edit.record_id,
            choice=choice,
            chosen_at=entry.ended_at,
            base=None if edit.base is None else known_writable(edit.type, edit.base),
            mine=edit.outgoing() or None,
            theirs=theirs.record if theirs else None,
            version=theirs.version if theirs else 0,
            changed_by=theirs.changed_by if theirs else "",
            changed_at=theirs.changed_at if theirs else "",
            code=edit.refusal.code if edit.refusal else "",
            message=entry.message,
        )

    def _newer(self, edit_id: str) -> Edit | None:
        ended = self._work.ending_of(edit_id)
        return ended.edit if ended else self._work.edit(edit_id)


def _notice(content: dict[str, Any]) -> Overwritten:
    return Overwritten(**(content | {"fields": tuple(content["fields"])}))
