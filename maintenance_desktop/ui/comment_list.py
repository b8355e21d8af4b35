"""The comments of a record, oldest first, and the field to add one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui import times, words
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.values import ValueTexts
from maintenance_desktop.ui.workspace import Workspace

_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CommentList(QWidget):
    """What people wrote, and a field for the next comment.

    Signals:
        add_asked: the text to add.
        edited: something is typed.
    """

    add_asked = Signal(str)
    edited = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._shown: list[RecordView] | None = None
        self._is_laid_out = False
        self.comment_field = CommentField(self)
        self.comment_field.textChanged.connect(self._on_typed)
        self.comment_field.sent.connect(self._on_add)
        self.add_button = button(
            self.tr("Add comment"), "addCommentButton", hint=self.tr("Add comment (Ctrl+Enter)")
        )
        self.add_button.setEnabled(False)
        self.add_button.clicked.connect(self._on_add)
        self.problem_label = PlainLabel(tone="red", wraps=True)
        self.problem_label.hide()
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout()
        row.addWidget(self.problem_label, 1)
        row.addStretch(1)
        row.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 12)
        layout.setSpacing(8)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.comment_field)
        layout.addLayout(row)

    @property
    def typed(self) -> str:
        """What is typed and not added yet."""
        return self.comment_field.toPlainText().strip()

    def texts(self) -> list[str]:
        """The comments on screen."""
        return [str(view.fields.get("text") or "") for view in self._shown or ()]

    def show_comments(self, comments: list[RecordView]) -> None:
        """Show these, and stay at the newest; nobody waits for what is behind another tab."""
        if comments == self._shown:
            return
        self._shown = comments
        self._is_laid_out = False
        if self.isVisible():
            self._lay_out(comments)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_laid_out:
            self._lay_out(self._shown or [])

    def _lay_out(self, comments: list[RecordView]) -> None:
        self._is_laid_out = True
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 8, 0)
        layout.setSpacing(4)
        values = ValueTexts(self._workspace.reader, self._workspace.clock)
        for view in comments:
            layout.addWidget(PlainLabel(self._byline(view, values), tone="quiet", wraps=True))
            text = PlainLabel(str(view.fields.get("text") or ""), wraps=True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(text)
            layout.addSpacing(12)
        if not comments:
            layout.addWidget(PlainLabel(self.tr("No comments yet."), tone="quiet"))
        layout.addStretch(1)
        self._area.setWidget(inside)
        QTimer.singleShot(0, self, self._scroll_to_end)

    def say(self, problem: str) -> None:
        """Say why a comment was not added; empty when nothing is wrong."""
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))

    def clear_typing(self) -> None:
        """Empty the field."""
        self.comment_field.clear()
        self.say("")

    def _byline(self, view: RecordView, values: ValueTexts) -> str:
        who = values.name_of("person", str(view.fields.get("written_by") or ""))
        when = times.relative_text(view.fields.get("written_at"), self._workspace.clock())
        mark = f"{words.mark_sign(view.mark)} {words.mark_word(view.mark)}".strip()
        return " · ".join(part for part in (who, when, mark) if part)

    @Slot()
    def _scroll_to_end(self) -> None:
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())

    @Slot()
    def _on_typed(self) -> None:
        self.add_button.setEnabled(bool(self.typed))
        self.edited.emit()

    @Slot()
    def _on_add(self) -> None:
        if self.typed:
            self.add_asked.emit(self.typed)


class CommentField(QPlainTextEdit):
    """Ctrl+Enter sends; Tab leaves.

    Signals:
        sent: Ctrl+Enter was pressed.
    """

    sent = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("commentField")
        self.setAccessibleName(self.tr("New comment"))
        self.setPlaceholderText(self.tr("Write a comment"))
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * 3 + 18)

    def event(self, event: QEvent) -> bool:
        # here Ctrl+Enter is the comment's, not the window's "Complete"
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_send(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_send(event):
            self.sent.emit()
            return
        super().keyPressEvent(event)


def _is_send(event: QKeyEvent) -> bool:
    control = Qt.KeyboardModifier.ControlModifier
    return event.key() in _RETURN and bool(event.modifiers() & control)
