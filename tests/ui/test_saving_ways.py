from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from maintenance_desktop.domain.edits import Ending, ServerCopy, Way
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.ui.decision_presenter import DecisionPresenter
from maintenance_desktop.ui.error_dialog import SavingWay
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.history_section import HistorySection
from maintenance_desktop.ui.history_texts import HistoryTexts
from maintenance_desktop.ui.offered_again import OfferedAgain
from maintenance_desktop.ui.values import ValueTexts
from tests.e2e.gestures import press
from tests.ui.asking import ORDER, SUBJECT, conflicted_edit, hours_edit
from tests.ui.fakes import NOW, in_days, workspace


@pytest.fixture
def plant(plant):
    plant.has("work_order", ORDER, number="WO-1042", title="Replace DE bearing", status="completed",
              asset_id="018f0000-0000-7000-8000-000000000021")  # fmt: skip
    plant.edits = [hours_edit(finished_by_name="Dana Ortiz", status="completed", number="WO-1042")]
    return plant


@pytest.fixture
def asked(qtbot, plant, show):
    """The error dialog as the presenter shows it."""
    window = show(QWidget())
    presenter = DecisionPresenter(workspace(plant), window, lambda: False, parent=window)
    presenter.present()
    qtbot.waitUntil(lambda: presenter.dialog is not None and presenter.dialog.isVisible())
    yield presenter.dialog
    presenter.stop()


def offered(dialog) -> set[SavingWay]:
    return {way for way, button in dialog.ways.items() if button.isVisible()}


def opened(qtbot, dialog, name: str):
    qtbot.waitUntil(lambda: dialog.findChild(QWidget, name) is not None)
    return dialog.findChild(QWidget, name)


def test_hours_on_a_finished_work_order_have_four_ways(asked):
    assert offered(asked) == {
        SavingWay.FOLLOW_UP, SavingWay.ASK_TO_REOPEN, SavingWay.EDIT, SavingWay.COPY
    }  # fmt: skip
    for button in asked.ways.values():
        assert button.accessibleName()
        assert button.accessibleDescription()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_takes_no_way(asked, qtbot, key):
    taken = []
    asked.way_chosen.connect(taken.append)
    for way in offered(asked):
        asked.ways[way].setFocus()
        qtbot.keyClick(asked.ways[way], key)
    assert taken == []


def test_copy_puts_everything_on_the_clipboard_and_answers_nothing(asked, qtbot):
    press(qtbot, asked, "copyButton")
    copied = QGuiApplication.clipboard().text()
    for part in (
        "Hours not added: WO-1042",
        "Dana Ortiz completed",
        "2.5 h",
        "Pulled <b>coupling</b>",
        "x-17",
    ):
        assert part in copied
    assert asked.isVisible()


