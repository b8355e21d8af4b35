from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessibilityHints, QPalette

from maintenance_desktop.ui.icons import icon, pixmap, resource_path
from maintenance_desktop.ui.theme import DARK, LIGHT, Theme, colours, contrast


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["text", "quiet", "accent", "amber", "red", "green"])
@pytest.mark.parametrize("paper", ["paper", "window", "alternate", "selection"])
def test_every_text_can_be_read_on_every_ground(shades, ink, paper):
    assert contrast(getattr(shades, ink), getattr(shades, paper)) >= 4.5


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
def test_the_main_verb_and_the_banners_can_be_read(shades):
    assert contrast(shades.on_accent, shades.accent) >= 4.5
    assert contrast(shades.text, shades.amber_paper) >= 4.5
    assert contrast(shades.text, shades.red_paper) >= 4.5


def test_the_theme_follows_what_it_is_told(theme, qapp):
    theme.show_scheme(Qt.ColorScheme.Dark)
    assert colours() == DARK
    theme.show_scheme(Qt.ColorScheme.Light)
    assert colours() == LIGHT
    assert "@" not in qapp.styleSheet()


def test_who_needs_high_contrast_gets_the_colours_of_the_system(qapp, monkeypatch):
    wanted = Qt.ContrastPreference.HighContrast
    monkeypatch.setattr(QAccessibilityHints, "contrastPreference", lambda _hints: wanted)
    theme = Theme(qapp)
    try:
        assert qapp.palette().color(QPalette.ColorRole.Highlight).name().upper() != LIGHT.selection
        assert "QPushButton:hover" not in qapp.styleSheet()
        wanted = Qt.ContrastPreference.NoPreference
        qapp.styleHints().accessibility().contrastPreferenceChanged.emit(wanted)
        assert qapp.palette().color(QPalette.ColorRole.Highlight).name().upper() == LIGHT.selection
        assert "QPushButton:hover" in qapp.styleSheet()
    finally:
        theme.deleteLater()


def test_every_icon_can_be_drawn(qapp):
    names = [path.stem for path in resource_path("icons").glob("*.svg")]
    assert len(names) > 30
    for name in names:
        picture = pixmap(name, qapp.palette().text().color(), 16, 2.0)
        assert picture.width() == 32
        image = picture.toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(32) for y in range(32)), name
        assert not icon(name).isNull()


def test_all_colours_are_written_the_same_way():
    for shades in (LIGHT, DARK):
        for field in fields(shades):
            assert len(getattr(shades, field.name)) == 7
