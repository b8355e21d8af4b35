"""The status bar: one sentence, how old the data is, and the progress of long work."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from maintenance_desktop.services.status import Progress, SyncState
from maintenance_desktop.ui import times
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.icons import pixmap
from maintenance_desktop.ui.plain import ElidedLabel, PlainLabel, tooltip
from maintenance_desktop.ui.status_texts import forecast_text, status_text
from maintenance_desktop.ui.theme import colours
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.workspace import Workspace

_LEAST_MS: Final = 250
"""A download tells of its progress more often than anybody can read."""
_LEAST_FORECAST_MS: Final = 8_000
_LEAST_TEXT_HEIGHT: Final = 16
_BUTTON_EDGE: Final = 2
"""A link button's, as the style sheet has it."""


class StatusLine(QWidget):
    """Says how it stands between here and the server. A click, or Enter, opens *More*.

    Signals:
        opened: the person wants to know more.
        forecast_opened: the person wants to know how each change will fare.
        cancel_asked: the download is to stop.
        update_opened: the person wants to know about the newer version.
    """

    opened = Signal()
    forecast_opened = Signal()
    cancel_asked = Signal()
    update_opened = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._workspace = workspace
        self._began: tuple[float, int] | None = None
        self._is_behind = False
        self._least = QTimer(self, singleShot=True, interval=_LEAST_MS)
        self._least.timeout.connect(self._on_least_over)
        self._shape = QLabel()
        self.sentence_label = PlainLabel()
        self.sentence_label.setObjectName("statusButton")
        self.message_label = ElidedLabel(is_quiet=True)
        self.progress_bar = QProgressBar()
        self.progress_bar.setObjectName("progressBar")
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setFixedWidth(160)
        self.progress_label = PlainLabel(tone="quiet")
        self.progress_label.setObjectName("progressLabel")
        self.cancel_button = button(self.tr("Cancel"), "cancelDownloadButton", verb="link")
        self.cancel_button.clicked.connect(self.cancel_asked)
        self.forecast_button = button("", "forecastButton", verb="link")
        self.forecast_button.clicked.connect(self.forecast_opened)
        self.forecast_button.hide()
        self._forecast = ""
        self._forecast_over = QTimer(self, singleShot=True, interval=_LEAST_FORECAST_MS)
        self._forecast_over.timeout.connect(self._on_forecast_over)
        self.update_button = button("", "updateNoticeButton", verb="link")
        self.update_button.clicked.connect(self.update_opened)
        self.update_button.hide()
        self.data_label = PlainLabel(tone="quiet")
        self.data_label.setObjectName("dataAsOfLabel")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(8)
        # as high as its buttons, also while there are none: else the whole window is laid out anew with each
        row.addStrut(max(self.fontMetrics().height(), _LEAST_TEXT_HEIGHT) + 2 * _BUTTON_EDGE)
        row.addWidget(self._shape)
        row.addWidget(self.sentence_label)
        row.addWidget(self.forecast_button)
        row.addWidget(self.message_label, 1)
        for one in (
            self.progress_label,
            self.progress_bar,
            self.cancel_button,
            self.update_button,
            self.data_label,
        ):
            row.addWidget(one)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what is true now."""
        self._is_behind = False
        state, now = self._workspace.sync.state, self._workspace.clock()
        said = status_text(state, self._workspace.reader.tally(), now)
        shades = colours()
        ink = {"green": shades.green, "amber": shades.amber}.get(said.tone, shades.quiet)
        self._shape.setPixmap(pixmap(said.icon_name, QColor(ink)))
        self.sentence_label.setText(said.sentence)
        self.sentence_label.set_tone(said.tone)
        self.sentence_label.setToolTip(tooltip(state.problem))
        self.data_label.setText(said.data_as_of)
        self.data_label.setToolTip(times.absolute_text(state.last_synced))
        self.setAccessibleName(f"{said.sentence}. {said.data_as_of}")
        self._show_progress(state)
        self._show_forecast(state)

    def refresh_progress(self) -> None:
        """Say what is true now, unless that was done a moment ago: then in a moment."""
        if self._least.isActive():
            self._is_behind = True
        else:
            self._least.start()
            self.refresh()

    def say(self, message: str) -> None:
        """Say something beside the sentence, until something else is said."""
        self.message_label.setText(message)

    def show_update(self, text: str) -> None:
        """Say that there is a newer version; an empty text says nothing of it."""
        self.update_button.setText(text)
        self.update_button.setAccessibleName(text)
        self.update_button.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_least_over(self) -> None:
        if self._is_behind:
            self.refresh_progress()

    def _show_progress(self, state: SyncState) -> None:
        progress = state.progress
        is_download = progress is not None and progress.is_download
        for one in (self.progress_bar, self.progress_label):
            one.setVisible(progress is not None)
        self.cancel_button.setVisible(is_download and not state.is_complete)
        if progress is None:
            self._began = None
            return
        # in thousandths: bytes are more than a bar can count; nothing of nothing moves to and fro
        total = 0 if progress.what == "index" else progress.total or 0
        self.progress_bar.setMaximum(1_000 if total else 0)
        self.progress_bar.setValue(min(progress.done * 1_000 // total, 1_000) if total else 0)
        self.progress_label.setText(self._progress_text(progress))
        self.progress_bar.setAccessibleName(self.progress_label.text())

    def _show_forecast(self, state: SyncState) -> None:
        """Say how it will go, long enough to be read: a good line sends faster than anybody reads."""
        if state.forecast is not None:
            self._forecast = forecast_text(state.forecast)
            self._forecast_over.start()
        # once it is sent, a line in the future would not be true any more
        template = (
            self.tr("%1: see") if state.forecast is not None else self.tr("Expected before sending: %1")
        )
        text = fill(template, self._forecast)
        self.forecast_button.setText(text)
        self.forecast_button.setAccessibleName(text)
        self.forecast_button.setVisible(state.forecast is not None or self._forecast_over.isActive())

    @Slot()
    def _on_forecast_over(self) -> None:
        self._show_forecast(self._workspace.sync.state)

    def _progress_text(self, progress: Progress) -> str:
        number = self.locale().toString
        if progress.what == "index":
            return ""
        if progress.total is None:
            return fill(self.tr("%1 records"), number(progress.done))
        text = fill(self.tr("%1 of %2"), number(progress.done), number(progress.total))
        if progress.what == "file":
            megabytes = [
                self.locale().toString(size / 1e6, "f", 1) for size in (progress.done, progress.total)
            ]
            text = fill(self.tr("%1 of %2 MB"), *megabytes)
        left = self._seconds_left(progress.done, progress.total)
        return fill(self.tr("%1 · %2 s left"), text, number(left)) if left else text

    def _seconds_left(self, done: int, total: int) -> int:
        now = time.monotonic()
        if self._began is None or done < self._began[1]:
            self._began = (now, done)
        seconds, arrived = now - self._began[0], done - self._began[1]
        return round((total - done) * seconds / arrived) if seconds > 1 and arrived else 0
