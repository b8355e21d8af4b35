"""A table as every list of the program shows it: whole rows, calm lines, columns remembered."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_model import Row, TableModel
from maintenance_desktop.ui.theme import row_height
from maintenance_desktop.ui.values import fill

_NARROWEST = 110
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RowDelegate(QStyledItemDelegate):
    """Keeps the colours of texts and shapes in the selected row, where Qt would paint over them."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        tone = index.data(Qt.ItemDataRole.ForegroundRole)
        if isinstance(tone, QColor):
            option.palette.setColor(QPalette.ColorRole.HighlightedText, tone)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QPixmap):
            option.icon.addPixmap(picture, QIcon.Mode.Selected)


class TableView(QTableView):
    """Shows a TableModel. Columns can be moved, sized and hidden; that is kept under `name`.

    Signals:
        row_chosen: the id of the row that the person went to, by mouse or keys.
        row_opened: the id of a row opened with Enter or a double click.
    """

    row_chosen = Signal(str)
    row_opened = Signal(str)

    def __init__(
        self,
        name: str,
        model: TableModel[Row],
        settings: Settings,
        parent: QWidget | None = None,
        *,
        wanted_rest: int = 190,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._layout_name = f"columns/{name}"
        self._hidden_name = f"hidden_columns/{name}"
        self._wanted_rest = wanted_rest
        self._is_fitting = False
        self._widths: dict[int, int] = {}
        self._settings = settings
        self._model = model
        self._is_selecting = False
        self._current_before: str | None = None
        # connected before the view's own slots, which go to another row when the current one leaves
        model.rowsAboutToBeRemoved.connect(self._on_rows_leave)
        self.setModel(model)
        model.rowsRemoved.connect(self._on_rows_left)
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
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
        settings.preference_changed.connect(self._on_preference_changed)
        self._on_preference_changed()
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.doubleClicked.connect(self._on_opened)

    def show_sorting(self, name: str, *, descending: bool) -> None:
        """Show by which column the reader sorts, and let the others be clicked."""
        header = self.horizontalHeader()
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        at = next((at for at, column in enumerate(self._model.columns) if column.name == name), -1)
        before = self.blockSignals(True)
        header.blockSignals(True)
        header.setSortIndicator(at, order)
        header.setSortIndicatorShown(at >= 0)
        header.setSectionsClickable(True)
        header.blockSignals(False)
        self.blockSignals(before)

    def select(self, record_id: str) -> bool:
        """Go to a record's row without telling anybody; False when it is not among the rows."""
        at = self._model.position(record_id)
        self._is_selecting = True
        if at is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.updateGeometries()  # rows that have just come are in reach of the scroll bar
            self.setCurrentIndex(self._model.index(at, max(self.currentIndex().column(), 0)))
            self.selectRow(at)
        self._is_selecting = False
        return at is not None

    def current_id(self) -> str | None:
        """The id of the row the person is at."""
        row = self._model.row(self.currentIndex())
        return row.id if row else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._on_opened(self.currentIndex())
            return
        super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        row = self._model.row(index)
        if row is not None:
            self.row_opened.emit(row.id)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = self._model.row(current)
        if row is not None and not self._is_selecting:
            self.row_chosen.emit(row.id)

    @Slot()
    def _on_rows_leave(self) -> None:
        self._is_selecting = True
        self._current_before = self.current_id()

    @Slot()
    def _on_rows_left(self) -> None:
        """Nobody chose the neighbour of a row that left."""
        if self._current_before is not None:
            self.select(self._current_before)
        self._is_selecting = False

    @Slot()
    @Slot(str)
    def _on_preference_changed(self, _name: str = "") -> None:
        self.verticalHeader().setDefaultSectionSize(row_height(large_targets=self._settings.large_targets))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @Slot(int, int, int)
    def _on_section_resized(self, _section: int, _before: int, _now: int) -> None:
        if not self._is_fitting:
            self._keep_columns()
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Give the widest column what is left, and let others give way where that is too little."""
        columns = self._model.columns
        rest = next((at for at, column in enumerate(columns) if column.width == 0), None)
        if rest is None or self._is_fitting:
            return
        self._is_fitting = True
        shown = [at for at, column in enumerate(columns) if column.id not in self._hidden]
        room = self.viewport().width()
        header = self.horizontalHeader()

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
        header = self.horizontalHeader()
        if not header.isSectionHidden(section):
            self._widths[section] = header.sectionSize(section)
        return self._widths.get(section, self._model.columns[section].width)

    @Slot()
    def _keep_columns(self) -> None:
        self._settings.keep(self._layout_name, self.horizontalHeader().saveState())

    @Slot(QPoint)
    def _on_columns_asked(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for at, column in enumerate(self._model.columns):
            if not column.title:
                continue  # marks are always in sight
            is_wanted = column.id not in self._hidden
            has_no_room = is_wanted and self.horizontalHeader().isSectionHidden(at)
            text = fill(self.tr("%1 (no room now)"), column.title) if has_no_room else column.title
            action = QAction(text, menu, checkable=True)
            action.setChecked(is_wanted)
            action.setData(column.id)
            menu.addAction(action)
        menu.triggered.connect(self._on_column_toggled)
        menu.popup(self.horizontalHeader().mapToGlobal(where))

    @Slot(QAction)
    def _on_column_toggled(self, action: QAction) -> None:
        if action.isChecked():
            self._hidden.discard(action.data())
        elif len(self._hidden) < len(self._model.columns) - 1:
            self._hidden.add(action.data())
        self._settings.keep_names(self._hidden_name, self._hidden)
        self._fit_columns()

    def _set_widths(self) -> None:
        for at, column in enumerate(self._model.columns):
            self.setColumnWidth(at, column.width or self._wanted_rest)
