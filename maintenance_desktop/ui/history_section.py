"""*Sync history* on *More*: every edit that ended, with everything that was in it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from maintenance_desktop.domain.recovery import Side, sides_of
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.history_texts import HistoryTexts
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.restore_dialog import RestoreDialog
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.search_field import SearchField
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.value_grid import ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace

_TYPING_PAUSE_MS = 150


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry as a row."""

    id: str
    entry: HistoryEntry
    what: str
    when: str
    ending: str


class HistorySection(MoreSection):
    """The history, newest first, read as it is scrolled; searched as it is typed."""

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("historySection", "", "", parent)
        self.title.setText(self.tr("Sync history"))
        self._workspace = workspace
        self._shown: HistoryRow | None = None
        self.search = SearchField(self.tr("Search number, title and content"))
        named(self.search, "historySearchField", self.tr("Search the sync history"))
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._on_search)
        self.search.textChanged.connect(self._pause.start)
        columns: list[Column[HistoryRow]] = [
            Column("", self.tr("When"), lambda row: row.when, width=170, key="when"),
            Column[HistoryRow](
                "",
                self.tr("What"),
                lambda row: row.what,
                tooltip=lambda row: tooltip(row.what),
                width=0,
                key="what",
            ),
            Column("", self.tr("How it ended"), lambda row: row.ending, width=240, key="ending"),
        ]
        self.rows = TableModel(columns, self._page, self)
        self.rows.refreshed.connect(self._on_refreshed)
        self.table = TableView("historyTable", self.rows, settings)
        self.table.setAccessibleName(self.tr("Sync history"))
        self.table.row_chosen.connect(self._on_row_selected)
        self.empty = EmptyState()
        self.sentence = plain_label("historySentence")
        self.details = ScrolledGrid("historyDetails")
        self.details.setAccessibleName(self.tr("Content of the selected entry"))
        self.copy_button = button(self.tr("&Copy"), "copyEntryButton")
        self.copy_button.clicked.connect(self._on_copy)
        self._below = QWidget()
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 12, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.sentence, 1)
        self.restore_buttons = {
            Side.THEIRS: button("", "restoreTheirsButton"),
            Side.MINE: button("", "restoreMineButton"),
        }
        for side, restore in self.restore_buttons.items():
            restore.clicked.connect(lambda *, side=side: self._on_restore(side))
            row.addWidget(restore, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        below.addLayout(row)
        below.addWidget(self.details, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        splitter.addWidget(self.table)
        splitter.addWidget(self._below)
        splitter.setSizes([300, 260])
        self._splitter = splitter
        self.content.addWidget(self.search)
        self.content.addWidget(splitter, 1)
        self.content.addWidget(self.empty, 1)

    def refresh(self) -> None:
        if self.rows.rowCount():
            self.rows.refresh()
        else:
            self.rows.reload()

    def _page(self, offset: int, limit: int) -> list[HistoryRow]:
        texts = self._texts()
        entries = self._workspace.reader.history(self.search.text().strip(), offset, limit)
        return [
            HistoryRow(entry.edit.id, entry, texts.what(entry), texts.when(entry), texts.ending(entry))
            for entry in entries
        ]

    def _texts(self) -> HistoryTexts:
        return HistoryTexts(ValueTexts(self._workspace.reader, self._workspace.clock))

    @Slot()
    def _on_search(self) -> None:
        self.rows.reload()

    @Slot()
    def _on_refreshed(self) -> None:
        is_empty = self.rows.rowCount() == 0
        self._splitter.setVisible(not is_empty)
        self.empty.setVisible(is_empty)
        if self.search.text().strip():
            self.empty.say(self.tr("Nothing matches"), self.tr("Nothing in the history fits this search."))
        else:
            self.empty.say(
                self.tr("Nothing has been synced yet"),
                self.tr("Every change you save ends up here, with how it ended."),
            )
        self._on_row_selected()

    @Slot()
    def _on_row_selected(self) -> None:
        row = self.rows.row(self.table.currentIndex())
        self._below.setVisible(row is not None)
        if row is not None and row != self._shown:
            self._shown = row
            texts = self._texts()
            self.sentence.setText(texts.sentence(row.entry))
            self.details.show_rows(texts.headers(row.entry), texts.rows(row.entry))
            sides = sides_of(row.entry)
            for side, restore in self.restore_buttons.items():
                restore.setVisible(side in sides)
                restore.setText(self._restore_text(side, is_alone=len(sides) == 1))
                restore.setAccessibleName(restore.text().replace("&", ""))

    def _restore_text(self, side: Side, *, is_alone: bool) -> str:
        if is_alone:
            return self.tr("&Restore…")
        return self.tr("Restore &theirs…") if side is Side.THEIRS else self.tr("Restore &mine…")

    def _on_restore(self, side: Side) -> None:
        row = self.rows.row(self.table.currentIndex())
        if row is not None:
            dialog = RestoreDialog(self._workspace, row.entry, side, self)
            dialog.accepted.connect(self.refresh)
            dialog.open()

    @Slot()
    def _on_copy(self) -> None:
        row = self.rows.row(self.table.currentIndex())
        if row is not None:
            QGuiApplication.clipboard().setText(self._texts().as_text(row.entry))
