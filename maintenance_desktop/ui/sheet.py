"""A work order as a line of a spreadsheet: every column, whole values, times that sort."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from maintenance_desktop.domain.views import WorkOrderRow
from maintenance_desktop.ui import words
from maintenance_desktop.ui.times import moment


def sheet_titles() -> tuple[str, ...]:
    """What stands above the columns."""
    tr = QCoreApplication.translate
    return (
        tr("Sheet", "No."),
        tr("Sheet", "Title"),
        tr("Sheet", "Status"),
        tr("Sheet", "Priority"),
        tr("Sheet", "Type"),
        tr("Sheet", "Asset"),
        tr("Sheet", "Asset name"),
        tr("Sheet", "Location"),
        tr("Sheet", "Assigned to"),
        tr("Sheet", "Due"),
        tr("Sheet", "Created"),
        tr("Sheet", "Completed"),
        tr("Sheet", "Own changes"),
    )


def sheet_cells(row: WorkOrderRow) -> tuple[str, ...]:
    """What stands in the columns; translating is safe on every thread."""
    return (
        row.number,
        row.title,
        words.status_word(row.status),
        words.priority_word(row.priority),
        words.choice_word("work_order", "work_type", row.work_type),
        row.asset_tag,
        row.asset_name,
        row.location_name,
        row.assigned_name,
        _time(row.due_at),
        _time(row.created_at),
        _time(row.completed_at),
        words.mark_word(row.mark),
    )


def _time(wire: str) -> str:
    """A time in this computer's zone, as every spreadsheet reads it."""
    when = moment(wire)
    return when.strftime("%Y-%m-%d %H:%M") if when else wire
