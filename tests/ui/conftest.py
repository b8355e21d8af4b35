from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import Theme
from tests.ui.fakes import believable_plant, readings
from tests.ui.fakes import workspace as make_workspace


@pytest.fixture(autouse=True)
def _the_same_everywhere(monkeypatch):
    """British words, British time."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
    QLocale.setDefault(before)


@pytest.fixture(autouse=True)
def _nothing_left_open(request):
    yield
    while readings:
        readings.pop().stop()
    if "qapp" in request.fixturenames:
        left = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        for widget in left:
            widget.hide()
        assert not left, f"still open after the test: {left}"


@pytest.fixture
def theme(qapp):
    """The program's own look; taken off again, so that no test depends on another's."""
    theme = Theme(qapp, Qt.ColorScheme.Light)
    yield theme
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.fixture
def plant():
    return believable_plant()


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def workspace(plant, qapp):
    return make_workspace(plant)


@pytest.fixture
def show(qtbot):
    """Show a widget for the time of the test."""

    def shown(widget, size=(1200, 800)):
        qtbot.addWidget(widget)
        widget.resize(*size)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    return shown
