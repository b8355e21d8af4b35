"""The smallest parts of pages and dialogs: labels and fields that know their names."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from maintenance_desktop.ui.plain import PlainLabel

_LONG_WORD = re.compile(r"\S{30}(?=\S)")
Part = TypeVar("Part", bound=QWidget)


def named(part: Part, name: str, spoken: str = "") -> Part:
    """Give a widget the name that machines hold on to, and the one that a screen reader says."""
    part.setObjectName(name)
    if spoken:
        part.setAccessibleName(spoken)
    return part


def plain_label(
    name: str = "", text: str = "", *, is_strong: bool = False, scale: float = 1.0, tone: str = ""
) -> PlainLabel:
    """A wrapping label for texts from records: never markup, and it can be copied."""
    label = named(PlainLabel(text, tone=tone, wraps=True), name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if is_strong or scale != 1.0:
        font = QFont(label.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        font.setWeight(QFont.Weight.DemiBold if is_strong else QFont.Weight.Normal)
        label.setFont(font)
    return label


def in_tab_order(*widgets: QWidget) -> None:
    """Let Tab go through these in this order; those made later would come last otherwise."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def breakable(text: str) -> str:
    """The text with invisible places to wrap in words too long for a line: a label wraps nowhere else."""
    return _LONG_WORD.sub(lambda match: match[0] + "\u200b", text)
