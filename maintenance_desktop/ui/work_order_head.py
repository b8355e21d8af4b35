"""The head of a work order: what a person across the room needs to read."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from maintenance_desktop.domain.lifecycle import FINISHED
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.domain.views import Mark, RecordView
from maintenance_desktop.ui import times, words
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.plain import ElidedLabel, PlainLabel, one_line, tooltip
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.theme import as_title
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.work_order_columns import mark_icon, priority_icon, status_icon
from maintenance_desktop.ui.workspace import Workspace

_LONGEST_TITLE = 180
_LONGEST_ASSET = 40


class WorkOrderHead(QWidget):
    """Number, status, priority, title, asset, place, due time and person; nothing to edit.

    Signals:
        asset_opened: the id of the asset, when the person follows the link.
    """

    asset_opened = Signal(str)

    def __init__(self, workspace: Workspace, references: References, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._references = references
        self._asset_id = ""
        self._shown: tuple[RecordView, str] | None = None
        self._pictures: dict[QLabel, QPixmap | None] = {}
        self.number_label = PlainLabel(tone="quiet")
        self.number_label.setObjectName("numberLabel")
        self.status_label = PlainLabel()
        self.status_label.setObjectName("statusLabel")
        self.priority_label = PlainLabel()
        self.mark_label = QLabel()
        self._status_icon, self._priority_icon = QLabel(), QLabel()
        self.title_label = PlainLabel(wraps=True)
        self.title_label.setObjectName("titleLabel")
        # a title without a space must not make the window wider
        self.title_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        as_title(self.title_label)
        self.asset_button = button("", "assetLinkButton", verb="link")
        self.asset_button.clicked.connect(self._on_asset_clicked)
        self.place_label = ElidedLabel(is_quiet=True)
        self.due_label = PlainLabel()
        self.due_label.setObjectName("dueLabel")
        self.person_label = ElidedLabel(is_quiet=True)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.number_label)
        top.addWidget(self.mark_label)
        top.addStretch(1)
        top.addWidget(self._priority_icon)
        top.addWidget(self.priority_label)
        top.addSpacing(8)
        top.addWidget(self._status_icon)
        top.addWidget(self.status_label)
        where = QHBoxLayout()
        where.setSpacing(4)
        where.addWidget(self.asset_button)
        where.addWidget(self.place_label, 1)
        when = QHBoxLayout()
        when.setSpacing(4)
        when.addWidget(self.due_label)
        when.addWidget(self.person_label, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.title_label)
        layout.addLayout(where)
        layout.addLayout(when)

    def show_record(self, view: RecordView, number: str) -> None:
        """Show this work order under its number."""
        self._shown = (view, number)
        fields = view.fields
        status, priority = str(fields.get("status") or ""), str(fields.get("priority") or "")
        title = str(fields.get("title") or "")
        self.number_label.setText(number)
        self._picture(self.mark_label, mark_icon(view.mark) if view.mark is not Mark.NONE else None)
        self.mark_label.setToolTip(words.mark_word(view.mark))
        self.mark_label.setAccessibleName(words.mark_word(view.mark))
        self.status_label.setText(words.status_word(status))
        self._picture(self._status_icon, status_icon(status))
        self.priority_label.setText(words.priority_word(priority))
        self._picture(self._priority_icon, priority_icon(priority))
        self.title_label.setText(one_line(title, _LONGEST_TITLE))
        self.title_label.setToolTip(tooltip(title) if len(title) > _LONGEST_TITLE else "")
        self._show_where(view)
        self._show_when(view, status)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._shown is not None:
            self.show_record(*self._shown)

    def _show_where(self, view: RecordView) -> None:
        self._asset_id = str(view.fields.get("asset_id") or "")
        asset = self._references.name("asset", self._asset_id)
        self.asset_button.setText(one_line(asset, _LONGEST_ASSET).replace("&", "&&"))
        self.asset_button.setToolTip(tooltip(asset))
        self.asset_button.setAccessibleName(fill(self.tr("Open asset %1"), asset))
        self.asset_button.setVisible(bool(asset))
        place = self._references.name("location", view.fields.get("location_id"))
        self.place_label.setText(f"· {place}" if place and asset else place)
        self.place_label.setVisible(bool(place))

    def _show_when(self, view: RecordView, status: str) -> None:
        now, due = self._workspace.clock(), view.fields.get("due_at")
        is_finished = status in FINISHED
        is_late = bool(due) and not is_finished and str(due) < write_time(now)
        text = ""
        if due:
            text = fill(self.tr("Due %1"), times.due_text(due, now, is_finished=is_finished))
            if is_late:
                text = fill(self.tr("Overdue since %1"), times.relative_text(due, now))
        self.due_label.setText(text)
        self.due_label.set_tone("red" if is_late else "quiet")
        self.due_label.setToolTip(times.absolute_text(due))
        self.due_label.setVisible(bool(text))
        person = self._references.name("person", view.fields.get("assigned_to"))
        shown = person or self.tr("Assigned to nobody")
        self.person_label.setText(f"· {shown}" if text else shown)

    def _picture(self, label: QLabel, picture: QPixmap | None) -> None:
        if label in self._pictures and self._pictures[label] is picture:
            return
        self._pictures[label] = picture
        label.setPixmap(picture or QPixmap())
        label.setVisible(picture is not None)

    @Slot()
    def _on_asset_clicked(self) -> None:
        self.asset_opened.emit(self._asset_id)
