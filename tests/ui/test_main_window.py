from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu

from maintenance_desktop.services.status import Connection, Progress, RoundResult, SyncState
from maintenance_desktop.ui.hours import HoursWriting
from maintenance_desktop.ui.main_window import MainWindow
from maintenance_desktop.ui.navigation import Place
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.shortcuts_dialog import ShortcutsDialog
from tests.ui.fakes import ALEX, PUMP, in_days, record_id
from tests.ui.waiting import settle

FIRST, SECOND = record_id(1042), record_id(1041)
TAB = Qt.FocusPolicy.TabFocus
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def window(workspace, settings, show, theme, qtbot):
    window = show(MainWindow(workspace, settings), (1440, 860))
    qtbot.waitUntil(window.isActiveWindow)
    settle(qtbot, window.work_orders.list)
    return window


def press(window, qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window, key, modifier)


def type_title(window, qtbot, text):
    field = window.work_orders.detail.details.form.editors["title"].field
    field.selectAll()
    qtbot.keyClicks(field, text)


# Keyboard


def test_places_have_keys(window, qtbot):
    for key, place in (
        (Qt.Key.Key_2, Place.ASSETS),
        (Qt.Key.Key_3, Place.MORE),
        (Qt.Key.Key_1, Place.WORK_ORDERS),
    ):
        press(window, qtbot, key, CONTROL)
        assert window.traveller.place is place
        assert window.places.buttons[place].isChecked()


def test_hours_take_three_keystrokes(window, plant, qtbot):
    window.work_orders.open_work_order(FIRST)
    window.work_orders.list.table.setFocus()
    qtbot.keyClick(window.work_orders.list.table, Qt.Key.Key_L)
    dialog = window.work_orders.steps.dialog
    qtbot.waitUntil(dialog.hours_field.hasFocus)
    qtbot.keyClicks(dialog.hours_field, "1.5")
    qtbot.keyClick(dialog.hours_field, Qt.Key.Key_Return)
    assert plant.edits[0].mine["person_id"] == ALEX
    assert window._workspace.sync.requests == 1


def test_an_l_in_a_text_is_a_letter(window, qtbot):
    window.work_orders.open_work_order(FIRST)
    field = window.work_orders.detail.details.form.editors["title"].field
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_L)
    assert field.text() == "l"
    assert window.work_orders.steps.dialog is None
    window.work_orders.discard_typing()


def test_ctrl_enter_completes(window, qtbot):
    window.work_orders.open_work_order(FIRST)
    press(window, qtbot, Qt.Key.Key_Return, CONTROL)
    assert window.work_orders.steps.dialog.objectName() == "completeDialog"
    window.work_orders.steps.dialog.reject()


def test_ctrl_n_from_anywhere_begins_a_work_order(window, qtbot):
    press(window, qtbot, Qt.Key.Key_2, CONTROL)
    press(window, qtbot, Qt.Key.Key_N, CONTROL)
    assert window.work_orders.new_form.isVisible()


def test_ctrl_s_saves_and_asks_for_a_round(window, plant, qtbot):
    window.work_orders.open_work_order(FIRST)
    type_title(window, qtbot, "Both bearings")
    press(window, qtbot, Qt.Key.Key_S, CONTROL)
    assert plant.edits[0].patch == {"title": "Both bearings"}
    assert window._workspace.sync.requests == 1
    assert "1 change waiting" in window.status_line.sentence_label.text()


def test_esc_asks_before_typing_is_lost(window, plant, qtbot):
    window.work_orders.open_work_order(FIRST)
    type_title(window, qtbot, "Both bearings")
    press(window, qtbot, Qt.Key.Key_Escape)
    qtbot.mouseClick(window.work_orders.guard.dialog.discard_button, Qt.MouseButton.LeftButton)
    assert not window.work_orders.is_dirty
    assert plant.edits == []


def test_ctrl_f_goes_to_the_search(window, qtbot):
    press(window, qtbot, Qt.Key.Key_F, CONTROL)
    assert window.work_orders.list.filters.search_field.hasFocus()
    press(window, qtbot, Qt.Key.Key_2, CONTROL)
    press(window, qtbot, Qt.Key.Key_F, CONTROL)
    assert window.assets.search.hasFocus()


def test_back_and_forward(window, qtbot):
    window.work_orders.open_work_order(FIRST)
    window.work_orders.open_work_order(SECOND)
    window.work_orders.asset_opened.emit(PUMP)
    assert window.traveller.place is Place.ASSETS
    press(window, qtbot, Qt.Key.Key_Left, ALT)
    assert window.current_work_order_id() == SECOND
    press(window, qtbot, Qt.Key.Key_Left, ALT)
    assert window.current_work_order_id() == FIRST
    press(window, qtbot, Qt.Key.Key_Right, ALT)
    assert window.current_work_order_id() == SECOND


