from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionButton

from maintenance_desktop.ui.check_box import CheckBox
from maintenance_desktop.ui.theme import DARK, LIGHT, contrast


@pytest.mark.parametrize("shades", [LIGHT, DARK])
def test_the_frame_can_be_seen_on_its_paper(qtbot, shades):
    box = CheckBox("&Work offline", "workOfflineBox")
    qtbot.addWidget(box)
    palette = QPalette(box.palette())
    palette.setColor(QPalette.ColorRole.Base, QColor(shades.paper))
    palette.setColor(QPalette.ColorRole.Window, QColor(shades.window))
    box.setPalette(palette)
    box.resize(200, 32)
    box.show()
    qtbot.waitExposed(box)
    option = QStyleOptionButton()
    box.initStyleOption(option)
    place = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    frame = box.grab().toImage().pixelColor(place.left() + place.width() // 2, place.top())
    assert contrast(frame.name(), shades.window) >= 3


def test_it_is_pressed_by_space_and_has_its_names(qtbot):
    box = CheckBox("&Work offline", "workOfflineBox")
    qtbot.addWidget(box)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    assert box.objectName() == "workOfflineBox"
    assert box.accessibleName() == "Work offline"
    assert not box.grab().isNull()
