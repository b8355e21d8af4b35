from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel

from maintenance_desktop.ui import first_paint
from maintenance_desktop.ui.first_paint import FirstPaint


class Painted(QObject):
    """Writes down what happened, in order."""

    def __init__(self, window) -> None:
        super().__init__()
        self.story: list[str] = []
        window.installEventFilter(self)
        FirstPaint(window).painted.connect(lambda: self.story.append("told"))

    def eventFilter(self, watched, event) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.story.append("painted")
        return False


@pytest.fixture
def window(qtbot):
    window = QLabel("Work orders")
    qtbot.addWidget(window)
    return window


def test_it_is_told_once_when_the_window_is_painted(qtbot, window, monkeypatch):
    monkeypatch.setattr(first_paint, "_PATIENCE_MS", 60_000)
    painted = Painted(window)
    assert painted.story == []
    window.show()
    qtbot.waitUntil(lambda: "told" in painted.story)
    window.repaint()
    qtbot.waitUntil(lambda: painted.story.count("painted") > 1)
    assert painted.story[0] == "painted"
    assert painted.story.count("told") == 1


def test_a_window_that_nobody_sees_is_not_waited_for(qtbot, window, monkeypatch):
    monkeypatch.setattr(first_paint, "_PATIENCE_MS", 1)
    painted = Painted(window)
    qtbot.waitUntil(lambda: painted.story == ["told"])
