"""A button that lets one choose several of a few values."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget


class MultiChoiceButton(QPushButton):
    """Says what is chosen; its menu stays open while one ticks.

    Signals:
        changed: another choice.
    """

    changed = Signal()

    def __init__(self, title: str, options: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.setProperty("several", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.options = QMenu(self)
        for value, word in options:
            action = QAction(word, self.options, checkable=True)
            action.setData(value)
            action.toggled.connect(self._on_toggled)
            self.options.addAction(action)
        self.options.installEventFilter(self)
        self.setMenu(self.options)
        self._show()

    @property
    def chosen(self) -> frozenset[str]:
        """The values that are ticked; none means any."""
        return frozenset(str(action.data()) for action in self.options.actions() if action.isChecked())

    def choose(self, values: frozenset[str]) -> None:
        """Tick exactly these, without telling."""
        before = self.blockSignals(True)
        for action in self.options.actions():
            action.setChecked(str(action.data()) in values)
        self.blockSignals(before)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_release = isinstance(event, QMouseEvent) and event.type() is QEvent.Type.MouseButtonRelease
        is_space = (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Space
        )
        action = self.options.activeAction()
        if (is_release or is_space) and action is not None:
            action.toggle()
            return True
        return super().eventFilter(watched, event)

    def _on_toggled(self, _on: bool) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        ticked = [action.text() for action in self.options.actions() if action.isChecked()]
        what = ", ".join(ticked) if ticked else self.tr("any")
        # WORKAROUND Qt 6.11: a left-aligned text ignores the style sheet's padding where there is a menu
        self.setText(f"\u2002{self._title}: {what}")
        self.setAccessibleName(f"{self._title}: {what}")
        self.setToolTip(f"{self._title}: {what}")
