from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from maintenance_desktop.ui.icons import IconKeeper, program_icon


@pytest.mark.parametrize("size", [16, 64, 256])
def test_the_program_has_an_icon_at_every_size(qapp, size):
    drawn = program_icon().pixmap(size, size).toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(0, size, 2) for y in range(0, size, 2)}
    assert drawn.width() == size * drawn.devicePixelRatio()
    assert len(colours) > 3


def test_the_icon_of_a_button_follows_the_palette_and_is_drawn_once(theme, qtbot):
    first, second = QPushButton(), QPushButton()
    for one in (first, second):
        qtbot.addWidget(one)
        IconKeeper(one, "clock")
    assert first.icon().cacheKey() == second.icon().cacheKey()
    before = first.icon().pixmap(16, 16).toImage()
    theme.show_scheme(Qt.ColorScheme.Dark)
    assert first.icon().pixmap(16, 16).toImage() != before
    assert first.icon().cacheKey() == second.icon().cacheKey()
