"""A sentence that has to be read once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def show_notice(sentence: str, parent: QWidget) -> None:
    """Show it over `parent` until somebody closes it."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Maintenance Desktop", sentence, parent=parent)
    box.setObjectName("noticeDialog")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
