"""A check box whose frame can be seen on dark paper too, and whose target is as high as a row."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QWidget

from maintenance_desktop.ui.theme import ROW_HEIGHT, colours

_TICK = ((0.22, 0.52), (0.42, 0.72), (0.78, 0.30))


class CheckBox(QCheckBox):
    """A QCheckBox that draws its own box: Fusion's is darker than dark paper.

    WORKAROUND Qt 6.11: Fusion takes the frame's colour from the window's, whatever the palette says.
    """

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAccessibleName(text.replace("&", ""))

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(0, ROW_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        place = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        shades = colours(self.palette())
        frame = shades.accent if self.isChecked() or self.hasFocus() else shades.quiet
        box = QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        painter.setPen(QPen(QColor(frame), 1.5))
        painter.setBrush(QColor(shades.accent if self.isChecked() else shades.paper))
        painter.drawRoundedRect(box, 3, 3)
        if self.isChecked():
            tick = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in _TICK]
            round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
            painter.setPen(QPen(QColor(shades.on_accent), 2, Qt.PenStyle.SolidLine, round_cap, round_join))
            painter.drawPolyline(QPolygonF(tick))
        painter.end()
