from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.views import Found, Mark
from maintenance_desktop.services.status import Connection, SyncState
from maintenance_desktop.ui.work_order_page import WorkOrderPage
from tests.ui.fakes import ALEX, PUMP, Plant, in_days, record_id
from tests.ui.fakes import workspace as make_workspace
from tests.ui.waiting import settle

FIRST, SECOND = record_id(1042), record_id(1041)


@pytest.fixture
def open_page(settings, show, qtbot):
    """Show the page of a workspace, with its rows."""

    def opened(space):
        page = show(WorkOrderPage(space, settings), (1300, 800))
        settle(qtbot, page.list)
        return page

    return opened


@pytest.fixture
def page(workspace, open_page):
    return open_page(workspace)


def rows(page, qtbot):
    settle(qtbot, page.list)
    return page.list.model.rows()


def click_row(page, qtbot, record_id):
    settle(qtbot, page.list)
    table = page.list.table
    index = page.list.model.index(page.list.model.position(record_id), 2)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())


def search(page, qtbot, text):
    page.focus_search()
    with qtbot.waitSignal(page.list.filters.changed):
        qtbot.keyClicks(page.list.filters.search_field, text)
    settle(qtbot, page.list)


def click(button, qtbot):
    """New buttons are laid out first, as before any person's click."""
    qtbot.waitUntil(lambda: button.isVisible() and button.height() > 0)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def title_field(page):
    return page.detail.details.form.editors["title"].field


def type_title(page, qtbot, text):
    title_field(page).selectAll()
    qtbot.keyClicks(title_field(page), text)


# The list


def test_the_model_keeps_qts_rules(page, qtmodeltester):
    qtmodeltester.check(page.list.model, force_py=True)


def test_the_chips_count_and_choose(page, qtbot, plant):
    chips = page.list.filters.chips
    counts = plant.work_order_counts(ALEX, in_days(0))
    assert chips["open"].text().endswith(str(counts.open))
    qtbot.mouseClick(chips["mine"], Qt.MouseButton.LeftButton)
    assert len(rows(page, qtbot)) == counts.mine
    qtbot.mouseClick(chips["overdue"], Qt.MouseButton.LeftButton)
    assert len(rows(page, qtbot)) == counts.overdue
    qtbot.mouseClick(chips["all"], Qt.MouseButton.LeftButton)
    assert len(rows(page, qtbot)) == counts.everything


def test_search_finds_while_typing_and_arrow_down_goes_to_the_list(page, qtbot):
    search(page, qtbot, "gearbox")
    assert {row.title for row in rows(page, qtbot)} == {"Oil leak at gearbox"}
    with qtbot.waitSignal(page.work_order_opened):
        qtbot.keyClick(page.list.filters.search_field, Qt.Key.Key_Down)
    assert page.list.table.hasFocus()


def test_enter_right_after_typing_goes_to_what_is_found(page, qtbot):
    page.focus_search()
    with qtbot.waitSignal(page.work_order_opened):
        qtbot.keyClicks(page.list.filters.search_field, "gearbox")
        qtbot.keyClick(page.list.filters.search_field, Qt.Key.Key_Return)
    assert page.detail.head.title_label.text() == "Oil leak at gearbox"
    assert page.list.table.hasFocus()


def test_a_search_that_finds_too_much_says_what_is_shown(page, plant, qtbot, monkeypatch):
    assert not page.list.note.isVisible()
    with monkeypatch.context() as patched:
        patched.setattr(plant, "found_work_orders", lambda query: Found(2_000, is_bounded=True))
        search(page, qtbot, "a")
        assert page.list.note.isVisible()
        assert page.list.note.text() == (
            "More than 2,000 found – the newest 2,000 are shown. Add a word to narrow it."
        )
    page.list.filters.clear()
    settle(qtbot, page.list)
    assert not page.list.note.isVisible()


def test_numbers_stay_until_newer_ones_are_read(page, plant, qtbot):
    before = page.list.filters.chips["open"].text()
    plant.work_order(1050, "Somebody's new one")
    page.refresh()
    assert page.list.filters.chips["open"].text() == before
    settle(qtbot, page.list)
    assert page.list.filters.chips["open"].text() != before


def test_nothing_found_offers_to_clear(page, qtbot):
    search(page, qtbot, "nonsense")
    assert page.list.empty.isVisible()
    assert page.list.empty.heading.text() == "Nothing matches"
    qtbot.mouseClick(page.list.empty.act_button, Qt.MouseButton.LeftButton)
    assert rows(page, qtbot)
    assert page.list.filters.search_field.text() == ""


