"""Colours, distances and the style: the same calm look everywhere, the system's own where it must be."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QStyleFactory, QWidget

from maintenance_desktop.ui.style_sheet import meaning_sheet, style_sheet

GAP_SMALL: Final = 4
GAP: Final = 8
GAP_MEDIUM: Final = 12
GAP_LARGE: Final = 16
GAP_SECTION: Final = 24
ROW_HEIGHT: Final = 32
LARGE_ROW_HEIGHT: Final = 44
TITLE_SCALE: Final = 1.25


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours that have jobs. Each text colour is readable (4.5:1) on paper, window and selection."""

    window: str
    paper: str
    alternate: str
    text: str
    quiet: str
    line: str
    accent: str
    on_accent: str
    selection: str
    amber: str
    amber_paper: str
    red: str
    red_paper: str
    green: str


LIGHT: Final = Colours(
    window="#F3F4F6",
    paper="#FFFFFF",
    alternate="#F8F9FA",
    text="#1A1D21",
    quiet="#545B64",
    line="#D3D7DC",
    accent="#0A58B8",
    on_accent="#FFFFFF",
    selection="#D9E7F8",
    amber="#7A4B00",
    amber_paper="#FDF1D8",
    red="#AD1F18",
    red_paper="#FCE8E6",
    green="#156B35",
)
DARK: Final = Colours(
    window="#1D2024",
    paper="#16181B",
    alternate="#1B1E22",
    text="#E9EBEE",
    quiet="#A7AFB9",
    line="#3A4047",
    accent="#7CB4FA",
    on_accent="#0C1A2B",
    selection="#23405F",
    amber="#F2BD5C",
    amber_paper="#3A2E14",
    red="#FF9A90",
    red_paper="#43211F",
    green="#74D093",
)


def colours(palette: QPalette | None = None) -> Colours:
    """The colours that fit a palette: by how light its paper is, not by what a system says of itself."""
    paper = (palette or QGuiApplication.palette()).color(QPalette.ColorRole.Base)
    return DARK if paper.lightnessF() < 0.5 else LIGHT


def row_height(*, large_targets: bool) -> int:
    """How high a row of a list is."""
    return LARGE_ROW_HEIGHT if large_targets else ROW_HEIGHT


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def as_title(label: QLabel) -> None:
    """Make a label a heading: a quarter larger, half bold."""
    font = QFont(label.font())
    font.setPointSizeF(QApplication.font().pointSizeF() * TITLE_SCALE)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)


def as_quiet(widget: QWidget) -> None:
    """Say something in the second voice: still readable, never shouting."""
    widget.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class Theme(QObject):
    """Dresses the application and follows the system between light and dark.

    It is Fusion with our colours on every system. Who asked the system for high contrast gets the system's
    own style and colours instead, since they know best what they can see.
    """

    def __init__(self, app: QApplication, scheme: Qt.ColorScheme | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._own_style = app.style().name() or "Fusion"  # a style sheet hides the name
        self._is_ours: bool | None = None
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._on_look_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_look_changed)
        self._dress()

    def show_scheme(self, scheme: Qt.ColorScheme | None) -> None:
        """Light or dark from now on, whatever the system says; None follows the system."""
        self._scheme = scheme
        self._dress()

    @contextlib.contextmanager
    def dressing_at_the_end(self) -> Iterator[None]:
        """Build a window without the style sheet, and dress it when it is whole.

        Qt dresses everything below a part again when the part is put into another; that was a third of the
        time until the main window was painted.
        """
        sheet = self._app.styleSheet()
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._app.setStyleSheet(sheet)

    @Slot()
    def _on_look_changed(self) -> None:
        self._dress()

    def _dress(self) -> None:
        hints = self._app.styleHints()
        is_ours = hints.accessibility().contrastPreference() is not Qt.ContrastPreference.HighContrast
        if is_ours is not self._is_ours:
            self._is_ours = is_ours
            self._app.setStyle(QStyleFactory.create("Fusion" if is_ours else self._own_style))
        if not is_ours:
            hints.setColorScheme(self._scheme or Qt.ColorScheme.Unknown)
            self._app.setPalette(QPalette())
            self._app.setStyleSheet(meaning_sheet(colours(self._app.palette())))
            return
        scheme = self._scheme or hints.colorScheme()
        chosen = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        self._app.setPalette(_palette(chosen))
        self._app.setStyleSheet(style_sheet(chosen, is_dark=chosen is DARK))


def _palette(chosen: Colours) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for name, color in (
        (role.Window, chosen.window),
        (role.WindowText, chosen.text),
        (role.Base, chosen.paper),
        (role.AlternateBase, chosen.alternate),
        (role.Text, chosen.text),
        (role.Button, chosen.window),
        (role.ButtonText, chosen.text),
        (role.BrightText, chosen.red),
        (role.ToolTipBase, chosen.paper),
        (role.ToolTipText, chosen.text),
        (role.PlaceholderText, chosen.quiet),
        (role.Highlight, chosen.selection),
        (role.HighlightedText, chosen.text),
        (role.Accent, chosen.accent),
        (role.Link, chosen.accent),
        (role.LinkVisited, chosen.accent),
        (role.Mid, chosen.line),
        (role.Midlight, chosen.line),
        (role.Dark, chosen.line),
        (role.Light, chosen.paper),
        (role.Shadow, chosen.line),
    ):
        palette.setColor(name, QColor(color))
    pale = QColor(chosen.quiet)
    pale.setAlphaF(0.65)
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, pale)
    return palette


def _luminance(color: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
