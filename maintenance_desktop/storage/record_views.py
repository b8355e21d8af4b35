"""Single records, their children, the queue, the questions and the history, as people see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from maintenance_desktop.domain.cache_layout import TABLES
from maintenance_desktop.domain.conflicts import differing_fields, overwrite_problem
from maintenance_desktop.domain.edits import Edit, EditKind, EditState, ServerCopy, line_of
from maintenance_desktop.domain.planning import Waiting, plan
from maintenance_desktop.domain.records import SPECS, Fields
from maintenance_desktop.domain.views import (
    ConflictView,
    HeldView,
    HistoryEntry,
    Mark,
    QueueItem,
    RecordView,
    RefusalView,
    Tally,
)
from maintenance_desktop.domain.wire import decode
from maintenance_desktop.storage.dependence import dependants_of
from maintenance_desktop.storage.edit_rows import EDIT_SELECT, HISTORY_COLUMNS, edit_of, entry_of, way_of
from maintenance_desktop.storage.subjects import subject_of
from maintenance_desktop.storage.view import View

_RANKS: Final = {
    EditState.CONFLICTED: Mark.CONFLICT,
    EditState.HELD: Mark.CONFLICT,
    EditState.REFUSED: Mark.REFUSED,
}


class RecordViews:
    """The part of the `Reader` port about one record, and about what is pending and what ended."""

    def __init__(self, view: View) -> None:
        self._view = view

    def record(self, record_type: str, record_id: str) -> RecordView | None:
        return self._view.at_one_moment(lambda: self._record(record_type, record_id))

    def shown_fields(self, record_type: str, record_id: str) -> Fields | None:
        """The record as it is shown, without the rest of its view, in one statement: a save waits for it."""
        if record_type not in TABLES:
            return None
        ((content,),) = self._view.rows(
            "SELECT coalesce("
            "(SELECT mine FROM main.edit WHERE record_id = ? ORDER BY seq DESC LIMIT 1),"
            f" (SELECT body FROM cache.{record_type} WHERE id = ?))",
            (record_id, record_id),
        )
        fields: Fields | None = None if content is None else decode(content)
        return fields

    def children(self, record_type: str, parent_id: str) -> list[RecordView]:
        columns = SPECS[record_type].parents
        either = " OR ".join(f"{column} = ?" for column in columns)
        by_time = "started_at" if record_type == "labor" else "written_at"

        def read() -> list[RecordView]:
            cached = self._view.rows(
                f"SELECT id FROM cache.{record_type} WHERE body IS NOT NULL AND ({either})",
                [parent_id] * len(columns),
            )
            pending = self._view.rows(
                "SELECT DISTINCT record_id FROM main.edit WHERE type = ? AND parent_id = ?",
                (record_type, parent_id),
            )
            ids = dict.fromkeys(row[0] for row in (*cached, *pending))
            found = [view for one in ids if (view := self._record(record_type, one)) is not None]
            return [view for view in found if not _is_gone(view)]

        return sorted(
            self._view.at_one_moment(read), key=lambda one: (str(one.fields.get(by_time) or ""), one.id)
        )

    def queue(self) -> list[QueueItem]:
        return self._view.at_one_moment(self._queue)

    def notifications(self) -> list[QueueItem]:
        def read() -> list[QueueItem]:
            asked = self._edits(
                "state = 'held' OR (state <> 'queued' AND (server IS NOT NULL OR refusal IS NOT NULL))"
            )
            return [self._item(edit, Waiting.NEEDS_ANSWER) for edit in asked]

        return self._view.at_one_moment(read)

    def conflict(self, edit_id: str, role: str) -> ConflictView | None:
        def read() -> ConflictView | None:
            asked = next(iter(self._edits("id = ?", (edit_id,))), None)
            if asked is None or asked.state is not EditState.CONFLICTED:
                return None
            chain = line_of(self._edits("record_id = ?", (asked.record_id,)), asked.id)
            while chain and chain[0].server is None:
                chain.pop(0)
            if not chain or chain[0].server is None:
                return None
            return ConflictView(
                id=chain[0].id,
                subject=subject_of(chain[-1], self._shown),
                chain=tuple(chain),
                server=self._named(chain[0].server),
                fields=tuple(differing_fields(chain)),
                overwrite_problem=overwrite_problem(chain, role),
                dependants=tuple(
                    self._item(one, Waiting.UNANSWERED_EDIT) for one in dependants_of(self._view.rows, *chain)
                ),
            )

        return self._view.at_one_moment(read)

    def refusal(self, edit_id: str) -> RefusalView | None:
        def read() -> RefusalView | None:
            edit = next(iter(self._edits("id = ?", (edit_id,))), None)
            if edit is None or edit.refusal is None or edit.state is not EditState.REFUSED:
                return None
            return RefusalView(
                id=edit.id,
                subject=subject_of(edit, self._shown),
                edit=edit,
                message=edit.refusal.message,
                dependants=tuple(
                    self._item(one, Waiting.UNANSWERED_EDIT) for one in dependants_of(self._view.rows, edit)
                ),
            )

        return self._view.at_one_moment(read)

    def held(self, edit_id: str) -> HeldView | None:
        def read() -> HeldView | None:
            edit = next(iter(self._edits("id = ?", (edit_id,))), None)
            if edit is None or edit.state is not EditState.HELD:
                return None
            return HeldView(
                id=edit.id,
                subject=subject_of(edit, self._shown),
                edit=edit,
                doubts=tuple(one for one in edit.doubts if not one.is_answered),
                dependants=tuple(
                    self._item(one, Waiting.UNANSWERED_EDIT) for one in dependants_of(self._view.rows, edit)
                ),
            )

        return self._view.at_one_moment(read)

    def history(self, text: str = "", offset: int = 0, limit: int = 200) -> list[HistoryEntry]:
        where, parameters = "ending <> 'folded'", []
        for word in text.split():
            pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            where += " AND (subject || edit || coalesce(theirs, '') || message) LIKE ? ESCAPE '\\'"
            parameters.append(pattern)
        rows = self._view.rows(
            f"SELECT {', '.join(HISTORY_COLUMNS)}, coalesce("
            "(SELECT origin FROM main.edit WHERE id = h.replaced_by),"
            " (SELECT json_extract(edit, '$.origin') FROM main.history WHERE edit_id = h.replaced_by))"
            f" FROM main.history AS h WHERE {where} ORDER BY n DESC LIMIT ? OFFSET ?",
            (*parameters, limit, offset),
        )
        return [replace(entry_of(cells), became=way_of(origin)) for *cells, origin in rows]

    def tally(self) -> Tally:
        return self._view.at_one_moment(lambda: self._view.remembered("tally", self._counted))

    def _counted(self) -> Tally:
        ((waiting, conflicts, refusals, held),) = self._view.rows(
            "SELECT count(*) FILTER (WHERE state = 'queued'),"
            " count(*) FILTER (WHERE state = 'conflicted' AND server IS NOT NULL),"
            " count(*) FILTER (WHERE state = 'refused'),"
            " count(*) FILTER (WHERE state = 'held') FROM main.edit"
        )
        return Tally(waiting, conflicts, refusals, held)

    def _shown(self, record_type: str, record_id: str) -> Fields | None:
        found = self._record(record_type, record_id)
        return found.fields if found else None

    def _record(self, record_type: str, record_id: str) -> RecordView | None:
        edits = self._edits("record_id = ?", (record_id,))
        server = self._server_copy(record_type, record_id)
        if server is None and not edits:
            return None
        version, body, changed_at, changed_by_name = server or (None, None, "", None)
        fields = edits[-1].mine if edits else body
        if fields is None:
            return None
        return RecordView(
            type=record_type,
            id=record_id,
            fields=fields,
            version=version,
            server=body,
            changed_at=changed_at,
            changed_by_name=changed_by_name or "",
            edits=tuple(edits),
            mark=_mark(edits),
        )

    def _server_copy(self, record_type: str, record_id: str) -> tuple[Any, ...] | None:
        if record_type not in TABLES:
            return None
        rows = self._view.rows(
            "SELECT c.version, c.body, c.changed_at, p.name"
            f" FROM cache.{record_type} AS c LEFT JOIN cache.person AS p ON p.id = c.changed_by"
            " WHERE c.id = ?",
            (record_id,),
        )
        if not rows or rows[0][1] is None:
            return None
        version, body, changed_at, name = rows[0]
        return version, decode(body), changed_at, name

    def _edits(self, where: str = "1", parameters: tuple[Any, ...] = ()) -> list[Edit]:
        return [
            edit_of(row) for row in self._view.rows(f"{EDIT_SELECT} WHERE {where} ORDER BY seq", parameters)
        ]

    def _item(self, edit: Edit, waiting: Waiting) -> QueueItem:
        return QueueItem(edit, subject_of(edit, self._shown), waiting)

    def _named(self, server: ServerCopy) -> ServerCopy:
        """With the name of who changed it, which the stream of changes does not tell."""
        if server.changed_by_name or not server.changed_by:
            return server
        found = self._view.rows("SELECT name FROM cache.person WHERE id = ?", (server.changed_by,))
        return replace(server, changed_by_name=str(found[0][0] or "")) if found else server

    def _queue(self) -> list[QueueItem]:
        edits = self._edits()
        seen: dict[tuple[str, str], Fields | None] = {(one.type, one.record_id): one.mine for one in edits}

        def shown(record_type: str, record_id: str) -> Fields | None:
            key = (record_type, record_id)
            if key not in seen:
                seen[key] = self._shown(record_type, record_id)
            return seen[key]

        held = plan(edits, most=len(edits)).held
        items = []
        for edit in edits:
            sent = Waiting.SERVER if edit.refusal else Waiting.NETWORK
            waiting, culprit = held.get(edit.id, (sent, edit.id))
            other = culprit if culprit != edit.id else ""
            items.append(QueueItem(edit, subject_of(edit, shown), waiting, other))
        return items


def _mark(edits: list[Edit]) -> Mark:
    marks = {_RANKS.get(edit.state, Mark.WAITING) for edit in edits}
    return next((mark for mark in (Mark.CONFLICT, Mark.REFUSED, Mark.WAITING) if mark in marks), Mark.NONE)


def _is_gone(view: RecordView) -> bool:
    return bool(view.edits) and view.edits[-1].kind is EditKind.DELETE and view.mark is Mark.WAITING
