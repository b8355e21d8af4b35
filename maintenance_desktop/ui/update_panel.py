"""Updates on *About*: how it stands, and the one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from maintenance_desktop.domain.updates import WORKING, Phase, UpdateState
from maintenance_desktop.services.status import Connection
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.icons import pixmap
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.theme import GAP, GAP_LARGE, GAP_MEDIUM, GAP_SMALL, as_quiet, colours
from maintenance_desktop.ui.update_texts import (
    UpdateText,
    install_verb,
    size_text,
    update_text,
    waiting_text,
)
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

_NEEDS_SETTINGS = frozenset({Phase.OFF, Phase.NO_PLACE, Phase.NO_ROOT})
_NOT_NOW = _NEEDS_SETTINGS | WORKING | {Phase.OFF_BY_IT}


class UpdatePanel(QFrame):
    """A shape, a sentence, what follows from it, and the verbs.

    Signals:
        settings_wanted: the person wants to say where updates are.
    """

    settings_wanted = Signal()

    def __init__(self, workspace: Workspace, updates: Updates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("updatePanel")
        self.setProperty("banner", "plain")
        self._workspace = workspace
        self._updates = updates
        self._shape = QLabel()
        self._verbs = QWidget()
        self.sentence = plain_label("updateSentence", is_strong=True)
        self.advice = plain_label("updateAdvice")
        as_quiet(self.advice)
        self.waiting = plain_label("updateWaiting")
        self.progress = named(QProgressBar(), "updateProgress")
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(240)
        self.progress_label = plain_label("updateProgressLabel", tone="quiet")
        self.progress_label.setWordWrap(False)
        self.install_button = button(install_verb(updates.here), "installUpdateButton", verb="main")
        self.download_button = button("", "downloadUpdateButton", verb="main")
        self.cancel_button = button(self.tr("&Cancel"), "cancelUpdateButton")
        self.check_button = button(self.tr("Check for &updates"), "checkUpdatesButton")
        self.settings_button = button(self.tr("&Settings for updates"), "updateSettingsButton")
        self.install_button.clicked.connect(updates.install)
        self.download_button.clicked.connect(updates.download)
        self.cancel_button.clicked.connect(updates.cancel)
        self.check_button.clicked.connect(updates.check)
        self.settings_button.clicked.connect(self.settings_wanted)
        updates.state_changed.connect(self._on_state_changed)
        self._lay_out()
        self.refresh()

    def refresh(self) -> None:
        """Say what is true now."""
        state = self._updates.state
        said = update_text(state, self._updates.here, self._updates.running, self._checked(state))
        self.sentence.setText(said.sentence)
        self.sentence.set_tone(said.tone)
        self.sentence.setToolTip(tooltip(state.detail))
        self._show_shape(said)
        self._show_progress(state)
        self._show_verbs(state)
        is_syncing = self._workspace.sync.state.connection is Connection.SYNCING
        is_ready = state.phase is Phase.READY
        self.install_button.setEnabled(not is_syncing)
        self.advice.setText(
            self.tr("A sync is under way; you can install when it is done.")
            if is_ready and is_syncing
            else said.advice
        )
        self.advice.setVisible(bool(self.advice.text()))
        tally = self._workspace.reader.tally()
        self.waiting.setText(waiting_text(tally.waiting + tally.needs_you) if is_ready else "")
        self.waiting.setVisible(bool(self.waiting.text()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.refresh()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(GAP)
        bar.addWidget(self.progress)
        bar.addWidget(self.progress_label)
        bar.addStretch(1)
        verbs = QHBoxLayout(self._verbs)
        verbs.setContentsMargins(0, GAP, 0, 0)
        verbs.setSpacing(GAP)
        for one in (
            self.install_button,
            self.download_button,
            self.cancel_button,
            self.check_button,
            self.settings_button,
        ):
            verbs.addWidget(one)
        verbs.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(GAP_SMALL)
        for label in (self.sentence, self.advice, self.waiting):
            words.addWidget(label)
        words.addLayout(bar)
        words.addWidget(self._verbs)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP_LARGE, GAP_MEDIUM, GAP_LARGE, GAP_MEDIUM)
        row.setSpacing(GAP_MEDIUM)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def _show_shape(self, said: UpdateText) -> None:
        shades = colours()
        inks = {"green": shades.green, "amber": shades.amber, "red": shades.red}
        self._shape.setPixmap(pixmap(said.icon_name, QColor(inks.get(said.tone, shades.quiet))))
        self.setAccessibleName(f"{said.sentence} {said.advice}")

    def _show_progress(self, state: UpdateState) -> None:
        is_downloading = state.phase is Phase.DOWNLOADING
        self.progress.setVisible(state.phase in WORKING)
        self.progress_label.setVisible(is_downloading)
        # a whole of 0 is a bar that moves without saying how far it is
        whole = state.offer.length if is_downloading and state.offer else 0
        self.progress.setMaximum(whole // 1000)
        self.progress.setValue(state.done // 1000)
        if whole:
            done = self.locale().toString(round(state.done / 1e6))
            self.progress_label.setText(fill(self.tr("%1 of %2"), done, size_text(whole)))
            self.progress.setAccessibleName(self.progress_label.text())

    def _show_verbs(self, state: UpdateState) -> None:
        failed = state.phase is Phase.FAILED
        may_download = state.phase is Phase.AVAILABLE or (failed and state.offer is not None)
        may_download = may_download and self._updates.here.can_install
        self.install_button.setVisible(state.phase is Phase.READY)
        self.download_button.setVisible(may_download)
        self.download_button.setText(self.tr("&Try again") if failed else self.tr("&Download"))
        self.download_button.setAccessibleName(self.download_button.text().replace("&", ""))
        self.cancel_button.setVisible(state.phase in (Phase.DOWNLOADING, Phase.CHECKING))
        self.check_button.setVisible(state.phase not in _NOT_NOW)
        self.settings_button.setVisible(state.phase in _NEEDS_SETTINGS)
        self._verbs.setVisible(state.phase not in (Phase.OFF_BY_IT, Phase.VERIFYING))

    def _checked(self, state: UpdateState) -> str:
        when = ValueTexts(self._workspace.reader, self._workspace.clock).when(state.checked_at)
        return fill(self.tr("checked %1"), when)

    @Slot(UpdateState)
    def _on_state_changed(self, _state: UpdateState) -> None:
        if self.isVisible():
            self.refresh()
