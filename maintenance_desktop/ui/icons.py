"""Icons: one SVG per name, drawn in the palette's colours for each state and screen."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

_SIZES: Final = (16, 20, 24, 32)
_PROGRAM_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
_MODES: Final = (
    (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
    (QIcon.Mode.Selected, QPalette.ColorGroup.Active),
    (QIcon.Mode.Active, QPalette.ColorGroup.Active),
    (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
)


def resource_path(name: str) -> Path:
    """Where a file of `resources/` is: inside the installed package, or beside it in the source tree."""
    package = Path(__file__).parent.parent
    inside = package / "resources" / name
    return inside if inside.exists() else package.parent / "resources" / name


def pixmap(name: str, color: QColor, size: int = 16, ratio: float | None = None) -> QPixmap:
    """One icon in one colour, sharp on a screen of that device pixel ratio; kept in Qt's pixmap cache."""
    scale = ratio or QGuiApplication.primaryScreen().devicePixelRatio()
    paper = QGuiApplication.palette().color(QPalette.ColorRole.Base)
    key = f"icon/{name}/{color.name(QColor.NameFormat.HexArgb)}/{paper.name()}/{size}@{scale}"
    drawn = QPixmap()
    if not QPixmapCache.find(key, drawn):
        drawn = _draw(name, color, paper, size, scale)
        QPixmapCache.insert(key, drawn)
    return drawn


def icon(name: str) -> QIcon:
    """An icon in the palette's text colour, with a paler disabled state."""
    scale = QGuiApplication.primaryScreen().devicePixelRatio()
    return _icon(name, QGuiApplication.palette().cacheKey(), scale)


@lru_cache(maxsize=64)
def _icon(name: str, _palette: int, _scale: float) -> QIcon:
    """Buttons come and go with what can be done, and each would ask for sixteen pictures."""
    palette = QGuiApplication.palette()
    made = QIcon()
    for mode, group in _MODES:
        ink = palette.color(group, QPalette.ColorRole.ButtonText)
        for size in _SIZES:
            made.addPixmap(pixmap(name, ink, size), mode)
    return made


def program_icon() -> QIcon:
    """The icon of the program, for its windows and the task bar."""
    renderer = QSvgRenderer(str(resource_path("program.svg")))
    made = QIcon()
    for size in _PROGRAM_SIZES:
        drawn = QPixmap(size, size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        renderer.render(painter)
        painter.end()
        made.addPixmap(drawn)
    return made


class IconKeeper(QObject):
    """Keeps the icon of a button or action right when the palette changes. Lives as long as its owner."""

    def __init__(self, owner: QAbstractButton | QAction, name: str) -> None:
        super().__init__(owner)
        self._owner = owner
        self._name = name
        # one call for each palette: a filter of the owner's events would be called for all of them
        QGuiApplication.instance().paletteChanged.connect(self._take)  # type: ignore[union-attr]
        self._take()

    def show_icon(self, name: str) -> None:
        """Show another icon from now on."""
        self._name = name
        self._take()

    @Slot()
    def _take(self) -> None:
        self._owner.setIcon(icon(self._name))


def _draw(name: str, color: QColor, paper: QColor, size: int, scale: float) -> QPixmap:
    source = resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")
    colored = source.replace("currentColor", color.name()).replace("backgroundColor", paper.name())
    drawn = QPixmap(QSize(size, size) * scale)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setOpacity(color.alphaF())
    QSvgRenderer(QByteArray(colored.encode())).render(painter)
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn
