"""*Account* on *More*: who works here, on which server, and the way out."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.confirmation import Confirmation
from maintenance_desktop.ui.more_section import MoreSection
from maintenance_desktop.ui.parts import plain_label
from maintenance_desktop.ui.value_grid import GridCell, GridRow, ValueGrid
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.words import choice_word
from maintenance_desktop.ui.workspace import Workspace


class AccountSection(MoreSection):
    """Facts about this profile, *Sign out* and *Change server or person*.

    Signals:
        sign_out_wanted: the person confirmed; what waits is kept.
        change_wanted: another server or person; this profile stays as it is.
    """

    sign_out_wanted = Signal()
    change_wanted = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__("accountSection", "", "", parent)
        self.title.setText(self.tr("Account"))
        self.about.hide()
        self._workspace = workspace
        self.facts = ValueGrid()
        self.facts.setObjectName("accountFacts")
        self.keyring_note = plain_label(
            "accountKeyringNote",
            self.tr("⚠ This computer has no keyring: your sign-in is forgotten when the program ends."),
            tone="amber",
        )
        self.keyring_note.hide()
        workspace.keyring.known.connect(self._on_keyring_known)
        if workspace.keyring.answer is not None:
            self._on_keyring_known(workspace.keyring.answer)
        self.sign_out_button = button(self.tr("Sign o&ut…"), "signOutButton")
        self.sign_out_button.clicked.connect(self._on_sign_out)
        self.change_button = button(self.tr("Change server or &person…"), "changeAccountButton")
        self.change_button.clicked.connect(self.change_wanted)
        row = QHBoxLayout()
        row.addWidget(self.change_button)
        row.addWidget(self.sign_out_button)
        row.addStretch(1)
        self.content.addWidget(self.facts)
        self.content.addWidget(self.keyring_note)
        self.content.addLayout(row)
        self.content.addStretch(1)

    def refresh(self) -> None:
        account, state = self._workspace.account, self._workspace.sync.state
        when = ValueTexts(self._workspace.reader, self._workspace.clock).when(state.last_synced)
        server = f"{account.server_name}\n{account.server_url}".strip()
        facts = (
            (self.tr("Person"), account.name),
            (self.tr("User name"), account.username),
            (self.tr("Role"), choice_word("person", "role", account.role)),
            (self.tr("Server"), server),
            (self.tr("Last synced"), when or self.tr("Never")),
            (self.tr("Not on the server yet"), str(self._waiting())),
        )
        self.facts.show_rows((), [GridRow(label, (GridCell(text),)) for label, text in facts])

    def _waiting(self) -> int:
        tally = self._workspace.reader.tally()
        return tally.waiting + tally.needs_you

    @Slot(bool)
    def _on_keyring_known(self, has_keyring: bool) -> None:
        self.keyring_note.setVisible(not has_keyring)

    @Slot()
    def _on_sign_out(self) -> None:
        waiting = self._waiting()
        text = self.tr("The data stays on this computer, and you need your password to sync again.")
        if waiting:
            kept = self.tr("1 change is not on the server yet. It is kept and sent when you sign in again.")
            if waiting > 1:
                kept = self.tr(
                    "%1 changes are not on the server yet. They are kept and sent when you sign in again."
                )
            text = fill(kept, str(waiting)) + "\n\n" + text
        question = Confirmation(
            fill(self.tr("Sign out %1?"), self._workspace.account.name),
            text,
            self.tr("&Sign out"),
            self.tr("Stay si&gned in"),
            name="signOutConfirmation",
            parent=self,
        )
        question.confirmed.connect(self.sign_out_wanted)
        question.open()
