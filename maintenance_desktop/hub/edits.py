"""Applying one edit: a transaction of its own, done exactly once, or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from maintenance_desktop.domain.lifecycle import is_allowed, transition_problem
from maintenance_desktop.domain.records import SPECS, parent_of
from maintenance_desktop.hub import checks, ledger, memory, rows, schema
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.drafts import (
    Stroke,
    new_row,
    next_row,
    settle_completion,
    tombstone,
    with_defaults,
)
from maintenance_desktop.hub.edit_request import EditRequest, read_edit, usable_id
from maintenance_desktop.hub.errors import Conflict, Refusal, Rejection, not_signed_in
from maintenance_desktop.hub.rows import Row
from maintenance_desktop.hub.store import Author, HubStore, find_author, name_of


def apply_edit(
    store: HubStore, person_id: str, edit: Mapping[str, Any], sent_at: datetime | None
) -> dict[str, Any]:
    """Do what the edit asks, once. The answer is the contract's RESULT; nothing is raised for a refusal.

    Raises Problem (401) when the person may not send anything any more.
    """
    edit_id = usable_id(edit)
    if edit_id is None:
        raise ValueError("an edit needs a UUID as its id")

    def work(tx: Transaction) -> dict[str, Any]:
        now = store.clock()
        done = memory.claim(tx, person_id, edit_id, memory.digest(edit), store.now_text())
        if done is not None:
            return done
        request = read_edit(edit, now=now, sent_at=sent_at)
        author = find_author(tx, person_id)
        if author is None or not author.active:
            raise not_signed_in()  # disabled since the request came in: the rest of it stays where it is
        stroke = Stroke(person_id, store.now_text(), request.made_at)
        choice = ledger.choice_in(edit)
        before = rows.find(tx, request.record_id) if choice else None
        row, replayed = _WRITERS[request.kind](tx, request, author, stroke)
        if choice and before is not None and row.version > before.version:
            ledger.note_decided(
                tx, person_id, edit_id, edit, request, before=before, after=row, choice=choice
            )
        record = None if row.deleted else row.body
        memory.remember(tx, person_id, edit_id, row.version, record)
        answer = {"outcome": "applied", "version": row.version, "record": row.current}
        return answer | ({"replayed": True} if replayed else {})

    try:
        answer = store.database.write(work)
    except Refusal as refusal:
        answer = refusal.result()
        ledger.note_refusal(store, person_id, edit, refusal)
    if answer["outcome"] == "applied":
        store.on_write()
    return {"id": edit["id"]} | answer


def _create(tx: Transaction, edit: EditRequest, author: Author, stroke: Stroke) -> tuple[Row, bool]:
    _check_allowed(author, edit)
    content = with_defaults(edit.type, edit.sent, stroke)
    checks.check_complete(edit.type, content)
    _lock_tree(tx, edit)
    parent_id = parent_of(edit.type, content)
    parent = rows.find(tx, parent_id, lock=True) if parent_id else None
    existing = rows.find(tx, edit.record_id, lock=True)
    if existing is not None:
        return _already_there(tx, existing, edit, author), True
    if parent_id:
        checks.check_parent(parent, edit.type, content)
        checks.check_unfinished(tx, [parent], edit.type)
    if edit.type == "work_order":
        _check_transition(None, str(content["status"]), author)
    _check_content(tx, edit, content, {})
    number = None
    if edit.type == "work_order":
        settle_completion(content, None, stroke)
        number = f"WO-{rows.take_numbers(tx, 0, 1)[1]}"
    row = new_row(edit.record_id, edit.type, content, stroke, number=number)
    rows.insert(tx, [row])
    rows.stamp(tx, [row])
    return row, False


def _update(tx: Transaction, edit: EditRequest, author: Author, stroke: Stroke) -> tuple[Row, bool]:
    _lock_tree(tx, edit)
    row, parents = _find_locked(tx, edit)
    _check_allowed(author, edit, row)
    checks.check_unfinished(tx, parents, edit.type)
    if row.version != edit.base_version:
        raise _conflict(tx, row, edit)
    stored = row.fields
    content = stored | dict(edit.sent)
    checks.check_complete(edit.type, content)
    if content == stored and not row.deleted:
        return row, False
    if SPECS[edit.type].parents:
        parent_id = parent_of(edit.type, content)
        parent = next((one for one in parents if one and one.id == parent_id), None)
        checks.check_parent(parent, edit.type, content)
    if edit.type == "work_order":
        _check_transition(stored["status"], content["status"], author)
    _check_content(tx, edit, content, stored)
    return _replace(tx, row, next_row(row, content, stroke), edit), False


def _delete(tx: Transaction, edit: EditRequest, author: Author, stroke: Stroke) -> tuple[Row, bool]:
    row, parents = _find_locked(tx, edit)
    _check_allowed(author, edit, row)
    if row.deleted:
        return row, False
    checks.check_unfinished(tx, parents, edit.type)
    if row.version != edit.base_version:
        raise _conflict(tx, row, edit)
    children = [tombstone(child, stroke) for child in rows.living_children(tx, row.id)]
    for child in children:
        rows.update(tx, child, from_version=child.version - 1)
    return _replace(tx, row, tombstone(row, stroke), edit, children), False


_WRITERS = {"create": _create, "update": _update, "delete": _delete}


def _replace(
    tx: Transaction, row: Row, changed: Row, edit: EditRequest, children: list[Row] | None = None
) -> Row:
    if not rows.update(tx, changed, from_version=edit.base_version):
        raise _conflict(tx, rows.find(tx, row.id) or row, edit)
    rows.stamp(tx, [changed, *(children or [])])
    return changed


def _find_locked(tx: Transaction, edit: EditRequest) -> tuple[Row, list[Row | None]]:
    """The record and the parents it has and would get, all locked, parents first."""
    seen = rows.find(tx, edit.record_id)
    if seen is None or seen.type != edit.type:
        raise Rejection("not_found", "The server does not have this record.")
    if not SPECS[edit.type].parents:
        return rows.find(tx, edit.record_id, lock=True) or seen, []
    wanted = parent_of(edit.type, seen.fields | dict(edit.sent))
    ids = sorted({one for one in (seen.parent_id, wanted) if one})
    parents = [rows.find(tx, one, lock=True) for one in ids]
    return rows.find(tx, edit.record_id, lock=True) or seen, parents


def _lock_tree(tx: Transaction, edit: EditRequest) -> None:
    """Whoever may move a record in its tree takes the tree's lock before any row's."""
    if edit.type in checks.TREES and edit.sent.get("parent_id"):
        schema.lock_tree(tx, edit.type)


def _already_there(tx: Transaction, row: Row, edit: EditRequest, author: Author) -> Row:
    """A create of an id that exists: fine if it says the same and comes from the same person."""
    if row.type != edit.type:
        raise Rejection("invalid", "Another record has this id.", "record_id")
    stored = row.fields
    hub_made = {"active", "written_at", "written_by"}
    same = all(
        stored.get(name) == value or (value is None and name in hub_made) for name, value in edit.sent.items()
    )
    if row.deleted or not same or row.created_by != author.id:
        raise _conflict(tx, row, edit)
    return row


def _check_allowed(author: Author, edit: EditRequest, row: Row | None = None) -> None:
    is_own = row is not None and row.created_by == author.id
    if not is_allowed(author.role, edit.kind, edit.type, is_own=is_own):
        what = edit.type.replace("_", " ")
        raise Rejection("not_allowed", f"Your role ({author.role}) may not {edit.kind} this {what}.")


def _check_transition(stored: str | None, sent: str, author: Author) -> None:
    problem = transition_problem(stored, sent, author.role)
    if problem is not None:
        raise Rejection("bad_transition", problem, "status")


def _check_content(
    tx: Transaction, edit: EditRequest, content: Mapping[str, Any], stored: Mapping[str, Any]
) -> None:
    if edit.type in checks.TREES:
        checks.check_tree(tx, edit.record_id, content.get("parent_id"))
    checks.check_references(tx, edit.type, content, stored)
    checks.check_unique(tx, edit.record_id, edit.type, content)


def _conflict(tx: Transaction, row: Row, edit: EditRequest) -> Conflict:
    return Conflict(
        current=row.current,
        version=row.version,
        changed_by=row.changed_by,
        changed_by_name=name_of(tx, row.changed_by),
        changed_at=row.changed_at,
        changes=max(row.version - edit.base_version, 1),
    )
