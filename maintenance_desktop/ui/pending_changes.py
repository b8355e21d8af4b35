"""The changes of one record that are not settled yet, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from maintenance_desktop.domain.edits import Edit, EditKind, EditState
from maintenance_desktop.domain.views import Mark
from maintenance_desktop.ui import words
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.plain import PlainLabel, one_line, tooltip
from maintenance_desktop.ui.times import relative_text
from maintenance_desktop.ui.values import ValueTexts, fill
from maintenance_desktop.ui.workspace import Workspace

_MOST = 3
_MARKS = {
    EditState.QUEUED: Mark.WAITING,
    EditState.CONFLICTED: Mark.CONFLICT,
    EditState.HELD: Mark.CONFLICT,
    EditState.REFUSED: Mark.REFUSED,
}
_BANNERS = {Mark.WAITING: "plain", Mark.CONFLICT: "amber", Mark.REFUSED: "red"}
_TONES = {Mark.WAITING: "quiet", Mark.CONFLICT: "amber", Mark.REFUSED: "red"}


class PendingChanges(QWidget):
    """One banner for each of the first few pending edits; invisible when there are none.

    Signals:
        undo_asked: the id of an edit to take back.
        answer_asked: the id of an edit that needs the person's answer.
    """

    undo_asked = Signal(str)
    answer_asked = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: tuple[Edit, ...] | None = None
        self.banners: list[QFrame] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.hide()

    def show_edits(self, edits: Sequence[Edit]) -> None:
        """Show these, those that need an answer first."""
        ordered = tuple(sorted(edits, key=lambda edit: not edit.needs_answer))
        if ordered == self._shown:
            return
        self._shown = ordered
        for banner in self.banners:
            banner.hide()
            banner.deleteLater()
        self.banners = [self._banner(edit) for edit in ordered[:_MOST]]
        for banner in self.banners:
            self._layout.addWidget(banner)
        if len(ordered) > _MOST:
            rest = QFrame(self)
            row = QHBoxLayout(rest)
            row.setContentsMargins(0, 0, 0, 0)
            more = fill(self.tr("and %1 more, on the More page"), str(len(ordered) - _MOST))
            row.addWidget(PlainLabel(more, tone="quiet"))
            self._layout.addWidget(rest)
            self.banners.append(rest)
        self.setVisible(bool(ordered))

    def buttons(self) -> list[QPushButton]:
        """From top to bottom."""
        return [one for banner in self.banners for one in banner.findChildren(QPushButton)]

    def _banner(self, edit: Edit) -> QFrame:
        mark = _MARKS[edit.state]
        banner = QFrame(self)
        banner.setObjectName("pendingChange")
        banner.setProperty("banner", _BANNERS[mark])
        row = QHBoxLayout(banner)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(8)
        sign = PlainLabel(words.mark_sign(mark), tone=_TONES[mark])
        sign.setAccessibleName(words.mark_word(mark))
        sign.setToolTip(words.mark_word(mark))
        text = PlainLabel(one_line(self._sentence(edit), 160), wraps=True)
        text.setToolTip(tooltip(self._sentence(edit)))
        row.addWidget(sign)
        row.addWidget(text, 1)
        if edit.needs_answer:
            verb = self.tr("See why…") if edit.state is EditState.REFUSED else self.tr("Decide…")
            answer = button(verb, "answerButton")
            answer.clicked.connect(partial(self._answer, edit.id))
            row.addWidget(answer)
        elif edit.is_frozen:
            row.addWidget(PlainLabel(self.tr("being sent"), tone="quiet"))
        else:
            hint = self.tr("Take this change back before it is sent")
            undo = button(self.tr("Undo"), "undoChangeButton", verb="link", hint=hint)
            undo.setAccessibleName(self.tr("Undo this change"))
            undo.clicked.connect(partial(self._undo, edit.id))
            row.addWidget(undo)
        return banner

    def _answer(self, edit_id: str) -> None:
        self.answer_asked.emit(edit_id)

    def _undo(self, edit_id: str) -> None:
        self.undo_asked.emit(edit_id)

    def _sentence(self, edit: Edit) -> str:
        values = ValueTexts(self._workspace.reader, self._workspace.clock)
        if edit.refusal is not None:
            refused = self._workspace.reader.refusal(edit.id)
            return ErrorTexts(refused, values).sentence() if refused else edit.refusal.message
        if edit.state is EditState.HELD:
            return self.tr("This may be done or planned already. It needs your decision.")
        if edit.state is EditState.CONFLICTED:
            return self.tr("Somebody else changed this too. It needs your decision.")
        when = relative_text(edit.made_at, self._workspace.clock())
        match edit.type, edit.kind:
            case "labor", EditKind.DELETE:
                what = self.tr("Hours removed")
            case "labor", _:
                what = values.hours(edit.mine.get("hours"))
            case "comment", _:
                what = self.tr("Comment")
            case _, EditKind.CREATE:
                what = self.tr("New")
            case _, EditKind.DELETE:
                what = self.tr("Deleted")
            case _:
                what = ", ".join(
                    f"{values.label(edit.type, name)}: {values.short(edit.type, name, value)}"
                    for name, value in edit.patch.items()
                )
        return fill(self.tr("%1 · saved %2, waiting to sync"), what, when)
