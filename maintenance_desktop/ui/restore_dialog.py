"""*Restore*: each field as it is now and as it would be, before anything is saved."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.recovery import Restoring, Side
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.form_dialog import FormDialog
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ScrolledGrid
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

_WIDTH = 680


class RestoreDialog(FormDialog):
    """Shows what *Restore* would do, and does it. Enter restores nothing: that is done with the verb."""

    def __init__(self, workspace: Workspace, entry: HistoryEntry, side: Side, parent: QWidget) -> None:
        super().__init__("", "", "", "restoreButton", parent)
        self.setObjectName("restoreDialog")
        self._workspace = workspace
        self._entry = entry
        self._side = side
        self._values = ValueTexts(workspace.reader, workspace.clock)
        self.set_heading(
            fill(self.tr("Restore: %1"), EditTexts(self._values).edit(entry.edit, entry.subject))
        )
        self.save_button.setText(self.tr("Restore"))
        self.save_button.setAccessibleName(self.tr("Restore"))
        self.save_button.setDefault(False)
        self.effect = plain_label("restoreEffect")
        self.details = ScrolledGrid("restoreDetails")
        self.details.setAccessibleName(self.tr("What would change"))
        self.body.setSpacing(12)
        self.body.addWidget(self.effect)
        self.body.addWidget(self.details, 1)
        self.details.setFocus()
        self._show_plan(workspace.recovery.restoring(entry, side))

    def forms(self) -> tuple[RecordForm, ...]:
        return ()

    def carry_out(self) -> None:
        newest = self._workspace.recovery.restoring(self._entry, self._side)
        if newest != self._plan:
            self._show_plan(newest)
            raise NotSaved(self.tr("This changed while you were looking. Here is the newest; decide again."))
        self._workspace.recovery.restore(self._entry, self._side)
        self._workspace.sync.request()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        room = self.screen().availableSize() * 0.9
        self.resize(QSize(_WIDTH, self.sizeHint().height()).boundedTo(room))
        layout = self.layout()
        if layout is not None:
            layout.activate()
        self.details.setMinimumHeight(min(self.details.whole_height(), room.height() * 2 // 3))
        self.resize(QSize(_WIDTH, self.sizeHint().height()).boundedTo(room))

    def _show_plan(self, plan: Restoring) -> None:
        self._plan = plan
        self.effect.setText(self._effect(plan))
        is_new = plan.kind is EditKind.CREATE
        rows = []
        for name, (now, then) in plan.changes.items():
            texts = [
                self._values.text(plan.type, name, value) for value in ((then,) if is_new else (now, then))
            ]
            rows.append(GridRow(self._values.label(plan.type, name), tuple(GridCell(one) for one in texts)))
        self.details.show_rows(() if is_new else (self.tr("Now"), self.tr("After Restore")), rows)
        self.details.setVisible(bool(rows))
        self.save_button.setEnabled(plan.problem is None)
        self.say(plan.problem or "")

    def _effect(self, plan: Restoring) -> str:
        match plan.kind:
            case EditKind.CREATE:
                return self.tr(
                    "It is not there now. It is made again with this in it, and sent as a new change:"
                )
            case EditKind.DELETE:
                return self.tr("It is deleted again, as a new change.")
        return self.tr("It is changed back in these fields, as a new change:")
