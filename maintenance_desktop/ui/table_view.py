"""A table as every list of the program shows it: whole rows, calm lines, columns remembered."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from maintenance_desktop.ui.pages import Row
from maintenance_desktop.ui.row_delegate import RowDelegate
from maintenance_desktop.ui.row_model import RowModel
from maintenance_desktop.ui.row_painter import RowPainter
from maintenance_desktop.ui.row_selection import RowSelection
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.table_columns import TableColumns
from maintenance_desktop.ui.theme import row_height

_ENDS = (QAbstractItemView.CursorAction.MoveHome, QAbstractItemView.CursorAction.MoveEnd)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_REPEAT_MS: Final = 120
"""A key that is held down comes again sooner than this."""
_AT_ONCE: Final = 4
"""So many rows that were never seen are worked out while they are painted."""
_TURN_SECONDS: Final = 0.003
"""How long more of them may take in one turn of the event loop."""


class TableView(QTableView):
    """Shows a RowModel. Columns can be moved, sized and hidden; that is kept under `name`.

    Signals:
        row_chosen: the id of the row that the person went to, by mouse or keys; of those that a held key
            passes, the last one.
        row_opened: the id of a row opened with Enter or a double click.
    """

    row_chosen = Signal(str)
    row_opened = Signal(str)

    def __init__(
        self,
        name: str,
        model: RowModel[Row],
        settings: Settings,
        parent: QWidget | None = None,
        *,
        wanted_rest: int = 190,
        takes_several: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._settings = settings
        self._model = model
        self._is_selecting = False
        self._current = ""
        self._is_to_be_shown = self._is_choice_open = self._was_reset = self._is_repeating = False
        self._held_key = QTimer(self, singleShot=True, interval=_REPEAT_MS)
        self._held_key.timeout.connect(self._tell_choice)
        self._getting_ready = QTimer(self, interval=0)
        self._getting_ready.timeout.connect(self._on_turn)
        # connected before the view's own slots, which go to another row when the current one leaves
        model.rowsAboutToBeRemoved.connect(self._on_rows_move)
        model.rowsAboutToBeInserted.connect(self._on_rows_move)
        model.modelAboutToBeReset.connect(self._on_reset)
        self.setModel(model)
        self.selection = RowSelection(self, model, takes_several=takes_several)
        model.rowsRemoved.connect(self._on_rows_moved)
        model.rowsInserted.connect(self._on_rows_moved)
        model.refreshed.connect(self._on_refreshed)
        model.arrived.connect(self._on_arrived)
        model.shifted.connect(self._on_shifted)
        model.located.connect(self._on_located)
        self.verticalScrollBar().valueChanged.connect(self._tell_sight)
        self._painter = RowPainter()
        self.setItemDelegate(RowDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if takes_several else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.columns = TableColumns(name, self, model, settings, wanted_rest)
        settings.preference_changed.connect(self._on_preference_changed)
        self._on_preference_changed()
        self.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        self.doubleClicked.connect(self._on_opened)

    def show_sorting(self, name: str, *, descending: bool) -> None:
        """Show by which column the reader sorts, and let the others be clicked."""
        self.columns.show_sorting(name, descending=descending)

    def select(self, record_id: str) -> bool:
        """Go to a record's row without telling anybody; False when it is not among the rows read so far.

        Where the model can find it, the table goes there as soon as it has.
        """
        self._current, self._is_choice_open = record_id, False
        self._held_key.stop()
        at = self._model.position(record_id)
        self._is_to_be_shown = at is None and bool(record_id)
        if at is None:
            self._go_nowhere()
            if record_id:
                self._model.find(record_id)
        else:
            self._go_to(at, scrolls=True)
        self._tell_sight()
        return at is not None

    def current_id(self) -> str | None:
        """The id of the row the person is at."""
        return self._current if self._current and self.currentIndex().isValid() else None

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._painter.paint(self, self._model, event.region()):
            super().paintEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming here chooses nothing: Qt would go to the first row, if it has been read by then."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
            return
        self._is_selecting = True
        super().focusInEvent(event)
        self._is_selecting = False
        self._go_nowhere()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and last row, where Qt would stay in the row."""
        if action in _ENDS and self._model.rowCount():
            at = 0 if action is _ENDS[0] else self._model.rowCount() - 1
            return self._model.index(at, max(self.currentIndex().column(), 0))
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._on_opened(self.currentIndex())
            return
        self._is_repeating = event.isAutoRepeat()
        super().keyPressEvent(event)
        self._is_repeating = False

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if self._held_key.isActive() and not event.isAutoRepeat():
            self._tell_choice()

    def keyboardSearch(self, search: str) -> None:
        """Letters look for a row, except where there may be a million of them."""
        if not self._model.is_long:
            super().keyboardSearch(search)

    def selectAll(self) -> None:
        self.selection.take_all()

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        row = self._model.row(index)
        if row is not None:
            self.row_opened.emit(row.id)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if self._is_selecting or not current.isValid():
            return
        self._is_to_be_shown = False
        self._current = ""
        self._is_choice_open = True
        self._finish_choice()

    def _finish_choice(self) -> None:
        """Tell who was chosen, once that row is read."""
        row = self._model.row(self.currentIndex())
        if row is not None and self._is_choice_open:
            self._is_choice_open = False
            self._current = row.id
            self._tell_sight()
            if self._is_repeating:
                self._held_key.start()
            else:
                self._tell_choice()

    @Slot()
    def _tell_choice(self) -> None:
        self._held_key.stop()
        if self._current:
            self.row_chosen.emit(self._current)

    @Slot()
    def _on_rows_move(self) -> None:
        self._is_selecting = self.selection.is_held = True

    @Slot()
    def _on_rows_moved(self) -> None:
        """Nobody chose the neighbour of a row that left."""
        self._is_selecting = self.selection.is_held = False

    @Slot()
    def _on_reset(self) -> None:
        self._was_reset = True
        self.selection.forget()

    @Slot()
    def _on_refreshed(self) -> None:
        """The person stays at the same record, wherever it stands now."""
        was_reset, self._was_reset = self._was_reset, False
        if was_reset:
            self.verticalScrollBar().setValue(0)
            self._is_choice_open = False
        if self._current:
            if self._stay(scrolls=was_reset or self._is_to_be_shown):
                self._is_to_be_shown = False
            elif self._is_to_be_shown or not was_reset:
                self._model.find(self._current)
        self.selection.follow()
        self._tell_sight()

    @Slot(str, int)
    def _on_located(self, record_id: str, at: int) -> None:
        if record_id != self._current:
            return
        if at < 0:
            self._go_nowhere()
        elif at != self.currentIndex().row() or self._is_to_be_shown:
            self._go_to(at, scrolls=self._is_to_be_shown)
        self._is_to_be_shown = False

    @Slot()
    def _on_arrived(self) -> None:
        if self._is_choice_open:
            self._finish_choice()
        elif self._current:
            self._stay(scrolls=False)
        self._get_ready()
        self.viewport().update()

    @Slot(int)
    def _on_shifted(self, rows: int) -> None:
        """What somebody looks at stays where it is on screen; at the very top, new rows are seen to join."""
        bar = self.verticalScrollBar()
        if bar.value() > 0:
            self.updateGeometries()
            bar.setValue(bar.value() + rows * self.verticalHeader().defaultSectionSize())

    @Slot()
    def _tell_sight(self) -> None:
        first, last = self._sight()
        self._model.look_at(first, last, self._current)
        self._get_ready()

    def _sight(self) -> tuple[int, int]:
        """The first and the last row in sight."""
        first, last = max(self.rowAt(0), 0), self.rowAt(self.viewport().height() - 1)
        return first, last if last >= 0 else self._model.rowCount() - 1

    def _get_ready(self) -> None:
        """Paint rows that were never seen a moment later: all at once they would hold up whoever scrolls."""
        if self._getting_ready.isActive() or not self.isVisible():
            return
        if len(self._painter.unknown(self, self._model, *self._sight())) > _AT_ONCE:
            self.viewport().setUpdatesEnabled(False)
            self._getting_ready.start()

    @Slot()
    def _on_turn(self) -> None:
        rows = self._painter.unknown(self, self._model, *self._sight())
        if rows:
            self._painter.get_ready(self, self._model, rows, _TURN_SECONDS)
        else:
            self._getting_ready.stop()
            self.viewport().setUpdatesEnabled(True)

    def _stay(self, *, scrolls: bool) -> bool:
        """Be at the record where it stands now, and at no other in its place. False: it is not read."""
        at = self._model.position(self._current)
        if at is None and self._model.row(self.currentIndex()) is not None:
            self._go_nowhere()
        elif at is not None and (scrolls or at != self.currentIndex().row()):
            self._go_to(at, scrolls=scrolls)
        return at is not None

    def _go_to(self, at: int, *, scrolls: bool) -> None:
        self._is_selecting = True
        index = self._model.index(at, max(self.currentIndex().column(), 0))
        self.setAutoScroll(False)
        self.selection.go_to(index)
        self.setAutoScroll(True)
        if scrolls:
            self.updateGeometries()  # rows that have just come are in reach of the scroll bar
            self.scrollTo(index)
        self._is_selecting = False

    def _go_nowhere(self) -> None:
        self._is_selecting = True
        self.selection.go_nowhere()
        self._is_selecting = False

    @Slot()
    @Slot(str)
    def _on_preference_changed(self, _name: str = "") -> None:
        self.verticalHeader().setDefaultSectionSize(row_height(large_targets=self._settings.large_targets))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()
        self._tell_sight()
