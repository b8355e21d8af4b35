"""Which status a work order may take next, and who may do what (the sync contract)."""

from __future__ import annotations

from typing import Final, Literal

UNFINISHED: Final = frozenset({"open", "in_progress", "on_hold"})
FINISHED: Final = frozenset({"completed", "closed", "cancelled"})
_SUPERVISORS: Final = frozenset({"planner", "admin"})
_REVERSIBLE: Final = frozenset({"completed", "cancelled"})
_CHILDREN: Final = frozenset(
    {"labor", "task", "part_usage", "comment", "reading", "attachment"},
)

Action = Literal["create", "update", "delete"]


def transition_problem(stored: str | None, sent: str, role: str) -> str | None:
    """Why a work order may not go from `stored` (None: it is being created) to `sent`; None when it may."""
    if stored == sent:
        return None
    if stored is None:
        return "A new work order cannot be closed already." if sent == "closed" else None
    if stored == "closed":
        return "This work order is closed, and a closed one stays as it is."
    if stored in UNFINISHED:
        if sent == "closed":
            return "A work order is completed first and closed afterwards."
        return None
    if sent == "closed" and stored == "cancelled":
        return "A cancelled work order cannot be closed."
    if stored in _REVERSIBLE and (sent == "closed" or sent in UNFINISHED):
        if role in _SUPERVISORS:
            return None
        action = "close" if sent == "closed" else "reopen"
        return f"Only a planner or an administrator can {action} a {stored} work order."
    return f"A {stored} work order cannot become {sent}."


def is_allowed(role: str, action: Action, record_type: str, *, is_own: bool = False) -> bool:
    """Whether a person of that role may do this. `is_own`: that person created the record."""
    if role == "admin":
        return True
    if role == "planner":
        return record_type != "person"
    if role == "technician":
        if record_type in _CHILDREN:
            return action == "create" or is_own
        if record_type == "work_order":
            return action != "delete"
        return record_type == "asset" and action == "update"
    if role == "requester":
        return action == "create" and record_type in {"work_order", "comment"}
    return False
