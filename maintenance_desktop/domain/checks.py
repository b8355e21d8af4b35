"""What is checked before a save, on the client: the server's own rules, told in time."""

from __future__ import annotations

from dataclasses import dataclass

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.lifecycle import FINISHED, is_allowed, transition_problem
from maintenance_desktop.domain.records import SPECS, Fields
from maintenance_desktop.domain.values import InvalidValue, canonical
from maintenance_desktop.domain.views import Problem, RecordView


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in to this profile."""

    instance: str
    person_id: str
    name: str
    username: str
    role: str
    server_url: str
    server_name: str = ""


def problems(
    kind: EditKind,
    record_type: str,
    fields: Fields,
    seen: RecordView | None,
    account: Account,
    work_order: Fields | None,
) -> list[Problem]:
    """Everything that stands against saving this; empty when nothing does.

    `seen` is the record as the person saw it (None: a new one), `work_order` the one it belongs to.
    """
    if not is_allowed(account.role, kind.value, record_type, is_own=_is_own(record_type, seen, account)):
        return [Problem("", f"Your role ({account.role}) does not allow this.")]
    if work_order is not None and work_order.get("status") in FINISHED:
        number, status = work_order.get("number"), work_order.get("status")
        return [Problem("", f"{number} is {status}; hours can only be changed while it is unfinished.")]
    if kind is EditKind.DELETE:
        return []
    found = value_problems(record_type, fields, seen.fields if seen else None)
    if record_type == "work_order" and not found:
        stored = str(seen.fields["status"]) if seen and seen.fields.get("status") else None
        problem = transition_problem(stored, str(fields.get("status")), account.role)
        if problem:
            found.append(Problem("status", problem))
    return found


def value_problems(record_type: str, fields: Fields, seen: Fields | None) -> list[Problem]:
    """What is wrong with values that are not those `seen` already (None: all are new)."""
    found = []
    for field in SPECS[record_type].writable():
        if seen is not None and fields.get(field.name) == seen.get(field.name):
            continue  # what a newer server sent is not ours to judge
        if field.name not in fields and not field.required:
            continue
        try:
            canonical(field, fields.get(field.name))
        except InvalidValue as error:
            found.append(Problem(field.name, str(error)))
    return found


def _is_own(record_type: str, seen: RecordView | None, account: Account) -> bool:
    """Whether this person made the record, as far as it tells; the server decides in the end."""
    if seen is None:
        return True
    author = {"comment": "written_by", "labor": "person_id"}.get(record_type, "created_by")
    return seen.version is None or seen.fields.get(author) == account.person_id
