"""A table of pending edits, for both lists on *More* that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.views import QueueItem
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.queue_texts import QueueRow, QueueTexts
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView


class QueueModel(TableModel[QueueRow]):
    """Pending edits: what, since when, why each waits. They are put into words page by page."""

    def __init__(self, parent: QObject | None = None) -> None:
        self._shown: Sequence[QueueItem] = ()
        self._queue: Mapping[str, QueueItem] = {}
        self._texts: QueueTexts | None = None
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

    def take(self, shown: Sequence[QueueItem], queue: Sequence[QueueItem], texts: QueueTexts) -> None:
        """Be about these from the next page on; what they wait for is looked up in the whole queue."""
        self._shown, self._texts = shown, texts
        self._queue = {item.edit.id: item for item in queue}

    def _page(self, offset: int, limit: int) -> list[QueueRow]:
        if self._texts is None:
            return []
        return [self._texts.row(item, self._queue) for item in self._shown[offset : offset + limit]]


class QueueTable(TableView):
    """Shows a QueueModel and keeps its selection when the queue moves on."""

    def __init__(self, name: str, settings: Settings, parent: QWidget | None = None) -> None:
        self.rows = QueueModel()
        super().__init__(name, self.rows, settings, parent)
        self.rows.setParent(self)

    def show_items(self, shown: Sequence[QueueItem], queue: Sequence[QueueItem], texts: QueueTexts) -> None:
        """Show these of the queue, in the same place as before."""
        self.rows.take(shown, queue, texts)
        if self.rows.rowCount() and shown:
            self.rows.refresh()
        else:
            self.rows.reload()

    def selected(self) -> QueueRow | None:
        """The current row."""
        return self.rows.row(self.currentIndex())


def _what(row: QueueRow) -> str:
    return row.what
