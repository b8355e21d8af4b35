"""Which value of a field *Combine* keeps, where both sides changed it: mine, theirs, or an edited text."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from maintenance_desktop.domain.conflicts import FieldConflict
from maintenance_desktop.domain.records import SPECS, FieldKind, Value
from maintenance_desktop.ui.editors import LONG_TEXT, Editor, LineEditor, LongTextEditor
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.word_differences import both_changes


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked for a field when the question was put off: the name of a choice, and typed text."""

    field: FieldConflict
    choice: str
    typed: Value


class FieldPick(QWidget):
    """One field that both changed. Nothing is picked before the person picks.

    Signals:
        changed: another value stays, or none any more.
    """

    changed = Signal()

    def __init__(self, record_type: str, field: FieldConflict, label: str) -> None:
        super().__init__()
        self.setObjectName(f"{field.name}Pick")
        self.field = field
        self.editor: Editor | None = None
        self.mine = self._choice(self.tr("Mine"), "mine", fill(self.tr("%1: Combine keeps mine"), label))
        self.theirs = self._choice(
            self.tr("Theirs"), "theirs", fill(self.tr("%1: Combine keeps theirs"), label)
        )
        self.edit = self._choice(
            self.tr("Edit the text"), "edit", fill(self.tr("%1: edit what Combine keeps"), label)
        )
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(plain_label(text=self.tr("Combine keeps:"), tone="quiet"))
        for one in (self.mine, self.theirs, self.edit):
            row.addWidget(one)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        layout.addLayout(row)
        spec = SPECS[record_type].field(field.name)
        is_text = spec is not None and spec.kind is FieldKind.TEXT
        self.edit.setVisible(is_text)
        if spec is not None and is_text:
            self.editor = LongTextEditor() if spec.max_length > LONG_TEXT else LineEditor()
            named(self.editor.field, f"{field.name}CombinedField", fill(self.tr("%1: what stays"), label))
            self.editor.setVisible(False)
            self.editor.changed.connect(self.changed)
            layout.addWidget(self.editor)
        for one in (self.mine, self.theirs, self.edit):
            one.clicked.connect(self._on_picked)

    @property
    def is_decided(self) -> bool:
        """Whether the person said what stays."""
        return self.mine.isChecked() or self.theirs.isChecked() or self.edit.isChecked()

    @property
    def value(self) -> Value:
        """What stays, once it is decided."""
        if self.edit.isChecked() and self.editor is not None:
            return self.editor.value()
        return self.field.theirs if self.theirs.isChecked() else self.field.mine

    def picked(self) -> Picked:
        """What is picked now, to be taken up again when the question comes back."""
        choices = {"mine": self.mine, "theirs": self.theirs, "edit": self.edit}
        choice = next((name for name, one in choices.items() if one.isChecked()), "")
        return Picked(self.field, choice, self.editor.value() if self.editor is not None else None)

    def take_up(self, picked: Picked) -> None:
        """Go on where somebody put it off; where a side is another now, only typed text comes back."""
        if self.editor is not None and picked.typed is not None:
            self.editor.set_value(picked.typed)
        if picked.field == self.field and picked.choice:
            {"mine": self.mine, "theirs": self.theirs, "edit": self.edit}[picked.choice].setChecked(True)
            self._on_picked()

    def follow(self, field: FieldConflict) -> None:
        """Their value may be another now: then what was picked is asked again, and typed text stays."""
        if field == self.field:
            return
        self.field = field
        for one in (self.mine, self.theirs, self.edit):
            one.setAutoExclusive(False)
            one.setChecked(False)
            one.setAutoExclusive(True)
        self._on_picked()

    @Slot()
    def _on_picked(self) -> None:
        if self.editor is not None:
            if self.edit.isChecked() and self.editor.isHidden() and not self.editor.shown():
                self.editor.set_value(self._beginning())
            self.editor.setVisible(self.edit.isChecked())
            if self.edit.isChecked():
                self.editor.field.setFocus()
        self.changed.emit()

    def _beginning(self) -> Value:
        """What is edited at first: both changes in one text, where they do not touch the same words."""
        texts = [str(one or "") for one in (self.field.base, self.field.mine, self.field.theirs)]
        return both_changes(*texts) or self.field.mine or self.field.theirs

    def _choice(self, text: str, name: str, spoken: str) -> QRadioButton:
        return named(QRadioButton(text, self), f"{self.field.name}{name.capitalize()}Choice", spoken)
