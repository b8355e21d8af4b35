"""Text from people, shown as it is: never as markup, and never longer than there is room for."""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LONGEST_TOOLTIP: Final = 600


def one_line(text: str, longest: int = 0) -> str:
    """A text in one line, cut to `longest` characters (0: not cut) with an ellipsis."""
    line = " ".join(text.split())
    return line if not longest or len(line) <= longest else line[: longest - 1].rstrip() + "…"


def tooltip(text: str) -> str:
    """A tooltip that wraps and shows `<b>` as `<b>`; empty for an empty text."""
    if not text:
        return ""
    shown = text if len(text) <= _LONGEST_TOOLTIP else text[: _LONGEST_TOOLTIP - 1] + "…"
    return f"<qt>{html.escape(shown)}</qt>".replace("\n", "<br>")


class PlainLabel(QLabel):
    """A label for text of any origin; `tone` is the name of a colour with a job."""

    def __init__(
        self, text: str = "", *, tone: str = "", wraps: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        self.setText(text)
        if tone:
            self.set_tone(tone)

    def set_tone(self, tone: str) -> None:
        """Take the colour of a job: quiet, amber, red, green."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class ElidedLabel(QWidget):
    """One line that ends in an ellipsis where there is no room, with the whole text in its tooltip."""

    def __init__(self, parent: QWidget | None = None, *, is_quiet: bool = False) -> None:
        super().__init__(parent)
        self._text = ""
        self._role = QPalette.ColorRole.PlaceholderText if is_quiet else QPalette.ColorRole.WindowText
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """The whole text."""
        return self._text

    def setText(self, text: str) -> None:
        """Show this text."""
        self._text = one_line(text)
        self.setToolTip(tooltip(text))
        self.setAccessibleName(one_line(text, 300))
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(metrics.horizontalAdvance(self._text[:200]), 300), metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self._role))
        shown = self.fontMetrics().elidedText(self._text[:500], Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(
            self.rect(), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading), shown
        )
        painter.end()
