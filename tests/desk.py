"""The whole program in front of a person: its windows, found and used by their names."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget

from maintenance_desktop.program import Demo, Program
from maintenance_desktop.services.status import Connection
from tests.person import TokensInMemory

_LONGEST_SECONDS = 20
PASSWORD = "correct horse"


class Keyring(TokensInMemory):
    """A keyring that lives as long as the test. It waits for a person while `answers` is not set."""

    def __init__(self) -> None:
        super().__init__()
        self.is_there = True
        self.is_asked = threading.Event()
        self.answers = threading.Event()
        self.answers.set()

    def has_keyring(self) -> bool:
        self.is_asked.set()
        self.answers.wait(_LONGEST_SECONDS)
        return self.is_there


class Computer:
    """One computer with its disk and its keyring; the program may be started on it again and again."""

    def __init__(self, qtbot, theme, root: Path) -> None:
        self._qtbot = qtbot
        self._theme = theme
        self.root = root
        self.keyring = Keyring()
        self.crashes: list[str] = []
        self._programs: list[Program] = []

    def starts(self, *, demo: Demo | None = None, log_tail=str, updating=None, folder=None) -> Program:
        program = Program(
            self.root,
            self.keyring,
            self._theme,
            on_crashed=self.crashes.append,
            log_tail=log_tail,
            demo=demo,
            updating=updating,
        )
        self._programs.append(program)
        program.start(folder)
        return program

    def signs_in(self, program: Program, url: str, username="ada", password=PASSWORD) -> None:
        window = program.sign_in_window
        for name, text in (("serverField", url), ("usernameField", username), ("passwordField", password)):
            field = window.findChild(QLineEdit, name)
            field.clear()
            self._qtbot.keyClicks(field, text)
        self.presses(window, "signInButton")

    def signs_in_again(self, window: QWidget, password: str) -> None:
        """The server is fixed then, and so is the person."""
        self._qtbot.keyClicks(window.findChild(QLineEdit, "passwordField"), password)
        self.presses(window, "signInButton")

    def arrives(self, program: Program, url: str) -> None:
        """Sign in and see the first download end."""
        self.signs_in(program, url)
        self.waits_for(lambda: program.window is not None)
        self.waits_for(lambda: connection(program) is Connection.ONLINE)

    def waits_for(self, condition) -> None:
        self._qtbot.waitUntil(condition)

    def presses(self, parent: QWidget, name: str) -> None:
        button = parent.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isEnabled(), name
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def ends(self, program: Program) -> None:
        """Close what is open, as at the end of the day, and have it gone.

        A window that Python finds left over later is deleted by whichever thread finds it, which Qt does not
        survive.
        """
        sign_in = program.sign_in_window
        if sign_in is not None and not shiboken6.isValid(sign_in):
            return  # this is not the first time
        for window in (program.window, sign_in):
            if window is not None:
                window.close()
        program.close()
        for left in top_windows():
            left.close()
        if sign_in is not None:
            sign_in.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def is_switched_off(self) -> None:
        for program in self._programs:
            self.ends(program)
        assert self.crashes == []


def connection(program: Program) -> Connection:
    return program.open.workspace.sync.state.connection


def status(program: Program) -> str:
    return program.window.status_line.sentence_label.text()


def top_windows(kind: type[QWidget] = QWidget) -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]


def words(shown: QWidget) -> str:
    return " ".join(label.text() for label in shown.findChildren(QLabel))


def dialog(name: str) -> QDialog | None:
    found = QApplication.activeModalWidget()
    return found if found is not None and found.objectName() == name else None


def said(name: str) -> str:
    """What a message box of that name says; empty when there is none."""
    boxes = [box for box in top_windows(QMessageBox) if box.objectName() == name]
    return f"{boxes[0].text()} {boxes[0].informativeText()}" if boxes else ""


def copied(template: Path, folder: Path) -> Path:
    shutil.copytree(template, folder)
    return folder
