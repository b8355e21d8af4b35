"""The menus of the window: every action with its shortcut, in one list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; an empty name is a separating line."""

    name: str = ""
    text: str = ""
    do: Callable[..., object] | None = None
    keys: tuple[str, ...] = ()
    is_switch: bool = False


LINE = Entry()


class WindowActions(QObject):
    """The actions of a window by name, in its menus."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.by_name: dict[str, QAction] = {}
        self.menus: list[QMenu] = []

    def add_menu(self, title: str, name: str, entries: tuple[Entry, ...]) -> QMenu:
        """Add a menu with these lines."""
        menu = QMenu(title, self._window)
        menu.setObjectName(name)
        for entry in entries:
            if not entry.name:
                menu.addSeparator()
                continue
            action = QAction(entry.text, self._window)
            action.setObjectName(entry.name)
            action.setCheckable(entry.is_switch)
            action.setShortcuts([QKeySequence(keys) for keys in entry.keys])
            if entry.do is not None:
                (action.toggled if entry.is_switch else action.triggered).connect(entry.do)
            menu.addAction(action)
            self.by_name[entry.name] = action
        self._window.menuBar().addMenu(menu)
        self.menus.append(menu)
        return menu

    def shortcuts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each menu with its actions and their keys, for the help."""
        listed = []
        native = QKeySequence.SequenceFormat.NativeText
        for menu in self.menus:
            lines = [
                (action.text().replace("&", ""), action.shortcut().toString(native))
                for action in menu.actions()
                if not action.shortcut().isEmpty()
            ]
            if lines:
                listed.append((menu.title().replace("&", ""), lines))
        return listed


class EditActions(QObject):
    """*Undo*, *Copy* and the like for whatever has the focus."""

    def entries(self) -> tuple[Entry, ...]:
        """The lines of the Edit menu."""
        return (
            Entry("undoAction", QCoreApplication.translate("EditActions", "&Undo"), self.undo, ("Ctrl+Z",)),
            Entry("redoAction", QCoreApplication.translate("EditActions", "&Redo"), self.redo, ("Ctrl+Y",)),
            LINE,
            Entry("cutAction", QCoreApplication.translate("EditActions", "Cu&t"), self.cut, ("Ctrl+X",)),
            Entry("copyAction", QCoreApplication.translate("EditActions", "&Copy"), self.copy, ("Ctrl+C",)),
            Entry(
                "pasteAction", QCoreApplication.translate("EditActions", "&Paste"), self.paste, ("Ctrl+V",)
            ),
            Entry(
                "selectAllAction",
                QCoreApplication.translate("EditActions", "Select &all"),
                self.select_all,
                ("Ctrl+A",),
            ),
        )

    @Slot()
    def undo(self) -> None:
        _tell_focus("undo")

    @Slot()
    def redo(self) -> None:
        _tell_focus("redo")

    @Slot()
    def cut(self) -> None:
        _tell_focus("cut")

    @Slot()
    def copy(self) -> None:
        _tell_focus("copy")

    @Slot()
    def paste(self) -> None:
        _tell_focus("paste")

    @Slot()
    def select_all(self) -> None:
        _tell_focus("selectAll")


def _tell_focus(slot: str) -> None:
    focus = QApplication.focusWidget()
    if focus is not None and focus.metaObject().indexOfMethod(f"{slot}()") >= 0:
        QMetaObject.invokeMethod(focus, slot, Qt.ConnectionType.DirectConnection)
