"""Words for what the records hold: types, fields, choices and marks, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from maintenance_desktop.domain.views import Mark

_CHOICES: Final[Mapping[str, object]] = {
    "work_order.status.open": QT_TRANSLATE_NOOP("Words", "Open"),
    "work_order.status.in_progress": QT_TRANSLATE_NOOP("Words", "In progress"),
    "work_order.status.on_hold": QT_TRANSLATE_NOOP("Words", "On hold"),
    "work_order.status.completed": QT_TRANSLATE_NOOP("Words", "Completed"),
    "work_order.status.closed": QT_TRANSLATE_NOOP("Words", "Closed"),
    "work_order.status.cancelled": QT_TRANSLATE_NOOP("Words", "Cancelled"),
    "work_order.priority.low": QT_TRANSLATE_NOOP("Words", "Low"),
    "work_order.priority.medium": QT_TRANSLATE_NOOP("Words", "Medium"),
    "work_order.priority.high": QT_TRANSLATE_NOOP("Words", "High"),
    "work_order.priority.critical": QT_TRANSLATE_NOOP("Words", "Critical"),
    "work_order.work_type.corrective": QT_TRANSLATE_NOOP("Words", "Corrective"),
    "work_order.work_type.preventive": QT_TRANSLATE_NOOP("Words", "Preventive"),
    "work_order.work_type.inspection": QT_TRANSLATE_NOOP("Words", "Inspection"),
    "work_order.work_type.emergency": QT_TRANSLATE_NOOP("Words", "Emergency"),
    "work_order.work_type.project": QT_TRANSLATE_NOOP("Words", "Project"),
    "work_order.work_type.safety": QT_TRANSLATE_NOOP("Words", "Safety"),
    "asset.status.running": QT_TRANSLATE_NOOP("Words", "Running"),
    "asset.status.down": QT_TRANSLATE_NOOP("Words", "Down"),
    "asset.status.standby": QT_TRANSLATE_NOOP("Words", "Standby"),
    "asset.status.retired": QT_TRANSLATE_NOOP("Words", "Retired"),
    "asset.criticality.a": QT_TRANSLATE_NOOP("Words", "A, most critical"),
    "asset.criticality.b": QT_TRANSLATE_NOOP("Words", "B"),
    "asset.criticality.c": QT_TRANSLATE_NOOP("Words", "C, least critical"),
    "labor.labor_type.regular": QT_TRANSLATE_NOOP("Words", "Regular"),
    "labor.labor_type.overtime": QT_TRANSLATE_NOOP("Words", "Overtime"),
    "labor.labor_type.travel": QT_TRANSLATE_NOOP("Words", "Travel"),
    "person.role.technician": QT_TRANSLATE_NOOP("Words", "Technician"),
    "person.role.planner": QT_TRANSLATE_NOOP("Words", "Planner"),
    "person.role.requester": QT_TRANSLATE_NOOP("Words", "Requester"),
    "person.role.admin": QT_TRANSLATE_NOOP("Words", "Administrator"),
}

_TYPES: Final[Mapping[str, object]] = {
    "work_order": QT_TRANSLATE_NOOP("Words", "Work order"),
    "asset": QT_TRANSLATE_NOOP("Words", "Asset"),
    "location": QT_TRANSLATE_NOOP("Words", "Location"),
    "person": QT_TRANSLATE_NOOP("Words", "Person"),
    "labor": QT_TRANSLATE_NOOP("Words", "Hours"),
    "comment": QT_TRANSLATE_NOOP("Words", "Comment"),
}

_FIELDS: Final[Mapping[str, object]] = {
    "number": QT_TRANSLATE_NOOP("Words", "Number"),
    "title": QT_TRANSLATE_NOOP("Words", "Title"),
    "description": QT_TRANSLATE_NOOP("Words", "Description"),
    "status": QT_TRANSLATE_NOOP("Words", "Status"),
    "priority": QT_TRANSLATE_NOOP("Words", "Priority"),
    "work_type": QT_TRANSLATE_NOOP("Words", "Type"),
    "asset_id": QT_TRANSLATE_NOOP("Words", "Asset"),
    "location_id": QT_TRANSLATE_NOOP("Words", "Location"),
    "assigned_to": QT_TRANSLATE_NOOP("Words", "Assigned to"),
    "requested_by": QT_TRANSLATE_NOOP("Words", "Requested by"),
    "due_at": QT_TRANSLATE_NOOP("Words", "Due"),
    "scheduled_for": QT_TRANSLATE_NOOP("Words", "Scheduled for"),
    "started_at": QT_TRANSLATE_NOOP("Words", "Started"),
    "completed_at": QT_TRANSLATE_NOOP("Words", "Completed at"),
    "completed_by": QT_TRANSLATE_NOOP("Words", "Completed by"),
    "estimated_hours": QT_TRANSLATE_NOOP("Words", "Estimated hours"),
    "downtime_minutes": QT_TRANSLATE_NOOP("Words", "Downtime (minutes)"),
    "problem": QT_TRANSLATE_NOOP("Words", "Problem"),
    "cause": QT_TRANSLATE_NOOP("Words", "Cause"),
    "remedy": QT_TRANSLATE_NOOP("Words", "Remedy"),
    "completion_notes": QT_TRANSLATE_NOOP("Words", "Completion notes"),
    "created_at": QT_TRANSLATE_NOOP("Words", "Created"),
    "created_by": QT_TRANSLATE_NOOP("Words", "Created by"),
    "tag": QT_TRANSLATE_NOOP("Words", "Tag"),
    "name": QT_TRANSLATE_NOOP("Words", "Name"),
    "criticality": QT_TRANSLATE_NOOP("Words", "Criticality"),
    "category": QT_TRANSLATE_NOOP("Words", "Category"),
    "parent_id": QT_TRANSLATE_NOOP("Words", "Part of"),
    "manufacturer": QT_TRANSLATE_NOOP("Words", "Manufacturer"),
    "model": QT_TRANSLATE_NOOP("Words", "Model"),
    "serial_number": QT_TRANSLATE_NOOP("Words", "Serial number"),
    "installed_on": QT_TRANSLATE_NOOP("Words", "Installed on"),
    "warranty_until": QT_TRANSLATE_NOOP("Words", "Warranty until"),
    "notes": QT_TRANSLATE_NOOP("Words", "Notes"),
    "code": QT_TRANSLATE_NOOP("Words", "Code"),
    "username": QT_TRANSLATE_NOOP("Words", "User name"),
    "email": QT_TRANSLATE_NOOP("Words", "E-mail"),
    "role": QT_TRANSLATE_NOOP("Words", "Role"),
    "trade": QT_TRANSLATE_NOOP("Words", "Trade"),
    "active": QT_TRANSLATE_NOOP("Words", "Active"),
    "work_order_id": QT_TRANSLATE_NOOP("Words", "Work order"),
    "person_id": QT_TRANSLATE_NOOP("Words", "Person"),
    "hours": QT_TRANSLATE_NOOP("Words", "Hours"),
    "labor_type": QT_TRANSLATE_NOOP("Words", "Kind of hours"),
    "note": QT_TRANSLATE_NOOP("Words", "Note"),
    "text": QT_TRANSLATE_NOOP("Words", "Text"),
    "written_at": QT_TRANSLATE_NOOP("Words", "Written"),
    "written_by": QT_TRANSLATE_NOOP("Words", "Written by"),
}

_FIELDS_OF_TYPE: Final[Mapping[str, object]] = {
    "labor.started_at": QT_TRANSLATE_NOOP("Words", "Date"),
}

_MARKS: Final[Mapping[Mark, object]] = {
    Mark.NONE: "",
    Mark.WAITING: QT_TRANSLATE_NOOP("Words", "Waiting to sync: saved here, not yet on the server"),
    Mark.CONFLICT: QT_TRANSLATE_NOOP("Words", "Needs your decision: somebody else changed it too"),
    Mark.REFUSED: QT_TRANSLATE_NOOP("Words", "Refused by the server"),
}

_MARK_SIGNS: Final[Mapping[Mark, str]] = {
    Mark.NONE: "",
    Mark.WAITING: "↑",
    Mark.CONFLICT: "⚠",
    Mark.REFUSED: "✕",
}

STATUS_SIGNS: Final[Mapping[str, str]] = {
    "open": "○",
    "in_progress": "◐",
    "on_hold": "‖",
    "completed": "●",
    "closed": "■",
    "cancelled": "⊘",
}
"""One shape for each work order status, for where there is no room for its icon."""


def type_word(record_type: str) -> str:
    """*Work order*; what a newer server calls a type that this program does not know, as it came."""
    return _word(_TYPES.get(record_type, record_type))


def field_word(record_type: str, name: str) -> str:
    """The label of a field; an unknown one is shown under its own name."""
    return _word(_FIELDS_OF_TYPE.get(f"{record_type}.{name}") or _FIELDS.get(name, name))


def choice_word(record_type: str, name: str, value: str | None) -> str:
    """One value of a choice field; an unknown one is shown as it came."""
    if not value:
        return ""
    return _word(_CHOICES.get(f"{record_type}.{name}.{value}", value))


def status_word(value: str) -> str:
    """A work order's status."""
    return choice_word("work_order", "status", value)


def priority_word(value: str) -> str:
    """A work order's priority."""
    return choice_word("work_order", "priority", value)


def role_word(value: str) -> str:
    """A person's role."""
    return choice_word("person", "role", value)


def mark_word(mark: Mark) -> str:
    """What a row's mark means, for tooltips and screen readers."""
    return _word(_MARKS[mark])


def mark_sign(mark: Mark) -> str:
    """The mark's shape as a character, for where no icon fits."""
    return _MARK_SIGNS[mark]


def _word(source: object) -> str:
    return QCoreApplication.translate("Words", str(source)) if source else ""
