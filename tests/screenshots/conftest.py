from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from maintenance_desktop.ui.theme import Theme
from tests.screenshots.camera import Camera
from tests.screenshots.world import Desk, StandingClock, copy_of, hub_in_a_thread, make_plant

PICTURES = Path(__file__).parents[2] / "docs" / "screenshots"


@pytest.fixture(autouse=True)
def _the_same_everywhere(monkeypatch, qapp):
    """British words, British time, no blinking cursor."""
    before, flash = QLocale(), qapp.cursorFlashTime()
    QLocale.setDefault(QLocale("en_GB"))
    qapp.setCursorFlashTime(0)
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
    qapp.setCursorFlashTime(flash)
    QLocale.setDefault(before)


@pytest.fixture(autouse=True)
def _nothing_left_open(_the_same_everywhere):
    yield
    left = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    assert not left, f"still open after the test: {left}"


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def camera(qapp, qtbot, scheme):
    """In the light or the dark, at the scale of this process."""
    theme = Theme(qapp, Qt.ColorScheme.Dark if scheme == "dark" else Qt.ColorScheme.Light)
    yield Camera(qtbot, PICTURES if os.environ.get("SAVE_SCREENSHOTS") else None, scheme)
    qapp.setStyleSheet("")
    theme.deleteLater()


@pytest.fixture(scope="session")
def plant_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plant")
    make_plant(folder)
    return folder


@pytest.fixture
def clock():
    return StandingClock()


@pytest.fixture
def hub_url(plant_folder, tmp_path, clock):
    with hub_in_a_thread(copy_of(plant_folder, tmp_path / "hub"), clock) as url:
        yield url


@pytest.fixture
def ada(qtbot, camera, hub_url, tmp_path, clock):
    """Ada's window, before it opens."""
    desk = Desk(qtbot, hub_url, tmp_path / "ada", clock)
    yield desk
    desk.leaves()
