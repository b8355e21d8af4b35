"""*Decisions* on *More*, for planners: conflicts, choices and refusals of everybody, and what was lost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from maintenance_desktop.domain.ledger import DecisionKind, LedgerEntry, LedgerPage
from maintenance_desktop.domain.outcomes import NotOffered, RemoteError
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.ledger_book import LedgerBook, LedgerFilter
from maintenance_desktop.ui.ledger_columns import ledger_columns
from maintenance_desktop.ui.ledger_export import LedgerExport
from maintenance_desktop.ui.ledger_texts import LedgerRow, LedgerTexts
from maintenance_desktop.ui.ledger_thread import LedgerThread
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.search_field import SearchField
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import TableModel
from maintenance_desktop.ui.table_view import TableView
from maintenance_desktop.ui.value_grid import ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

ROLES: Final = ("planner", "admin")
_CONNECTED: Final = (Connection.ONLINE, Connection.SYNCING)


class LedgerSection(MoreSection):
    """The newest entries of the server's ledger, fetched when somebody looks; older ones on demand."""

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__("ledgerSection", "", "", parent)
        self.title.setText(self.tr("Decisions"))
        self.about.setText(
            self.tr("Conflicts, choices and refusals of everybody, and what was lost by them.")
        )
        self.about.show()
        self._workspace = workspace
        self._book = LedgerBook()
        self._found: list[LedgerRow] = []
        self._thread: LedgerThread | None = None
        self._running: list[LedgerThread] = []
        self._was_fetched = self._is_older = False
        self._problem = ""
        self._is_offered = True
        self.search = SearchField(self.tr("Search people, numbers and content"))
        named(self.search, "ledgerSearchField", self.tr("Search the decisions"))
        self.search.textChanged.connect(self._on_filter)
        self.person = named(QComboBox(), "ledgerPersonBox", self.tr("Person"))
        self.person.addItem(self.tr("Everybody"), "")
        self.person.activated.connect(self._on_filter)
        self.kind = named(QComboBox(), "ledgerKindBox", self.tr("What happened"))
        self.kind.addItem(self.tr("Everything"), "")
        for kind in DecisionKind:
            self.kind.addItem(self._texts().kind(kind), kind.value)
        self.kind.activated.connect(self._on_filter)
        self.refresh_button = button(self.tr("&Refresh"), "ledgerRefreshButton")
        self.refresh_button.clicked.connect(self.fetch)
        self.export_button = button(self.tr("E&xport…"), "ledgerExportButton")
        self.export = LedgerExport(
            workspace, self._book, self._texts, self._take_older, lambda: self._found, self
        )
        self.export_button.clicked.connect(self.export.ask)
        self.rows = TableModel(ledger_columns(), self._page, self)
        self.table = TableView("ledgerTable", self.rows, settings)
        self.table.setAccessibleName(self.tr("Decisions"))
        self.table.row_chosen.connect(self._on_row_selected)
        self.empty = EmptyState()
        self.empty.acted.connect(self.fetch)
        self.note = plain_label("ledgerNote", tone="quiet")
        self.older_button = button(self.tr("Load ol&der"), "ledgerOlderButton", verb="quiet")
        self.older_button.clicked.connect(self._on_older)
        self.sentence = plain_label("ledgerSentence")
        self.details = ScrolledGrid("ledgerDetails")
        self.details.setAccessibleName(self.tr("Content of the selected decision"))
        self.copy_button = button(self.tr("&Copy"), "copyDecisionButton")
        self.copy_button.clicked.connect(self._on_copy)
        self._lay_out()
        self._show()

    def refresh(self) -> None:
        """What was fetched stays; the first look fetches."""
        if self.isVisible() and not self._was_fetched and self._thread is None:
            self.fetch()
        else:
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fetch()

    @Slot()
    def fetch(self) -> None:
        """Fetch the newest entries, if the server can be reached."""
        self._ask(None)

    def stop(self) -> None:
        """The window closes: nothing is on the wire any more."""
        self._workspace.ledger.cut()
        self.export.stop()
        for thread in self._running:
            thread.wait()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        for one in (self.person, self.kind, self.refresh_button, self.export_button):
            top.addWidget(one)
        below = QWidget()
        inside = QVBoxLayout(below)
        inside.setContentsMargins(0, 12, 0, 0)
        row = QHBoxLayout()
        row.addWidget(self.sentence, 1)
        row.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(row)
        inside.addWidget(self.details, 1)
        self._below = below
        self._splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(below)
        self._splitter.setSizes([300, 260])
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.older_button)
        self.content.addLayout(top)
        self.content.addWidget(self._splitter, 1)
        self.content.addWidget(self.empty, 1)
        self.content.addLayout(foot)

    def _ask(self, before: int | None) -> None:
        if self._thread is not None or self.export.is_fetching:
            return
        if self._workspace.sync.state.connection not in _CONNECTED:
            self._problem = self.tr("The decisions are kept on the server, which cannot be reached now.")
            self._show()
            return
        self._problem = ""
        self._is_older = before is not None
        self._thread = LedgerThread(self._workspace.ledger.read, before, self)
        self._running = [one for one in self._running if one.isRunning()] + [self._thread]
        self._thread.fetched.connect(self._on_fetched)
        self._thread.failed.connect(self._on_failed)
        self._thread.start()
        self._show()

    @Slot(LedgerPage)
    def _on_fetched(self, page: LedgerPage) -> None:
        self._thread = None
        self._book.take(page, self._texts(), is_older=self._is_older)
        self._was_fetched = self._is_offered = True
        self._name_people()
        self._filter()

    def _take_older(self, page: LedgerPage) -> None:
        self._book.take(page, self._texts(), is_older=True)
        self._name_people()
        self._filter()

    @Slot(RemoteError)
    def _on_failed(self, error: RemoteError) -> None:
        self._thread = None
        self._is_offered = not isinstance(error, NotOffered)
        self._problem = str(error)
        self._show()

    @Slot()
    def _on_older(self) -> None:
        self._ask(self._book.oldest)

    @Slot()
    def _on_filter(self) -> None:
        self._filter()

    def _filter(self) -> None:
        wanted = LedgerFilter(self.search.text(), self.person.currentData(), self.kind.currentData())
        self._found = self._book.found(wanted)
        self.rows.reload()
        self._show()

    def _page(self, offset: int, limit: int) -> list[LedgerRow]:
        return self._found[offset : offset + limit]

    def _show(self) -> None:
        """The rows, or honestly why there are none."""
        has_rows = bool(self._found)
        is_asking = self._thread is not None
        self._splitter.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        self.export_button.setEnabled((has_rows or self._book.has_more) and not is_asking)
        self.refresh_button.setEnabled(not is_asking)
        self.older_button.setVisible(self._book.has_more)
        self.older_button.setEnabled(not is_asking)
        if not has_rows:
            self._say_why(is_asking=is_asking)
        count = len(self._found)
        parts = [fill(self.tr("%1 shown"), self.locale().toString(count))] if has_rows else []
        parts += [self.tr("there are older ones")] if self._book.has_more else []
        parts += [self.tr("loading…")] if is_asking and has_rows else []
        parts += [self._problem] if self._problem and has_rows else []
        self.note.setText(" · ".join(parts))
        self._on_row_selected()

    def _say_why(self, *, is_asking: bool) -> None:
        again = self.tr("Try again")
        if is_asking:
            self.empty.say(self.tr("Loading…"), self.tr("The server is asked for its decisions."))
        elif not self._is_offered:
            self.empty.say(self.tr("Not kept here"), self._problem)
        elif self._problem:
            self.empty.say(self.tr("Cannot be shown now"), self._problem, again)
        elif self._book.has_more:
            count = self.locale().toString(len(self._book))
            self.empty.say(
                self.tr("Nothing matches"),
                fill(self.tr("None of the newest %1 fits. Load older to look further."), count),
            )
        elif len(self._book):
            self.empty.say(self.tr("Nothing matches"), self.tr("No decision fits this search and filter."))
        else:
            self.empty.say(
                self.tr("No decisions yet"),
                self.tr(
                    "When two people change the same record, or the server refuses a change, you see it here."
                ),
            )

    def _name_people(self) -> None:
        chosen = self.person.currentData()
        self.person.clear()
        self.person.addItem(self.tr("Everybody"), "")
        for person_id, name in self._book.people():
            self.person.addItem(name, person_id)
        self.person.setCurrentIndex(max(self.person.findData(chosen), 0))

    @Slot()
    @Slot(str)
    def _on_row_selected(self) -> None:
        entry = self._selected()
        self._below.setVisible(entry is not None)
        if entry is not None:
            texts = self._texts()
            self.sentence.setText(texts.sentence(entry))
            self.details.show_rows(texts.headers(entry), texts.rows(entry))

    @Slot()
    def _on_copy(self) -> None:
        entry = self._selected()
        if entry is not None:
            QGuiApplication.clipboard().setText(self._texts().as_text(entry))

    def _selected(self) -> LedgerEntry | None:
        row = self.rows.row(self.table.currentIndex())
        return row.entry if row is not None else None

    def _texts(self) -> LedgerTexts:
        return LedgerTexts(ValueTexts(self._workspace.reader, self._workspace.clock))
