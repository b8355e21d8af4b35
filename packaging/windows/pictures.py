"""The pictures of the wizard, drawn from the program's icon."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contents.pictures import picture as icon
from PIL import Image, ImageDraw

_HEADER: Final = (150, 57)
_SIDE: Final = (164, 314)
_PERCENT: Final = (100, 125, 150, 200)
"""The sizes in which Windows shows windows; the installer takes the one that fits the screen."""

_WHITE: Final = (255, 255, 255)
_TOP: Final = (11, 87, 184)
_BOTTOM: Final = (7, 52, 112)
"""The blue of the icon, and a darker one below it."""


def put_wizard_pictures(folder: Path) -> None:
    """Write `header-*.bmp`, beside the headings, and `side-*.bmp`, on the first and the last page."""
    for percent in _PERCENT:
        _header(percent).save(folder / f"header-{percent}.bmp")
        _side(percent).save(folder / f"side-{percent}.bmp")


def _header(percent: int) -> Image.Image:
    picture = Image.new("RGB", _scaled(_HEADER, percent), _WHITE)
    drawn = icon(40 * percent // 100)
    margin = (picture.height - drawn.height) // 2
    picture.paste(drawn, (picture.width - drawn.width - margin, margin), drawn)
    return picture


def _side(percent: int) -> Image.Image:
    picture = Image.new("RGB", _scaled(_SIDE, percent))
    draw = ImageDraw.Draw(picture)
    for y in range(picture.height):
        share = y / (picture.height - 1)
        color = tuple(round(a + (b - a) * share) for a, b in zip(_TOP, _BOTTOM, strict=True))
        draw.line(((0, y), (picture.width, y)), fill=color)
    drawn = icon(96 * percent // 100)
    picture.paste(drawn, ((picture.width - drawn.width) // 2, 52 * percent // 100), drawn)
    return picture


def _scaled(size: tuple[int, int], percent: int) -> tuple[int, int]:
    width, height = size
    return width * percent // 100, height * percent // 100
