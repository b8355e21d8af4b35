from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from maintenance_desktop.domain.edits import EditKind, ServerCopy
from maintenance_desktop.ui.conflict_dialog import ConflictDialog
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.value_box import ValueBox
from maintenance_desktop.ui.values import ValueTexts
from tests.ui.asking import BASE, MINE, SUBJECT, conflict, conflicted_edit, waiting_hours
from tests.ui.fakes import NOW, believable_plant, in_days

ENTER_AND_ESCAPE = [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape]


@pytest.fixture
def values():
    return ValueTexts(believable_plant(), lambda: NOW)


@pytest.fixture
def ask(qtbot, values):
    def ask(view=None) -> ConflictDialog:
        dialog = ConflictDialog(view or conflict(), values, "technician")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        dialog.answers = []
        dialog.answered.connect(dialog.answers.append)
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog

    return ask


def texts(dialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)] + [
        box.toPlainText() for box in dialog.findChildren(ValueBox)
    ]


def test_it_says_who_changed_what_and_when(ask, values):
    dialog = ask()
    assert dialog.objectName() == "conflictDialog"
    assert dialog.windowTitle() == "Work order conflict: WO-1042 Replace DE bearing"
    theirs, mine = values.when(in_days(-0.01)), values.when(in_days(-0.03))
    assert dialog.sentence.text() == (
        f"Dana Ortiz changed this work order {theirs}. You changed your copy {mine}."
    )


def test_several_changes_are_told_by_their_number_and_the_last_one(ask, values):
    dialog = ask(conflict(conflicted_edit(changes=3)))
    when = values.when(in_days(-0.01))
    assert dialog.sentence.text().startswith(
        f"This work order was last changed by Dana Ortiz {when} (3 changes)."
    )


def test_all_three_sides_are_shown_with_names_and_marked_in_words(ask):
    shown = texts(ask())
    for text in ("When you started", "Yours", "Now on the server", "Open", "In progress"):
        assert text in shown
    assert "Alex Nyström" in shown
    assert "Sam Okafor" in shown
    assert "Bearing seized, pump stopped" in shown
    assert shown.count("● changed by you") == 2
    assert shown.count("● changed by Dana Ortiz") == 1


def test_both_outcomes_are_told_before_the_answer(ask):
    dialog = ask()
    assert dialog.overwrite_leaves.text() == (
        "“Bearing noisy” · In progress · Sam Okafor. This undoes what Dana Ortiz changed: Description."
    )
    assert dialog.discard_leaves.text() == (
        "“Bearing seized, pump stopped” · Open · Alex Nyström. "
        "This undoes what you changed: Status, Assigned to."
    )


def test_a_record_deleted_on_the_server_can_be_restored(ask, values):
    edit = replace(conflicted_edit(), server=ServerCopy(4, None, in_days(-0.01), "", "Dana Ortiz"))
    dialog = ask(conflict(edit))
    when = values.when(in_days(-0.01))
    assert dialog.sentence.text().startswith(f"Dana Ortiz deleted this work order {when}.")
    assert "restored" in dialog.overwrite_leaves.text()
    assert "stays deleted" in dialog.discard_leaves.text()
    assert "✕ deleted" in texts(dialog)
    assert dialog.overwrite_button.isEnabled()


def test_deleting_what_somebody_changed_says_what_goes(ask):
    dialog = ask(conflict(conflicted_edit(BASE, kind=EditKind.DELETE)))
    assert "You deleted your copy" in dialog.sentence.text()
    assert "deleted" in dialog.overwrite_leaves.text()
    assert dialog.discard_leaves.text().endswith("This undoes that you deleted it.")


def test_a_chain_of_edits_is_told_as_several_changes(ask):
    first = conflicted_edit()
    last = replace(first, id="e9", mine={**MINE, "priority": "high"}, made_at=in_days(-0.005))
    dialog = ask(conflict(chain=(first, last)))
    assert "You changed your copy 2 times" in dialog.sentence.text()
    assert "High" in dialog.overwrite_leaves.text()


