"""A dialog around a form: it stays open, with its text, until what is in it is on disk."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from maintenance_desktop.domain.trouble import InvalidInput, NotSaved
from maintenance_desktop.domain.views import Problem
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.plain import PlainLabel, one_line
from maintenance_desktop.ui.theme import as_title


class FormDialog(QDialog):
    """A heading, a form, a main verb. Whoever opens it carries out the verb and then calls `accept`."""

    def __init__(self, heading: str, sentence: str, verb: str, verb_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = PlainLabel(wraps=True)
        as_title(self.heading)
        self.set_heading(heading)
        about = PlainLabel(one_line(sentence, 200), tone="quiet", wraps=True)
        about.setVisible(bool(sentence))
        self.problem_label = PlainLabel(tone="red", wraps=True)
        self.problem_label.setObjectName("problemLabel")
        self.problem_label.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(4)
        self.cancel_button = button(self.tr("Cancel"), "cancelButton")
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = button(verb, verb_name, verb="main")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._on_save)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._on_save)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        row.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(about)
        layout.addSpacing(4)
        layout.addLayout(self.body)
        layout.addStretch(1)
        layout.addWidget(self.problem_label)
        layout.addSpacing(4)
        layout.addLayout(row)

    def set_heading(self, text: str) -> None:
        """Say what this is about, here and in the window's title."""
        self.setWindowTitle(one_line(text, 120))
        self.heading.setText(one_line(text, 120))

    @staticmethod
    def raise_if(found: Sequence[Problem]) -> None:
        """Stop a save that has problems. Raises InvalidInput."""
        if found:
            raise InvalidInput(found)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.resize(max(self.width(), 480), self.sizeHint().height())

    def say(self, problem: str) -> None:
        """Say what is wrong with the whole; empty when nothing is."""
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))

    def carry_out(self) -> None:
        """Save what is entered. Raises NotSaved, and the dialog says why and stays."""
        raise NotImplementedError

    def forms(self) -> tuple[RecordForm, ...]:
        """The forms whose fields problems are put at."""
        raise NotImplementedError

    @Slot()
    def _on_save(self) -> None:
        self.say("")
        unreadable = [problem for form in self.forms() for problem in form.problems()]
        try:
            if unreadable:
                raise InvalidInput(unreadable)
            self.carry_out()
        except InvalidInput as error:
            others = list(error.problems)
            for form in reversed(self.forms()):
                others = form.show_problems(others)
            self.say(" ".join(problem.message for problem in others))
        except NotSaved as error:
            self.say(str(error))
        else:
            self.accept()
