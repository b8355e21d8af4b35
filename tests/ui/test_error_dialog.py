from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from maintenance_desktop.domain.edits import EditKind, Refusal
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.error_dialog import ErrorDialog
from maintenance_desktop.ui.values import ValueTexts
from tests.ui.asking import hours_edit, refusal, waiting_hours
from tests.ui.fakes import NOW, believable_plant, in_days


@pytest.fixture
def values():
    return ValueTexts(believable_plant(), lambda: NOW)


@pytest.fixture
def ask(qtbot, values):
    def ask(view=None) -> ErrorDialog:
        dialog = ErrorDialog(view or refusal(), values)
        qtbot.addWidget(dialog)
        dialog.answers = []
        dialog.answered.connect(dialog.answers.append)
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog

    return ask


def test_it_says_what_was_refused_and_why_in_a_sentence(ask, values):
    dialog = ask()
    assert dialog.objectName() == "errorDialog"
    assert dialog.windowTitle() == "Hours not added: WO-1042 Replace DE bearing"
    at = values.at(in_days(-0.01))
    assert dialog.sentence.text() == f"Dana Ortiz completed WO-1042 {at}, so 2.5 h were not added."


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        (EditKind.UPDATE, "so the hours were not changed to 2.5 h."),
        (EditKind.DELETE, "so 2.5 h were not removed."),
    ],
)
def test_changed_and_removed_hours_have_their_own_sentence(ask, kind, ending):
    edit = replace(hours_edit(finished_by_name="Dana Ortiz", status="cancelled"), kind=kind)
    sentence = ask(refusal(edit)).sentence.text()
    assert sentence.startswith("Dana Ortiz cancelled WO-1042")
    assert sentence.endswith(ending)


def test_any_other_reason_is_the_servers_sentence(ask):
    edit = replace(hours_edit(), refusal=Refusal("not_allowed", "Your role does not allow this."))
    assert ask(refusal(edit)).sentence.text() == "Your role does not allow this."


def test_nothing_of_the_edit_is_hidden(ask):
    dialog = ask()
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    for text in ("2.5 h", "Sam Okafor", "Regular", "Pulled <b>coupling</b>", "torque_curve", "x-17"):
        assert text in shown


def test_what_ends_with_okay_is_named(ask):
    dialog = ask(refusal(dependants=(waiting_hours(),)))
    assert "2.5 h on WO-1042 Replace DE bearing" in dialog.dependants.text()


def test_okay_acknowledges(ask, qtbot):
    dialog = ask()
    assert dialog.okay_button.objectName() == "okayButton"
    qtbot.mouseClick(dialog.okay_button, Qt.MouseButton.LeftButton)
    assert dialog.answers == [Choice.ACKNOWLEDGE]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_no_key_acknowledges_by_accident(ask, qtbot, key):
    dialog = ask()
    dialog.okay_button.setFocus()
    qtbot.keyClick(dialog.okay_button, key)
    assert Choice.ACKNOWLEDGE not in dialog.answers
    dialog.close()
