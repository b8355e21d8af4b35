"""Many questions in one list: the same choices for each and for all that are selected."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from maintenance_desktop.domain.edits import Doubt, EditState, Ending, Way
from maintenance_desktop.domain.trouble import Outdated
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.ui.many_dialog import ManyDialog
from maintenance_desktop.ui.more_page import MorePage
from tests.ui.asking import BASE, MINE, THEIRS, conflicted_edit, hours_edit
from tests.ui.fakes import believable_plant, in_days, record_id, workspace


def a_long_shift(conflicts: int = 20):
    """Conflicts on work orders of their own, one in four with an overlap; and two errors."""
    edits = []
    for n in range(conflicts):
        theirs = {**THEIRS, "status": "on_hold"} if n % 4 == 0 else THEIRS
        edit = conflicted_edit(MINE, theirs)
        edits.append(replace(edit, id=f"c{n}", record_id=record_id(2000 + n)))
    return [*edits, replace(hours_edit(), id="r0"), replace(hours_edit(), id="r1")]


@pytest.fixture
def section(qtbot, settings):
    plant = believable_plant()
    plant.edits = a_long_shift()
    page = MorePage(workspace(plant), settings)
    qtbot.addWidget(page)
    page.resize(1200, 800)
    page.show()
    qtbot.waitExposed(page)
    section = page.needs_you
    section.plant, section.sync, section.page = plant, page._workspace.sync, page
    return section


def ask(qtbot, section, name: str) -> ManyDialog:
    button = getattr(section, name)
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (dialog,) = [one for one in section.findChildren(ManyDialog) if one.isVisible()]
    qtbot.waitUntil(lambda: not dialog._timer.isActive())
    return dialog


def confirm(qtbot, dialog) -> None:
    with qtbot.waitSignal(dialog.went):
        qtbot.mouseClick(dialog.confirm_button, Qt.MouseButton.LeftButton)


def lines(dialog) -> list[str]:
    return [dialog.list.topLevelItem(at).text(1) for at in range(dialog.list.topLevelItemCount())]


def select(section, *ids: str) -> None:
    rows, selection = section.table.rows, section.table.selectionModel()
    flags = QItemSelectionModel.SelectionFlag
    selection.clearSelection()
    for one in ids:
        selection.select(rows.index(rows.position(one), 0), flags.Select | flags.Rows)


def test_all_conflicts_are_discarded_at_once_and_errors_are_left_out(qtbot, section):
    section.select_all_button.click()
    dialog = ask(qtbot, section, "discard_button")
    assert dialog.heading.text() == "Discard my changes to 20?"
    assert dialog.sentence.text().startswith("2 cannot be answered like this")
    assert len(lines(dialog)) == 22
    assert "This undoes what you changed" in lines(dialog)[0]
    assert len(section.plant.edits) == 22
    with qtbot.waitSignal(section.page.answered):
        confirm(qtbot, dialog)
    assert [edit.id for edit in section.plant.edits] == ["r0", "r1"]
    assert dialog.heading.text() == "20 answered"
    assert section.sync.requests == 1
    dialog.close()
    assert section.table.rows.rowCount() == 2


def test_combine_takes_only_what_does_not_overlap_and_says_why(qtbot, section):
    section.select_all_button.click()
    dialog = ask(qtbot, section, "combine_button")
    assert dialog.confirm_button.text().replace("&", "") == "Combine 15"
    assert dialog.sentence.text().startswith("7 cannot")
    assert lines(dialog)[0] == "— left out: Both of you changed Status: answer it on its own."
    confirm(qtbot, dialog)
    combined = [edit for edit in section.plant.edits if edit.origin and edit.origin.way is Way.COMBINE]
    assert len(combined) == 15
    assert all(
        (edit.mine["status"], edit.mine["description"]) == ("in_progress", THEIRS["description"])
        for edit in combined
    )
    assert sum(edit.state is EditState.CONFLICTED for edit in section.plant.edits) == 5
    dialog.close()


def test_overwrite_takes_the_selected_only(qtbot, section):
    select(section, "c3", "c5")
    dialog = ask(qtbot, section, "overwrite_button")
    confirm(qtbot, dialog)
    queued = [edit for edit in section.plant.edits if edit.state is EditState.QUEUED]
    assert {edit.record_id for edit in queued} == {record_id(2003), record_id(2005)}
    assert all(edit.base_version == 4 for edit in queued)
    dialog.close()


def test_one_that_is_outdated_does_not_stop_the_others(qtbot, section, monkeypatch):
    overwrite = section.plant.overwrite

    def overwrites(edit_id, *rest):
        if edit_id == "c1":
            raise Outdated("It was changed once more on the server.")
        return overwrite(edit_id, *rest)

    monkeypatch.setattr(section.plant, "overwrite", overwrites)
    select(section, "c0", "c1", "c2")
    dialog = ask(qtbot, section, "overwrite_button")
    confirm(qtbot, dialog)
    assert dialog.heading.text() == "2 answered, 1 not"
    assert lines(dialog)[1] == "⚠ Not answered: It was changed once more on the server."
    assert lines(dialog)[2] == "✓ Goes out with the next sync"
    assert [edit.id for edit in section.plant.edits[:3] if edit.needs_answer] == ["c1"]
    dialog.close()


def test_nothing_is_discarded_that_looks_otherwise_than_it_was_told(qtbot, section):
    select(section, "c0", "c1")
    dialog = ask(qtbot, section, "discard_button")
    first = section.plant.edits[0]
    newer = replace(first.server, version=9, record={**BASE, "description": "Pump replaced"})
    section.plant.edits[0] = replace(first, server=newer)
    confirm(qtbot, dialog)
    assert lines(dialog)[0].startswith("⚠ Not answered: It changed meanwhile")
    assert section.plant.edits[0].id == "c0"
    assert "c1" not in [edit.id for edit in section.plant.edits]
    dialog.close()


def test_okay_is_for_errors(qtbot, section):
    select(section, "c1")
    assert not section.okay_button.isEnabled()
    select(section, "r0", "r1")
    assert not section.overwrite_button.isEnabled()
    dialog = ask(qtbot, section, "okay_button")
    confirm(qtbot, dialog)
    assert not any(edit.state is EditState.REFUSED for edit in section.plant.edits)
    dialog.close()


def test_what_is_held_can_be_sent_anyway(qtbot, section):
    assert not section.send_button.isVisible()
    doubt = Doubt("overlapping_hours", "labor", record_id(5001))
    held = replace(hours_edit(), id="h0", state=EditState.HELD, refusal=None, doubts=(doubt,))
    section.plant.edits.append(held)
    section.refresh()
    select(section, "c1", "h0")
    dialog = ask(qtbot, section, "send_button")
    assert lines(dialog)[1] == "These hours overlap hours that are booked"
    assert dialog.heading.text() == "Send 1 anyway?"
    confirm(qtbot, dialog)
    assert section.plant.edits[-1].state is EditState.QUEUED
    assert section.plant.edits[1].state is EditState.CONFLICTED
    dialog.close()


def test_what_is_held_is_shown_with_what_it_looks_like(section):
    doubt = Doubt("same_job", "work_order", record_id(5002), "WO-77", "Grease round", "Dana", in_days(-1))
    held = replace(hours_edit(), id="h0", state=EditState.HELD, refusal=None, doubts=(doubt,))
    section.plant.edits.append(held)
    section.refresh()
    section.table.setCurrentIndex(section.table.rows.index(section.table.rows.position("h0"), 0))
    assert "WO-77 Grease round · Completed " in section.sentence.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_no_key_answers_many_by_accident(qtbot, section, key):
    select(section, "c0", "c1")
    dialog = ask(qtbot, section, "discard_button")
    for target in (dialog, dialog.list, dialog.confirm_button):
        qtbot.keyClick(target, key)
        assert len(section.plant.edits) == 22
        if key == Qt.Key.Key_Escape:
            assert not dialog.isVisible()
            break
    dialog.close()


def test_what_each_answer_leaves_is_seen_beside_the_list(qtbot, section):
    section.table.select("c1")
    section.refresh()
    shown = [label.text() for label in section.details.findChildren(QLabel)]
    assert "Only Dana Ortiz changed: Combine keeps theirs" in shown
    for text in (
        "Overwrite leaves: “Bearing noisy”",
        "Discard leaves:",
        "Combine leaves:",
        "Nothing is undone.",
    ):
        assert text in section.sentence.text()
    section.table.select("c0")
    section.refresh()
    assert "Combine leaves: ⚠ Both of you changed Status" in section.sentence.text()
    section.table.select("r0")
    section.refresh()
    assert "Refused" in section.sentence.text()


def test_hundreds_are_put_into_words_page_by_page(qtbot, section):
    section.plant.edits = a_long_shift(700)
    section.refresh()
    section.table.rows.reload()
    assert section.table.rows.rowCount() < 300
    section.table.selectAll()
    assert len(section.table.selected_items()) == 702


def test_an_offer_is_counted_and_nothing_says_that_nothing_needs_the_person(qtbot, section):
    plant, page = section.plant, section.page
    plant.edits = []
    order = plant.work_order(3001, "Grease the coupling")
    edit = replace(hours_edit(), id="again")
    edit = replace(edit, mine={**edit.mine, "work_order_id": order})
    plant.ended.append(HistoryEntry(edit, plant.subject(edit), Ending.ACKNOWLEDGED, in_days(-0.01)))
    with qtbot.waitSignal(page.badge_changed, check_params_cb=lambda count: count == 1):
        page.refresh()
    qtbot.waitUntil(lambda: page.list.item(0).text() == "Needs you (1)")
    assert section.offered_again.isVisible()
    assert not section.empty.isVisible()
    page.answered.connect(page.refresh)  # as the window does
    qtbot.mouseClick(section.offered_again.findChild(QPushButton, "notNowButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.list.item(0).text() == "Needs you")
    assert section.empty.isVisible()


def test_it_fits_on_a_small_screen(section):
    assert section.page.minimumSizeHint().width() < 900