def test_overwrite_is_off_with_its_reason_where_it_would_be_refused(ask, qtbot):
    dialog = ask(conflict(problem="This work order is closed, and a closed one stays as it is."))
    assert not dialog.overwrite_button.isEnabled()
    assert dialog.overwrite_problem.isVisible()
    assert "a closed one stays as it is" in dialog.overwrite_problem.text()
    qtbot.mouseClick(dialog.overwrite_button, Qt.MouseButton.LeftButton)
    assert dialog.answers == []


def test_what_ends_with_discard_is_named(ask):
    dialog = ask(conflict(dependants=(waiting_hours(),)))
    assert "2.5 h on WO-1042 Replace DE bearing" in dialog.dependants.text()
    assert not ask().dependants.isVisible()


def test_many_that_end_with_discard_are_counted(ask):
    dialog = ask(conflict(dependants=(waiting_hours(),) * 8))
    assert dialog.dependants.text().endswith("; and 3 more.")


@pytest.mark.parametrize(
    ("button", "choice"),
    [
        ("overwrite_button", Choice.OVERWRITE),
        ("discard_button", Choice.DISCARD),
        ("later_button", Choice.LATER),
    ],
)
def test_each_verb_answers_once(ask, qtbot, button, choice):
    dialog = ask()
    qtbot.mouseClick(getattr(dialog, button), Qt.MouseButton.LeftButton)
    assert dialog.answers == [choice]


@pytest.mark.parametrize("key", ENTER_AND_ESCAPE)
@pytest.mark.parametrize("focus", ["", "overwrite_button", "discard_button"])
def test_no_key_overwrites_or_discards_by_accident(ask, qtbot, key, focus):
    dialog = ask()
    target = getattr(dialog, focus) if focus else dialog
    target.setFocus()
    qtbot.keyClick(target, key)
    is_escape = key == Qt.Key.Key_Escape
    assert dialog.answers == ([Choice.LATER] if is_escape else [])
    assert dialog.isVisible() is not is_escape


def test_the_keyboard_starts_on_no_verb_and_space_answers_on_purpose(ask, qtbot):
    dialog = ask()
    assert not dialog.overwrite_button.isDefault()
    assert not dialog.discard_button.isDefault()
    assert dialog.focusWidget() not in (
        dialog.overwrite_button,
        dialog.discard_button,
        dialog.later_button,
    )
    dialog.discard_button.setFocus()
    qtbot.keyClick(dialog.discard_button, Qt.Key.Key_Space)
    assert dialog.answers == [Choice.DISCARD]


def test_closing_the_window_is_later(ask):
    dialog = ask()
    dialog.close()
    assert dialog.answers == [Choice.LATER]


def test_a_newer_copy_takes_the_place_of_the_old_one(ask):
    dialog = ask()
    dialog.show_view(conflict(conflicted_edit(theirs={**BASE, "description": "Pump replaced"}, version=5)))
    assert "Pump replaced" in texts(dialog)
    assert "“Pump replaced” · Open · Alex Nyström." in dialog.discard_leaves.text()


@pytest.mark.parametrize(
    "title", ["<b>bold</b> & <img src=x>", "🔧" * 300, "مضخة التغذية", "x" * 10_000, "a\n\tb"]
)
def test_any_title_and_text_is_shown_as_it_is_and_fits(ask, title):
    edit = conflicted_edit(mine={**MINE, "title": title, "description": title})
    dialog = ask(conflict(edit, subject=replace(SUBJECT, title=title)))
    room = dialog.screen().availableGeometry()
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()
    assert len(dialog.windowTitle()) <= 160
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText
        for label in dialog.findChildren(QLabel)
        if title[:9] in label.text()
    )
    assert title in texts(dialog)


def test_every_button_has_its_names(ask):
    dialog = ask()
    names = {
        "overwriteButton": dialog.overwrite_button,
        "discardButton": dialog.discard_button,
        "laterButton": dialog.later_button,
    }
    for name, button in names.items():
        assert button.objectName() == name
        assert button.text().replace("&", "") == button.accessibleName()