def test_f1_lists_the_shortcuts(window, qtbot):
    press(window, qtbot, Qt.Key.Key_F1)
    dialog = window.findChild(ShortcutsDialog)
    assert dialog.isVisible()
    keys = {keys for _title, lines in window.actions_of.shortcuts() for _text, keys in lines}
    assert {"Ctrl+1", "Ctrl+F", "Ctrl+N", "L", "Ctrl+Return", "F5", "Ctrl+S", "Alt+Left", "F1"} <= keys
    dialog.accept()


def test_no_two_actions_share_a_key(window):
    keys = [keys for _title, lines in window.actions_of.shortcuts() for _text, keys in lines]
    assert len(keys) == len(set(keys))


# Sync


def test_no_button_has_the_letter_of_a_menu(window, qtbot):
    menus = {action.text().split("&")[1][0].lower() for action in window.menuBar().actions()}
    parts = [
        *window.findChildren(QAbstractButton),
        *(one for one in window.findChildren(QLabel) if one.buddy()),
    ]
    clashes = [text for text in (one.text() for one in parts) if text.partition("&")[2][:1].lower() in menus]
    assert clashes == []


def test_f5_asks_for_a_round(window, qtbot):
    press(window, qtbot, Qt.Key.Key_F5)
    assert window._workspace.sync.requests == 1


def test_work_offline_is_a_switch(window):
    window.actions_of.by_name["workOfflineAction"].setChecked(True)
    assert window._workspace.sync.is_working_offline
    window.actions_of.by_name["workOfflineAction"].setChecked(False)
    assert not window._workspace.sync.is_working_offline


def test_a_round_refreshes_what_is_on_screen(window, plant, qtbot):
    window.work_orders.open_work_order(FIRST)
    plant.server_changes("work_order", FIRST, title="Changed by Dana")
    window._workspace.sync.finish(RoundResult(changed=frozenset({FIRST})))
    qtbot.waitUntil(lambda: window.work_orders.detail.head.title_label.text() == "Changed by Dana")


def test_what_a_round_brought_is_shown_once(window, plant, qtbot, monkeypatch):
    shown = []
    for part in (window.more, window.status_line, window.work_orders, window.assets):
        monkeypatch.setattr(part, "refresh", lambda part=part: shown.append(part))
    window._workspace.sync.finish(RoundResult(applied=1))
    assert shown == [window.more, window.status_line]
    qtbot.waitUntil(lambda: len(shown) > 2)
    assert shown[2:] == [window.work_orders]
    window.traveller.go_to(Place.ASSETS)
    assert shown[3:] == [window.assets]


def test_a_round_that_changed_nothing_reads_no_list(window, plant, qtbot, monkeypatch):
    window.work_orders.open_work_order(FIRST)
    window.traveller.go_to(Place.ASSETS)
    window.traveller.go_to(Place.WORK_ORDERS)
    settle(qtbot, window.work_orders.list, window.assets.table.rows, window.assets.tree)
    for name in ("work_orders", "found_work_orders", "work_order_counts", "assets", "record", "children"):
        monkeypatch.setattr(plant, name, None)  # reading would raise
    window._workspace.sync.finish(RoundResult())
    window.traveller.go_to(Place.ASSETS)


def test_hours_are_shown_as_set_everywhere_at_once(window, plant, settings, qtbot, monkeypatch):
    monkeypatch.setattr(HoursWriting, "as_clock", False)
    window.work_orders.open_work_order(FIRST)
    detail = window.work_orders.detail
    assert detail.labor.total_label.text() == "3.50 h in total"
    window.commands.show_more()
    box = window.more.settings.hours
    window.more.show_section(window.more.settings)
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert settings.flag(Settings.HOURS_AS_CLOCK)
    window.traveller.go_to(Place.WORK_ORDERS)
    assert detail.labor.total_label.text() == "3:30 h in total"
    assert detail.tabs.tabText(1) == "Hours 3:30"
    assert detail.labor.model.index(0, 3).data() in ("1:30", "2:00")


def test_the_status_line_tells_the_truth(window, plant, qtbot):
    assert window.status_line.sentence_label.text() == "All changes saved on the server"
    window._workspace.sync.say(
        SyncState(Connection.OFFLINE, in_days(-0.03), in_days(-0.04), is_complete=True)
    )
    assert window.status_line.sentence_label.text().startswith("Offline since")
    qtbot.mouseClick(window.status_line, Qt.MouseButton.LeftButton)
    assert window.traveller.place is Place.MORE


