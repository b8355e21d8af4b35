"""Telling the ledger, and taking in what clients tell of their own person's choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from litestar import Request

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.ledger import Choice, DecisionKind
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.values import is_record_id, read_time, write_time
from maintenance_desktop.hub.asking import number_in
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.edit_request import corrected, usable_id
from maintenance_desktop.hub.errors import Problem, Rejection
from maintenance_desktop.hub.ledger import content_in, keep_choices, text_in
from maintenance_desktop.hub.ledger_table import COLUMNS, Decision
from maintenance_desktop.hub.store import Author, HubStore, name_of

LARGEST_PAGE: Final = 200
MOST_REPORTS: Final = 500
_SEES_ALL: Final = ("planner", "admin")
_CONTENTS: Final = ("base", "mine", "theirs", "result")
_DONE_AFTER_ALL: Final = (
    "(d.kind NOT IN ('conflict', 'refusal') OR NOT EXISTS"
    " (SELECT 1 FROM edit_memory m WHERE m.person_id = d.person_id AND m.edit_id = d.edit_id))"
)
"""Leaves out what was refused and then done under the same id, such as hours that came too early."""


@dataclass(frozen=True, slots=True)
class LedgerQuestion:
    """Which entries: those after a place, oldest first, or those before one, newest first."""

    since: int = 0
    before: int | None = None
    limit: int = LARGEST_PAGE
    record_id: str | None = None


def question_in(request: Request[Any, Any, Any]) -> LedgerQuestion:
    """What a call asks for. Raises Problem (400)."""
    record_id = request.query_params.get("record_id")
    if record_id is not None and not is_record_id(record_id):
        errors = [{"field": "record_id", "message": "A UUID is needed."}]
        raise Problem("invalid-request", "“record_id” is not the id of a record.", errors=errors)
    is_backwards = "before" in request.query_params
    return LedgerQuestion(
        since=number_in(request, "since", 0, least=0),
        before=number_in(request, "before", 1, least=1) if is_backwards else None,
        limit=min(number_in(request, "limit", LARGEST_PAGE, least=1), LARGEST_PAGE),
        record_id=record_id,
    )


def read_ledger(author: Author, question: LedgerQuestion, tx: Transaction) -> dict[str, Any]:
    """A page of what this person may see."""
    where, parameters = [_DONE_AFTER_ALL, "d.place > ?"], [question.since]
    order = "d.place"
    if question.before is not None:
        where.append("d.place < ?")
        parameters.append(question.before)
        order = "d.place DESC"
    if author.role not in _SEES_ALL:
        where.append("d.kind IN ('overwrite', 'combine')")
    texts: list[Any] = list(parameters)
    if question.record_id is not None:
        where.append("d.record_id = ?")
        texts.append(question.record_id)
    columns = ", ".join(f"d.{name}" for name in COLUMNS.split(", "))
    found = tx.rows(
        f"SELECT {columns} FROM decision d WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?",
        *texts,
        question.limit + 1,
    )
    names: dict[str, str] = {}
    page = [_told(tx, Decision(*row), names) for row in found[: question.limit]]
    return {"decisions": page, "more": len(found) > question.limit}


def reports_in(body: Mapping[str, Any]) -> list[Any]:
    """The choices in a body. Raises Problem (400)."""
    told = body.get("decisions")
    if not isinstance(told, list) or len(told) > MOST_REPORTS:
        message = f"A list of at most {MOST_REPORTS} is needed."
        errors = [{"field": "decisions", "message": message}]
        raise Problem("invalid-request", "The list of decisions is missing or too long.", errors=errors)
    return told


def keep_reports(store: HubStore, person_id: str, told: list[Any], sent_at: datetime | None) -> int:
    """Keep what is understood of them; how many were new. One that is not spoils none of the others."""
    now = store.clock()
    found = [one for item in told if (one := _understood(person_id, item, now, sent_at)) is not None]
    understood = {one.edit_id: one for one in reversed(found)}.values()
    return store.database.write(lambda tx: keep_choices(tx, understood)) if understood else 0


def _told(tx: Transaction, decision: Decision, names: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(decision, name) for name in COLUMNS.split(", ")}
    for name in _CONTENTS:
        told[name] = None if told[name] is None else wire.decode(told[name])
    told["lost"] = wire.decode(told["lost"])
    for id_name, name in (("person_id", "person_name"), ("changed_by", "changed_by_name")):
        person_id = told[id_name]
        if person_id and person_id not in names:
            names[person_id] = name_of(tx, person_id)
        told[name] = names.get(person_id, "")
    return told


def _understood(person_id: str, item: Any, now: datetime, sent_at: datetime | None) -> Decision | None:
    if not isinstance(item, Mapping):
        return None
    edit_id = usable_id({"id": item.get("edit_id")})
    kind, choice, record_type = item.get("kind"), item.get("choice"), item.get("type")
    is_known = (
        kind in (DecisionKind.CONFLICT, DecisionKind.REFUSAL)
        and choice in list(Choice)
        and isinstance(record_type, str)
        and record_type in SPECS
        and is_record_id(item.get("record_id"))
    )
    if edit_id is None or not is_known:
        return None
    try:
        chosen_at = corrected(item.get("chosen_at"), now=now, sent_at=sent_at)
    except Rejection:
        chosen_at = write_time(now)
    version = item.get("version")
    content = {name: content_in(str(record_type), item.get(name)) for name in ("base", "mine", "theirs")}
    return Decision(
        person_id=person_id,
        edit_id=edit_id,
        place=0,
        kind=str(kind),
        edit_kind=text_in(item.get("edit_kind"))[:20],
        type=str(record_type),
        record_id=str(item["record_id"]),
        number="",
        title="",
        happened_at=chosen_at,
        code=text_in(item.get("code"))[:100],
        message=text_in(item.get("message")),
        base=content["base"],
        mine=content["mine"],
        theirs=content["theirs"],
        result=None,
        version=version if type(version) is int and 0 <= version < 2**53 else 0,
        changed_by=text_in(item.get("changed_by"))[:36],
        changed_at=_time_or_empty(item.get("changed_at")),
        choice=str(choice),
        chosen_at=chosen_at,
        lost="[]",
    )


def _time_or_empty(value: Any) -> str:
    try:
        return write_time(read_time(value))
    except (TypeError, ValueError):
        return ""
