"""The licence texts of everything in a package, and what Qt's licence wants said."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from contents.bill import Part, licence_of
from contents.build import ROOT, TITLE, BuildTrouble

FOLDER: Final = "licences"
_OURS: Final = ROOT / "packaging" / "licences"
_TEXTS: Final = ("licen", "copying", "notice", "authors")

_ABOUT_QT: Final = f"""
Qt and PySide6
--------------
{TITLE} uses Qt and PySide6 {{version}} under the GNU Lesser General Public License, version 3
(LGPL-3.0.txt, which adds to GPL-3.0.txt). Both are unchanged, lie beside the program as files of their own
and are loaded when it starts: you may replace them by your own builds of the same version, and you may take
the program apart to find out why such a build does not work. Their source is offered by The Qt Company at
https://download.qt.io/official_releases/ (QtForPython and qt), and whoever gave you this program gives it to
you on request for three years. Qt itself contains further software under permissive licences:
https://doc.qt.io/qt-6/licenses-used-in-qt.html lists it for the version above.
"""


def put_notices(
    folder: Path, wheels: Sequence[Distribution], parts: Iterable[Part], texts: Iterable[Path]
) -> None:
    """Write `licences/`: one list, and beside it each text; `texts` are those of the parts.

    Raises BuildTrouble for a distribution of which no licence text is known.
    """
    place = folder / FOLDER
    place.mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", place / "maintenance-desktop.txt")
    for text in texts:
        shutil.copyfile(text, place / text.name)
    lines = [f"{TITLE} is under the Apache License 2.0 (maintenance-desktop.txt).", "", "It contains:", ""]
    lines += [f"{part.name} {part.version}: {part.licence}" for part in parts]
    qt = None
    for wheel in wheels:
        name = canonicalize_name(wheel.name)
        lines.append(f"{name} {wheel.version}: {licence_of(wheel)}")
        if name in ("pyside6-essentials", "shiboken6"):
            qt = wheel.version
        else:
            _put_texts(place / name, wheel)
    if qt:
        lines.append(_ABOUT_QT.format(version=qt))
        for text in sorted(_OURS.glob("*GPL*.txt")):
            shutil.copyfile(text, place / text.name)
    (place / "README.txt").write_text("\n".join(lines) + "\n")


def _put_texts(place: Path, wheel: Distribution) -> None:
    found = [
        file
        for file in wheel.files or []
        if ".dist-info" in file.parts[0] and any(word in file.name.lower() for word in _TEXTS)
    ]
    kept = _OURS / f"{place.name}.txt"
    if not found and not kept.exists():
        raise BuildTrouble(f"{wheel.name} brings no licence text: put one at packaging/licences/{kept.name}.")
    place.mkdir()
    for file in found:
        shutil.copyfile(str(file.locate()), place / file.name)
    if not found:
        shutil.copyfile(kept, place / kept.name)
