"""What stands in the menus of the main window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication

from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.window_actions import LINE, EditActions, Entry, WindowActions
from maintenance_desktop.ui.window_commands import WindowCommands


def add_menus(commands: WindowCommands, actions: WindowActions, settings: Settings) -> None:
    """File, Edit, View, Work order, Sync, Help."""
    actions.add_menu(
        QCoreApplication.translate("Menus", "&File"),
        "fileMenu",
        (
            Entry(
                "newAction",
                QCoreApplication.translate("Menus", "&New work order"),
                commands.new_work_order,
                ("Ctrl+N",),
            ),
            Entry("saveAction", QCoreApplication.translate("Menus", "&Save"), commands.save, ("Ctrl+S",)),
            Entry(
                "discardAction",
                QCoreApplication.translate("Menus", "&Discard typing"),
                commands.escape,
                ("Esc",),
            ),
            LINE,
            Entry(
                "exportAction",
                QCoreApplication.translate("Menus", "&Export list…"),
                commands.export_list,
                ("Ctrl+Shift+E",),
            ),
            LINE,
            Entry("quitAction", QCoreApplication.translate("Menus", "&Quit"), commands.quit, ("Ctrl+Q",)),
        ),
    )
    edit = EditActions(commands)
    find = Entry(
        "findAction", QCoreApplication.translate("Menus", "&Find"), commands.focus_search, ("Ctrl+F",)
    )
    actions.add_menu(QCoreApplication.translate("Menus", "&Edit"), "editMenu", (*edit.entries(), LINE, find))
    actions.add_menu(
        QCoreApplication.translate("Menus", "&View"),
        "viewMenu",
        (
            Entry(
                "workOrdersAction",
                QCoreApplication.translate("Menus", "&Work orders"),
                commands.show_work_orders,
                ("Ctrl+1",),
            ),
            Entry(
                "assetsAction",
                QCoreApplication.translate("Menus", "&Assets"),
                commands.show_assets,
                ("Ctrl+2",),
            ),
            Entry(
                "moreAction",
                QCoreApplication.translate("Menus", "&More"),
                commands.show_more,
                ("Ctrl+3",),
            ),
            LINE,
            Entry(
                "backAction",
                QCoreApplication.translate("Menus", "&Back"),
                commands.go_back,
                ("Alt+Left",),
            ),
            Entry(
                "forwardAction",
                QCoreApplication.translate("Menus", "&Forward"),
                commands.go_forward,
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
                "logHoursAction",
                QCoreApplication.translate("Menus", "&Log hours…"),
                commands.log_hours,
                ("L",),
            ),
            Entry(
                "completeAction",
                QCoreApplication.translate("Menus", "&Complete…"),
                commands.complete,
                ("Ctrl+Return", "Ctrl+Enter"),
            ),
        ),
    )
    actions.add_menu(
        QCoreApplication.translate("Menus", "&Sync"),
        "syncMenu",
        (
            Entry(
                "syncNowAction", QCoreApplication.translate("Menus", "&Sync now"), commands.sync_now, ("F5",)
            ),
            Entry(
                "workOfflineAction",
                QCoreApplication.translate("Menus", "Work &offline"),
                commands.work_offline,
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
                commands.show_shortcuts,
                ("F1",),
            ),
            Entry("aboutAction", QCoreApplication.translate("Menus", "&About"), commands.show_about, ()),
        ),
    )
    actions.by_name["largeTargetsAction"].setChecked(settings.large_targets)
