"""The one QThread: signals arrive on the UI thread, and nothing is left running."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from random import Random

import pytest
from PySide6.QtCore import QObject, QThread, Slot

from maintenance_desktop.services.status import Connection
from maintenance_desktop.services.sync_loop import SyncLoop
from maintenance_desktop.services.sync_thread import SyncThread


class Window(QObject):
    """Notes what it is told, and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.told = []
        self.threads = set()

    def _note(self, what) -> None:
        self.told.append(what)
        self.threads.add(QThread.currentThread())

    @Slot()
    def on_started(self) -> None:
        self._note("started")

    @Slot(object)
    def on_told(self, what) -> None:
        self._note(what)


@pytest.fixture
def loop(dana):
    made = SyncLoop(dana.backend, dana.profile.cache, lambda: datetime.now(UTC), Random(1))
    made.round = dana.round
    dana.round.should_stop = made.should_stop
    dana.round.on_progress = made.on_progress
    return made


@pytest.fixture
def start_sync(dana, loop, qapp):
    """Starts the thread; fails when it does not end."""
    made = SyncThread(loop, dana.profile.close_thread)
    yield made
    assert made.stop()
    assert not made.is_running


def test_signals_arrive_on_the_threads_of_their_receivers(start_sync, qtbot):
    window = Window()
    start_sync.round_started.connect(window.on_started)
    start_sync.round_finished.connect(window.on_told)
    start_sync.state_changed.connect(window.on_told)
    with qtbot.waitSignal(start_sync.round_finished) as finished:
        start_sync.start()
    assert finished.args[0].connection is Connection.ONLINE
    assert window.threads == {QThread.currentThread()}
    assert "started" in window.told
    assert start_sync.state.connection is Connection.ONLINE


def test_starting_and_stopping_leaves_no_thread(start_sync, qtbot):
    before = set(threading.enumerate())
    with qtbot.waitSignal(start_sync.round_finished):
        start_sync.start()
    assert start_sync.is_running
    assert start_sync.stop()
    assert not start_sync.is_running
    assert set(threading.enumerate()) <= before


def test_the_window_can_ask_work_offline_and_cancel(hub, dana, start_sync, qtbot):
    order = hub.has("work_order")
    with qtbot.waitSignal(start_sync.round_finished):
        start_sync.start()
    start_sync.cancel_download()
    dana.changes(order, status="on_hold")
    with qtbot.waitSignal(start_sync.round_finished):
        start_sync.request()
    assert hub.record(order)["status"] == "on_hold"
    start_sync.work_offline(True)
    qtbot.waitUntil(lambda: start_sync.state.connection is Connection.WORKING_OFFLINE)
    start_sync.work_offline(False)
    qtbot.waitUntil(lambda: start_sync.state.connection is Connection.ONLINE)


def test_a_bug_in_a_round_is_told_and_ends_the_thread(dana, loop, start_sync, qtbot, caplog):
    class Buggy:
        def run(self):
            raise ZeroDivisionError("a bug")

        def forget_server(self):
            pass

    loop.round = Buggy()
    with qtbot.waitSignal(start_sync.crashed) as crashed:
        start_sync.start()
    assert "ZeroDivisionError: a bug" in crashed.args[0]
    qtbot.waitUntil(lambda: not start_sync.is_running)
