"""*Decisions* on *More*, for planners: conflicts, choices and refusals of everybody, and what was lost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from maintenance_desktop.domain.ledger import DecisionKind, LedgerEntry, LedgerPage
from maintenance_desktop.domain.outcomes import NotOffered, RemoteError
from maintenance_desktop.services.list_file import ListFile, NotExported
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.ledger_texts import LedgerRow, LedgerTexts
from maintenance_desktop.ui.ledger_thread import LedgerThread
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.reading import Question, Urgency
from maintenance_desktop.ui.row_model import Column
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
        self._entries: dict[str, LedgerRow] = {}
        self._found: list[LedgerRow] = []
        self._thread: LedgerThread | None = None
        self._running: list[LedgerThread] = []
        self._was_fetched = self._has_more = self._is_older = False
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
        self.export_button.clicked.connect(self._on_export)
        self.file_dialog: QFileDialog | None = None
        self._written = Question(workspace.reading, self, Urgency.FILES)
        self._written.answered.connect(self._on_written)
        columns: list[Column[LedgerRow]] = [
            Column("", self.tr("When"), lambda row: row.when, width=170, key="when"),
            Column("", self.tr("Who"), lambda row: row.who, width=130, key="who"),
            Column("", self.tr("What"), lambda row: row.what, width=100, key="what"),
            Column("", self.tr("Choice"), lambda row: row.choice, width=140, key="choice"),
            Column[LedgerRow](
                "",
                self.tr("Record"),
                lambda row: row.about,
                tooltip=lambda row: tooltip(row.about),
                width=0,
                key="about",
            ),
            Column[LedgerRow](
                "",
                self.tr("Lost"),
                lambda row: row.lost,
                tooltip=lambda row: tooltip(row.lost),
                width=170,
                key="lost",
            ),
        ]
        self.rows = TableModel(columns, self._page, self)
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
        self.copy_button = button(self.tr("&Copy as text"), "copyDecisionButton")
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
        if self._thread is not None:
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
        texts = self._texts()
        fetched = {row.id: row for row in map(texts.row, page.entries)}
        reaches = any(key in self._entries for key in fetched)
        if self._is_older or reaches or not page.more:
            # an entry that changed has a new place, so what was known of it before gives way
            known = {key: row for key, row in self._entries.items() if key not in fetched}
            self._has_more = page.more if self._is_older or not known else self._has_more
        else:
            known, self._has_more = {}, page.more
        newest = sorted(
            {**known, **fetched}.values(),
            key=lambda row: (row.entry.happened_at, row.entry.place),
            reverse=True,
        )
        self._entries = {row.id: row for row in newest}
        self._was_fetched = self._is_offered = True
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
        self._ask(min(row.entry.place for row in self._entries.values()))

    @Slot()
    def _on_filter(self) -> None:
        self._filter()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        person, kind = self.person.currentData(), self.kind.currentData()
        self._found = [
            row
            for row in self._entries.values()
            if person in ("", row.entry.person_id)
            and kind in ("", row.entry.kind)
            and (not words or all(word in row.searched for word in words))
        ]
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
        self.export_button.setEnabled(has_rows)
        self.refresh_button.setEnabled(not is_asking)
        self.older_button.setVisible(self._has_more)
        self.older_button.setEnabled(not is_asking)
        if not has_rows:
            self._say_why(is_asking=is_asking)
        count = len(self._found)
        parts = [fill(self.tr("%1 shown"), self.locale().toString(count))] if has_rows else []
        parts += [self.tr("There are older ones.")] if self._has_more else []
        parts += [self.tr("Loading…")] if is_asking and has_rows else []
        parts += [self._problem] if self._problem and has_rows else []
        self.note.setText(" ".join(parts))
        self._on_row_selected()

    def _say_why(self, *, is_asking: bool) -> None:
        again = self.tr("Try again")
        if is_asking:
            self.empty.say(self.tr("Loading…"), self.tr("The server is asked for its decisions."))
        elif not self._is_offered:
            self.empty.say(self.tr("Not kept here"), self._problem)
        elif self._problem:
            self.empty.say(self.tr("Cannot be shown now"), self._problem, again)
        elif self._entries:
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
        people = {row.entry.person_id: row.who for row in self._entries.values()}
        self.person.clear()
        self.person.addItem(self.tr("Everybody"), "")
        for person_id, name in sorted(people.items(), key=lambda one: one[1].casefold()):
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

    @Slot()
    def _on_export(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = fill(self.tr("Export %1 decisions"), self.locale().toString(len(self._found)))
        dialog = QFileDialog(self, title, folder, self.tr("CSV for spreadsheets (*.csv)"))
        dialog.setObjectName("ledgerFileDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        day = self._workspace.clock().astimezone().date().isoformat()
        dialog.selectFile(fill(self.tr("Decisions %1"), day) + ".csv")
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        self.file_dialog = dialog
        dialog.open()

    @Slot(str)
    def _on_file_chosen(self, chosen: str) -> None:
        texts = self._texts()
        titles, lines = texts.titles(), [texts.cells(row) for row in self._found]
        self._written.ask(lambda: _write(Path(chosen), titles, lines))

    @Slot(object)
    def _on_written(self, problem: str) -> None:
        self.note.setText(problem)

    def _selected(self) -> LedgerEntry | None:
        row = self.rows.row(self.table.currentIndex())
        return row.entry if row is not None else None

    def _texts(self) -> LedgerTexts:
        return LedgerTexts(ValueTexts(self._workspace.reader, self._workspace.clock))


def _write(path: Path, titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Write a file, on the reading thread; what there is to say about it."""
    try:
        file = ListFile(path, titles)
        file.write(lines)
        file.finish()
    except NotExported as trouble:
        return str(trouble)
    return f"{file.written} → {path}"
