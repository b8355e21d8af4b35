"""One asset: what it is, its state and notes to edit, its work orders and its past."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import FINISHED, UNFINISHED
from maintenance_desktop.domain.trouble import InvalidInput, StorageTrouble
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui.asset_work_orders import AssetWorkOrders
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.empty_state import EmptyState
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.plain import one_line, tooltip
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.value_grid import ValueGrid
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.words import mark_sign, mark_word
from maintenance_desktop.ui.workspace import Workspace

_EDITED = ("status", "notes")


class AssetDetail(QWidget):
    """Shows one asset. Status and notes are edited in place; *Save* queues the change.

    Signals:
        saved: the id of the asset whose change is on disk.
        new_work_order_requested: the id of the asset it is for.
        work_order_opened: the id of a work order that the person followed.
    """

    saved = Signal(str)
    new_work_order_requested = Signal(str)
    work_order_opened = Signal(str)

    def __init__(self, workspace: Workspace, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assetDetail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "paper")
        self._workspace = workspace
        self._seen: RecordView | None = None
        self.heading = plain_label("assetHeading", is_strong=True, scale=1.25)
        self.mark = plain_label("assetMark", tone="amber")
        self.summary = plain_label("assetSummary", tone="quiet")
        self.new_button = button(self.tr("New &work order for this asset"), "newForAssetButton")
        self.new_button.clicked.connect(self._on_new_wanted)
        self.form = RecordForm("asset", _EDITED, References(workspace.reader, self), workspace.clock)
        self.form.dirty_changed.connect(self._show_unsaved)
        self.problem = plain_label("assetProblem", tone="red")
        self.save_button = button(self.tr("S&ave"), "saveAssetButton", verb="main")
        self.save_button.clicked.connect(self.save)
        self.revert_button = button(self.tr("&Revert"), "revertAssetButton")
        self.revert_button.clicked.connect(self.discard_typing)
        self.facts = ValueGrid()
        self.open_orders = AssetWorkOrders("assetOpenTable", UNFINISHED, workspace, settings)
        self.finished_orders = AssetWorkOrders("assetHistoryTable", FINISHED, workspace, settings)
        self.tabs = named(QTabWidget(), "assetTabs", self.tr("Parts of this asset's page"))
        self.tabs.addTab(self._details(), self.tr("Details"))
        self.tabs.addTab(self.open_orders, "")
        self.tabs.addTab(self.finished_orders, "")
        for orders in (self.open_orders, self.finished_orders):
            orders.opened.connect(self.work_order_opened)
            orders.counted.connect(self._show_counts)
        self.empty = EmptyState()
        self.empty.say(
            self.tr("Choose an asset"), self.tr("Its facts, open work orders and history are shown here.")
        )
        self._inside = QWidget()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        actions = QHBoxLayout()
        actions.addWidget(self.new_button)
        actions.addStretch(1)
        for part in (self.heading, self.summary, self.mark):
            inside.addWidget(part)
        inside.addLayout(actions)
        inside.addWidget(self.tabs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self._inside, 1)
        self.show_asset(None)

    @property
    def asset_id(self) -> str | None:
        """The asset that is shown."""
        return self._seen.id if self._seen else None

    @property
    def is_dirty(self) -> bool:
        """Whether something is entered that is not saved."""
        return self._seen is not None and self.form.is_dirty

    def show_asset(self, asset_id: str | None) -> None:
        """Show this asset; None shows what this place is for."""
        self._seen = self._workspace.reader.record("asset", asset_id) if asset_id else None
        self._inside.setVisible(self._seen is not None)
        self.empty.setVisible(self._seen is None)
        if self._seen is not None:
            self.problem.setText("")
            self.form.set_fields(self._seen.fields)
            self._show(self._seen)
        self._show_unsaved()

    @Slot()
    def refresh(self) -> None:
        """Show the newest; what is typed and not saved stays."""
        if self._seen is None:
            return
        if not self.form.is_dirty:
            self.show_asset(self._seen.id)
            return
        newest = self._workspace.reader.record("asset", self._seen.id)
        if newest is not None:
            self._show(newest)

    @Slot()
    def save(self) -> bool:
        """Save what was changed; False when it could not be, and then the form says why."""
        if self._seen is None:
            return False
        found = self.form.problems()
        self.form.show_problems(found)
        if found:
            return False
        try:
            self._workspace.records.update(self._seen, self.form.patch())
        except InvalidInput as invalid:
            others = self.form.show_problems(invalid.problems)
            self.problem.setText(" ".join(problem.message for problem in others))
            return False
        except StorageTrouble as trouble:
            self.problem.setText(str(trouble))
            return False
        asset_id = self._seen.id
        self.show_asset(asset_id)
        self.saved.emit(asset_id)
        return True

    @Slot()
    def discard_typing(self) -> None:
        """Show again what is saved."""
        if self._seen is not None:
            self.show_asset(self._seen.id)

    def _show(self, view: RecordView) -> None:
        values = ValueTexts(self._workspace.reader, self._workspace.clock)
        name = " ".join(f"{view.fields.get('tag') or ''} {view.fields.get('name') or ''}".split())
        self.heading.setText(one_line(name, 120))
        self.heading.setToolTip(tooltip(name))
        self.mark.setText(f"{mark_sign(view.mark)} {mark_word(view.mark)}".strip())
        self.mark.setVisible(bool(view.mark))
        totals = self._workspace.reader.asset_totals(view.id)
        self.summary.setText(fill(self.tr("%1 booked on this asset itself"), values.hours(totals.hours)))
        shown = {name: value for name, value in view.fields.items() if name not in _EDITED}
        self.facts.show_rows((), EditTexts(values).record_rows("asset", shown))
        self.open_orders.show_asset(view.id)
        self.finished_orders.show_asset(view.id)
        self._show_counts()
        refused = [one for one in self._workspace.records.check("asset", view.fields, view) if not one.field]
        self.form.set_read_only(bool(refused), refused[0].message if refused else "")

    @Slot()
    def _show_counts(self) -> None:
        opened, finished = self.open_orders.count, self.finished_orders.count
        words = (self.tr("Open"), self.tr("History"))
        if opened is not None:
            words = (fill(self.tr("Open (%1)"), self.locale().toString(opened)), words[1])
        if finished is not None:
            words = (words[0], fill(self.tr("History (%1)"), self.locale().toString(finished)))
        self.tabs.setTabText(1, words[0])
        self.tabs.setTabText(2, words[1])

    @Slot()
    def _show_unsaved(self) -> None:
        for verb in (self.save_button, self.revert_button):
            verb.setVisible(self.is_dirty)

    @Slot()
    def _on_new_wanted(self) -> None:
        if self._seen is not None:
            self.new_work_order_requested.emit(self._seen.id)

    def _details(self) -> QScrollArea:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 16, 12, 0)
        layout.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.addWidget(self.problem, 1)
        buttons.addWidget(self.revert_button)
        buttons.addWidget(self.save_button)
        layout.addWidget(self.form)
        layout.addLayout(buttons)
        layout.addWidget(self.facts)
        layout.addStretch(1)
        area = named(QScrollArea(), "assetDetailsArea", self.tr("Details"))
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area
