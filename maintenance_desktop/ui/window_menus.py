"""What stands in the menus of the main window."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from maintenance_desktop.ui.navigation import Place
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.window_actions import LINE, EditActions, Entry, WindowActions

if TYPE_CHECKING:
    from maintenance_desktop.ui.main_window import MainWindow


def add_menus(window: MainWindow, actions: WindowActions, settings: Settings) -> None:
    """File, Edit, View, Work order, Sync, Help."""
    actions.add_menu(
        QCoreApplication.translate("Menus", "&File"),
        "fileMenu",
        (
            Entry(
                "newAction",
                QCoreApplication.translate("Menus", "&New work order"),
                window.new_work_order_here,
                ("Ctrl+N",),
            ),
            Entry("saveAction", QCoreApplication.translate("Menus", "&Save"), window.save, ("Ctrl+S",)),
            Entry(
                "discardAction",
                QCoreApplication.translate("Menus", "&Discard typing"),
                window.escape,
                ("Esc",),
            ),
            LINE,
            Entry("quitAction", QCoreApplication.translate("Menus", "&Quit"), window.close, ("Ctrl+Q",)),
        ),
    )
    edit = EditActions(window)
    find = Entry("findAction", QCoreApplication.translate("Menus", "&Find"), window.focus_search, ("Ctrl+F",))
    actions.add_menu(QCoreApplication.translate("Menus", "&Edit"), "editMenu", (*edit.entries(), LINE, find))
    actions.add_menu(
        QCoreApplication.translate("Menus", "&View"),
        "viewMenu",
        (
            Entry(
                "workOrdersAction",
                QCoreApplication.translate("Menus", "&Work orders"),
                partial(window.go_to, Place.WORK_ORDERS),
                ("Ctrl+1",),
            ),
            Entry(
                "assetsAction",
                QCoreApplication.translate("Menus", "&Assets"),
                partial(window.go_to, Place.ASSETS),
                ("Ctrl+2",),
            ),
            Entry(
                "moreAction",
                QCoreApplication.translate("Menus", "&More"),
                partial(window.go_to, Place.MORE),
                ("Ctrl+3",),
            ),
            LINE,
            Entry(
                "backAction",
                QCoreApplication.translate("Menus", "&Back"),
                partial(window.travel, -1),
                ("Alt+Left",),
            ),
            Entry(
                "forwardAction",
                QCoreApplication.translate("Menus", "&Forward"),
                partial(window.travel, 1),
                ("Alt+Right",),
            ),
            LINE,
            Entry(
                "largeTargetsAction",
                QCoreApplication.translate("Menus", "&Large targets"),
                partial(settings.set_preference, Settings.LARGE_TARGETS),
                is_switch=True,
            ),
        ),
    )
    actions.add_menu(
        QCoreApplication.translate("Menus", "W&ork order"),
        "workOrderMenu",
        (
            Entry(
                "logHoursAction", QCoreApplication.translate("Menus", "&Log hours…"), window.log_hours, ("L",)
            ),
            Entry(
                "completeAction",
                QCoreApplication.translate("Menus", "&Complete…"),
                window.complete,
                ("Ctrl+Return", "Ctrl+Enter"),
            ),
        ),
    )
    actions.add_menu(
        QCoreApplication.translate("Menus", "&Sync"),
        "syncMenu",
        (
            Entry(
                "syncNowAction", QCoreApplication.translate("Menus", "&Sync now"), window.sync_now, ("F5",)
            ),
            Entry(
                "workOfflineAction",
                QCoreApplication.translate("Menus", "Work &offline"),
                window.work_offline,
                is_switch=True,
            ),
        ),
    )
    actions.add_menu(
        QCoreApplication.translate("Menus", "&Help"),
        "helpMenu",
        (
            Entry(
                "shortcutsAction",
                QCoreApplication.translate("Menus", "&Keyboard shortcuts"),
                window.show_shortcuts,
                ("F1",),
            ),
            Entry("aboutAction", QCoreApplication.translate("Menus", "&About"), window.show_about, ()),
        ),
    )
    actions.by_name["largeTargetsAction"].setChecked(settings.large_targets)
