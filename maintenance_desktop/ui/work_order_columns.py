"""The columns of the work order list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPixmap

from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.records import PRIORITIES, STATUSES
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import Mark, WorkOrderRow
from maintenance_desktop.ui import plain, times, words
from maintenance_desktop.ui.icons import pixmap
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.theme import colours


def work_order_columns(now: Callable[[], datetime]) -> tuple[Column[WorkOrderRow], ...]:
    """What the list shows; `now` decides what is overdue and what *today* means."""

    def due(row: WorkOrderRow) -> str:
        return times.due_text(row.due_at, now(), is_finished=row.status in FINISHED) if row.due_at else "–"

    def is_overdue(row: WorkOrderRow) -> bool:
        return bool(row.due_at) and row.status not in FINISHED and row.due_at < write_time(now())

    def due_spoken(row: WorkOrderRow) -> str:
        when = times.absolute_text(row.due_at)
        return (
            QCoreApplication.translate("WorkOrders", "overdue since %1").replace("%1", when)
            if is_overdue(row)
            else when
        )

    return (
        Column(
            "",
            "",
            text=lambda row: "",
            tooltip=lambda row: words.mark_word(row.mark),
            spoken=lambda row: words.mark_word(row.mark),
            icon=lambda row: mark_icon(row.mark),
            sort_key=lambda row: row.mark.value,
            width=30,
            key="mark",
        ),
        Column(
            "number",
            QCoreApplication.translate("WorkOrders", "No."),
            text=lambda row: row.number,
            width=100,
            key="number",
        ),
        Column(
            "title",
            QCoreApplication.translate("WorkOrders", "Title"),
            text=lambda row: row.title,
            tooltip=lambda row: plain.tooltip(row.title),
            spoken=lambda row: plain.one_line(row.title, 300),
            width=0,
            key="title",
        ),
        Column(
            "asset_tag",
            QCoreApplication.translate("WorkOrders", "Asset"),
            text=lambda row: row.asset_tag or "–",
            tooltip=lambda row: plain.tooltip(f"{row.asset_tag} {row.asset_name}".strip()),
            width=66,
            yields=1,
            key="asset",
        ),
        Column(
            "location_name",
            QCoreApplication.translate("WorkOrders", "Location"),
            text=lambda row: row.location_name or "–",
            tooltip=lambda row: plain.tooltip(row.location_name),
            width=96,
            yields=4,
        ),
        Column(
            "status",
            QCoreApplication.translate("WorkOrders", "Status"),
            text=lambda row: words.status_word(row.status),
            icon=lambda row: status_icon(row.status),
            sort_key=lambda row: _rank(STATUSES, row.status),
            width=112,
        ),
        Column(
            "priority",
            QCoreApplication.translate("WorkOrders", "Priority"),
            text=lambda row: words.priority_word(row.priority) or "–",
            icon=lambda row: priority_icon(row.priority),
            sort_key=lambda row: _rank(PRIORITIES, row.priority),
            width=92,
            yields=2,
        ),
        Column(
            "due_at",
            QCoreApplication.translate("WorkOrders", "Due"),
            text=due,
            tooltip=lambda row: times.absolute_text(row.due_at),
            spoken=due_spoken,
            sort_key=lambda row: row.due_at,
            tone=lambda row: QColor(colours().red) if is_overdue(row) else None,
            width=96,
        ),
        Column(
            "assigned_name",
            QCoreApplication.translate("WorkOrders", "Assigned to"),
            text=lambda row: row.assigned_name or "–",
            tooltip=lambda row: plain.tooltip(row.assigned_name),
            width=116,
            yields=3,
        ),
        Column(
            "created_at",
            QCoreApplication.translate("WorkOrders", "Created"),
            text=lambda row: times.relative_text(row.created_at, now()),
            tooltip=lambda row: times.absolute_text(row.created_at),
            sort_key=lambda row: row.created_at,
            alignment=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            width=130,
            yields=5,
            is_shown=False,
        ),
    )


def mark_icon(mark: Mark) -> QPixmap | None:
    """The shape of a mark in its colour."""
    match mark:
        case Mark.WAITING:
            return _shape("waiting", "accent")
        case Mark.CONFLICT:
            return _shape("conflict", "amber")
        case Mark.REFUSED:
            return _shape("refused", "red")
    return None


def status_icon(status: str) -> QPixmap | None:
    """The shape of a status; none for one that this program does not know."""
    if status not in STATUSES:
        return None
    return _shape(f"status-{status}", "quiet")


def priority_icon(priority: str) -> QPixmap | None:
    """The shape of a priority: one bar more for each step; none for an unknown one."""
    if priority not in PRIORITIES:
        return None
    tone = "red" if priority == "critical" else "quiet"
    return _shape(f"priority-{priority}", tone)


def _shape(name: str, tone: str) -> QPixmap:
    palette, screen = QGuiApplication.palette(), QGuiApplication.primaryScreen()
    return _drawn(name, tone, palette.cacheKey(), screen.devicePixelRatio())


@lru_cache(maxsize=64)
def _drawn(name: str, tone: str, _palette: int, _scale: float) -> QPixmap:
    """They are few, and each row has several."""
    return pixmap(name, QColor(getattr(colours(), tone)))


def _rank(order: tuple[str, ...], value: str) -> int:
    return order.index(value) if value in order else -1
