"""The program's icon in every size and format, from `resources/program.svg`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from contents.build import ROOT

SVG: Final = ROOT / "resources" / "program.svg"
SIZES: Final = (16, 24, 32, 48, 64, 128, 256)


def picture(size: int) -> Image.Image:
    """The icon, `size` by `size` pixels."""
    drawn = QImage(size, size, QImage.Format.Format_RGBA8888)
    drawn.fill(0)
    painter = QPainter(drawn)
    QSvgRenderer(str(SVG)).render(painter)
    painter.end()
    return Image.frombytes("RGBA", (size, size), bytes(drawn.constBits()))


def put_ico(path: Path) -> None:
    """Write the icon for Windows."""
    picture(256).save(
        path, sizes=[(size, size) for size in SIZES], append_images=[picture(size) for size in SIZES]
    )


def put_icns(path: Path) -> None:
    """Write the icon for macOS."""
    picture(1024).save(path)


def put_theme(share: Path, name: str) -> None:
    """Put the icon where Linux desktops look for it, below `share`/icons."""
    theme = share / "icons" / "hicolor"
    for size in SIZES:
        file = theme / f"{size}x{size}" / "apps" / f"{name}.png"
        file.parent.mkdir(parents=True)
        picture(size).save(file)
    scalable = theme / "scalable" / "apps" / f"{name}.svg"
    scalable.parent.mkdir(parents=True)
    shutil.copyfile(SVG, scalable)
