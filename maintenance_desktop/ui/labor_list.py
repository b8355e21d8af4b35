"""The hours of a work order: who, when, how much, and the running total."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import is_allowed
from maintenance_desktop.domain.views import Mark, RecordView
from maintenance_desktop.ui import plain, times, words
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.hours import hours_text
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.work_order_columns import mark_icon
from maintenance_desktop.ui.workspace import Workspace


class LaborList(QWidget):
    """A table of labor records with their total; refused ones are shown and not counted.

    Signals:
        log_asked: the person wants to log hours.
        edit_asked: the labor record to change.
        delete_asked: the labor record to remove.
    """

    log_asked = Signal()
    edit_asked = Signal(object)
    delete_asked = Signal(object)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._labor: list[RecordView] = []
        self._lock = ""
        self._values = ValueTexts(workspace.reader, workspace.clock)
        self.model: TableModel[RecordView] = TableModel(self._columns(), self._load, self)
        self.table = TableView("laborTable", self.model, settings, self, wanted_rest=80)
        self.table.setAccessibleName(self.tr("Hours"))
        self.total_label = PlainLabel()
        self.total_label.setObjectName("laborTotalLabel")
        self.refused_label = PlainLabel(tone="red")
        self.nothing_label = PlainLabel(
            self.tr("No hours yet. Press L to log the first."), tone="quiet", wraps=True
        )
        self.log_button = button(self.tr("Log hours…"), "addHoursButton", icon_name="plus")
        self.edit_button = button(self.tr("Change…"), "editHoursButton")
        self.delete_button = button(self.tr("Remove"), "deleteHoursButton")
        self.log_button.clicked.connect(self.log_asked)
        self.edit_button.clicked.connect(self._on_edit)
        self.delete_button.clicked.connect(self._on_delete)
        self.table.row_opened.connect(self._on_edit)
        self.table.selectionModel().selectionChanged.connect(self._show_buttons)
        total = QHBoxLayout()
        total.addWidget(self.total_label)
        total.addStretch(1)
        total.addWidget(self.refused_label)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.log_button)
        buttons.addStretch(1)
        buttons.addWidget(self.edit_button)
        buttons.addWidget(self.delete_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 12)
        layout.setSpacing(8)
        layout.addLayout(total)
        layout.addWidget(self.nothing_label)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)

    @property
    def total(self) -> Decimal:
        """All hours that are booked or waiting; refused ones are not."""
        return sum((_hours(view) for view in self._labor if view.mark is not Mark.REFUSED), Decimal(0))

    def show_labor(self, labor: list[RecordView], lock: str) -> None:
        """Show these; `lock` says why they cannot change, empty when they can."""
        before = [view.id for view in self._labor]
        self._labor = labor
        self._lock = lock
        same = before and before == [view.id for view in labor]
        if same:
            self.model.refresh()
        else:
            self.model.reload()
        refused = sum((_hours(view) for view in labor if view.mark is Mark.REFUSED), Decimal(0))
        self.total_label.setText(fill(self.tr("%1 h in total"), hours_text(self.total)))
        text = fill(self.tr("%1 h refused, not counted"), hours_text(refused)) if refused else ""
        self.refused_label.setText(text)
        self.nothing_label.setVisible(not labor)
        self.table.setVisible(bool(labor))
        self._show_buttons()

    @Slot()
    def _show_buttons(self) -> None:
        view = self._current()
        problem = self._lock or (self._not_mine(view) if view else self.tr("Choose an entry first."))
        for one in (self.edit_button, self.delete_button):
            one.setEnabled(not problem)
            one.setToolTip(problem)
            one.setVisible(bool(self._labor))
        self.log_button.setEnabled(not self._lock)
        self.log_button.setToolTip(self._lock or self.tr("Log hours (L)"))

    @Slot()
    def _on_edit(self) -> None:
        view = self._current()
        if view is not None and self.edit_button.isEnabled():
            self.edit_asked.emit(view)

    @Slot()
    def _on_delete(self) -> None:
        view = self._current()
        if view is not None:
            self.delete_asked.emit(view)

    def _current(self) -> RecordView | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0]) if rows else None

    def _not_mine(self, view: RecordView) -> str:
        account = self._workspace.account
        is_own = view.version is None or view.fields.get("person_id") == account.person_id
        if is_allowed(account.role, "update", "labor", is_own=is_own):
            return ""
        return self.tr("Only the person, a planner or an administrator changes these hours.")

    def _load(self, offset: int, limit: int) -> list[RecordView]:
        return self._labor[offset : offset + limit]

    def _columns(self) -> tuple[Column[RecordView], ...]:
        values, now = self._values, self._workspace.clock
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

        def word(view: RecordView, name: str) -> str:
            value = view.fields.get(name)
            return values.text("labor", name, value) if value else ""

        def day(view: RecordView) -> str:
            text = times.relative_text(view.fields.get("started_at"), now())
            return text.removesuffix(times.clock_text(view.fields.get("started_at"))).strip()

        return (
            Column(
                "",
                "",
                text=lambda view: "",
                tooltip=lambda view: words.mark_word(view.mark),
                spoken=lambda view: words.mark_word(view.mark),
                icon=lambda view: mark_icon(view.mark),
                width=28,
                key="mark",
            ),
            Column(
                "",
                QCoreApplication.translate("LaborList", "Date"),
                text=day,
                tooltip=lambda view: times.absolute_text(view.fields.get("started_at")),
                width=85,
                key="date",
            ),
            Column(
                "",
                QCoreApplication.translate("LaborList", "Person"),
                text=lambda view: word(view, "person_id"),
                width=123,
                key="person",
            ),
            Column(
                "",
                QCoreApplication.translate("LaborList", "Hours"),
                text=lambda view: hours_text(view.fields.get("hours")),
                sort_key=_hours,
                alignment=right,
                width=58,
                key="hours",
            ),
            Column(
                "",
                QCoreApplication.translate("LaborList", "Kind"),
                text=lambda view: word(view, "labor_type"),
                width=84,
                key="kind",
                yields=1,
            ),
            Column(
                "",
                QCoreApplication.translate("LaborList", "Note"),
                text=lambda view: word(view, "note"),
                tooltip=lambda view: plain.tooltip(word(view, "note")),
                width=0,
                key="note",
            ),
        )


def _hours(view: RecordView) -> Decimal:
    hours = view.fields.get("hours")
    return Decimal(hours) if isinstance(hours, int | Decimal) and not isinstance(hours, bool) else Decimal(0)
