"""How the rows of a table are painted: all that are in sight in one go, in the program's own look."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPixmap, QRegion, QStaticText
from PySide6.QtWidgets import QTableView

from maintenance_desktop.ui.row_model import Column, RowModel, one_line
from maintenance_desktop.ui.theme import colours

MARGIN: Final = 11
_ICON_GAP: Final = 6
_RULE: Final = 3
"""Texts stand so much higher than the middle that they look centred above the line."""
BAR_HEIGHT: Final = 6
_LONGEST_BAR: Final = 150
_MOST_FACES: Final = 1_000
_MOST_TEXTS: Final = 5_000
"""So many are kept. The oldest goes when one more comes: to let go of all at once holds up the window."""
_LONGEST_TEXT: Final = 1_000
_FRESH_SECONDS: Final = 20
"""Texts such as *today* and *overdue* depend on the time."""

_Place = tuple[int, int, int]
"""A column's number, where it begins, and how wide it is."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text laid out once, in the place it has."""

    laid_out: QStaticText
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Face:
    """What is painted of one row, worked out once for as long as the row and the columns stay."""

    look: int
    row: object
    places: tuple[_Place, ...]
    pictures: tuple[tuple[QPointF, QPixmap], ...]
    texts: tuple[tuple[QPointF, QStaticText], ...]
    toned: tuple[tuple[QPointF, QStaticText, QColor], ...]