def test_an_empty_plant_offers_the_first_work_order(qtbot, open_page):
    page = open_page(make_workspace(Plant()))
    assert page.list.empty.heading.text() == "No work orders yet"
    qtbot.mouseClick(page.list.empty.act_button, Qt.MouseButton.LeftButton)
    assert page.new_form.isVisible()


def test_the_first_download_says_what_is_usable(open_page):
    space = make_workspace(Plant())
    page = open_page(space)
    space.sync.say(SyncState(Connection.SYNCING))
    assert page.list.empty.heading.text() == "The first download is on its way"


def test_finer_filters_narrow_and_are_remembered(page, qtbot, workspace, open_page):
    filters = page.list.filters
    filters.finer.priority_choice.options.actions()[3].trigger()
    assert {row.priority for row in rows(page, qtbot)} == {"critical"}
    assert filters.filter_button.text().endswith("1")
    again = open_page(workspace)
    assert {row.priority for row in rows(again, qtbot)} == {"critical"}
    qtbot.mouseClick(again.list.filters.clear_button, Qt.MouseButton.LeftButton)
    assert len({row.priority for row in rows(again, qtbot)}) > 1


def test_a_finished_status_does_not_stand_under_the_open_chip(page, qtbot):
    page.list.filters.finer.status_choice.options.actions()[3].trigger()
    assert {row.status for row in rows(page, qtbot)} == {"completed"}
    assert page.list.filters.quick_filter == "all"


def test_every_column_sorts_and_the_order_is_remembered(page, qtbot, workspace, open_page):
    header = page.list.table.horizontalHeader()
    for section, column in enumerate(page.list.model.columns):
        if not column.name or page.list.table.isColumnHidden(section):
            continue
        at = QPoint(header.sectionViewportPosition(section) + 12, 10)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        query = page.list.query()
        assert (query.sort, query.descending) == (column.name, False)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert page.list.query().descending
    again = open_page(workspace)
    assert again.list.query().sort == page.list.query().sort


def test_marks_are_told_in_shape_tooltip_and_words(page, plant, qtbot):
    page.open_work_order(FIRST)
    page.detail.change_status("on_hold")
    settle(qtbot, page.list)
    index = page.list.model.index(page.list.model.position(FIRST), 0)
    assert page.list.model.row(index).mark is Mark.WAITING
    assert index.data(Qt.ItemDataRole.DecorationRole) is not None
    assert "Waiting to sync" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "Waiting to sync" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_refresh_keeps_the_selection(page, plant, qtbot):
    click_row(page, qtbot, SECOND)
    plant.work_order(1050, "Somebody's new one", created_at=in_days(0))
    page.refresh()
    assert "WO-1050" in {row.number for row in rows(page, qtbot)}
    assert page.list.table.current_id() == SECOND
    assert page.current_id == SECOND


# The detail


def test_a_click_shows_everything_about_a_work_order(page, qtbot):
    click_row(page, qtbot, FIRST)
    head = page.detail.head
    assert head.number_label.text() == "WO-1042"
    assert head.title_label.text() == "Replace drive-end bearing"
    assert head.status_label.text() == "In progress"
    assert head.asset_button.text() == "P-204 Feed pump"
    assert page.detail.tabs.tabText(1) == "Hours 3.50"
    assert page.detail.tabs.tabText(2) == "Comments 1"


def test_a_work_order_is_filled_in_one_turn_and_painted_in_the_next(page, qtbot):
    click_row(page, qtbot, FIRST)
    qtbot.waitUntil(page.detail.updatesEnabled)
    click_row(page, qtbot, SECOND)
    assert page.detail.head.number_label.text() == "WO-1041"
    assert not page.detail.updatesEnabled()
    qtbot.waitUntil(page.detail.updatesEnabled)


def test_markup_and_endless_titles_are_plain_text(page, plant, qtbot):
    title = "<b>bold</b> " + "x" * 10_000 + " 😀 مرحبا"
    plant.server_changes("work_order", SECOND, title=title)
    page.refresh()
    click_row(page, qtbot, SECOND)
    label = page.detail.head.title_label
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text().startswith("<b>bold</b>")
    assert len(label.text()) < 200
    assert "<b>bold" not in label.toolTip()
    assert page.width() == 1300
    assert page.detail.details.form.patch() == {}


