"""*Combine* in the conflict dialog: picks, what they leave, and when it cannot be pressed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QRadioButton, QWidget

from maintenance_desktop.domain.edits import EditKind, ServerCopy, Way
from maintenance_desktop.domain.trouble import InvalidInput, Outdated
from maintenance_desktop.domain.views import Problem
from maintenance_desktop.ui.conflict_dialog import ConflictDialog
from maintenance_desktop.ui.decision_dialog import Choice
from maintenance_desktop.ui.decision_presenter import DecisionPresenter
from maintenance_desktop.ui.value_box import ValueBox
from maintenance_desktop.ui.values import ValueTexts
from tests.ui.asking import BASE, MINE, THEIRS, conflict, conflicted_edit
from tests.ui.fakes import NOW, believable_plant, workspace

MY_TEXT = "Bearing noisy. Grease is black."
THEIR_TEXT = "Bearing noisy. Pump isolated."
OVERLAP_BASE = {**BASE, "description": "Bearing noisy."}


def overlapping(**theirs):
    mine = {**OVERLAP_BASE, "status": "in_progress", "description": MY_TEXT}
    server = {**OVERLAP_BASE, "priority": "high", "description": THEIR_TEXT, **theirs}
    return replace(conflicted_edit(mine, server), base=OVERLAP_BASE)


@pytest.fixture
def ask(qtbot):
    def ask(view=None) -> ConflictDialog:
        values = ValueTexts(believable_plant(), lambda: NOW)
        dialog = ConflictDialog(view or conflict(overlapping()), values, "technician")
        qtbot.addWidget(dialog)
        dialog.answers = []
        dialog.answered.connect(dialog.answers.append)
        dialog.open()
        qtbot.waitExposed(dialog)
        return dialog

    return ask


def pick(qtbot, dialog, name: str) -> None:
    choice = dialog.findChild(QRadioButton, name)
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Space)
    assert choice.isChecked()


def test_fields_are_grouped_by_who_changed_them(ask):
    shown = [label.text() for label in ask().grid.findChildren(QLabel)]
    both = shown.index("Both changed: pick what Combine keeps")
    theirs = shown.index("Only Dana Ortiz changed: Combine keeps theirs")
    mine = shown.index("Only you changed: Combine keeps yours")
    assert both < shown.index("Description") < theirs < shown.index("Priority") < mine < shown.index("Status")


def test_words_that_changed_are_marked_for_eye_and_ear(ask):
    boxes = [box for box in ask().findChildren(ValueBox) if box.accessibleDescription()]
    heard = " ".join(box.accessibleDescription() for box in boxes)
    assert "Grease is black" in heard
    assert "Pump isolated" in heard
    (mine,) = [box for box in boxes if "Yours" in box.accessibleName()]
    cursor = mine.document().find("Grease")
    assert cursor.charFormat().fontUnderline()
    assert cursor.charFormat().fontWeight() > 400


def test_combine_waits_for_every_pick_and_says_for_which(ask, qtbot):
    dialog = ask()
    assert not dialog.combine_button.isEnabled()
    assert "Description" in dialog.combine_button.accessibleDescription()
    assert "Both of you changed Description" in dialog.combine_leaves.text()
    assert not any(one.isChecked() for one in dialog.findChildren(QRadioButton))
    pick(qtbot, dialog, "descriptionTheirsChoice")
    assert dialog.combine_button.isEnabled()
    assert dialog.combine_button.accessibleDescription() == ""
    assert dialog.combine_leaves.text() == (
        "“Bearing noisy. Pump isolated.” · In progress · High. This undoes what you changed: Description."
    )
    pick(qtbot, dialog, "descriptionMineChoice")
    assert "This undoes what Dana Ortiz changed: Description." in dialog.combine_leaves.text()
    qtbot.mouseClick(dialog.combine_button, Qt.MouseButton.LeftButton)
    assert dialog.answers == [Choice.COMBINE]
    assert dialog.chosen() == {"description": MY_TEXT}


def test_the_edited_text_begins_with_both_changes(ask, qtbot):
    dialog = ask()
    pick(qtbot, dialog, "descriptionEditChoice")
    field = dialog.findChild(QWidget, "descriptionCombinedField")
    assert field.toPlainText() == "Bearing noisy. Grease is black. Pump isolated."
    field.setPlainText("All of it.")
    assert "“All of it.”" in dialog.combine_leaves.text()
    assert "As you edited it: Description." in dialog.combine_leaves.text()
    assert dialog.chosen() == {"description": "All of it."}


def test_an_edited_text_that_cannot_be_saved_is_told_at_once(ask, qtbot):
    view = conflict(conflicted_edit({**BASE, "title": "Mine"}, {**BASE, "title": "Theirs"}))
    dialog = ask(view)
    pick(qtbot, dialog, "titleEditChoice")
    dialog.findChild(QWidget, "titleCombinedField").setText("")
    assert not dialog.combine_button.isEnabled()
    assert "Title" in dialog.combine_leaves.text()


def test_nothing_to_pick_means_combine_at_once(ask, qtbot):
    dialog = ask(conflict())
    assert dialog.combine_leaves.text() == (
        "“Bearing seized, pump stopped” · In progress · Sam Okafor. Nothing is undone."
    )
    assert dialog.picks == {}
    qtbot.keyClick(dialog.combine_button, Qt.Key.Key_Space)
    assert dialog.answers == [Choice.COMBINE]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_combines_nowhere(ask, qtbot, key):
    dialog = ask(conflict())
    for target in (dialog, dialog.combine_button):
        qtbot.keyClick(target, key)
    assert dialog.answers == []
    assert dialog.combine_button.objectName() == "combineButton"
    assert dialog.combine_button.accessibleName() == "Combine"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (conflicted_edit(BASE, kind=EditKind.DELETE), "You deleted it"),
        (replace(conflicted_edit(), server=ServerCopy(4, None)), "deleted on the server"),
        (conflicted_edit({**BASE, "status": "open", "title": "X"}, {**BASE, "status": "closed"}), ""),
        (conflicted_edit(MINE, {**THEIRS, "status": "closed"}), "Both of you changed Status"),
    ],
)
def test_where_combining_is_impossible_it_says_why(ask, edit, reason):
    dialog = ask(conflict(edit))
    assert dialog.combine_button.isEnabled() is not bool(reason)
    assert reason in dialog.combine_button.accessibleDescription()


def test_a_pick_that_the_server_would_refuse_is_told(ask, qtbot):
    dialog = ask(conflict(conflicted_edit(MINE, {**THEIRS, "status": "closed"})))
    pick(qtbot, dialog, "statusMineChoice")
    assert not dialog.combine_button.isEnabled()
    assert "a closed one stays as it is" in dialog.combine_leaves.text()
    pick(qtbot, dialog, "statusTheirsChoice")
    assert dialog.combine_button.isEnabled()


def test_picks_stay_while_they_mean_the_same_and_are_asked_again_when_not(ask, qtbot):
    dialog = ask(conflict(overlapping(status="on_hold")))
    pick(qtbot, dialog, "descriptionEditChoice")
    field = dialog.findChild(QWidget, "descriptionCombinedField")
    field.setPlainText("All of it.")
    pick(qtbot, dialog, "statusMineChoice")
    field.setFocus()
    dialog.show_view(conflict(overlapping(status="on_hold", priority="critical")))
    assert dialog.chosen() == {"description": "All of it.", "status": "in_progress"}
    assert dialog.combine_button.isEnabled()
    assert dialog.focusWidget() is field
    dialog.show_view(conflict(overlapping(status="on_hold", description="Pump replaced.")))
    assert dialog.chosen() == {"status": "in_progress"}
    assert not dialog.combine_button.isEnabled()
    pick(qtbot, dialog, "descriptionEditChoice")
    assert field.toPlainText() == "All of it."


# through the presenter


@pytest.fixture
def desk(qtbot):
    class Desk:
        plant = believable_plant()
        window = QWidget()

    plant = Desk.plant
    plant.edits = [overlapping()]
    qtbot.addWidget(Desk.window)
    Desk.workspace = workspace(plant)
    Desk.presenter = DecisionPresenter(Desk.workspace, Desk.window, lambda: False, Desk.window)
    Desk.window.show()
    qtbot.waitExposed(Desk.window)
    Desk.presenter.ask_all()
    qtbot.waitUntil(lambda: Desk.presenter.dialog is not None and Desk.presenter.dialog.isVisible())
    yield Desk
    Desk.presenter.stop()
    Desk.window.close()


def test_the_combination_on_screen_is_what_is_sent(desk, qtbot):
    pick(qtbot, desk.presenter.dialog, "descriptionTheirsChoice")
    with qtbot.waitSignal(desk.presenter.answered):
        qtbot.mouseClick(desk.presenter.dialog.combine_button, Qt.MouseButton.LeftButton)
    (sent,) = desk.plant.edits
    assert sent.origin.way is Way.COMBINE
    assert (sent.mine["description"], sent.mine["status"], sent.mine["priority"]) == (
        THEIR_TEXT,
        "in_progress",
        "high",
    )
    assert desk.workspace.sync.requests == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (Outdated("changed"), "while you were looking"),
        (InvalidInput([Problem("status", "It is closed.")]), "It is closed."),
    ],
)
def test_what_stands_in_the_way_is_told_and_the_pick_stays(desk, qtbot, monkeypatch, error, told):
    def fails(*_):
        raise error

    monkeypatch.setattr(desk.plant, "combine", fails)
    pick(qtbot, desk.presenter.dialog, "descriptionTheirsChoice")
    qtbot.mouseClick(desk.presenter.dialog.combine_button, Qt.MouseButton.LeftButton)
    assert told in desk.presenter.dialog.notice.text()
    assert desk.presenter.dialog.chosen() == {"description": THEIR_TEXT}
    assert desk.plant.edits[0].needs_answer


def test_what_was_picked_and_typed_outlives_decide_later(desk, qtbot):
    pick(qtbot, desk.presenter.dialog, "descriptionEditChoice")
    desk.presenter.dialog.findChild(QWidget, "descriptionCombinedField").setPlainText("All of it.")
    qtbot.keyClick(desk.presenter.dialog, Qt.Key.Key_Escape)
    assert desk.presenter.dialog is None
    desk.presenter.ask("e1")
    assert desk.presenter.dialog.chosen() == {"description": "All of it."}
    assert desk.presenter.dialog.combine_button.isEnabled()
    qtbot.keyClick(desk.presenter.dialog, Qt.Key.Key_Escape)
    desk.plant.edits = [overlapping(description="Pump replaced.")]
    desk.presenter.ask("e1")
    assert desk.presenter.dialog.chosen() == {}
    pick(qtbot, desk.presenter.dialog, "descriptionEditChoice")
    assert desk.presenter.dialog.chosen() == {"description": "All of it."}


def test_one_question_offers_no_list(desk):
    assert not desk.presenter.dialog.show_all_button.isVisible()


def test_several_questions_can_be_seen_in_a_list_instead(desk, qtbot):
    desk.presenter.stop()
    desk.plant.edits += [replace(overlapping(), id="e7"), replace(overlapping(), id="e8")]
    presenter = DecisionPresenter(desk.workspace, desk.window, lambda: False, desk.window)
    presenter.ask_all()
    button = presenter.dialog.show_all_button
    assert (button.objectName(), button.accessibleName()) == ("showAllButton", "See all 3 in a list")
    with qtbot.waitSignal(presenter.list_wanted):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    presenter.present()
    assert presenter.dialog is None
    assert len(desk.plant.notifications()) == 3
    presenter.stop()
