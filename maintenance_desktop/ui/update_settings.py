"""Updates on *Settings*: whether the program checks for them, where they are, and the key file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from maintenance_desktop.domain.addresses import BadAddress
from maintenance_desktop.domain.updates import Choice, feed_location
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.check_box import CheckBox
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.theme import GAP, GAP_MEDIUM, as_quiet

UPDATES_ON: Final = "updates/on"
UPDATE_LOCATION: Final = "updates/location"
UPDATE_ROOT: Final = "updates/root"


def update_choice(settings: Settings) -> Choice:
    """What the person chose."""
    return Choice(
        on=settings.flag(UPDATES_ON, default=True),
        location=settings.text(UPDATE_LOCATION),
        root=settings.text(UPDATE_ROOT),
    )


class UpdateSettings(QWidget):
    """A switch and two fields. What the plant's IT has set is shown and cannot be changed."""

    def __init__(self, settings: Settings, updates: Updates, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._updates = updates
        self.switch = CheckBox(self.tr("Check for &updates once a day"), "updatesBox")
        self.switch.clicked.connect(self._on_switched)
        hint = plain_label(text=self.tr("Nothing is installed before you say so."))
        as_quiet(hint)
        hint.setIndent(24)
        self.by_it = plain_label("updatesByItLabel")
        as_quiet(self.by_it)
        self.location = named(QLineEdit(), "updateLocationField", self.tr("Where updates are"))
        self.location.setPlaceholderText(self.tr("A folder, or an address that starts with https://"))
        self.location.editingFinished.connect(self._on_location_typed)
        self.location_problem = plain_label("updateLocationProblem", tone="red")
        self.folder_button = button(
            self.tr("Choose…"), "chooseUpdateFolderButton", spoken=self.tr("Choose the folder of the updates")
        )
        self.folder_button.clicked.connect(self._on_choose_folder)
        self.root = named(QLineEdit(), "updateRootField", self.tr("Key file that updates are checked with"))
        self.root.editingFinished.connect(self._on_root_typed)
        self.root_button = button(
            self.tr("Choose…"), "chooseUpdateRootButton", spoken=self.tr("Choose the key file")
        )
        self.root_button.clicked.connect(self._on_choose_root)
        self._lay_out(hint)
        updates.state_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what holds now."""
        rules = self._updates.rules
        self.switch.setChecked(rules.on)
        self.switch.setEnabled(not rules.on_by_it)
        for field, value, is_set_by_it in (
            (self.location, rules.location, rules.location_by_it),
            (self.root, self._shown_root(), rules.root_by_it or rules.location_by_it),
        ):
            if not field.hasFocus() or is_set_by_it:
                field.setText(value)
            field.setReadOnly(is_set_by_it or not rules.is_readable)
        self.folder_button.setDisabled(self.location.isReadOnly())
        self.root_button.setDisabled(self.root.isReadOnly())
        self.root.setPlaceholderText(
            self.tr("The one that came with the program")
            if rules.root
            else self.tr("root.json, from your IT: without it, no updates")
        )
        self.by_it.setText(self._by_it_text())
        self.by_it.setVisible(bool(self.by_it.text()))

    def _lay_out(self, hint: QWidget) -> None:
        pair = QVBoxLayout()
        pair.setSpacing(0)
        pair.addWidget(self.switch)
        pair.addWidget(hint)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_MEDIUM)
        grid.setVerticalSpacing(GAP)
        rows: tuple[tuple[str, QLineEdit, QPushButton], ...] = (
            (self.tr("Updates &from:"), self.location, self.folder_button),
            (self.tr("&Key file:"), self.root, self.root_button),
        )
        for at, (text, field, choose) in enumerate(rows):
            label = QLabel(text)
            label.setBuddy(field)
            field.setMinimumWidth(340)
            grid.addWidget(label, at * 2, 0)
            grid.addWidget(field, at * 2, 1)
            grid.addWidget(choose, at * 2, 2)
        grid.addWidget(self.location_problem, 1, 1, 1, 2)
        grid.setColumnStretch(3, 1)
        self.location_problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(pair)
        layout.addWidget(self.by_it)
        layout.addLayout(grid)

    def _shown_root(self) -> str:
        """The file of IT or of the person; one that came with the program needs no name."""
        rules = self._updates.rules
        if rules.root_by_it:
            return rules.root
        return "" if rules.location_by_it else update_choice(self._settings).root

    def _by_it_text(self) -> str:
        rules = self._updates.rules
        if not rules.is_readable:
            return self.tr("⚠ What your IT has set for updates cannot be read, so there are none.")
        if rules.on_by_it and not rules.on:
            return self.tr("Updates are switched off by your IT.")
        if rules.on_by_it or rules.location_by_it or rules.root_by_it:
            return self.tr("What cannot be changed here is set by your IT.")
        return ""

    def _keep(self, name: str, value: str | bool) -> None:
        self._settings.keep(name, value)
        self._updates.read_rules_again()

    @Slot()
    def _on_switched(self) -> None:
        self._keep(UPDATES_ON, self.switch.isChecked())

    @Slot()
    def _on_location_typed(self) -> None:
        if self.location.isReadOnly():
            return
        typed, problem = self.location.text().strip(), ""
        try:
            self._keep(UPDATE_LOCATION, feed_location(typed) if typed else "")
        except BadAddress as error:
            problem = str(error)
        self.location_problem.setText(f"✕ {problem}" if problem else "")
        self.location_problem.setVisible(bool(problem))
        self.location.setProperty("problem", bool(problem))
        self.location.style().unpolish(self.location)
        self.location.style().polish(self.location)

    @Slot()
    def _on_root_typed(self) -> None:
        if not self.root.isReadOnly():
            self._keep(UPDATE_ROOT, self.root.text().strip())

    @Slot()
    def _on_choose_folder(self) -> None:
        self._choose(self.tr("Folder of the updates"), QFileDialog.FileMode.Directory, self._on_folder_chosen)

    @Slot()
    def _on_choose_root(self) -> None:
        self._choose(self.tr("Key file root.json"), QFileDialog.FileMode.ExistingFile, self._on_root_chosen)

    @Slot(str)
    def _on_folder_chosen(self, path: str) -> None:
        self.location.setText(path)
        self._on_location_typed()

    @Slot(str)
    def _on_root_chosen(self, path: str) -> None:
        self.root.setText(path)
        self._on_root_typed()

    def _choose(self, title: str, mode: QFileDialog.FileMode, chosen: Callable[[str], None]) -> None:
        dialog = QFileDialog(self, title)
        dialog.setObjectName("chooseUpdateDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode is QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(chosen)
        dialog.open()
