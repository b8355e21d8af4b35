"""How a cell of a table is painted where the system's own look is wanted: high contrast, right to left."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from maintenance_desktop.ui.row_model import RowModel
from maintenance_desktop.ui.row_painter import BAR_HEIGHT, MARGIN, bar_color, bar_width, paint_bar

_Role: Final = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Paints cells as Qt does, and rows of a RowModel that are not read yet as faint bars."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        tone = index.data(_Role.ForegroundRole)
        if isinstance(tone, QColor):
            option.palette.setColor(QPalette.ColorRole.HighlightedText, tone)
        picture = index.data(_Role.DecorationRole)
        if isinstance(picture, QPixmap):
            option.icon.addPixmap(picture, QIcon.Mode.Selected)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        model, cell = index.model(), option.rect
        if not isinstance(model, RowModel) or model.row_at(index.row()) is not None or not model.is_waiting:
            return
        width = bar_width(cell.width())
        if width:
            top = cell.center().y() - BAR_HEIGHT // 2
            painter.save()
            bar = QRect(cell.left() + MARGIN, top, width, BAR_HEIGHT)
            paint_bar(painter, bar, bar_color(option.palette))
            painter.restore()