@pytest.mark.parametrize(
    ("progress", "text", "place"),
    [
        (Progress("file", 6_000_000, 5_400_000_000), "6.0 of 5,400.0 MB", (1, 1000)),
        (Progress("index", 5100, 5100), "", (0, 0)),
    ],
)
def test_the_bar_counts_bytes_and_what_cannot_be_counted(window, progress, text, place):
    line = window.status_line
    window._workspace.sync.say(SyncState(Connection.SYNCING, progress=progress))
    assert line.progress_label.text() == text
    assert (line.progress_bar.value(), line.progress_bar.maximum()) == place
    assert line.cancel_button.isVisibleTo(line)


def test_the_first_download_has_numbers_and_cancel(window, qtbot):
    line = window.status_line
    state = SyncState(Connection.SYNCING, progress=Progress("download", 1200, 5100))
    window._workspace.sync.say(state)
    assert line.progress_label.text() == "1,200 of 5,100"
    assert (line.progress_bar.value(), line.progress_bar.maximum()) == (235, 1000)
    qtbot.waitUntil(line.cancel_button.isVisible)
    qtbot.mouseClick(line.cancel_button, Qt.MouseButton.LeftButton)
    assert window._workspace.sync.was_cancelled
    window._workspace.sync.say(SyncState(Connection.ONLINE, is_complete=True))
    assert not line.progress_bar.isVisible()


def test_progress_that_nobody_can_read_so_quickly_is_shown_in_a_moment(window, qtbot):
    line, shown = window.status_line, []
    for done in range(1, 201):
        progress = Progress("download", done, 200)
        window._workspace.sync.say(SyncState(Connection.SYNCING, progress=progress))
        shown.append(line.progress_label.text())
    assert shown[0] == "1 of 200"
    assert len(set(shown)) < 100
    qtbot.waitUntil(lambda: line.progress_label.text() == "200 of 200")


def test_a_sign_in_is_asked_for_once(window, qtbot):
    asked = []
    window.sign_in_wanted.connect(lambda: asked.append(1))
    for _again in range(3):
        window._workspace.sync.say(SyncState(Connection.SIGN_IN_REQUIRED, is_complete=True))
    assert asked == [1]


def test_a_save_while_signed_out_does_not_ask_again(window, qtbot):
    asked = []
    window.sign_in_wanted.connect(lambda: asked.append(1))
    for _save in range(2):
        window._workspace.sync.say(SyncState(Connection.SYNCING, is_complete=True))
        window._workspace.sync.say(SyncState(Connection.SIGN_IN_REQUIRED, is_complete=True))
    assert asked == [1]
    window.actions_of.by_name["syncNowAction"].trigger()
    assert asked == [1, 1]
    window._workspace.sync.say(SyncState(Connection.ONLINE, is_complete=True))
    window._workspace.sync.say(SyncState(Connection.SIGN_IN_REQUIRED, is_complete=True))
    assert asked == [1, 1, 1]


def test_a_conflict_is_asked_about_but_never_while_typing(window, plant, qtbot):
    window.work_orders.open_work_order(FIRST)
    window.work_orders.detail.change_status("on_hold")
    plant.server_changes("work_order", FIRST, description="Seized")
    plant.park(plant.edits[0].id)
    type_title(window, qtbot, "Typing")
    window._workspace.sync.finish(RoundResult(needs_you=(plant.edits[0].id,)))
    assert window.presenter.dialog is None
    assert window.places.badge.text() == "1"
    assert window.places.badge.isVisible()
    window.work_orders.discard_typing()
    qtbot.waitUntil(lambda: window.presenter.dialog is not None)
    qtbot.mouseClick(window.presenter.dialog.discard_button, Qt.MouseButton.LeftButton)
    assert plant.edits == []
    assert not window.places.badge.isVisible()


# The window itself


def test_another_place_asks_about_unsaved_typing(window, plant, qtbot):
    window.work_orders.open_work_order(FIRST)
    type_title(window, qtbot, "Both bearings")
    qtbot.mouseClick(window.places.buttons[Place.ASSETS], Qt.MouseButton.LeftButton)
    assert window.traveller.place is Place.WORK_ORDERS
    assert window.places.buttons[Place.WORK_ORDERS].isChecked()
    qtbot.mouseClick(window.work_orders.guard.dialog.save_button, Qt.MouseButton.LeftButton)
    assert window.traveller.place is Place.ASSETS
    assert len(plant.edits) == 1


