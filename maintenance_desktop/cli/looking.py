"""The commands that only look; they never touch the network."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Any, Final, TypeVar

from maintenance_desktop.cli.desk import Desk, now
from maintenance_desktop.cli.notices import notice_shape, notice_text
from maintenance_desktop.cli.reply import Code, Reply, Stopped
from maintenance_desktop.cli.screen import MARKS, local_time, one_line, table
from maintenance_desktop.cli.shapes import (
    conflict_answers,
    conflict_sentence,
    conflict_shape,
    held_answers,
    held_sentence,
    held_shape,
    history_shape,
    queue_shape,
    refusal_answers,
    refusal_sentence,
    refusal_shape,
)
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import ASSET_STATUSES, STATUSES
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import (
    AssetQuery,
    ConflictView,
    HeldView,
    RefusalView,
    WorkOrderQuery,
)

Row = TypeVar("Row")
Question = ConflictView | RefusalView | HeldView
"""What waits for the person's answer."""
_PAGE: Final = 500
_SHOWN: Final = 100


def list_work_orders(desk: Desk, options: Namespace) -> Reply:
    """The work orders, newest first."""
    query = WorkOrderQuery(
        text=options.search or "",
        statuses=_statuses(options.status, STATUSES, {"unfinished": UNFINISHED}),
        assigned_to=desk.account.person_id if options.mine else None,
        overdue=options.overdue,
        now=write_time(now()),
    )
    rows = _read(options, lambda offset, limit: desk.reader.work_orders(query, offset, limit))
    lines = [
        (
            row.number,
            MARKS[row.mark],
            row.status,
            row.priority,
            local_time(row.due_at),
            row.assigned_name,
            row.asset_tag,
            row.title,
        )
        for row in rows
    ]
    headers = ("NUMBER", "", "STATUS", "PRIORITY", "DUE", "ASSIGNED TO", "ASSET", "TITLE")
    found = desk.reader.found_work_orders(query)
    notes = _notes(desk, len(rows), found.count)
    if found.is_bounded:
        notes = (*notes, f"More than {found.count} found; these are the newest. Add a word to narrow it.")
    return Reply([asdict(row) for row in rows], table(headers, lines), notes=notes)


def list_assets(desk: Desk, options: Namespace) -> Reply:
    """The assets by tag."""
    if options.mine or options.overdue:
        raise Stopped("--mine and --overdue are about work orders.", Code.WRONG_USAGE)
    query = AssetQuery(text=options.search or "", statuses=_statuses(options.status, ASSET_STATUSES, {}))
    rows = _read(options, lambda offset, limit: desk.reader.assets(query, offset, limit))
    lines = [
        (row.tag, MARKS[row.mark], row.status, row.location_name, str(row.open_work_orders or ""), row.name)
        for row in rows
    ]
    headers = ("TAG", "", "STATUS", "LOCATION", "OPEN", "NAME")
    notes = _notes(desk, len(rows), desk.reader.count_assets(query))
    return Reply([asdict(row) for row in rows], table(headers, lines), notes=notes)


def queue(desk: Desk, options: Namespace) -> Reply:
    """What waits, in the order it was made."""
    del options
    items = desk.reader.queue()
    names = {item.edit.id: f"{item.subject.number} {item.subject.title}".strip() for item in items}
    lines = [
        (
            item.edit.id,
            item.subject.number,
            f"{item.edit.kind.value} {item.edit.type}",
            local_time(item.edit.made_at),
            item.waiting.value + (f": {names[item.waits_for]}" if item.waits_for in names else ""),
        )
        for item in items
    ]
    text = table(("ID", "NUMBER", "WHAT", "SAVED", "WAITS FOR"), lines) if lines else "Nothing waits."
    return Reply([queue_shape(item) for item in items], text)


