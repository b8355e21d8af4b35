"""The hub's ledger over the wire: telling choices, and reading entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from maintenance_desktop.backends.answers import JSON, Malformed, json_object, record_in
from maintenance_desktop.backends.problems import NOT_THE_SERVER, problem_in, refuse_push
from maintenance_desktop.backends.transport import Answer, Transport
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.ledger import ChoiceReport, LedgerEntry, LedgerPage, told_with
from maintenance_desktop.domain.outcomes import NotOffered, Unreachable
from maintenance_desktop.domain.records import Fields, known_writable
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.wire import encode

_PATH: Final = "/v1/decisions"
_SECONDS: Final = 5.0
"""No round waits longer for a call that nothing depends on."""
_NEWEST: Final = 999_999_999
_TEXTS: Final = (
    "person_id", "person_name", "edit_id", "kind", "edit_kind", "type", "record_id", "number", "title",
    "happened_at", "code", "message", "changed_by", "changed_by_name", "changed_at", "choice", "chosen_at",
)  # fmt: skip
_RECORDS: Final = ("base", "mine", "theirs", "result")


def tell_choices(calls: Transport, choices: Sequence[ChoiceReport], sent_at: datetime) -> None:
    """Raises NotOffered, SessionError, BatchRefused, ServerFailed."""
    body = encode({"sent_at": write_time(sent_at), "decisions": list(choices)})
    headers = {"Content-Type": JSON}
    with calls.call("POST", _PATH, accept=JSON, body=body, headers=headers, within=_SECONDS) as answer:
        _object(answer, is_alone=len(choices) == 1)


def read_ledger(calls: Transport, before: int | None, record_id: str | None) -> LedgerPage:
    """A page, newest first. Raises NotOffered, SessionError, BatchRefused, ServerFailed."""
    params = {"before": str(before or _NEWEST)} | ({} if record_id is None else {"record_id": record_id})
    with calls.call("GET", _PATH, accept=JSON, params=params, within=_SECONDS) as answer:
        found = _object(answer)
        entries = found.get("decisions")
        try:
            if not isinstance(entries, list):
                raise Malformed("decisions")
            return LedgerPage(tuple(map(_entry, entries)), found.get("more") is True)
        except Malformed as error:
            raise Unreachable(NOT_THE_SERVER) from error


def decision_in(edit: Edit) -> dict[str, Any]:
    """What an edit says of the decision that it carries out, beside its content."""
    choice = told_with(edit)
    if choice is None or edit.origin is None:
        return {}
    is_ground = edit.overwrites is not None and edit.base == edit.overwrites.record
    base = {} if edit.base is None or is_ground else {"base": known_writable(edit.type, edit.base)}
    return {"decided": choice.value, "answers": edit.origin.edit_id} | base


def _object(answer: Answer, *, is_alone: bool = True) -> dict[str, Any]:
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        raise NotOffered("This server keeps no record of decisions.")
    try:
        if answer.status == HTTPStatus.OK:
            return json_object(answer)
        problem = problem_in(answer)
    except Malformed as error:
        raise Unreachable(NOT_THE_SERVER) from error
    raise refuse_push(answer, problem, is_alone=is_alone)


def _entry(found: Any) -> LedgerEntry:
    if not isinstance(found, dict):
        raise Malformed("decision")
    told: dict[str, Any] = {name: found[name] if isinstance(found.get(name), str) else "" for name in _TEXTS}
    told |= {name: _record(told["type"], found, name) for name in _RECORDS}
    lost = found.get("lost")
    return LedgerEntry(
        place=_number(found, "place"),
        version=_number(found, "version"),
        lost=tuple(one for one in lost if isinstance(one, str)) if isinstance(lost, list) else (),
        **told,
    )


def _record(record_type: str, found: Mapping[str, Any], name: str) -> Fields | None:
    value = found.get(name)
    return None if value is None else record_in(record_type, value)


def _number(found: Mapping[str, Any], name: str) -> int:
    number = found.get(name)
    if type(number) is not int or not 0 <= number < 2**53:
        raise Malformed(name)
    return number
