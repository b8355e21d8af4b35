"""Buttons as the program makes them: named for machines and screen readers, with the look of their job."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from maintenance_desktop.ui.icons import IconKeeper


def button(
    text: str,
    name: str,
    *,
    verb: str = "",
    hint: str = "",
    icon_name: str = "",
    spoken: str = "",
) -> QPushButton:
    """A push button. `verb`: "main" for the one that people come for, "quiet" or "link" for lesser ones."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(spoken or text.replace("&", ""))
    made.setAutoDefault(False)
    if verb:
        made.setProperty("verb", verb)
    if hint:
        made.setToolTip(hint)
    if icon_name:
        IconKeeper(made, icon_name)
    return made


def chip(text: str, name: str) -> QPushButton:
    """A rounded button that is on or off."""
    made = button(text, name)
    made.setCheckable(True)
    made.setProperty("chip", True)
    return made
