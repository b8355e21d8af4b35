"""A table of pending edits, for both lists on *More* that show them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.queue_texts import QueueRow
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import Column, TableModel
from maintenance_desktop.ui.table_view import TableView


class QueueModel(TableModel[QueueRow]):
    """Pending edits: what, since when, why each waits."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.shown: list[QueueRow] = []
        super().__init__((), self._page, parent)
        self.columns = (
            Column("", self.tr("What"), _what, tooltip=lambda row: tooltip(row.what), width=0, key="what"),
            Column("", self.tr("Since"), lambda row: row.since, width=140, key="since"),
            Column(
                "",
                self.tr("Why it waits"),
                lambda row: row.why,
                tooltip=lambda row: tooltip(row.why),
                width=300,
                key="why",
            ),
        )

    def _page(self, offset: int, limit: int) -> list[QueueRow]:
        return self.shown[offset : offset + limit]


class QueueTable(TableView):
    """Shows a QueueModel and keeps its selection when the queue moves on."""

    def __init__(self, name: str, settings: Settings, parent: QWidget | None = None) -> None:
        self.rows = QueueModel()
        super().__init__(name, self.rows, settings, parent)
        self.rows.setParent(self)

    def show_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these, in the same place as before."""
        self.rows.shown = list(rows)
        if self.rows.rowCount() and rows:
            self.rows.refresh()
        else:
            self.rows.reload()

    def selected(self) -> QueueRow | None:
        """The current row."""
        return self.rows.row(self.currentIndex())


def _what(row: QueueRow) -> str:
    return row.what
