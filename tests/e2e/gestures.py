"""What a person does with hands and eyes, for the window tests."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget


def press(qtbot, parent: QWidget, name: str) -> None:
    """Click a button by its object name."""
    button = parent.findChild(QPushButton, name)
    assert button is not None, name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(name: str) -> QDialog | None:
    """The modal dialog of that name, if it is the one that asks now."""
    found = QApplication.activeModalWidget()
    return found if found is not None and found.objectName() == name else None


def words(shown: QWidget) -> str:
    """Everything that stands on a window."""
    return " ".join(label.text() for label in shown.findChildren(QLabel))


def badge(window: QWidget) -> str:
    """The number at *More*; empty when there is none."""
    found = window.findChild(QLabel, "moreBadge")
    return found.text() if found.isVisibleTo(window) else ""
