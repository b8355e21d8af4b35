"""Choosing one record among many: type a few letters, pick from what the reader finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QIcon, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QListView, QWidget

from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.domain.records import Value
from maintenance_desktop.domain.views import AssetQuery, AssetRow, LocationRow, PersonRow, WorkOrderQuery
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.ui.editors import LineEditor
from maintenance_desktop.ui.icons import IconKeeper

_MOST: Final = 30
_PAUSE_MS: Final = 80


@dataclass(frozen=True, slots=True)
class Option:
    """One record that can be chosen."""

    id: str
    text: str


class References(QObject):
    """What records are called, and which ones a few letters could mean."""

    def __init__(self, reader: Reader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader

    def name(self, record_type: str, record_id: Value) -> str:
        """The record's name in a list of choices; its id where it is not known here."""
        if not isinstance(record_id, str) or not record_id:
            return ""
        fields = self._reader.shown_fields(record_type, record_id)
        if fields is None:
            return QCoreApplication.translate("References", "Unknown (%1)").replace("%1", record_id[-6:])
        name = str(fields.get("name") or fields.get("title") or "")
        prefix = fields.get("tag") or fields.get("number") or fields.get("code") or ""
        return f"{prefix} {name}".strip() if prefix else name

    def search(self, record_type: str, text: str) -> list[Option]:
        """The first few records that fit; all of them begin with what is most likely meant."""
        match record_type:
            case "asset":
                rows = self._reader.assets(AssetQuery(text=text.strip()), 0, _MOST)
                return [Option(row.id, _asset_name(row)) for row in rows]
            case "work_order":
                query = WorkOrderQuery(text=text.strip(), statuses=UNFINISHED)
                orders = self._reader.work_orders(query, 0, _MOST)
                return [Option(row.id, f"{row.number} {row.title}".strip()) for row in orders]
            case "location":
                return _matching(text, [(row.id, _location_name(row)) for row in self._reader.locations()])
            case "person":
                people = [row for row in self._reader.people() if row.active]
                return _matching(text, [(row.id, _person_name(row)) for row in people])
        return []


class ReferenceEditor(LineEditor):
    """A line that completes to one record: arrow down shows the choices, empty means none."""

    def __init__(self, record_type: str, references: References, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._type = record_type
        self._references = references
        self._chosen: Value = None
        self._chosen_text = ""
        self._choices = QStandardItemModel(self)
        self._completer = QCompleter(self._choices, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(12)
        popup = QListView()
        popup.setObjectName("completions")
        popup.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._completer.setPopup(popup)
        self._completer.activated[QModelIndex].connect(self._on_activated)  # type: ignore[index]
        self.line.setCompleter(self._completer)
        self.set_hint(self.tr("Type to search"))
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.offer)
        self.line.textEdited.connect(self._pause.start)
        trailing = self.line.ActionPosition.TrailingPosition
        self._drop = self.line.addAction(QIcon(), trailing)
        IconKeeper(self._drop, "chevron-down")
        self._clear = self.line.addAction(QIcon(), trailing)
        IconKeeper(self._clear, "clear")
        self._clear.setToolTip(self.tr("Empty this"))
        self._clear.triggered.connect(self.line.clear)
        self._clear.setVisible(False)
        self._is_clearable = False
        self.line.textChanged.connect(self._show_clear)
        self._drop.setToolTip(self.tr("Show the choices"))
        self._drop.triggered.connect(self._on_choices_asked)

    def show_value(self, value: Value) -> None:
        self.choose(value, self._references.name(self._type, value))

    def choose(self, record_id: Value, text: str) -> None:
        """Take this record."""
        is_twin = text == self.line.text() and record_id != self._chosen
        self._chosen, self._chosen_text = record_id, text
        self.line.setText(text)
        if is_twin:
            self.changed.emit()  # two people may have one name, and the line is the same for both
        self.line.setCursorPosition(0)
        self.line.setToolTip(text)

    def shown(self) -> str:
        text = self.line.text()
        return f"{text}\n{self._chosen}" if text and text == self._chosen_text else text

    def read_value(self) -> Value:
        text = self.line.text().strip()
        if text == self._chosen_text.strip():
            return self._chosen if text else None
        found = self._meant(text)
        return found.id if found else None

    def unreadable(self) -> str:
        if not self.line.text().strip() or self.read_value() is not None:
            return ""
        return self.tr("Nothing is called this. Choose one from the list.")

    @Slot()
    def offer(self, text: str | None = None) -> None:
        """Show what the typed letters could mean."""
        self._choices.clear()
        for option in self._references.search(self._type, self.line.text() if text is None else text):
            item = QStandardItem(option.text)
            item.setData(option.id, Qt.ItemDataRole.UserRole)
            item.setEditable(False)
            item.setToolTip(option.text)
            self._choices.appendRow(item)
        if self.line.hasFocus():
            self._completer.complete()

    def lock(self, on: bool) -> None:
        super().lock(on)
        self._drop.setVisible(not on)
        self._show_clear()

    @Slot()
    def _show_clear(self) -> None:
        is_clearable = bool(self.line.text()) and not self.line.isReadOnly()
        if is_clearable != self._is_clearable:
            self._is_clearable = is_clearable
            self._clear.setVisible(is_clearable)

    @Slot()
    def _on_choices_asked(self) -> None:
        self.line.setFocus()
        self.offer("")

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.choose(str(index.data(Qt.ItemDataRole.UserRole)), str(index.data(Qt.ItemDataRole.DisplayRole)))

    def _meant(self, text: str) -> Option | None:
        """The one record typed in full, or the only one that fits."""
        found = self._references.search(self._type, text) if text else []
        exact = [one for one in found if one.text.casefold() == text.casefold()]
        first_word = [one for one in found if one.text.casefold().split(" ")[0] == text.casefold()]
        for several in (exact, first_word, found):
            if len(several) == 1:
                return several[0]
        return None


def _matching(text: str, named: list[tuple[str, str]]) -> list[Option]:
    wanted = text.casefold().split()
    hits = [Option(one, name) for one, name in named if all(word in name.casefold() for word in wanted)]
    if not wanted:
        return hits[:_MOST]
    hits.sort(key=lambda option: not option.text.casefold().startswith(wanted[0]))
    return hits[:_MOST]


def _asset_name(row: AssetRow) -> str:
    return f"{row.tag} {row.name}".strip()


def _location_name(row: LocationRow) -> str:
    return f"{row.code} {row.name}".strip() if row.code else row.name


def _person_name(row: PersonRow) -> str:
    return row.name