def notifications(desk: Desk, options: Namespace) -> Reply:
    """Conflicts, errors and what is held, oldest first; then what others overwrote."""
    del options
    views, ledger = open_questions(desk), desk.profile.ledger
    shapes, texts = [_question_shape(view) for view in views], [_question_text(view) for view in views]
    for notice in ledger.notices():
        entry = ledger.ending_of(notice.edit_id)
        shapes.append(notice_shape(notice, entry.edit if entry else None))
        texts.append(notice_text(notice))
    return Reply(shapes, "\n\n".join(texts) or "Nothing needs you.")


def open_questions(desk: Desk) -> list[Question]:
    """Everything that waits for this person's answer."""
    found: list[Question] = []
    for item in desk.reader.notifications():
        asked, reader = item.edit.id, desk.reader
        view = reader.conflict(asked, desk.account.role) or reader.refusal(asked) or reader.held(asked)
        if view is not None:
            found.append(view)
    return found


def history(desk: Desk, options: Namespace) -> Reply:
    """How edits ended, newest first."""
    entries = _read(options, lambda offset, limit: desk.reader.history(options.search or "", offset, limit))
    lines = [
        (
            local_time(entry.ended_at),
            entry.ending.value,
            entry.subject.number,
            f"{entry.edit.kind.value} {entry.edit.type}",
            entry.message or entry.subject.title,
        )
        for entry in entries
    ]
    text = table(("WHEN", "ENDING", "NUMBER", "WHAT", "ABOUT"), lines) if lines else "Nothing yet."
    return Reply([history_shape(entry) for entry in entries], text)


def _read(options: Namespace, page: Callable[[int, int], list[Row]]) -> list[Row]:
    """The rows up to the limit, page by page; without one all for machines, a screenful for people."""
    limit = options.limit if options.limit is not None else (0 if options.json else _SHOWN)

    def rows() -> Iterator[Row]:
        offset = 0
        while found := page(offset, _PAGE):
            yield from found
            offset += len(found)
            if len(found) < _PAGE:
                return

    return list(islice(rows(), limit or None))


def _statuses(
    typed: Sequence[str], known: Sequence[str], groups: dict[str, frozenset[str]]
) -> frozenset[str]:
    found: set[str] = set()
    for status in (part.strip() for text in typed for part in text.split(",")):
        if status not in known and status not in groups:
            names = ", ".join([*known, *groups])
            raise Stopped(f"There is no status “{status}”. Choose one of: {names}.", Code.WRONG_USAGE)
        found |= groups.get(status, frozenset({status}))
    return frozenset(found)


def _notes(desk: Desk, shown: int, count: int) -> tuple[str, ...]:
    notes = []
    if shown < count:
        notes.append(f"{shown} of {count} shown; --limit 0 shows all.")
    if not desk.profile.cache.is_complete():
        notes.append("The first download is not complete; there may be more. Run: sync")
    return tuple(notes)


def _question_shape(view: Question) -> dict[str, Any]:
    match view:
        case ConflictView():
            return conflict_shape(view)
        case RefusalView():
            return refusal_shape(view)
    return held_shape(view)


def _question_text(view: Question) -> str:
    name = one_line(f"{view.subject.number} {view.subject.title}")
    if isinstance(view, RefusalView):
        commands = [f"  {answer} {view.id}" for answer in refusal_answers(view)]
        return "\n".join([f"✕ {name}", refusal_sentence(view), *commands])
    if isinstance(view, HeldView):
        commands = [f"  {answer} {view.id}" for answer in held_answers(view)]
        return "\n".join([f"⚠ {name}", held_sentence(view), *commands])
    rows = [
        (one.name, *(str("" if value is None else value) for value in (one.base, one.mine, one.theirs)))
        for one in view.fields
    ]
    facts = table(("FIELD", "WHEN YOU STARTED", "YOURS", "ON THE SERVER"), rows) if rows else ""
    choose = "".join(f" --field {one.name}=mine|theirs" for one in view.fields if one.overlaps)
    answers = [
        f"  {answer} {view.id}{choose if answer == 'combine' else ''}" for answer in conflict_answers(view)
    ]
    if view.overwrite_problem:
        answers.insert(0, view.overwrite_problem)
    return "\n".join(part for part in (f"⚠ {name}", conflict_sentence(view), facts, *answers) if part)
