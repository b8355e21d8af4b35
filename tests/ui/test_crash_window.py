from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from maintenance_desktop.ui.crash_window import CrashHook, CrashWindow, report_of, report_of_text


def caught(secret="Dana's password is hunter2"):
    try:
        raise ValueError(secret)
    except ValueError as error:
        return type(error), error, error.__traceback__


@pytest.fixture
def hook(qtbot, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log: list[str] = []
    hook = CrashHook(log.append)
    hook.log = log
    hook.install()
    yield hook
    for window in hook.windows:
        window.close()
        qtbot.addWidget(window)


def test_the_report_tells_the_place_and_no_value_of_the_persons():
    report = report_of(*caught())
    assert "ValueError" in report
    assert "test_crash_window.py" in report
    assert "hunter2" not in report
    assert "/" not in report.split("\n")[3].split(":")[0]


def test_a_traceback_in_text_is_reduced_the_same_way():
    text = (
        "Traceback (most recent call last):\n"
        '  File "/home/dana/app/maintenance_desktop/services/sync_loop.py", line 7, in run\n'
        "    raise ValueError(secret)\n"
        "ValueError: hunter2\n"
    )
    report = report_of_text(text)
    assert 'File "maintenance_desktop/services/sync_loop.py", line 7, in run' in report
    assert "ValueError" in report
    assert "hunter2" not in report
    assert "dana" not in report


def test_one_window_for_each_distinct_mistake(hook, qtbot):
    for _ in range(3):
        sys.excepthook(*caught())
    qtbot.waitUntil(lambda: len(hook.windows) == 1)
    hook.on_crashed("KeyError: 'x'")
    assert len(hook.windows) == 2
    assert any("hunter2" in line for line in hook.log)  # the log stays on this machine


def test_a_mistake_on_another_thread_shows_too(hook, qtbot):
    def fail():
        raise RuntimeError

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(hook.windows) == 1)
    assert "RuntimeError" in hook.windows[0].report.toPlainText()


def test_stopping_by_keyboard_is_no_mistake(hook, capsys):
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert hook.windows == []
    capsys.readouterr()


def test_the_report_is_copied_and_work_goes_on(qtbot):
    window = CrashWindow("the report")
    qtbot.addWidget(window)
    window.show()
    qtbot.mouseClick(window.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "the report"
    qtbot.mouseClick(window.close_button, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