class RowPainter:
    """Paints the rows of a RowModel.

    Qt's way asks the model nine times for each cell, reads the style sheet for each, and calls Python once
    for each: 9 to 22 ms for a screen of rows, which is felt when one scrolls.
    """

    def __init__(self) -> None:
        self._faces: OrderedDict[int, _Face] = OrderedDict()
        self._texts: OrderedDict[tuple[str, int], _Text] = OrderedDict()
        self._bars: dict[int, QPixmap] = {}
        self._look = 0
        self._fresh_at = 0.0
        self._palette_key = 0
        self._ratio = 0.0
        self._font = QFont()
        self._is_ours = False
        self._line = self._bar = self._selection = self._text = QColor()

    def paint(self, table: QTableView, model: RowModel[Any], region: QRegion) -> bool:
        """Paint what is in the region; False where the system's own look is wanted, or its own direction."""
        if not self._is_ready(table):
            return False
        header, places = table.horizontalHeader(), _places(table, model)
        height = table.verticalHeader().defaultSectionSize()
        left, width = -header.offset(), header.length()
        selection, root = table.selectionModel(), table.rootIndex()
        painter = QPainter(table.viewport())
        painter.setPen(self._text)
        for at in _rows_in(region, table.verticalHeader().offset(), height, model.rowCount()):
            top = table.rowViewportPosition(at)
            if selection.isSelected(model.index(at, 0, root)):
                painter.fillRect(QRect(left, top, width, height), self._selection)
            painter.fillRect(QRect(left, top + height - 1, width, 1), self._line)
            row = model.row_at(at)
            if row is not None:
                painter.translate(left, top)
                self._paint_face(painter, self._face(model, row, places, height))
                painter.translate(-left, -top)
            elif model.is_waiting:
                self._paint_bars(painter, places, left, top + (height - 1) // 2)
        painter.end()
        return True

    def unknown(self, table: QTableView, model: RowModel[Any], first: int, last: int) -> list[int]:
        """Those of the rows from first to last that are read, and for which it is not known how they look."""
        if not self._is_ready(table):
            return []
        places = _places(table, model)
        rows = ((at, model.row_at(at)) for at in range(first, last + 1))
        return [at for at, row in rows if row is not None and self._known_face(row, places) is None]

    def get_ready(self, table: QTableView, model: RowModel[Any], rows: Sequence[int], seconds: float) -> None:
        """Work out how these rows look, at least one, as far as one comes in so many seconds."""
        places, height = _places(table, model), table.verticalHeader().defaultSectionSize()
        end = time.perf_counter() + seconds
        for at in rows:
            row = model.row_at(at)
            if row is not None:
                self._face(model, row, places, height)
            if time.perf_counter() > end:
                return

    def _is_ready(self, table: QTableView) -> bool:
        """Whether rows are painted here, in the look of now."""
        self._look_at(table)
        return self._is_ours and table.layoutDirection() is not Qt.LayoutDirection.RightToLeft

    def _known_face(self, row: Any, places: tuple[_Place, ...]) -> _Face | None:
        face = self._faces.get(id(row))
        if face is None or face.row is not row or face.look != self._look:
            return None
        return face if face.places == places else None

    def _paint_face(self, painter: QPainter, face: _Face) -> None:
        for where, picture in face.pictures:
            painter.drawPixmap(where, picture)
        for where, text in face.texts:
            painter.drawStaticText(where, text)
        for where, text, tone in face.toned:
            painter.setPen(tone)
            painter.drawStaticText(where, text)
        if face.toned:
            painter.setPen(self._text)

    def _face(self, model: RowModel[Any], row: Any, places: tuple[_Place, ...], height: int) -> _Face:
        face = self._known_face(row, places)
        if face is not None:
            return face
        pictures, texts, toned = [], [], []
        for at, left, width in places:
            column: Column[Any] = model.columns[at]
            begins, ends = left + MARGIN, left + width - MARGIN
            picture = column.icon(row) if column.icon else None
            if picture is not None:
                size = picture.deviceIndependentSize().toSize()
                pictures.append((QPointF(begins, (height - 1) // 2 - size.height() // 2), picture))
                begins += size.width() + _ICON_GAP
            words = column.text(row)
            if not words:
                continue
            text = self._laid_out(one_line(words)[:_LONGEST_TEXT], max(ends - begins, 0))
            if column.alignment & Qt.AlignmentFlag.AlignRight:
                begins = ends - round(text.width)
            where = QPointF(begins, (height - _RULE - text.height) / 2)
            tone = column.tone(row) if column.tone else None
            if isinstance(tone, QColor):
                toned.append((where, text.laid_out, tone))
            else:
                texts.append((where, text.laid_out))
        face = _Face(self._look, row, places, tuple(pictures), tuple(texts), tuple(toned))
        self._faces[id(row)] = face
        self._faces.move_to_end(id(row))
        if len(self._faces) > _MOST_FACES:
            self._faces.popitem(last=False)
        return face

    def _laid_out(self, words: str, room: int) -> _Text:
        """Most words stand in many rows, and are laid out once for all."""
        found = self._texts.get((words, room))
        if found is None:
            shown = QFontMetrics(self._font).elidedText(words, Qt.TextElideMode.ElideRight, room)
            laid_out = QStaticText(shown)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)  # or Qt would look for markup
            laid_out.prepare(font=self._font)
            size = laid_out.size()
            self._texts[words, room] = found = _Text(laid_out, size.width(), size.height())
            if len(self._texts) > _MOST_TEXTS:
                self._texts.popitem(last=False)
        return found

    def _look_at(self, table: QTableView) -> None:
        now, palette, font = time.monotonic(), table.palette(), table.font()
        ratio = table.devicePixelRatioF()
        if font != self._font or ratio != self._ratio:
            self._font, self._ratio = font, ratio
            self._texts.clear()
            self._fresh_at = 0.0
        if now - self._fresh_at > _FRESH_SECONDS or palette.cacheKey() != self._palette_key:
            self._fresh_at, self._palette_key = now, palette.cacheKey()
            self._look += 1
            self._bars.clear()
            shades = colours(palette)
            highlight = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
            self._selection = QColor(shades.selection)
            self._is_ours = highlight == self._selection
            self._text, self._line = QColor(shades.text), QColor(shades.alternate)
            self._bar = bar_color(palette)

    def _paint_bars(self, painter: QPainter, places: tuple[_Place, ...], left: int, middle: int) -> None:
        for _, begins, width in places:
            shown = bar_width(width)
            if shown:
                where = QPointF(left + begins + MARGIN, middle - BAR_HEIGHT // 2)
                painter.drawPixmap(where, self._bar_of(shown))

    def _bar_of(self, width: int) -> QPixmap:
        drawn = self._bars.get(width)
        if drawn is None:
            drawn = QPixmap(round(width * self._ratio), round(BAR_HEIGHT * self._ratio))
            drawn.setDevicePixelRatio(self._ratio)
            drawn.fill(Qt.GlobalColor.transparent)
            painter = QPainter(drawn)
            paint_bar(painter, QRect(0, 0, width, BAR_HEIGHT), self._bar)
            painter.end()
            self._bars[width] = drawn
        return drawn


def _places(table: QTableView, model: RowModel[Any]) -> tuple[_Place, ...]:
    """Where the columns are that are shown."""
    header = table.horizontalHeader()
    return tuple(
        (at, header.sectionPosition(at), header.sectionSize(at))
        for at in range(len(model.columns))
        if not header.isSectionHidden(at)
    )


def bar_width(cell_width: int) -> int:
    """How long a bar is in a cell; 0 where it has no room."""
    longest = min((cell_width - 2 * MARGIN) * 2 // 3, _LONGEST_BAR)
    return longest if longest >= 2 * MARGIN else 0


def bar_color(palette: QPalette) -> QColor:
    """Fainter than a line."""
    color = QColor(colours(palette).line)
    color.setAlphaF(0.55)
    return color


def paint_bar(painter: QPainter, where: QRect, color: QColor) -> None:
    """A faint bar where a text will stand."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(where, BAR_HEIGHT / 2, BAR_HEIGHT / 2)


def _rows_in(region: QRegion, offset: int, height: int, count: int) -> Iterator[int]:
    """The rows that a region of the viewport touches, each once."""
    done = -1
    for rect in region:  # type: ignore[attr-defined]  # it can, PySide's stubs do not know
        first, last = (rect.top() + offset) // height, (rect.bottom() + offset) // height
        yield from range(max(first, done + 1), min(last + 1, count))
        done = max(done, last)
