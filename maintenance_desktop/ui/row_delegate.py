"""How a cell of a table is painted: quickly, in its own colours, and as a faint bar until it is read."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from maintenance_desktop.ui.row_model import RowModel, one_line
from maintenance_desktop.ui.theme import colours

_BAR_HEIGHT: Final = 6
_LONGEST_BAR: Final = 150
_MARGIN: Final = 11
_ICON_MARGIN: Final = 11
_ICON_GAP: Final = 6
_MOST_FACES: Final = 5_000
_FRESH_SECONDS: Final = 20
"""Texts such as *today* and *overdue* depend on the time."""

_Role = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Face:
    """What is painted of one cell, worked out once for as long as its row and width stay."""

    row: object
    width: int
    text: str
    icon: QPixmap | None
    tone: QColor | None
    flags: int


class RowDelegate(QStyledItemDelegate):
    """Paints the cells of a RowModel in the program's own look.

    Qt's way asks the model nine times for each cell and reads the style sheet for each: 22 ms for a screen
    of rows, which is seen when one scrolls. Where the system paints (high contrast), it is asked as ever.
    """

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._faces: dict[tuple[int, int], _Face] = {}
        self._made_at = 0.0
        self._palette_key = 0
        self._is_ours = False
        self._line = self._bar = QColor()
        self._selection = self._text = QColor()

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        tone = index.data(_Role.ForegroundRole)
        if isinstance(tone, QColor):
            option.palette.setColor(QPalette.ColorRole.HighlightedText, tone)
        picture = index.data(_Role.DecorationRole)
        if isinstance(picture, QPixmap):
            option.icon.addPixmap(picture, QIcon.Mode.Selected)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        self._look_at(option.palette)
        if not isinstance(model, RowModel):
            super().paint(painter, option, index)
            return
        cell = option.rect
        row = model.row_at(index.row())
        if not self._is_ours or option.direction is Qt.LayoutDirection.RightToLeft:
            super().paint(painter, option, index)
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(cell, self._selection)
            painter.fillRect(cell.left(), cell.bottom(), cell.width(), 1, self._line)
            if row is not None:
                self._paint_face(painter, cell, self._face(model, index, row, option))
        if row is None and model.is_waiting:
            self._paint_bar(painter, cell)

    def _paint_face(self, painter: QPainter, cell: QRect, face: _Face) -> None:
        left = cell.left() + _MARGIN
        if face.icon is not None:
            size = face.icon.deviceIndependentSize().toSize()
            left = cell.left() + _ICON_MARGIN
            painter.drawPixmap(QPoint(left, cell.center().y() - size.height() // 2), face.icon)
            left += size.width() + _ICON_GAP
        if face.text:
            painter.setPen(face.tone or self._text)
            where = QRect(left, cell.top(), cell.right() - _MARGIN + 1 - left, cell.height() - 3)
            painter.drawText(where, face.flags, face.text)

    def _face(self, model: RowModel[Any], index: _Index, row: Any, option: QStyleOptionViewItem) -> _Face:
        key = (id(row), index.column())
        width = option.rect.width()
        face = self._faces.get(key)
        if face is not None and face.row is row and face.width == width:
            return face
        if len(self._faces) > _MOST_FACES:
            self._faces.clear()
        column = model.columns[index.column()]  # what `model.data` looks up each time, which is felt here
        icon = column.icon(row) if column.icon else None
        tone = column.tone(row) if column.tone else None
        taken = _MARGIN * 2
        if isinstance(icon, QPixmap):
            taken = _ICON_MARGIN + round(icon.deviceIndependentSize().width()) + _ICON_GAP + _MARGIN
        shown = option.fontMetrics.elidedText(
            one_line(column.text(row))[:1_000], Qt.TextElideMode.ElideRight, max(width - taken, 0)
        )
        self._faces[key] = face = _Face(
            row,
            width,
            shown,
            icon if isinstance(icon, QPixmap) else None,
            tone if isinstance(tone, QColor) else None,
            int(column.alignment) | int(Qt.TextFlag.TextSingleLine),
        )
        return face

    def _look_at(self, palette: QPalette) -> None:
        now = time.monotonic()
        if now - self._made_at > _FRESH_SECONDS or palette.cacheKey() != self._palette_key:
            self._made_at, self._palette_key = now, palette.cacheKey()
            self._faces.clear()
            shades = colours(palette)
            highlight = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
            self._selection = QColor(shades.selection)
            self._is_ours = highlight == self._selection
            self._text, self._line = QColor(shades.text), QColor(shades.alternate)
            self._bar = QColor(shades.line)
            self._bar.setAlphaF(0.55)

    def _paint_bar(self, painter: QPainter, cell: QRect) -> None:
        bar = QRect(cell.topLeft() + QPoint(_MARGIN, 0), QSize(cell.width() - 2 * _MARGIN, _BAR_HEIGHT))
        bar.setWidth(min(bar.width() * 2 // 3, _LONGEST_BAR))
        bar.moveTop(cell.center().y() - _BAR_HEIGHT // 2)
        if bar.width() < 2 * _MARGIN:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._bar)
        painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.restore()
