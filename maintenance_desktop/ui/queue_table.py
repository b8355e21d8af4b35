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
    """Pending edits: what, since when, why each waits. They are put into words page by page.

    `tells_ahead`: also how each will fare.
    """

    def __init__(self, parent: QObject | None = None, *, tells_ahead: bool = False) -> None:
        self._shown: Sequence[QueueItem] = ()
        self._queue: Mapping[str, QueueItem] = {}
        self._texts: QueueTexts | None = None
        super().__init__((), self._page, parent)
        self.columns = (
            Column("", self.tr("What"), _what, tooltip=lambda row: tooltip(row.what), width=0, key="what"),
            Column("", self.tr("Since"), lambda row: row.since, width=140, key="since", yields=1),
            Column(
                "",
                self.tr("Why it waits"),
                lambda row: row.why,
                tooltip=lambda row: tooltip(row.why),
                width=300,
                key="why",
                yields=2 if tells_ahead else 0,
            ),
        )
        if tells_ahead:
            self.columns = (*self.columns, self._expected())

    def take(self, shown: Sequence[QueueItem], queue: Sequence[QueueItem], texts: QueueTexts) -> None:
        """Be about these from the next page on; what they wait for is looked up in the whole queue."""
        self._shown, self._texts = shown, texts
        self._queue = {item.edit.id: item for item in queue}

    @property
    def shown(self) -> Sequence[QueueItem]:
        """All of them, also those not read yet."""
        return self._shown

    def _expected(self) -> Column[QueueRow]:
        return Column(
            "",
            self.tr("Expected"),
            lambda row: row.expected,
            tooltip=lambda row: tooltip(row.expected),
            width=260,
            key="expected",
        )

    def _page(self, offset: int, limit: int) -> list[QueueRow]:
        if self._texts is None:
            return []
        return [self._texts.row(item, self._queue) for item in self._shown[offset : offset + limit]]


class QueueTable(TableView):
    """Shows a QueueModel and keeps its selection when the queue moves on."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        parent: QWidget | None = None,
        *,
        takes_several: bool = False,
        tells_ahead: bool = False,
    ) -> None:
        self.rows = QueueModel(tells_ahead=tells_ahead)
        super().__init__(name, self.rows, settings, parent, takes_several=takes_several)
        self.rows.setParent(self)

    def show_items(self, shown: Sequence[QueueItem], queue: Sequence[QueueItem], texts: QueueTexts) -> None:
        """Show these of the queue, in the same place as before."""
        self.rows.take(shown, queue, texts)
        if self.rows.rowCount() and shown:
            self.rows.refresh()
        else:
            self.rows.reload()

    def selected_items(self) -> list[QueueItem]:
        """Everything that is selected, also what was not read yet."""
        if self.selection.has_all:
            return list(self.rows.shown)
        rows = (
            self.rows.row_at(at) for first, last in self.selection.ranges() for at in range(first, last + 1)
        )
        return [row.item for row in rows if row is not None]

    def selected(self) -> QueueRow | None:
        """The current row."""
        return self.rows.row(self.currentIndex())


def _what(row: QueueRow) -> str:
    return row.what