def test_the_follow_up_is_proposed_and_made_with_the_hours(asked, qtbot, plant):
    press(qtbot, asked, "followUpButton")
    dialog = opened(qtbot, asked, "followUpDialog")
    assert dialog.form.editors["title"].shown() == "Follow-up: Replace DE bearing"
    assert "P-204" in dialog.form.editors["asset_id"].shown()
    assert "WO-1042" in dialog.form.editors["description"].shown()
    qtbot.keyClick(dialog.form.editors["title"].field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    press(qtbot, dialog, "createFollowUpButton")
    qtbot.waitUntil(lambda: not asked.isVisible())
    made, comment, hours = plant.edits
    assert made.mine["asset_id"] == "018f0000-0000-7000-8000-000000000021"
    assert comment.mine["work_order_id"] == ORDER
    assert "Follow-up: Replace DE bearing" in comment.mine["text"]
    assert (hours.mine["work_order_id"], hours.mine["note"]) == (made.record_id, "Pulled <b>coupling</b>")


def test_the_request_to_reopen_can_be_changed_before_it_is_saved(asked, qtbot, plant):
    press(qtbot, asked, "askToReopenButton")
    dialog = opened(qtbot, asked, "askToReopenDialog")
    text = dialog.form.editors["text"].shown()
    for part in ("To the planner", "WO-1042", "2.5 h", "Sam Okafor", "Pulled <b>coupling</b>"):
        assert part in text
    dialog.form.enter("text", "Dana, please: 2.5 h")
    press(qtbot, dialog, "saveRequestButton")
    qtbot.waitUntil(lambda: not asked.isVisible())
    (comment,) = plant.edits
    assert comment.mine["text"] == "Dana, please: 2.5 h"
    assert plant.ended[-1].ending is Ending.ACKNOWLEDGED


def test_editing_says_why_it_would_be_refused_again_and_takes_another_work_order(asked, qtbot, plant):
    press(qtbot, asked, "editAndResendButton")
    dialog = opened(qtbot, asked, "resendDialog")
    press(qtbot, dialog, "resendButton")
    assert "completed" in dialog.problem_label.text()
    dialog.form.editors["work_order_id"].field.setText("WO-1040")
    dialog.form.enter("hours", 2)
    press(qtbot, dialog, "resendButton")
    qtbot.waitUntil(lambda: not asked.isVisible())
    (sent,) = plant.edits
    assert (sent.mine["hours"], sent.mine["work_order_id"]) == (2, plant.find_work_order("WO-1040"))
    assert sent.origin.way is Way.RESEND


def test_an_open_work_order_takes_it_again(qtbot, plant, show):
    plant.server_changes("work_order", ORDER, status="open")
    window = show(QWidget())
    presenter = DecisionPresenter(workspace(plant), window, lambda: False, parent=window)
    presenter.present()
    qtbot.waitUntil(lambda: presenter.dialog is not None and presenter.dialog.isVisible())
    dialog = presenter.dialog
    assert SavingWay.SEND_AGAIN in offered(dialog)
    assert SavingWay.ASK_TO_REOPEN not in offered(dialog)
    press(qtbot, dialog, "sendAgainButton")
    qtbot.waitUntil(lambda: presenter.dialog is None)
    assert [edit.origin.way for edit in plant.edits] == [Way.RESEND]
    presenter.stop()


@pytest.fixture
def offers(plant, show):
    plant.acknowledge("e2", in_days(0))
    plant.server_changes("work_order", ORDER, status="open")
    return show(OfferedAgain(workspace(plant)))


@pytest.mark.parametrize("name", ["follow_up", "ask_to_reopen", "edit"])
@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_no_key_saves_in_a_dialog_of_a_way(asked, qtbot, plant, name, key):
    before = list(plant.edits)
    asked.ways[SavingWay(name)].click()
    (dialog,) = asked.findChildren(FormDialog)
    dialog.save_button.setFocus()
    qtbot.keyClick(dialog.save_button, key)
    assert plant.edits == before
    assert asked.isVisible()
    dialog.reject()


def test_what_was_acknowledged_is_offered_again_and_sent_once(qtbot, plant, offers):
    press(qtbot, offers, "sendAgainButton")
    assert [edit.mine["hours"] for edit in plant.edits] == [hours_edit().mine["hours"]]
    assert [edit.origin.way for edit in plant.edits] == [Way.RESTORE]


def test_not_now_puts_it_away(qtbot, plant, offers):
    assert "2.5 h on WO-1042" in offers.findChild(QPushButton, "notNowButton").accessibleName()
    press(qtbot, offers, "notNowButton")
    qtbot.waitUntil(lambda: not offers.isVisible())
    assert plant.edits == []


def entry_of_an_overwrite(plant) -> HistoryEntry:
    theirs = ServerCopy(
        4, {**conflicted_edit().server.record, "title": "Replace both bearings"}, in_days(-0.01)
    )
    return HistoryEntry(conflicted_edit(), SUBJECT, Ending.OVERWROTE, in_days(0), theirs=theirs)


def test_restore_shows_each_field_now_and_then_before_it_saves(qtbot, plant, show, settings):
    plant.edits = []
    plant.has("work_order", ORDER, version=5, **conflicted_edit().mine)
    plant.ended = [entry_of_an_overwrite(plant)]
    section = show(HistorySection(workspace(plant), settings))
    section.refresh()
    section.table.selectRow(0)
    press(qtbot, section, "restoreTheirsButton")
    dialog = opened(qtbot, section, "restoreDialog")
    assert dict(dialog._plan.changes)["title"] == ("Replace DE bearing", "Replace both bearings")
    assert plant.edits == []
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert plant.edits == []
    press(qtbot, dialog, "restoreButton")
    (edit,) = plant.edits
    assert (edit.mine["title"], edit.origin.way) == ("Replace both bearings", Way.RESTORE)


def test_restore_shows_the_newest_when_it_changed_meanwhile(qtbot, plant, show, settings):
    plant.edits = []
    plant.has("work_order", ORDER, version=5, **conflicted_edit().mine)
    plant.ended = [entry_of_an_overwrite(plant)]
    section = show(HistorySection(workspace(plant), settings))
    section.refresh()
    section.table.selectRow(0)
    press(qtbot, section, "restoreTheirsButton")
    dialog = opened(qtbot, section, "restoreDialog")
    plant.server_changes("work_order", ORDER, title="Renamed meanwhile")
    press(qtbot, dialog, "restoreButton")
    assert plant.edits == []
    assert dialog._plan.changes["title"][0] == "Renamed meanwhile"
    assert "decide again" in dialog.problem_label.text()
    press(qtbot, dialog, "cancelButton")


@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("way", [None, *Way])
def test_every_ending_is_told_in_words_and_copied_whole(plant, qapp, ending, way):
    texts = HistoryTexts(ValueTexts(plant, lambda: NOW))
    entry = HistoryEntry(conflicted_edit(), SUBJECT, ending, in_days(0), became=way)
    assert texts.ending(entry)[:2] in ("✓ ", "– ", "✕ ", "→ ")
    assert ending.value not in texts.ending(entry)
    assert "Bearing noisy" in texts.as_text(entry)
