"""The finer filters of the work order list: status, priority, type, asset and location."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from maintenance_desktop.domain.records import PRIORITIES, STATUSES, WORK_TYPES
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.ui import words
from maintenance_desktop.ui.multi_choice import MultiChoiceButton
from maintenance_desktop.ui.references import ReferenceEditor, References
from maintenance_desktop.ui.settings import Settings


class FinerFilters(QWidget):
    """A panel of filters; remembered between starts.

    Signals:
        changed: another choice.
    """

    changed = Signal()

    def __init__(self, references: References, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._references = references
        self._settings = settings
        self._is_filling = False
        self.status_choice = self._choice("statusFilter", self.tr("Status"), STATUSES, words.status_word)
        self.priority_choice = self._choice(
            "priorityFilter", self.tr("Priority"), PRIORITIES, words.priority_word
        )
        self.type_choice = self._choice("typeFilter", self.tr("Type"), WORK_TYPES, _type_word)
        self.asset_choice = self._reference("assetFilter", self.tr("Any asset"), "asset")
        self.location_choice = self._reference("locationFilter", self.tr("Any location"), "location")
        self._choices = {
            "statuses": self.status_choice,
            "priorities": self.priority_choice,
            "types": self.type_choice,
        }
        self._editors = {"asset": self.asset_choice, "location": self.location_choice}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for at, choice in enumerate(self._choices.values()):
            grid.addWidget(choice, 0, at * 2, 1, 2)
        grid.addWidget(self.asset_choice, 1, 0, 1, 3)
        grid.addWidget(self.location_choice, 1, 3, 1, 3)
        for column in range(6):
            grid.setColumnStretch(column, 1)
        self._restore()

    def narrow(self, query: WorkOrderQuery) -> WorkOrderQuery:
        """The query with these filters; chosen statuses replace those of the quick filter."""
        return replace(
            query,
            statuses=self.status_choice.chosen or query.statuses,
            priorities=self.priority_choice.chosen,
            work_types=self.type_choice.chosen,
            asset_id=_id(self.asset_choice),
            location_id=_id(self.location_choice),
        )

    def count(self) -> int:
        """How many of them narrow the list."""
        chosen = sum(bool(choice.chosen) for choice in self._choices.values())
        return chosen + sum(_id(editor) is not None for editor in self._editors.values())

    def clear(self) -> None:
        """Let everything through, without telling."""
        self._is_filling = True
        for choice in self._choices.values():
            choice.choose(frozenset())
        for editor in self._editors.values():
            editor.set_value(None)
        self._is_filling = False
        self._keep()

    def show_asset(self, asset_id: str) -> None:
        """Let through only what is on this asset, without telling."""
        self.clear()
        self._is_filling = True
        self.asset_choice.set_value(asset_id)
        self._is_filling = False
        self._keep()

    @Slot()
    def _on_changed(self) -> None:
        if not self._is_filling and not any(editor.problem() for editor in self._editors.values()):
            self._keep()
            self.changed.emit()

    def _choice(
        self, name: str, title: str, values: tuple[str, ...], word: Callable[[str], str]
    ) -> MultiChoiceButton:
        choice = MultiChoiceButton(title, [(value, word(value)) for value in values], self)
        choice.setObjectName(name)
        choice.changed.connect(self._on_changed)
        return choice

    def _reference(self, name: str, hint: str, record_type: str) -> ReferenceEditor:
        editor = ReferenceEditor(record_type, self._references, self)
        editor.field.setObjectName(name)
        editor.field.setAccessibleName(hint)
        editor.set_empty_text(hint)
        editor.changed.connect(self._on_changed)
        return editor

    def _keep(self) -> None:
        for name, choice in self._choices.items():
            self._settings.keep_names(f"work_orders/{name}", choice.chosen)
        for name, editor in self._editors.items():
            self._settings.keep(f"work_orders/{name}", _id(editor) or "")

    def _restore(self) -> None:
        self._is_filling = True
        for name, choice in self._choices.items():
            choice.choose(self._settings.names(f"work_orders/{name}"))
        for name, editor in self._editors.items():
            editor.set_value(self._settings.text(f"work_orders/{name}") or None)
        self._is_filling = False


def _id(editor: ReferenceEditor) -> str | None:
    value = editor.value()
    return value if isinstance(value, str) else None


def _type_word(value: str) -> str:
    return words.choice_word("work_order", "work_type", value)
