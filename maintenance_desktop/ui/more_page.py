"""*More*: what needs the person, what waits, what was, settings, account and about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QStackedWidget, QWidget

from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.services.status import SyncState
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.about_section import AboutSection
from maintenance_desktop.ui.account_section import AccountSection
from maintenance_desktop.ui.history_section import HistorySection
from maintenance_desktop.ui.ledger_section import ROLES, LedgerSection
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.needs_you_section import NeedsYouSection
from maintenance_desktop.ui.parts import named
from maintenance_desktop.ui.queue_section import QueueSection
from maintenance_desktop.ui.reading import Question, Urgency
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.settings_section import SettingsSection
from maintenance_desktop.ui.update_texts import notice_text
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.workspace import Workspace

_LIST_WIDTH = 200
_ROW_HEIGHT = 36


class MorePage(QWidget):
    """A list of sections on the left, the chosen one on the right.

    Signals:
        answer_wanted: the id of an edit, for the presenter's `ask`.
        answered: questions were answered in the list.
        badge_changed: how many questions, notices and offers wait for the person.
        undone: the ids of the records whose changes were taken back.
        theme_chosen: "system", "light" or "dark".
        sign_out_wanted, change_account_wanted: from *Account*.
    """

    answer_wanted = Signal(str)
    answered = Signal()
    badge_changed = Signal(int)
    undone = Signal(frozenset)
    theme_chosen = Signal(str)
    sign_out_wanted = Signal()
    change_account_wanted = Signal()

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        log_tail: Callable[[], str] = str,
        updates: Updates | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("morePage")
        self._workspace = workspace
        self._updates = updates
        self._badge = -1
        self._offered = 0
        self._offers = Question(workspace.reading, self, Urgency.NUMBERS)
        self._offers.answered.connect(self._on_offers)
        self._connection = workspace.sync.state.connection
        workspace.sync.state_changed.connect(self._on_state_changed)
        self.needs_you = NeedsYouSection(workspace, settings)
        self.queue = QueueSection(workspace, settings)
        self.history = HistorySection(workspace, settings)
        self.ledger: LedgerSection | None = None
        if workspace.account.role in ROLES:
            self.ledger = LedgerSection(workspace, settings)
        self.settings = SettingsSection(workspace, settings, updates)
        self.account = AccountSection(workspace)
        self.about = AboutSection(workspace, log_tail, updates)
        self.needs_you.answer_wanted.connect(self.answer_wanted)
        self.needs_you.answered.connect(self.answered)
        self.queue.undone.connect(self._on_undone)
        self.queue.imported.connect(self._on_undone)
        self.settings.theme_chosen.connect(self.theme_chosen)
        self.account.sign_out_wanted.connect(self.sign_out_wanted)
        self.account.change_wanted.connect(self.change_account_wanted)
        self.list = named(QListWidget(), "moreSections", self.tr("Sections"))
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QListView { padding-top: 16px; } QListView::item { padding-left: 16px; }")
        self.stack = QStackedWidget()
        for section in self.sections():
            self.list.addItem(section.title.text())
            item = self.list.item(self.list.count() - 1)
            item.setSizeHint(QSize(_LIST_WIDTH, _ROW_HEIGHT))
            self.stack.addWidget(section)
        self._name_about()
        self.list.currentRowChanged.connect(self._on_section_chosen)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self.stack, 1)
        self.list.setCurrentRow(0)
        if updates is not None and self.about.updates is not None:
            updates.state_changed.connect(self._name_about)
            self.about.updates.settings_wanted.connect(self._on_settings_wanted)

    def sections(self) -> tuple[MoreSection, ...]:
        """The sections in the order of the list."""
        ledger = () if self.ledger is None else (self.ledger,)
        return self.needs_you, self.queue, self.history, *ledger, self.settings, self.account, self.about

    def show_section(self, section: MoreSection) -> None:
        """Bring a section to the front."""
        self.list.setCurrentRow(self.sections().index(section))

    @Slot()
    def refresh(self) -> None:
        """Show the newest counts, and the chosen section when somebody looks at it."""
        self._show_counts()
        self._offers.ask(self._workspace.recovery.offered_again)
        if self.isVisible():
            self.sections()[self.list.currentRow()].refresh()

    def stop(self) -> None:
        """The window closes: nothing is on the wire any more."""
        if self.ledger is not None:
            self.ledger.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    @Slot(object)
    def _on_offers(self, offers: Sequence[HistoryEntry]) -> None:
        self._offered = len(offers)
        self._show_counts()

    def _show_counts(self) -> None:
        tally = self._workspace.reader.tally()
        needs_you = tally.needs_you + len(self._workspace.notices.unanswered()) + self._offered
        self._count(0, self.needs_you, needs_you)
        self._count(1, self.queue, tally.waiting)
        if needs_you != self._badge:
            self._badge = needs_you
            self.badge_changed.emit(needs_you)

    def _count(self, row: int, section: MoreSection, number: int) -> None:
        title = section.title.text()
        self.list.item(row).setText(fill(self.tr("%1 (%2)"), title, str(number)) if number else title)

    @Slot()
    def _name_about(self) -> None:
        has_news = self._updates is not None and bool(notice_text(self._updates.state))
        title = self.tr("About (1 update)") if has_news else self.tr("About")
        self.list.item(self.list.count() - 1).setText(title)

    @Slot()
    def _on_settings_wanted(self) -> None:
        self.show_section(self.settings)
        if self.settings.updates is not None:
            self.settings.updates.location.setFocus()

    @Slot(int)
    def _on_section_chosen(self, row: int) -> None:
        self.stack.setCurrentIndex(row)
        self.sections()[row].refresh()

    @Slot(SyncState)
    def _on_state_changed(self, state: SyncState) -> None:
        if state.connection is not self._connection:  # progress alone changes nothing that is shown here
            self._connection = state.connection
            self.refresh()

    @Slot(frozenset)
    def _on_undone(self, record_ids: frozenset[str]) -> None:
        self.refresh()
        self.undone.emit(record_ids)
