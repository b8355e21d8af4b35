"""The hub's ledger: what it did not do, what was overwritten, and what people chose."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.ledger import Choice, DecisionKind, lost_fields
from maintenance_desktop.domain.records import SPECS, parent_of
from maintenance_desktop.domain.values import is_record_id, is_storable_text
from maintenance_desktop.hub import rows
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.edit_request import EditRequest, usable_id
from maintenance_desktop.hub.errors import Conflict, Refusal, Rejection, Unavailable
from maintenance_desktop.hub.ledger_table import Decision, find, put
from maintenance_desktop.hub.rows import Row
from maintenance_desktop.hub.store import HubStore

_log = logging.getLogger(__name__)

_LONGEST_CONTENT: Final = 262_144
_LONGEST_TEXT: Final = 1_000
_LARGEST: Final = 10**15


def note_refusal(store: HubStore, person_id: str, edit: Mapping[str, Any], refusal: Refusal) -> None:
    """Note that an edit was not done, once its own transaction is gone. It never makes the call fail.

    A repeat that meets the same again changes nothing.
    """
    edit_id = usable_id(edit)
    if edit_id is None or (isinstance(refusal, Rejection) and refusal.code == "id_reused"):
        return  # the latter was done once, and is noted under that content if at all

    def work(tx: Transaction) -> None:
        noted = _refused(tx, person_id, edit_id, edit, refusal, store.now_text())
        known = find(tx, person_id, edit_id)
        if known is None or (known.kind, known.version, known.code) != (
            noted.kind,
            noted.version,
            noted.code,
        ):
            put(tx, noted)

    try:
        store.database.write(work)
    except Unavailable as error:
        _log.warning("a refusal was not noted: %s", error)


def choice_in(edit: Mapping[str, Any]) -> Choice | None:
    """The decision that an edit carries out, as its sender says; None where it is an ordinary one."""
    told = edit.get("decided")
    is_known = told in (Choice.OVERWRITE, Choice.COMBINE, Choice.COMBINE_BY_ITSELF)
    return Choice(told) if isinstance(told, str) and is_known else None


def note_decided(
    tx: Transaction,
    person_id: str,
    edit_id: str,
    edit: Mapping[str, Any],
    request: EditRequest,
    *,
    before: Row,
    after: Row,
    choice: Choice,
) -> None:
    """Note in the transaction of an edit that overwrote or combined: whose content, and what it dropped."""
    answered = usable_id({"id": edit.get("answers")})
    known = find(tx, person_id, answered) if answered else None
    base = content_in(request.type, edit.get("base")) or (known.base if known else None)
    number, title = _named(tx, request.type, before.fields)
    lost = lost_fields(
        request.type,
        choice,
        base=_read(base),
        mine=request.sent,
        theirs=before.current,
        result=after.current,
    )
    kind = DecisionKind.OVERWRITE if choice is Choice.OVERWRITE else DecisionKind.COMBINE
    put(
        tx,
        Decision(
            person_id=person_id,
            edit_id=edit_id,
            place=0,
            kind=kind.value,
            edit_kind=request.kind,
            type=request.type,
            record_id=request.record_id,
            number=number,
            title=title,
            happened_at=after.changed_at,
            code="",
            message="",
            base=base,
            mine=content_in(request.type, request.sent) if request.kind != "delete" else None,
            theirs=None if before.deleted else before.body,
            result=None if after.deleted else after.body,
            version=before.version,
            changed_by=before.changed_by,
            changed_at=before.changed_at,
            choice=choice.value,
            chosen_at=after.made_at,
            lost=wire.encode_text(lost),
        ),
    )


def keep_choices(tx: Transaction, told: Iterable[Decision]) -> int:
    """Keep choices that a client tells of its own person's edits; how many were new.

    Who writes takes the entries first, in the order of their ids, and the counter after them: so nobody waits
    in a circle.
    """
    ordered = sorted(told, key=lambda one: one.edit_id)
    known = [find(tx, one.person_id, one.edit_id) for one in ordered]
    return sum(_keep_choice(tx, *pair) for pair in zip(ordered, known, strict=True))


def _keep_choice(tx: Transaction, told: Decision, known: Decision | None) -> bool:
    """The first one stays."""
    if known is not None and known.choice:
        return False
    if known is None:
        number, title = _named(tx, told.type, _read(told.mine) or {}, told.record_id)
        known = replace(told, number=number, title=title)
    kept = replace(
        known, choice=told.choice, chosen_at=told.chosen_at, base=known.base or told.base, mine=known.mine
    )
    lost = lost_fields(
        kept.type,
        kept.choice if kept.choice in (Choice.DISCARD, Choice.ACKNOWLEDGE) else "",
        base=_read(kept.base),
        mine=_read(kept.mine),
        theirs=_read(kept.theirs),
        result=None,
    )
    put(tx, replace(kept, lost=wire.encode_text(lost)))
    return True


def content_in(record_type: str, record: Any) -> str | None:
    """The known fields of a record that somebody sent, as JSON text; what cannot be stored is left out."""
    if not isinstance(record, Mapping) or record_type not in SPECS:
        return None
    names = [field.name for field in SPECS[record_type].fields]
    kept = {name: record[name] for name in names if name in record and _is_storable(record[name])}
    text = wire.encode_text(kept)
    return text if len(text) <= _LONGEST_CONTENT else None


def text_in(value: Any) -> str:
    """A text that only people read: whatever is odd about it does not matter."""
    return value[:_LONGEST_TEXT] if isinstance(value, str) and is_storable_text(value) else ""


def _refused(
    tx: Transaction, person_id: str, edit_id: str, edit: Mapping[str, Any], refusal: Refusal, now: str
) -> Decision:
    record_type, record_id = edit.get("type"), edit.get("record_id")
    record_type = record_type if isinstance(record_type, str) and record_type in SPECS else ""
    record_id = str(record_id) if is_record_id(record_id) else ""
    sent = None if edit.get("kind") == "delete" else content_in(record_type, edit.get("record"))
    number, title = _named(tx, record_type, _read(sent) or {}, record_id)
    noted = Decision(
        person_id=person_id,
        edit_id=edit_id,
        place=0,
        kind=DecisionKind.REFUSAL.value,
        edit_kind=text_in(edit.get("kind"))[:20],
        type=record_type,
        record_id=record_id,
        number=number,
        title=title,
        happened_at=now,
        code="",
        message="",
        base=content_in(record_type, edit.get("base")),
        mine=sent,
        theirs=None,
        result=None,
        version=0,
        changed_by="",
        changed_at="",
        choice="",
        chosen_at="",
        lost="[]",
    )
    if isinstance(refusal, Conflict):
        met = refusal.answer
        theirs = met["current"]
        return replace(
            noted,
            kind=DecisionKind.CONFLICT.value,
            theirs=None if theirs is None else content_in(record_type, theirs),
            version=met["version"],
            changed_by=met["changed_by"],
            changed_at=met["changed_at"],
        )
    code = refusal.code if isinstance(refusal, Rejection) else ""
    return replace(noted, code=code, message=text_in(str(refusal)))


def _named(
    tx: Transaction, record_type: str, content: Mapping[str, Any], record_id: str = ""
) -> tuple[str, str]:
    """What people call the record, or the work order or asset that it belongs to."""
    if not record_type:
        return "", ""
    known = rows.find(tx, record_id) if record_id else None
    content = known.fields if known is not None and known.type == record_type else content
    if SPECS[record_type].parents:
        parent_id = parent_of(record_type, content)
        parent = rows.find(tx, str(parent_id)) if is_record_id(parent_id) else None
        if parent is None:
            return "", ""
        content = parent.fields
    number = content.get("number") or content.get("tag") or content.get("code") or ""
    return text_in(number), text_in(content.get("title") or content.get("name") or "")


def _read(text: str | None) -> dict[str, Any] | None:
    return None if text is None else dict(wire.decode(text))


def _is_storable(value: Any) -> bool:
    match value:
        case None | bool():
            return True
        case str():
            return is_storable_text(value)
        case int() | float():
            return -_LARGEST < value < _LARGEST
        case Decimal():
            return value.is_finite() and -_LARGEST < value < _LARGEST
    return False
