"""The columns of a table: sized, moved and hidden by people, remembered, and fitted to the room there is."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QTableView

from maintenance_desktop.ui.row_model import RowModel
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.values import fill

_NARROWEST: Final = 110


class TableColumns(QObject):
    """Looks after the header of a table; what people do to it is kept under `name`."""

    def __init__(
        self, name: str, table: QTableView, model: RowModel[Any], settings: Settings, wanted_rest: int
    ) -> None:
        super().__init__(table)  # and no reference to it, or Python would end both at a time of its own
        self._layout_name = f"columns/{name}"
        self._hidden_name = f"hidden_columns/{name}"
        self._viewport = table.viewport()
        self._model = model
        self._settings = settings
        self._wanted_rest = wanted_rest
        self._is_fitting = False
        self._widths: dict[int, int] = {}
        self._header = header = table.horizontalHeader()
        # WORKAROUND Qt 6.11: a header asks every row whether it is selected, 17 s for a million of them
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(28)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_columns_asked)
        self._set_widths()
        kept = settings.layout(self._layout_name)
        if not kept.isEmpty():
            header.restoreState(kept)
        hidden = {column.id for column in model.columns if not column.is_shown}
        self._hidden = set(settings.names(self._hidden_name)) if settings.has(self._hidden_name) else hidden
        self._hidden -= {column.id for column in model.columns if not column.title}
        header.sectionMoved.connect(self._keep_columns)
        header.sectionResized.connect(self._on_section_resized)

    def show_sorting(self, name: str, *, descending: bool) -> None:
        """Show by which column the reader sorts, and let the others be clicked."""
        header = self._header
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        at = next((at for at, column in enumerate(self._model.columns) if column.name == name), -1)
        header.blockSignals(True)
        header.setSortIndicator(at, order)
        header.setSortIndicatorShown(at >= 0)
        header.setSectionsClickable(True)
        header.blockSignals(False)

    @Slot(int, int, int)
    def _on_section_resized(self, _section: int, _before: int, _now: int) -> None:
        if not self._is_fitting:
            self._keep_columns()
            self.fit()

    def fit(self) -> None:
        """Give the widest column what is left, and let others give way where that is too little."""
        columns = self._model.columns
        rest = next((at for at, column in enumerate(columns) if column.width == 0), None)
        if rest is None or self._is_fitting:
            return
        self._is_fitting = True
        shown = [at for at, column in enumerate(columns) if column.id not in self._hidden]
        room = self._viewport.width()
        header = self._header

        def left() -> int:
            return room - sum(self._width(at) for at in shown if at != rest)

        for at in sorted(shown, key=lambda at: -columns[at].yields):
            if left() >= self._wanted_rest or not columns[at].yields:
                break
            shown.remove(at)
        for at in range(len(columns)):
            header.setSectionHidden(at, at not in shown)
        header.resizeSection(rest, max(left(), min(_NARROWEST, self._wanted_rest)))
        self._is_fitting = False

    def _width(self, section: int) -> int:
        """A section's width, also while it is hidden."""
        header = self._header
        if not header.isSectionHidden(section):
            self._widths[section] = header.sectionSize(section)
        return self._widths.get(section, self._model.columns[section].width)

    @Slot()
    def _keep_columns(self) -> None:
        self._settings.keep(self._layout_name, self._header.saveState())

    @Slot(QPoint)
    def _on_columns_asked(self, where: QPoint) -> None:
        menu = QMenu(self._viewport)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at, column in enumerate(self._model.columns):
            if not column.title:
                continue  # marks are always in sight
            is_wanted = column.id not in self._hidden
            has_no_room = is_wanted and self._header.isSectionHidden(at)
            text = fill(self.tr("%1 (no room now)"), column.title) if has_no_room else column.title
            action = QAction(text, menu, checkable=True)
            action.setChecked(is_wanted)
            action.setData(column.id)
            menu.addAction(action)
        menu.triggered.connect(self._on_column_toggled)
        menu.popup(self._header.mapToGlobal(where))

    @Slot(QAction)
    def _on_column_toggled(self, action: QAction) -> None:
        if action.isChecked():
            self._hidden.discard(action.data())
        elif len(self._hidden) < len(self._model.columns) - 1:
            self._hidden.add(action.data())
        self._settings.keep_names(self._hidden_name, self._hidden)
        self.fit()

    def _set_widths(self) -> None:
        for at, column in enumerate(self._model.columns):
            self._header.resizeSection(at, column.width or self._wanted_rest)
