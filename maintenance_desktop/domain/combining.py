"""What *Combine* would leave of a conflict, and whether the server would take it."""

from __future__ import annotations

from maintenance_desktop.domain.checks import value_problems
from maintenance_desktop.domain.conflicts import combination_problem, combine_problem, combined
from maintenance_desktop.domain.edits import changed_fields
from maintenance_desktop.domain.records import Fields, Value
from maintenance_desktop.domain.trouble import InvalidInput
from maintenance_desktop.domain.values import canonical_fields
from maintenance_desktop.domain.views import ConflictView, Problem


def combination(view: ConflictView, chosen: Fields, role: str) -> dict[str, Value]:
    """The whole record that *Combine* leaves; `chosen` says what stays where both changed a field.

    Raises Undecided when `chosen` lacks a field, InvalidInput when the server would refuse what comes out.
    """
    problem = combine_problem(view.chain)
    if problem is not None:
        raise InvalidInput([Problem("", problem)])
    record_type, server = view.chain[0].type, view.server.record or {}
    record = {**server, **combined(view.fields, chosen)}
    found = value_problems(record_type, record, server)
    status = combination_problem(view.chain, record, role)
    if status is not None:
        found.append(Problem("status", status))
    if found:
        raise InvalidInput(found)
    # what a newer server sent is not ours to judge
    return {**server, **canonical_fields(record_type, changed_fields(server, record))}
