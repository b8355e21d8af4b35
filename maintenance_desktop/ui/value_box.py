"""A text of any length in a cell: it wraps anywhere, can be copied, and scrolls when it is long."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from maintenance_desktop.ui.word_differences import Mark, Piece

_MOST_LINES = 8


class ValueBox(QTextEdit):
    """A text that can be read and copied, as high as it needs to be and never higher than a few lines.

    With `pieces`, words that came are bold and underlined, and words that went are struck through in their
    place; what is copied of it is the text without them.
    """

    def __init__(
        self, text: str, name: str, parent: QWidget | None = None, *, pieces: Sequence[Piece] = ()
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.setPlainText("" if pieces else text)
        for piece in pieces:
            self.textCursor().insertText(piece.text, _format(piece.mark))
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self._measure = self.document().clone(self)
        self._heights: dict[int, int] = {}

    def heightForWidth(self, width: int) -> int:
        """As high as the text at that width, up to a few lines."""
        if width not in self._heights:
            self._measure.setDefaultFont(self.font())
            self._measure.setTextWidth(width)
            self._heights[width] = math.ceil(self._measure.size().height()) + 1
        return min(self._heights[width], self._highest())

    def hasHeightForWidth(self) -> bool:
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        scrolls = self.document().size().height() > self._highest()
        bar, focus = Qt.ScrollBarPolicy, Qt.FocusPolicy
        self.setVerticalScrollBarPolicy(bar.ScrollBarAlwaysOn if scrolls else bar.ScrollBarAlwaysOff)
        self.setFocusPolicy(focus.StrongFocus if scrolls else focus.ClickFocus)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._heights.clear()
            self.updateGeometry()
        if event.type() == QEvent.Type.PaletteChange:  # a transparent text has a transparent bar otherwise
            self.verticalScrollBar().setPalette(QGuiApplication.palette())

    def sizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(120))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().lineSpacing())

    def createMimeDataFromSelection(self) -> QMimeData:
        cursor = self.textCursor()
        first, last = cursor.selectionStart(), cursor.selectionEnd()
        kept = []
        for at in range(first, last):
            cursor.setPosition(at + 1)
            if not cursor.charFormat().fontStrikeOut():
                kept.append(self.document().characterAt(at).replace("\u2029", "\n"))
        data = QMimeData()
        data.setText("".join(kept))
        return data

    def _highest(self) -> int:
        return self.fontMetrics().lineSpacing() * _MOST_LINES


def _format(mark: Mark) -> QTextCharFormat:
    look = QTextCharFormat()
    if mark is Mark.ADDED:
        look.setFontWeight(QFont.Weight.Bold)
        look.setFontUnderline(True)
    elif mark is Mark.REMOVED:
        look.setFontStrikeOut(True)
        look.setForeground(QGuiApplication.palette().placeholderText())
    return look