def test_closing_asks_about_unsaved_typing(window, plant, qtbot):
    closed = []
    window.closed.connect(lambda: closed.append(1))
    window.work_orders.open_work_order(FIRST)
    type_title(window, qtbot, "Both bearings")
    window.close()
    assert window.isVisible()
    qtbot.keyClick(window.work_orders.guard.dialog, Qt.Key.Key_Escape)
    assert window.isVisible()
    window.close()
    qtbot.mouseClick(window.work_orders.guard.dialog.save_button, Qt.MouseButton.LeftButton)
    assert not window.isVisible()
    assert closed == [1]
    assert len(plant.edits) == 1


def test_the_layout_is_remembered(window, workspace, settings, qtbot):
    window.work_orders.splitter.moveSplitter(600, 1)
    sizes = window.work_orders.splitter.sizes()
    window.close()
    again = MainWindow(workspace, settings)
    qtbot.addWidget(again)
    assert again.work_orders.splitter.saveState() == window.work_orders.splitter.saveState()
    assert sizes[0] != 820
    assert not settings.layout("window/geometry").isEmpty()


def test_a_first_window_fits_the_screen_or_is_as_small_as_it_can_be(workspace, settings, qtbot):
    window = MainWindow(workspace, settings)
    qtbot.addWidget(window)
    room, least = window.screen().availableGeometry(), window.minimumSizeHint()
    assert window.width() <= max(room.width(), least.width())
    assert window.height() <= max(room.height(), least.height())


def test_a_menu_can_be_added_before_help(window):
    menu = QMenu("Demo", window)
    window.add_menu(menu)
    titles = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert titles[-2:] == ["Demo", "Help"]
    assert titles[:5] == ["File", "Edit", "View", "Work order", "Sync"]


def test_edit_actions_act_on_what_has_the_focus(window, qtbot):
    field = window.work_orders.list.filters.search_field
    field.setFocus()
    field.setText("bearing")
    window.actions_of.by_name["selectAllAction"].trigger()
    window.actions_of.by_name["cutAction"].trigger()
    assert field.text() == ""
    window.actions_of.by_name["pasteAction"].trigger()
    assert field.text() == "bearing"


def test_tab_reaches_everything_and_comes_back(window, qtbot):
    start = window.work_orders.list.table
    start.setFocus()
    seen = []
    for _step in range(80):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        seen.append(window.focusWidget())
        if window.focusWidget() is start:
            break
    assert window.focusWidget() is start
    assert window.work_orders.list.filters.search_field in seen
    assert window.status_line in seen


@pytest.mark.parametrize("place", list(Place))
def test_tab_comes_to_the_place_one_is_at(window, place):
    window.traveller.go_to(place)
    reached = [one for one, button in window.places.buttons.items() if button.focusPolicy() & TAB]
    assert reached == [place]


def test_focus_follows_to_the_place_one_goes_to(window, qtbot):
    press(window, qtbot, Qt.Key.Key_2, CONTROL)
    assert window.assets.search.hasFocus()
    press(window, qtbot, Qt.Key.Key_1, CONTROL)
    assert window.work_orders.list.table.hasFocus()


def test_a_page_nobody_looks_at_is_fresh_when_one_comes_back(window, plant, qtbot):
    press(window, qtbot, Qt.Key.Key_3, CONTROL)
    plant.server_changes("work_order", FIRST, title="Changed by Dana")
    window._workspace.sync.finish(RoundResult(changed=frozenset({FIRST})))
    press(window, qtbot, Qt.Key.Key_1, CONTROL)
    settle(qtbot, window.work_orders.list)
    assert "Changed by Dana" in {row.title for row in window.work_orders.list.model.rows()}


def test_shapes_follow_the_colours_of_the_day(window, theme, qtbot):
    window.work_orders.open_work_order(FIRST)

    def shapes():
        return [
            label.pixmap().toImage()
            for label in window.findChildren(QLabel)
            if label.isVisible() and not label.pixmap().isNull()
        ]

    by_day = shapes()
    theme.show_scheme(Qt.ColorScheme.Dark)
    by_night = shapes()
    assert len(by_day) == len(by_night) >= 3
    assert all(day != night for day, night in zip(by_day, by_night, strict=True))


def test_what_the_first_download_brought_is_shown_while_it_runs(window, plant, qtbot):
    plant.work_order(2000, "Just arrived", created_at=in_days(0))
    window._workspace.sync.say(SyncState(Connection.SYNCING, progress=Progress("download", 1200, 5100)))
    qtbot.waitUntil(lambda: "WO-2000" in {row.number for row in window.work_orders.list.model.rows()})
