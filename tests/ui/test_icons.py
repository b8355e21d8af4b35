from __future__ import annotations

import pytest

from maintenance_desktop.ui.icons import program_icon


@pytest.mark.parametrize("size", [16, 64, 256])
def test_the_program_has_an_icon_at_every_size(qapp, size):
    drawn = program_icon().pixmap(size, size).toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(0, size, 2) for y in range(0, size, 2)}
    assert drawn.width() == size * drawn.devicePixelRatio()
    assert len(colours) > 3
