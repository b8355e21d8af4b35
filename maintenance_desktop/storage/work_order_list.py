"""Work orders as lists: filter, sort, search and count over cache and pending edits together.

The cache's part is read from one index, in order and only as far as a page reaches; pending edits are sorted
in between by SQLite. A page is two steps of SQLite, whatever its length: each step may have to wait its turn
behind a busy thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from maintenance_desktop.domain.cache_rows import number_of
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.views import Found, Mark, WorkOrderCounts, WorkOrderQuery, WorkOrderRow
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage.far_pages import nearer
from maintenance_desktop.storage.laid import Laid, laid_over
from maintenance_desktop.storage.pending import PendingRecord
from maintenance_desktop.storage.strands import Key, Strand, length_of, number_ahead, read_page
from maintenance_desktop.storage.tallies import tally
from maintenance_desktop.storage.view import View, mark_of
from maintenance_desktop.storage.work_order_strands import Listing


class _Shown(msgspec.Struct, gc=False):
    """What a row of the list shows of a record."""

    number: str | None = None
    title: str | None = None
    status: str | None = None
    priority: str | None = None
    work_type: str | None = None
    asset_id: str | None = None
    location_id: str | None = None
    assigned_to: str | None = None
    due_at: str | None = None
    created_at: str | None = None
    completed_at: str | None = None


_Names = tuple[str | None, str | None, str | None, str | None]
"""The asset's tag and name, the location's name, and that of who it is assigned to."""

_decoder: Final = msgspec.json.Decoder(list[tuple[int, str, _Shown, _Names]])


class WorkOrderList:
    """The part of the `Reader` port that lists work orders."""

    def __init__(self, view: View) -> None:
        self._view = view

    def work_orders(self, query: WorkOrderQuery, offset: int = 0, limit: int = 200) -> list[WorkOrderRow]:
        return self._view.at_one_moment(lambda: self._work_order_page(query, offset, limit))

    def work_order_position(self, query: WorkOrderQuery, record_id: str) -> int | None:
        return self._view.at_one_moment(lambda: self._position(query, record_id))

    def count_work_orders(self, query: WorkOrderQuery) -> int:
        return self.found_work_orders(query).count

    def found_work_orders(self, query: WorkOrderQuery) -> Found:
        return self._view.at_one_moment(lambda: self._found(query))

    def work_order_counts(self, person_id: str, now: str) -> WorkOrderCounts:
        unfinished = WorkOrderQuery(statuses=UNFINISHED)

        def read() -> WorkOrderCounts:
            return WorkOrderCounts(
                open=self._found(unfinished).count,
                mine=self._found(replace(unfinished, assigned_to=person_id)).count,
                overdue=self._found(WorkOrderQuery(overdue=True, now=now)).count,
                everything=self._found(WorkOrderQuery()).count,
            )

        return self._view.at_one_moment(read)

    def find_work_order(self, number: str) -> str | None:
        return self._view.at_one_moment(lambda: self._numbered(number.strip()))

    def _work_order_page(self, query: WorkOrderQuery, offset: int, limit: int) -> list[WorkOrderRow]:
        listing = Listing(self._view, query, offset + limit)
        strands, start = nearer(self._view, listing.strands(), offset, descending=query.descending)
        found = read_page(self._view, strands, start, limit, descending=query.descending)
        laid = listing.laid
        cached = self._cached_rows([n for n, place in found if place < 0])
        return [
            cached[n] if place < 0 else self._pending_row(laid, laid.records[place]) for n, place in found
        ]

    def _cached_rows(self, rows: list[int]) -> dict[int, WorkOrderRow]:
        if not rows:
            return {}
        ((text,),) = self._view.rows(
            "SELECT '[' || group_concat('[' || c.n || ',' || json_quote(c.id) || ',' || c.body || ','"
            " || json_array(a.tag, a.name, l.name, p.name) || ']') || ']'"
            " FROM json_each(?) AS j CROSS JOIN cache.work_order AS c ON c.n = j.value"
            " LEFT JOIN cache.asset AS a ON a.n = c.asset LEFT JOIN cache.location AS l ON l.n = c.location"
            " LEFT JOIN cache.person AS p ON p.n = c.person",
            (encode_text(rows),),
        )
        pending = self._view.pending()
        assets = pending.records("asset")
        made = {}
        for n, record_id, shown, (tag, name, location, person) in _decoder.decode(text or "[]"):
            changed = assets.get(shown.asset_id or "")
            if changed is not None:
                tag = str(changed.fields.get("tag") or "") or tag
                name = str(changed.fields.get("name") or "") or name
            mark = Mark(mark_of(pending.below.get(record_id)))
            made[n] = _row(record_id, shown, (tag, name, location, person), mark)
        return made

    def _pending_row(self, laid: Laid, record: PendingRecord) -> WorkOrderRow:
        fields = record.fields
        shown = _Shown(**{name: str(fields[name]) for name in _Shown.__struct_fields__ if fields.get(name)})
        shown.created_at = shown.created_at or record.made_at
        _, asset = laid.named("asset", shown.asset_id)
        _, location = laid.named("location", shown.location_id)
        _, person = laid.named("person", shown.assigned_to)
        names = (asset.get("tag"), asset.get("name"), location.get("name"), person.get("name"))
        rank = max(record.rank, self._view.pending().below.get(record.id, 0))
        return _row(record.id, shown, names, Mark(mark_of(rank)))

    def _found(self, query: WorkOrderQuery) -> Found:
        neutral = replace(query, sort="created_at", descending=True)
        return self._view.remembered(("found", neutral), lambda: self._count(neutral))

    def _count(self, query: WorkOrderQuery) -> Found:
        listing = Listing(self._view, query)
        pending = len(listing.passing())
        if listing.has_words:
            hits = listing.hits()
            return Found(len(hits.first) + len(hits.others) + pending, hits.is_bounded)
        if listing.filters.are_facets:
            cached = tally(self._view, listing.filters.facets())
            return Found(cached - len(listing.hidden()) + pending)
        return Found(length_of(self._view, listing.uncounted()) + pending)

    def _numbered(self, number: str) -> str | None:
        wanted, laid = number.casefold(), laid_over(self._view)
        for record in laid.records:
            if record.is_shown and str(record.fields.get("number") or "").casefold() == wanted:
                return record.id
        found = self._view.rows(
            "SELECT c.id FROM cache.work_order AS c WHERE c.body IS NOT NULL AND c.number_n IS ?"
            " AND json_extract(c.body, '$.number') = ? COLLATE NOCASE",
            (number_of(number), number),
        )
        return next((one for (one,) in found if one not in laid.rows), None)

    def _position(self, query: WorkOrderQuery, record_id: str) -> int | None:
        ahead = 0
        listing = Listing(self._view, query, 1)
        for strand in listing.strands():
            key = self._key(listing.laid, strand, record_id)
            if key is not None:
                return ahead + number_ahead(self._view, strand, key, descending=query.descending)
            ahead += length_of(self._view, strand)
        return None

    def _key(self, laid: Laid, strand: Strand, record_id: str) -> Key | None:
        """What the record is sorted by in this part; None where it is not in it."""
        for key, place in strand.pending:
            if laid.records[place].id == record_id:
                return key
        if not strand.source or record_id in laid.rows:
            return None
        source, parameters = strand.shown()
        found = self._view.rows(
            f"SELECT {', '.join(strand.columns)} {_free(source)} AND c.id = ?", (*parameters, record_id)
        )
        return tuple(found[0]) if found else None


def _free(source: str) -> str:
    """The same tables and conditions, by whatever index finds one record."""
    words = source.split(" ")
    return " ".join(word for at, word in enumerate(words) if not _names_index(words, at))


def _names_index(words: Sequence[str], at: int) -> bool:
    return (
        words[at] == "INDEXED"
        or words[at - 1 : at + 1] == ["INDEXED", "BY"]
        or (at > 1 and words[at - 2 : at] == ["INDEXED", "BY"])
    )


def _row(record_id: str, shown: _Shown, names: _Names, mark: Mark) -> WorkOrderRow:
    tag, name, location, person = names
    return WorkOrderRow(
        id=record_id,
        number=shown.number or "",
        title=shown.title or "",
        status=shown.status or "",
        priority=shown.priority or "",
        work_type=shown.work_type or "",
        asset_id=shown.asset_id,
        asset_tag=tag or "",
        asset_name=name or "",
        location_id=shown.location_id,
        location_name=location or "",
        assigned_to=shown.assigned_to,
        assigned_name=person or "",
        due_at=shown.due_at or "",
        created_at=shown.created_at or "",
        completed_at=shown.completed_at or "",
        mark=mark,
    )
