"""*Import waiting work*: whose it is, from when, and what is in it, before anything is taken over."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from maintenance_desktop.services.carrying import Import
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.parts import named, plain_label
from maintenance_desktop.ui.values import ValueTexts, fill

_SIZE = (560, 440)
_GAP = 4


class ImportDialog(QDialog):
    """Shows what is in the file. Enter and Esc import nothing.

    Signals:
        confirmed: the person wants it in the queue.
    """

    confirmed = Signal()

    def __init__(self, chosen: Import, values: ValueTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importQueueDialog")
        self.setWindowTitle(self.tr("Import waiting work"))
        self.resize(*_SIZE)
        carried, new = chosen.carried, {item.edit.id for item in chosen.new}
        title = fill(self.tr("Waiting work of %1"), carried.person_name)
        self.heading = plain_label("importHeading", title, is_strong=True, scale=1.25)
        self.sentence = plain_label("importSentence", self._sentence(chosen, values))
        self.list = named(QListWidget(), "importList", self.tr("Changes in the file"))
        self.list.setWordWrap(True)
        self.list.setSpacing(_GAP)
        texts = EditTexts(values)
        for item in carried.edits:
            line = f"{texts.edit(item.edit, item.subject)} · {values.when(item.edit.made_at)}"
            self.list.addItem(line if item.edit.id in new else fill(self.tr("✓ Here already: %1"), line))
        verb = (
            self.tr("&Import 1 change")
            if len(new) == 1
            else fill(self.tr("&Import %1 changes"), str(len(new)))
        )
        self.import_button = button(verb, "importButton", verb="main")
        self.import_button.clicked.connect(self._on_import)
        self.cancel_button = button(self.tr("Cancel") if new else self.tr("Close"), "cancelImportButton")
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        buttons.addWidget(self.import_button)
        self.import_button.setVisible(bool(new))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        for part in (self.heading, self.sentence):
            layout.addWidget(part)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.list.setFocus()

    def _sentence(self, chosen: Import, values: ValueTexts) -> str:
        carried, count = chosen.carried, len(chosen.new)
        exported = fill(self.tr("Exported %1."), values.when(carried.exported_at))
        if not count:
            return exported + " " + self.tr("Everything in it is here already; there is nothing to import.")
        return " ".join(
            (
                exported,
                fill(self.tr("Changes in it: %1, new here: %2."), str(len(carried.edits)), str(count)),
                self.tr("Each is done once, also if the other computer sends it as well."),
            )
        )

    def _on_import(self) -> None:
        self.accept()
        self.confirmed.emit()
