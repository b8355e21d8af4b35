from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel

from maintenance_desktop.domain.edits import Edit, EditKind, Ending
from maintenance_desktop.domain.overwritten import Overwritten
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import HistoryEntry, Subject
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.value_box import ValueBox
from tests.ui.fakes import in_days, record_id, workspace

ORDER = record_id(1042)
MINE = "Bearing seized, pump locked out."


def notice(number=1, **more):
    said = {
        "id": f"n{number}",
        "edit_id": "mine",
        "type": "work_order",
        "record_id": ORDER,
        "number": "WO-1042",
        "title": "Replace drive-end bearing",
        "who": "Dana Ortiz",
        "happened_at": in_days(-0.1),
        "choice": "overwrite",
        "fields": ("description",),
        "mine": {"description": MINE},
        "theirs": {"description": "Bearing noisy."},
    }
    return Overwritten(**(said | more))


@pytest.fixture
def page(qtbot, plant, tmp_path):
    before = dict(plant.server[("work_order", ORDER)][1])
    mine = {**before, "description": MINE}
    edit = Edit(
        "mine", EditKind.UPDATE, "work_order", ORDER, mine, in_days(-1), before, 1, {"description": MINE}
    )
    subject = Subject("work_order", ORDER, ORDER, None, "WO-1042", "Replace drive-end bearing")
    plant.ended.append(HistoryEntry(edit, subject, Ending.APPLIED, in_days(-1), result=mine))
    page = MorePage(workspace(plant), Settings(tmp_path / "s.ini"))
    page.plant = plant
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    qtbot.waitExposed(page)
    return page


def tell(page, *notices):
    page.plant.ledger.told = list(notices)
    page.answered.connect(page.refresh)  # as the window does
    page.refresh()
    return page.needs_you.overwritten


def test_it_says_who_what_and_which_fields_and_counts_in_the_badge(page, qtbot):
    with qtbot.waitSignal(page.badge_changed) as changed:
        shown = tell(page, notice())
    assert changed.args == [1]
    assert page.list.item(0).text() == "Needs you (1)"
    assert shown.heading.text() == "Dana Ortiz overwrote your change to WO-1042 Replace drive-end bearing"
    assert "in: Description" in shown.sentence.text()
    assert "What Dana Ortiz left" in [label.text() for label in shown.grid.findChildren(QLabel)]
    assert page.needs_you.empty.isHidden()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"choice": "combine"}, "Dana Ortiz combined two changes of WO-1042"),
        ({"is_gone": True}, "Dana Ortiz deleted WO-1042"),
        ({"fields": (), "mine": {}, "theirs": {}}, "Dana Ortiz brought back WO-1042"),
        ({"who": ""}, "Someone overwrote your change"),
    ],
)
def test_each_case_has_its_own_words(page, more, said):
    assert tell(page, notice(**more)).heading.text().startswith(said)


def test_okay_ends_it_and_the_next_one_comes(page, qtbot):
    shown = tell(page, notice(1), notice(2, who="Sam Okafor"))
    assert shown.more.text() == "and 1 more"
    qtbot.mouseClick(shown.okay_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.heading.text().startswith("Sam Okafor"))
    qtbot.mouseClick(shown.okay_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.isHidden())
    assert page.needs_you.empty.isVisible()
    assert page.plant.edits == []


def test_what_was_changed_once_more_is_shown_before_it_is_restored(page, qtbot):
    shown = tell(page, notice(theirs={"description": "What Dana left, and Sam changed since."}))
    qtbot.mouseClick(shown.restore_button, Qt.MouseButton.LeftButton)
    dialog = shown.findChild(QDialog, "restoreDialog")
    assert page.plant.edits == []
    now = page.plant.server[("work_order", ORDER)][1]["description"]
    assert now in [box.toPlainText() for box in dialog.details.findChildren(ValueBox)]
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.isHidden())
    (edit,) = page.plant.edits
    assert edit.patch == {"description": MINE}


def test_restore_mine_is_a_new_edit_that_is_sent(page, qtbot):
    now = page.plant.server[("work_order", ORDER)][1]["description"]
    shown = tell(page, notice(theirs={"description": now}))
    qtbot.mouseClick(shown.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown.isHidden())
    (edit,) = page.plant.edits
    assert edit.patch == {"description": MINE}
    assert page._workspace.sync.requests == 1


def test_what_cannot_be_saved_is_said_and_the_notice_stays(page, qtbot, monkeypatch):
    def full(*_):
        raise StorageTrouble("The disk is full.")

    now = page.plant.server[("work_order", ORDER)][1]["description"]
    shown = tell(page, notice(theirs={"description": now}))
    monkeypatch.setattr(page.plant, "save", full)
    qtbot.mouseClick(shown.restore_button, Qt.MouseButton.LeftButton)
    assert shown.problem.text() == "The disk is full."
    assert page.plant.ledger.told


def test_copy_has_the_whole_content(page, qtbot):
    shown = tell(page, notice())
    qtbot.mouseClick(shown.copy_button, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert MINE in text
    assert "Replace drive-end bearing" in text
    assert page.plant.ledger.told


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_no_key_answers_by_accident(page, qtbot, key):
    shown = tell(page, notice())
    for one in (shown.restore_button, shown.okay_button, shown):
        qtbot.keyClick(one, key)
    assert page.plant.ledger.told
    assert page.plant.edits == []