def test_an_edit_in_place_is_saved_and_waits(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    type_title(page, qtbot, "Replace both bearings")
    assert page.detail.details.save_bar.isVisible()
    with qtbot.waitSignal(page.saved):
        qtbot.mouseClick(page.detail.details.save_button, Qt.MouseButton.LeftButton)
    (edit,) = plant.edits
    assert edit.patch == {"title": "Replace both bearings"}
    assert page.detail.head.title_label.text() == "Replace both bearings"
    assert not page.detail.details.save_bar.isVisible()


def test_a_full_disk_keeps_the_form_with_its_text(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    type_title(page, qtbot, "Typed on a full disk")
    plant.disk_is_full = True
    with qtbot.assertNotEmitted(page.saved):
        qtbot.mouseClick(page.detail.details.save_button, Qt.MouseButton.LeftButton)
    assert title_field(page).text() == "Typed on a full disk"
    assert "disk is full" in page.detail.details.problem_label.text()
    assert page.is_dirty


def test_a_missing_title_is_told_at_its_field(page, qtbot):
    click_row(page, qtbot, FIRST)
    title_field(page).clear()
    assert not page.save()
    assert page.detail.details.form.problem_labels["title"].text() == "This is needed."


def test_a_refresh_never_overwrites_typing(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    type_title(page, qtbot, "My words")
    plant.server_changes("work_order", FIRST, title="Their words", priority="low")
    page.refresh()
    assert title_field(page).text() == "My words"
    assert page.detail.details.changed_label.isVisible()
    assert page.detail.details.form.patch() == {"title": "My words"}
    page.detail.details.discard_asked.emit()
    assert title_field(page).text() == "Their words"


def test_what_was_seen_is_the_base_of_what_is_saved(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    type_title(page, qtbot, "My words")
    plant.server_changes("work_order", FIRST, priority="low")
    page.refresh()
    page.save()
    assert plant.edits[0].base_version == 1
    assert plant.edits[0].patch == {"title": "My words"}


def test_steps_follow_the_lifecycle_and_say_why_not(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    buttons = page.detail.actions_row.verb_buttons
    assert list(buttons) == ["hold", "complete"]
    with qtbot.waitSignal(page.saved):
        click(buttons["hold"], qtbot)
    assert plant.edits[0].patch == {"status": "on_hold"}
    assert list(page.detail.actions_row.verb_buttons) == ["start", "complete"]
    page.list.filters.chips["all"].click()
    click_row(page, qtbot, record_id(1037))
    reopen = page.detail.actions_row.verb_buttons["reopen"]
    assert not reopen.isEnabled()
    assert "planner" in reopen.toolTip()
    assert not page.detail.actions_row.hours_button.isEnabled()


def test_a_planner_closes_a_completed_work_order(plant, qtbot, open_page):
    page = open_page(make_workspace(plant, role="planner"))
    page.list.filters.chips["all"].click()
    click_row(page, qtbot, record_id(1037))
    click(page.detail.actions_row.verb_buttons["close"], qtbot)
    assert plant.edits[0].patch == {"status": "closed"}
    assert page.detail.details.form.editors["title"].line.isReadOnly()


def test_the_list_stays_with_what_is_typed_on(page, qtbot):
    def chosen():
        return [page.list.model.row(index).id for index in page.list.table.selectionModel().selectedRows()]

    click_row(page, qtbot, FIRST)
    type_title(page, qtbot, "My words")
    click_row(page, qtbot, SECOND)
    qtbot.waitUntil(lambda: chosen() == [FIRST])
    qtbot.keyClick(page.guard.dialog, Qt.Key.Key_Escape)
    assert chosen() == [FIRST]
    page.discard_typing()
    page.new_work_order()
    qtbot.keyClicks(page.new_form.form.editors["title"].field, "New words")
    click_row(page, qtbot, SECOND)
    qtbot.waitUntil(lambda: chosen() == [])
    qtbot.keyClick(page.guard.dialog, Qt.Key.Key_Escape)
    page.discard_typing()


def test_tab_goes_from_top_to_bottom(page, qtbot):
    click_row(page, qtbot, FIRST)
    page.detail.change_status("on_hold")
    qtbot.waitUntil(page.detail.actions_row.verb_buttons["start"].isVisible)
    page.list.table.setFocus()
    names = []
    while "titleField" not in names and len(names) < 12:
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Tab)
        names.append(page.window().focusWidget().objectName())
    steps = ["startButton", "logHoursButton", "completeButton", "moreStepsButton"]
    assert names == ["assetLinkButton", "undoChangeButton", *steps, "qt_tabwidget_tabbar", "titleField"]


def test_a_change_can_be_undone_before_it_is_sent(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    page.detail.change_status("on_hold")
    (banner,) = page.detail.changes.banners
    assert "On hold" in " ".join(label.text() for label in banner.findChildren(QLabel))
    undo = banner.findChild(object, "undoChangeButton")
    click(undo, qtbot)
    assert plant.edits == []
    assert page.detail.head.status_label.text() == "In progress"
    assert page.detail.changes.isHidden()


def test_a_conflict_offers_to_decide(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    page.detail.change_status("on_hold")
    plant.park(plant.edits[0].id)
    page.refresh()
    answer = page.detail.changes.findChild(object, "answerButton")
    with qtbot.waitSignal(page.answer_asked) as asked:
        click(answer, qtbot)
    assert asked.args == [plant.edits[0].id]


def test_the_asset_is_one_click_away(page, qtbot):
    click_row(page, qtbot, FIRST)
    with qtbot.waitSignal(page.asset_opened) as opened:
        qtbot.mouseClick(page.detail.head.asset_button, Qt.MouseButton.LeftButton)
    assert opened.args == [PUMP]


def test_a_work_order_that_is_gone_leaves_the_screen(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    del plant.server[("work_order", FIRST)]
    page.refresh()
    assert page.current_id is None
    assert page.nothing.isVisible()


# Unsaved typing


@pytest.fixture
def typed(page, qtbot):
    click_row(page, qtbot, FIRST)
    type_title(page, qtbot, "My words")
    click_row(page, qtbot, SECOND)
    assert page.guard.dialog.isVisible()
    return page


def test_leaving_asks_and_staying_stays(typed, qtbot):
    assert typed.list.table.current_id() == FIRST
    qtbot.keyClick(typed.guard.dialog, Qt.Key.Key_Escape)
    assert typed.current_id == FIRST
    assert title_field(typed).text() == "My words"


def test_leaving_can_save(typed, plant, qtbot):
    qtbot.mouseClick(typed.guard.dialog.save_button, Qt.MouseButton.LeftButton)
    assert plant.edits[0].patch == {"title": "My words"}
    assert typed.current_id == SECOND


def test_leaving_can_discard(typed, plant, qtbot):
    qtbot.mouseClick(typed.guard.dialog.discard_button, Qt.MouseButton.LeftButton)
    assert plant.edits == []
    assert typed.current_id == SECOND


def test_leaving_with_a_full_disk_stays(typed, plant, qtbot):
    plant.disk_is_full = True
    qtbot.mouseClick(typed.guard.dialog.save_button, Qt.MouseButton.LeftButton)
    assert typed.current_id == FIRST
    assert title_field(typed).text() == "My words"


# A new one


def test_a_new_work_order_needs_only_a_title(page, plant, qtbot):
    qtbot.mouseClick(page.list.filters.new_button, Qt.MouseButton.LeftButton)
    form = page.new_form.form
    assert form.editors["title"].field.hasFocus()
    qtbot.keyClicks(form.editors["title"].field, "Oil on the floor")
    with qtbot.waitSignal(page.saved):
        qtbot.mouseClick(page.new_form.save_button, Qt.MouseButton.LeftButton)
    (edit,) = plant.edits
    assert (edit.kind, edit.mine["title"], edit.mine["status"]) == (
        EditKind.CREATE,
        "Oil on the floor",
        "open",
    )
    assert page.current_id == edit.record_id
    assert page.detail.head.number_label.text() == "New-1"
    settle(qtbot, page.list)
    assert page.list.table.current_id() == edit.record_id


def test_a_new_work_order_without_a_title_is_not_made(page, plant, qtbot):
    page.new_work_order()
    qtbot.mouseClick(page.new_form.save_button, Qt.MouseButton.LeftButton)
    assert plant.edits == []
    assert page.new_form.form.problem_labels["title"].isVisible()


def test_a_new_work_order_for_an_asset_takes_its_place(page, plant, qtbot):
    page.new_work_order(PUMP)
    editors = page.new_form.form.editors
    assert editors["asset_id"].field.text() == "P-204 Feed pump"
    assert editors["location_id"].field.text() == "H2 Hall 2"
    qtbot.keyClicks(editors["title"].field, "Seal leaks")
    page.save()
    assert plant.edits[0].mine["asset_id"] == PUMP


def test_cancelling_a_new_one_goes_back(page, plant, qtbot):
    click_row(page, qtbot, FIRST)
    page.new_work_order()
    qtbot.mouseClick(page.new_form.discard_button, Qt.MouseButton.LeftButton)
    assert page.current_id == FIRST
    assert plant.edits == []


def test_every_widget_that_can_be_used_has_a_name(page, qtbot):
    click_row(page, qtbot, FIRST)
    for name in (
        "workOrderTable",
        "searchField",
        "newWorkOrderButton",
        "saveButton",
        "logHoursButton",
        "completeButton",
        "commentField",
        "laborTable",
        "openChip",
        "filterButton",
    ):
        widget = page.findChild(object, name)
        assert widget is not None, name
        assert widget.accessibleName(), name
