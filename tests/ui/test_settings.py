from __future__ import annotations

from PySide6.QtCore import QByteArray

from maintenance_desktop.ui.settings import Settings


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
