"""*Settings* on *More*: the few things that people may want otherwise."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from maintenance_desktop.services.status import Connection
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.check_box import CheckBox
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import GAP_MEDIUM, as_quiet
from maintenance_desktop.ui.update_settings import UpdateSettings
from maintenance_desktop.ui.workspace import Workspace

THEME = "preferences/theme"


class SettingsSection(MoreSection):
    """Each setting works at once; there is nothing to save.

    Signals:
        theme_chosen: "system", "light" or "dark".
    """

    theme_chosen = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        updates: Updates | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("settingsSection", "", "", parent)
        self.title.setText(self.tr("Settings"))
        self.about.hide()
        self._workspace = workspace
        self._settings = settings
        self.work_offline = CheckBox(self.tr("&Work offline"), "workOfflineBox")
        self.work_offline.clicked.connect(self._on_work_offline)
        offline_hint = plain_label(text=self.tr("Nothing is sent or fetched until you switch this off."))
        self.large_targets = CheckBox(self.tr("&Large rows and targets"), "largeTargetsBox")
        self.large_targets.clicked.connect(self._on_large_targets)
        large_hint = plain_label(text=self.tr("For gloves and touch screens."))
        self.theme = named(QComboBox(), "themeBox", self.tr("Colours"))
        for name, title in (
            ("system", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            self.theme.addItem(title, name)
        self.theme.activated.connect(self._on_theme)
        theme_label = QLabel(self.tr("&Colours:"))
        theme_label.setBuddy(self.theme)
        self.hours = named(QComboBox(), "hoursBox", self.tr("Hours"))
        self.hours.addItem(self.tr("1.50 (decimals)"), False)
        self.hours.addItem(self.tr("1:30 (hours and minutes)"), True)
        self.hours.activated.connect(self._on_hours)
        hours_label = QLabel(self.tr("Hours &as:"))
        hours_label.setBuddy(self.hours)
        for box, hint in ((self.work_offline, offline_hint), (self.large_targets, large_hint)):
            as_quiet(hint)
            hint.setIndent(24)
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(box)
            pair.addWidget(hint)
            self.content.addLayout(pair)
        form = QFormLayout()
        form.setHorizontalSpacing(GAP_MEDIUM)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.addRow(theme_label, self.theme)
        form.addRow(hours_label, self.hours)
        self.content.addLayout(form)
        self.updates = UpdateSettings(settings, updates) if updates else None
        if self.updates is not None:
            self.content.addWidget(self.updates)
        self.content.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        is_offline = self._workspace.sync.state.connection is Connection.WORKING_OFFLINE
        self.work_offline.setChecked(is_offline)
        self.large_targets.setChecked(self._settings.large_targets)
        self.theme.setCurrentIndex(max(self.theme.findData(self._settings.text(THEME, "system")), 0))
        self.hours.setCurrentIndex(int(self._settings.flag(Settings.HOURS_AS_CLOCK)))
        if self.updates is not None:
            self.updates.refresh()

    @Slot()
    def _on_work_offline(self) -> None:
        self._workspace.sync.work_offline(self.work_offline.isChecked())

    @Slot()
    def _on_large_targets(self) -> None:
        self._settings.set_preference(Settings.LARGE_TARGETS, self.large_targets.isChecked())

    @Slot()
    def _on_hours(self) -> None:
        self._settings.set_preference(Settings.HOURS_AS_CLOCK, bool(self.hours.currentData()))

    @Slot()
    def _on_theme(self) -> None:
        chosen = str(self.theme.currentData())
        self._settings.keep(THEME, chosen)
        self.theme_chosen.emit(chosen)
