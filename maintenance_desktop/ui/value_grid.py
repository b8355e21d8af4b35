"""A small table of facts whose cells hold texts of any length: long ones scroll inside their cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from maintenance_desktop.ui.value_box import ValueBox
from maintenance_desktop.ui.word_differences import Piece

_LABEL_WIDTH = 150
_LONGEST_BOLD = 60
_SHORT = 24


@dataclass(frozen=True, slots=True)
class GridCell:
    """One value; `note` says in words what is special about it, and a bar beside it shows that it is.

    `pieces` are the text with its changes marked, which `changes` tells to who hears it.
    """

    text: str
    note: str = ""
    pieces: tuple[Piece, ...] = ()
    changes: str = ""


@dataclass(frozen=True)
class GridRow:
    """One field and its values, one for each column, and what stands `below` them all.

    Without cells the label is a heading over the rows that follow.
    """

    label: str
    cells: tuple[GridCell, ...] = ()
    below: QWidget | None = None


class ValueGrid(QWidget):
    """Rows of facts under optional headers. Nothing in it is ever read as markup."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = QWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._inside)

    def minimumSizeHint(self) -> QSize:
        """Its height follows from its width; the layout's own minimum is that of the narrowest columns."""
        return QSize(super().minimumSizeHint().width(), 0)

    def show_rows(self, headers: Sequence[str], rows: Sequence[GridRow]) -> None:
        """Show these; `headers` stand above the value columns and may be empty."""
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, 80)
        for column, header in enumerate(headers, start=1):
            grid.addWidget(_plain(header, bold=True), 0, column)
        line = 1
        for row in rows:
            if headers or line > 1:
                grid.addWidget(_rule(), line, 0, 1, -1)
                line += 1
            if not row.cells:
                grid.addWidget(_plain(row.label, bold=True), line, 0, 1, -1)
                line += 1
                continue
            label = _plain(row.label, dim=True)
            label.setMaximumWidth(_LABEL_WIDTH)
            grid.addWidget(label, line, 0, Qt.AlignmentFlag.AlignTop)
            for column, cell in enumerate(row.cells, start=1):
                header = headers[column - 1] if column <= len(headers) else ""
                grid.addWidget(_cell(row.label, header, cell), line, column, Qt.AlignmentFlag.AlignTop)
            line += 1
            if row.below is not None:
                grid.addWidget(row.below, line, 1, 1, -1)
                line += 1
        for column in range(1, max((len(row.cells) for row in rows), default=1) + 1):
            grid.setColumnStretch(column, 1)
        layout = self.layout()
        if layout is not None:
            layout.replaceWidget(self._inside, inside)
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = inside


class ScrolledGrid(QScrollArea):
    """A grid of facts that scrolls in the room it is given."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.grid = ValueGrid()
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.addWidget(self.grid)
        layout.addStretch(1)
        self.setWidget(inside)

    def show_rows(self, headers: Sequence[str], rows: Sequence[GridRow]) -> None:
        """Show these from the top."""
        self.grid.show_rows(headers, rows)
        self.verticalScrollBar().setValue(0)

    def whole_height(self) -> int:
        """How high it would have to be to show everything without scrolling, at its width."""
        inside = self.widget()
        layout = inside.layout() if inside is not None else None
        return layout.totalHeightForWidth(self.viewport().width()) if layout is not None else 0


def _cell(label: str, header: str, cell: GridCell) -> QWidget:
    spoken = ", ".join(part for part in (label, header, cell.note) if part)
    is_label = _is_short(cell.text) and not cell.pieces
    box = _plain(cell.text) if is_label else ValueBox(cell.text, spoken, pieces=cell.pieces)
    box.setAccessibleName(f"{spoken}: {cell.text}" if is_label else spoken)
    box.setAccessibleDescription(cell.changes)
    frame = QWidget()
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(box)
    if cell.note:
        if len(cell.text) <= _LONGEST_BOLD and not cell.pieces:
            font = QFont(box.font())
            font.setWeight(QFont.Weight.DemiBold)
            box.setFont(font)
        layout.addWidget(_plain(f"● {cell.note}", accent=True))
    return frame


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and "\n" not in text


def _plain(text: str, *, bold: bool = False, dim: bool = False, accent: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if bold:
        font = QFont(label.font())
        font.setWeight(QFont.Weight.DemiBold)
        label.setFont(font)
    if dim:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    if accent:
        label.setForegroundRole(QPalette.ColorRole.Link)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    rule.setFrameShadow(QFrame.Shadow.Plain)
    rule.setForegroundRole(QPalette.ColorRole.Mid)
    rule.setFixedHeight(1)
    return rule
