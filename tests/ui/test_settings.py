from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QByteArray, QEvent, QLockFile, QObject, QSettings, QTimer

from maintenance_desktop.ui.settings import Settings

pytestmark = pytest.mark.usefixtures("qapp")


def test_what_is_kept_is_there_at_the_next_start(tmp_path):
    settings = Settings(tmp_path / "settings.ini")
    settings.keep("window/geometry", QByteArray(b"\x00\x01"))
    settings.keep("work_orders/quick", "mine")
    settings.keep_names("work_orders/statuses", {"open", "on_hold"})
    settings.set_preference(Settings.LARGE_TARGETS, True)
    settings.flush()
    again = Settings(tmp_path / "settings.ini")
    assert again.layout("window/geometry") == QByteArray(b"\x00\x01")
    assert again.text("work_orders/quick") == "mine"
    assert again.names("work_orders/statuses") == {"open", "on_hold"}
    assert again.large_targets


def test_nonsense_in_the_file_is_nothing(tmp_path):
    (tmp_path / "settings.ini").write_text("[window]\ngeometry=3\n[work_orders]\ndescending=maybe\n")
    settings = Settings(tmp_path / "settings.ini")
    assert settings.layout("window/geometry").isEmpty()
    assert settings.flag("work_orders/descending", True) is False
    assert settings.text("nothing", "default") == "default"
    assert not settings.has("nothing")


def test_a_preference_is_told_to_the_windows(tmp_path, qtbot):
    settings = Settings(tmp_path / "settings.ini")
    with qtbot.waitSignal(settings.preference_changed) as changed:
        settings.set_preference(Settings.LARGE_TARGETS, True)
    assert changed.args == [Settings.LARGE_TARGETS]


def test_the_window_goes_on_while_the_file_waits(tmp_path, qtbot):
    """Qt waits for others that write the same file, as it does for a busy disk."""
    path = tmp_path / "settings.ini"
    settings, others = Settings(path), QLockFile(f"{path}.lock")
    assert others.tryLock(0)
    ticks = []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: ticks.append(settings._writer))
    timer.start()
    settings.keep("theme", "dark")
    qtbot.waitUntil(lambda: len(ticks) > 100)
    assert None not in ticks
    others.unlock()
    settings.flush()
    assert Settings(path).text("theme") == "dark"


def test_what_could_not_be_written_is_tried_once_more(tmp_path, caplog):
    folder = tmp_path / "folder"
    folder.write_text("not a folder yet")
    settings = Settings(folder / "settings.ini")
    settings.keep("theme", "dark")
    settings.flush()
    assert "settings could not be written" in caplog.text
    assert settings.text("theme") == "dark"
    folder.unlink()
    settings.keep("work_orders/quick", "mine")
    settings.flush()
    again = Settings(folder / "settings.ini")
    assert (again.text("theme"), again.text("work_orders/quick")) == ("dark", "mine")


class Disk:
    """One that is busy until somebody says otherwise."""

    def __init__(self):
        self.may_write = threading.Event()
        self.writes = []
        self.values = {}


class SlowFile(QObject):
    """A settings file on such a disk."""

    def __init__(self, disk):
        super().__init__()
        self._disk = disk

    def setValue(self, name, value):
        self._disk.values[name] = value

    def event(self, event):
        if event.type() is QEvent.Type.UpdateRequest:
            assert self._disk.may_write.wait(10)
            self._disk.writes.append(dict(self._disk.values))
        return True

    def status(self):
        return QSettings.Status.NoError


@pytest.fixture
def slow(tmp_path, monkeypatch):
    settings, disk = Settings(tmp_path / "settings.ini"), Disk()
    monkeypatch.setattr(settings, "_file", lambda: SlowFile(disk))
    yield settings, disk
    disk.may_write.set()
    settings.flush()


def test_nobody_waits_for_a_busy_disk(slow):
    settings, file = slow
    for theme in ("dark", "light", "system"):
        settings.keep("theme", theme)
        assert settings.text("theme") == theme
    assert file.writes == []
    file.may_write.set()
    settings.flush()
    assert file.writes[-1] == {"theme": "system"}
    assert len(file.writes) <= 2
    settings.keep("theme", "dark")
    settings.flush()
    assert file.writes[-1] == {"theme": "dark"}


def test_what_is_kept_again_is_not_written_again(slow):
    settings, file = slow
    file.may_write.set()
    for _ in range(2):
        settings.keep("window/geometry", QByteArray(b"\x00\x01"))
        settings.keep_names("work_orders/statuses", {"open", "on_hold"})
        settings.flush()
    assert file.writes[-1].keys() == {"window/geometry", "work_orders/statuses"}
    number = len(file.writes)
    settings.keep("window/geometry", QByteArray(b"\x00\x01"))
    settings.flush()
    assert len(file.writes) == number
