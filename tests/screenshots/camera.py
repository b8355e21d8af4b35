"""Looks at a window as a person would: takes its picture, and sees what is cut off or too pale."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from maintenance_desktop.ui.theme import contrast

READABLE = 4.5
"""What WCAG asks of text."""
IN_THE_DARK_TOO = ("work-orders", "conflict", "error", "more", "assets")
LARGE_TOO = ("work-orders", "conflict", "detail")
"""Which pictures are kept in the dark and at 200 %, where everything is looked at in light at 100 %."""
_TURNS = 3
_LEAST_COLOURS = 12
_FEW = 1
"""Pixels that a hint of a size may be off."""


class Camera:
    """Takes pictures; keeps them only when it was given a folder."""

    def __init__(self, qtbot, folder: Path | None, scheme: str) -> None:
        self._qtbot = qtbot
        self._folder = folder
        self.scheme = scheme

    def looks_at(self, name: str, widget: QWidget) -> QImage:
        """The picture of a window, which must be one: neither blank nor with cut or pale text."""
        picture = self._when_still(widget)
        assert picture.size() == widget.size() * picture.devicePixelRatio()
        assert len(colours_of(picture)) >= _LEAST_COLOURS, f"{name} is blank"
        assert cut_texts(widget) == []
        assert pale_texts(widget, picture) == []
        return picture

    def takes(self, name: str, widget: QWidget) -> None:
        """Look at a window, and keep the picture when pictures are wanted."""
        picture = self.looks_at(name, widget)
        scale = picture.devicePixelRatio()
        in_this_light = IN_THE_DARK_TOO if self.scheme == "dark" else (name,)
        if self._folder is not None and name in (LARGE_TOO if scale != 1 else in_this_light):
            self._keep(name, picture, scale)

    def _when_still(self, widget: QWidget) -> QImage:
        """Qt shows and lays out new widgets a turn later: wait for two pictures that are the same."""
        self._qtbot.waitExposed(widget)
        seen = [widget.grab().toImage()]

        def is_still() -> bool:
            seen.append(widget.grab().toImage())
            return len(seen) > _TURNS and seen[-1] == seen[-2]

        self._qtbot.waitUntil(is_still)
        return seen[-1]

    def _keep(self, name: str, picture: QImage, scale: float) -> None:
        at = f"-{round(scale * 100)}" if scale != 1 else f"-{self.scheme}"
        self._folder.mkdir(parents=True, exist_ok=True)
        picture.setDevicePixelRatio(1)
        # a quality of 0 is the strongest compression of a PNG
        assert _with_few_colours(picture).save(str(self._folder / f"{name}{at}.png"), "PNG", 0)


def shown(widget: QWidget, kind: type) -> list:
    """The children of a kind that can be seen."""
    return [child for child in widget.findChildren(kind) if child.isVisibleTo(widget) and not _is_away(child)]


def cut_texts(widget: QWidget) -> list[str]:
    """Labels and buttons that have not the room for their words."""
    found = []
    for label in shown(widget, QLabel):
        if not label.text():
            continue
        room, wanted = label.contentsRect(), label.sizeHint()
        if label.wordWrap():
            is_cut = label.heightForWidth(label.width()) > label.height() + _FEW
        else:
            is_cut = wanted.width() > label.width() + _FEW or wanted.height() > label.height() + _FEW
        if is_cut:
            found.append(f"{label.objectName()} {label.text()!r} has {room.width()}×{room.height()}")
    return found + [
        f"{button.objectName()} {button.text()!r} has {button.width()}"
        for button in shown(widget, QAbstractButton)
        if button.text() and button.sizeHint().width() > button.width() + _FEW
    ]


def pale_texts(widget: QWidget, picture: QImage) -> list[str]:
    """Labels whose words do not stand out from what is behind them, by their pixels."""
    found = []
    for label in shown(widget, QLabel):
        if not label.text() or not label.isEnabled() or label.text().strip() in ("–", "·"):
            continue
        area = _on_picture(label, widget, picture)
        colours = Counter(
            picture.pixelColor(x, y).name()
            for x in range(area.left(), area.right(), 1)
            for y in range(area.top(), area.bottom(), 1)
        )
        if not colours:
            continue
        paper = colours.most_common(1)[0][0]
        best = max(contrast(paper, ink) for ink in colours)
        if best < READABLE:
            found.append(f"{label.objectName()} {label.text()!r}: {best:.1f}:1")
    return found


def colours_of(picture: QImage) -> set[int]:
    """The colours on a grid over the picture."""
    return {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}


def _with_few_colours(picture: QImage) -> QImage:
    """The picture in 256 of its colours, a third of the bytes: first one of each kind, then the frequent."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    frequent = [colour for colour, _ in Counter(memoryview(plain.constBits()).cast("I")).most_common()]
    kinds = {colour & 0xC0E0C0: colour for colour in reversed(frequent)}
    table = list(dict.fromkeys([*kinds.values(), *frequent]))[:256]
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.AvoidDither)


def texts(widget: QWidget) -> str:
    """All words on a window."""
    labels = [label.text() for label in shown(widget, QLabel)]
    return "\n".join([*labels, *(button.text() for button in shown(widget, QAbstractButton))])


def _is_away(child: QWidget) -> bool:
    """Whether it is scrolled or folded out of sight."""
    return child.visibleRegion().isEmpty()


def _on_picture(label: QLabel, widget: QWidget, picture: QImage) -> QRect:
    region = label.visibleRegion().boundingRect()
    corner = label.mapTo(widget, QPoint(0, 0)) + region.topLeft()
    scale = picture.devicePixelRatio()
    area = QRect(
        round(corner.x() * scale),
        round(corner.y() * scale),
        round(region.width() * scale),
        round(region.height() * scale),
    )
    return area.intersected(picture.rect())
