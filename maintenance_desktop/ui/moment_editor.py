"""Editing a date, or a date with a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QDate, QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QCalendarWidget, QMenu, QToolButton, QVBoxLayout, QWidget, QWidgetAction

from maintenance_desktop.domain.records import Value
from maintenance_desktop.ui import times
from maintenance_desktop.ui.editors import LineEditor
from maintenance_desktop.ui.icons import IconKeeper


class MomentEditor(LineEditor):
    """A date, or a date with a time: typed as people write it, or chosen from a calendar."""

    def __init__(
        self, now: Callable[[], datetime], *, with_time: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._with_time = with_time
        self.set_hint(self.tr("tomorrow 14:00") if with_time else self.tr("today"))
        self.calendar_button = QToolButton(self)
        self.calendar_button.setAccessibleName(self.tr("Choose from a calendar"))
        self.calendar_button.setToolTip(self.tr("Choose from a calendar"))
        self.calendar_button.setProperty("verb", "quiet")
        self.calendar_button.setIconSize(QSize(16, 16))
        self.calendar_button.clicked.connect(self._on_calendar_asked)
        IconKeeper(self.calendar_button, "calendar")
        self.row.addWidget(self.calendar_button)
        self._fit_button()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._fit_button()

    def show_value(self, value: Value) -> None:
        self.line.setText(times.date_time_text(value) if self._with_time else times.date_text(value))
        self.line.setToolTip(times.absolute_text(value) if self._with_time else "")

    def read_value(self) -> Value:
        text, now = self.line.text(), self._now().astimezone()
        if self._with_time:
            when = times.typed_moment(text, now)
            return times.wire_time(when) if when else None
        day = times.typed_date(text, now.date())
        return day.isoformat() if day else None

    def unreadable(self) -> str:
        if not self.line.text().strip() or self.read_value() is not None:
            return ""
        if self._with_time:
            return self.tr("Enter a date and time, such as tomorrow 14:00.")
        return self.tr("Enter a date, such as today.")

    def lock(self, on: bool) -> None:
        super().lock(on)
        self.calendar_button.setVisible(not on)

    def _fit_button(self) -> None:
        """As high as the line beside it."""
        side = self.line.sizeHint().height()
        self.calendar_button.setFixedSize(side, side)

    @Slot()
    def _on_calendar_asked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        when = times.typed_moment(self.line.text(), self._now().astimezone())
        if when:
            calendar.setSelectedDate(QDate(when.year, when.month, when.day))
        frame = QWidget()
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(calendar)
        action = QWidgetAction(menu)
        action.setDefaultWidget(frame)
        menu.addAction(action)
        calendar.clicked.connect(self._on_day_chosen)
        calendar.activated.connect(self._on_day_chosen)
        calendar.clicked.connect(menu.close)
        calendar.activated.connect(menu.close)
        menu.popup(self.calendar_button.mapToGlobal(self.calendar_button.rect().bottomLeft()))
        calendar.setFocus()

    @Slot(QDate)
    def _on_day_chosen(self, day: QDate) -> None:
        before = times.typed_moment(self.line.text(), self._now().astimezone())
        chosen = datetime(day.year(), day.month(), day.day(), 17).astimezone()
        if before:
            chosen = chosen.replace(hour=before.hour, minute=before.minute)
        if self._with_time:
            self.line.setText(times.date_time_text(times.wire_time(chosen)))
        else:
            self.line.setText(times.date_text(chosen.date().isoformat()))
        self.line.setFocus()
