"""The menu *Demo*: pull the network cable, and let a colleague interfere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from maintenance_desktop.ui.values import fill


class Cable(Protocol):
    """The network connection of the demo."""

    @property
    def is_connected(self) -> bool: ...

    def connect(self, on: bool) -> None: ...


class Interference(Protocol):
    """The colleague. Each call returns the colleague's name and raises one of `failures`."""

    def change(self, work_order_id: str) -> str: ...

    def complete(self, work_order_id: str) -> str: ...


class _Errand(QThread):
    """One thing the colleague does on the server, off the UI thread."""

    done = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        errand: Callable[[str], str],
        work_order_id: str,
        failures: tuple[type[Exception], ...],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._errand = errand
        self._work_order_id = work_order_id
        self._failures = failures

    def run(self) -> None:
        try:
            self.done.emit(self._errand(self._work_order_id))
        except self._failures as error:
            self.failed.emit(str(error))


class DemoMenu(QMenu):
    """Everything that makes the two minutes of the demo.

    `current` tells which work order is on screen, `say` shows a sentence without asking for an answer.
    """

    def __init__(
        self,
        cable: Cable,
        colleague: Interference,
        failures: tuple[type[Exception], ...],
        *,
        current: Callable[[], str | None],
        say: Callable[[str], None],
        on_reconnected: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__("&Demo", parent)
        self.setTitle(self.tr("&Demo"))
        self.setObjectName("demoMenu")
        self._cable = cable
        self._colleague = colleague
        self._failures = failures
        self._current = current
        self._say = say
        self._on_reconnected = on_reconnected
        self._errand: _Errand | None = None
        self.cable_action = self.addAction(self.tr("Go offline"), self._on_cable)
        self.cable_action.setObjectName("demoCableAction")
        self.addSeparator()
        self.change_action = self.addAction(
            self.tr("Let a colleague change this work order"), self._on_change
        )
        self.change_action.setObjectName("demoChangeAction")
        self.complete_action = self.addAction(
            self.tr("Let a colleague complete this work order"), self._on_complete
        )
        self.complete_action.setObjectName("demoCompleteAction")
        self.aboutToShow.connect(self._on_about_to_show)

    @property
    def is_idle(self) -> bool:
        """Whether the colleague has nothing in hand."""
        return self._errand is None

    def stop(self) -> None:
        """Wait for the colleague before the window goes."""
        if self._errand is not None:
            self._errand.wait()

    @Slot()
    def _on_about_to_show(self) -> None:
        for action in (self.change_action, self.complete_action):
            action.setEnabled(self._current() is not None and self.is_idle)

    @Slot()
    def _on_cable(self) -> None:
        was_connected = self._cable.is_connected
        self._cable.connect(not was_connected)
        self.cable_action.setText(self.tr("Go online") if was_connected else self.tr("Go offline"))
        if was_connected:
            self._say(self.tr("The demo's network is off. Go on working; it all waits for the network."))
        self._on_reconnected()

    @Slot()
    def _on_change(self) -> None:
        self._send(self._colleague.change, self.tr("%1 changed the description on the server."))

    @Slot()
    def _on_complete(self) -> None:
        self._send(self._colleague.complete, self.tr("%1 completed the work order on the server."))

    def _send(self, errand: Callable[[str], str], sentence: str) -> None:
        work_order_id = self._current()
        if work_order_id is None or not self.is_idle:
            self._say(self.tr("Open a work order first."))
            return
        self._sentence = sentence
        self._errand = _Errand(errand, work_order_id, self._failures, self)
        self._errand.done.connect(self._on_done)
        self._errand.failed.connect(self._on_failed)
        self._errand.finished.connect(self._on_finished)
        self._errand.start()

    @Slot(str)
    def _on_done(self, name: str) -> None:
        self._say(fill(self._sentence, name))

    @Slot(str)
    def _on_failed(self, problem: str) -> None:
        self._say(problem)

    @Slot()
    def _on_finished(self) -> None:
        if self._errand is not None:
            self._errand.deleteLater()
            self._errand = None
