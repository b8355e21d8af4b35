"""`maintenance-desktop` as a command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from maintenance_desktop import __version__, app
from maintenance_desktop.demo import demo
from maintenance_desktop.demo.server import DemoFailed
from maintenance_desktop.logs import tail

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def starts(*arguments, **environment) -> subprocess.CompletedProcess[str]:
    without_a_screen = {name: value for name, value in os.environ.items() if name not in _SCREENS}
    return subprocess.run(
        [sys.executable, "-m", "maintenance_desktop.app", *arguments],
        env=without_a_screen | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_screen_it_says_so_and_how_to_get_one(tmp_path):
    done = starts("--demo", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "There is no screen to open a window on" in done.stderr
    assert "xvfb-run make run" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_tells_its_version_without_a_screen():
    done = starts("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"maintenance-desktop {__version__}")


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_either_kind_of_screen_will_do(monkeypatch, name):
    for other in _SCREENS:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not app._has_screen()
    monkeypatch.setenv(name, "whatever")
    assert app._has_screen()


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_always_have_one(monkeypatch, platform):
    for name in _SCREENS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert app._has_screen()


_A_WHOLE_RUN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from maintenance_desktop import app

def look():
    shown = [w for w in QApplication.topLevelWidgets() if w.objectName() == "mainWindow" and w.isVisible()]
    is_saved = shown and shown[0].status_line.sentence_label.text() == "All changes saved on the server"
    if is_saved and shown[0].work_orders.list.table.model().rowCount() > 0:  # they are read by another thread
        print("arrived", flush=True)
        shown[0].close()
    else:
        QTimer.singleShot(50, look)

start = app.Program.start
app.Program.start = lambda program, folder: (start(program, folder), look())
sys.exit(app.main(["--demo", "--data", sys.argv[1]]))
"""


def test_the_demo_opens_and_closes_again_without_leaving_anything_behind(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _A_WHOLE_RUN, str(tmp_path)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "arrived\n"), done.stderr
    complaints = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert complaints == []
    log = tail(tmp_path / "logs" / "maintenance-desktop.log")
    assert f"maintenance-desktop {__version__} starts" in log
    assert log.rstrip().endswith("maintenance-desktop ends")
    assert "ERROR" not in log


def test_a_demo_that_cannot_start_is_a_sentence(monkeypatch, tmp_path, capsys, qapp):
    def fails(folder):
        raise DemoFailed("The demo server did not start.")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(demo, "DemoHub", fails)
    monkeypatch.setattr(app, "QApplication", lambda arguments: qapp)
    monkeypatch.setattr(app, "start_logging", lambda folder: None)
    monkeypatch.setattr(app.CrashHook, "install", lambda hook: None)
    monkeypatch.setattr(app.signal, "signal", lambda *_: None)
    monkeypatch.setattr(app, "Theme", lambda app: None)
    assert app.main(["--demo", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "The demo server did not start.\n"
    qapp.setQuitOnLastWindowClosed(True)
