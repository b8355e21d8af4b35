"""When a person can be told something that they did not ask for."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget


def is_free_moment(window: QWidget) -> bool:
    """Whether the window is looked at, and no dialog or menu is open over it."""
    is_seen = window.isVisible() and not window.isMinimized()
    return is_seen and QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None
