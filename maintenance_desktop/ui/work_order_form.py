"""The details of a work order, edited in place, with what is not saved in plain sight."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from maintenance_desktop.domain.trouble import InvalidInput, NotSaved
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui import times
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.double_work_question import DoubleWorkQuestion
from maintenance_desktop.ui.forms import RecordForm
from maintenance_desktop.ui.plain import PlainLabel
from maintenance_desktop.ui.references import References
from maintenance_desktop.ui.values import fill
from maintenance_desktop.ui.workspace import Workspace

DETAILS = (
    "title",
    "description",
    "status",
    "priority",
    "work_type",
    "asset_id",
    "location_id",
    "assigned_to",
    "due_at",
    "scheduled_for",
    "estimated_hours",
    "requested_by",
    "started_at",
    "completed_at",
    "completion_notes",
    "problem",
    "cause",
    "remedy",
    "downtime_minutes",
)
NEW = ("title", "asset_id", "location_id", "priority", "work_type", "due_at", "assigned_to", "description")


class WorkOrderForm(QWidget):
    """A form that saves: an existing work order, or a new one when it was given none.

    Signals:
        saved: the id of the work order that is on disk now.
        dirty_changed: whether something is typed that is not saved.
        discard_asked: the person gives up what is typed.
    """

    saved = Signal(str)
    dirty_changed = Signal(bool)
    discard_asked = Signal()

    def __init__(
        self, workspace: Workspace, references: References, *, is_new: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._references = references
        self._is_new = is_new
        self._seen: RecordView | None = None
        self.double_work = DoubleWorkQuestion(workspace, self, self.save)
        self.form = RecordForm("work_order", NEW if is_new else DETAILS, references, workspace.clock)
        self.form.set_lines("description", 5)
        for name in ("problem", "cause", "remedy"):
            if not is_new:
                self.form.set_lines(name, 2)
        self.form.dirty_changed.connect(self._on_dirty_changed)
        if is_new:
            self.form.editors["asset_id"].changed.connect(self._on_asset_changed)
        self.facts_label = PlainLabel(tone="quiet", wraps=True)
        self.changed_label = PlainLabel(tone="amber", wraps=True)
        self.changed_label.setObjectName("changedMeanwhileLabel")
        self.changed_label.hide()
        inside = QWidget()
        body = QVBoxLayout(inside)
        body.setContentsMargins(0, 12, 12, 12)
        body.setSpacing(8)
        body.addWidget(self.form)
        body.addWidget(self.facts_label)
        body.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the field that has the focus
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.save_bar = self._make_save_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(self.save_bar)

    @property
    def is_dirty(self) -> bool:
        return self.form.is_dirty

    def show_record(self, view: RecordView, *, lock: str = "") -> None:
        """Show a work order; `lock` says why this person cannot change it."""
        self._seen = view
        self.form.set_fields(view.fields)
        self.form.set_read_only(bool(lock), lock)
        self.say("")
        self.changed_label.hide()
        self.facts_label.setText(self._facts(view))

    def start(self, **fields: str) -> None:
        """Begin a new work order with these fields filled in."""
        self._seen = None
        self.form.set_fields({})
        for name, value in fields.items():
            self.form.enter(name, value)
        self.say("")
        self.form.editors["title"].field.setFocus()

    def notice_newer(self, view: RecordView) -> None:
        """Say that the record changed on the server while somebody types here."""
        is_newer = self._seen is not None and view.version != self._seen.version
        who = view.changed_by_name or self.tr("Somebody")
        text = self.tr("%1 changed this on the server meanwhile. Your typing is kept.")
        self.changed_label.setText(fill(text, who))
        self.changed_label.setVisible(is_newer)

    def save(self) -> bool:
        """Put what is typed on disk; False when that did not work, and the form says why."""
        self.say("")
        try:
            unreadable = self.form.problems()
            if unreadable:
                raise InvalidInput(unreadable)
            if self._is_new:
                doubts = self.double_work.answered("work_order", self.form.patch())
                saved_id = self._workspace.records.create("work_order", self.form.patch(), doubts=doubts)
            elif self._seen is not None:
                saved_id = self._seen.id
                doubts = self.double_work.answered("work_order", self.form.patch(), self._seen)
                self._workspace.records.update(self._seen, self.form.patch(), doubts=doubts)
            else:
                return False
        except InvalidInput as error:
            others = self.form.show_problems(error.problems)
            self.say(" ".join(problem.message for problem in others))
            return False
        except NotSaved as error:
            self.say(str(error))
            return False
        self.double_work.forget()
        self.form.mark_saved()
        self.saved.emit(saved_id)
        return True

    def say(self, problem: str) -> None:
        """Say why nothing was saved, beside the save button."""
        self.problem_label.setText(problem)
        self.problem_label.setVisible(bool(problem))
        self.unsaved_label.setVisible(not problem)

    def discard_typing(self) -> None:
        """Show again what is saved."""
        self.form.set_fields(self._seen.fields if self._seen else {})
        self.say("")

    def _make_save_bar(self) -> QWidget:
        bar = QFrame(self)
        bar.setObjectName("saveBar")
        self.unsaved_label = PlainLabel(self.tr("Not saved yet"), tone="quiet")
        self.problem_label = PlainLabel(tone="red", wraps=True)
        self.problem_label.setObjectName("problemLabel")
        self.problem_label.hide()
        discard = self.tr("Cancel") if self._is_new else self.tr("Discard typing")
        self.discard_button = button(discard, "discardTypingButton", hint=self.tr("Esc"))
        verb = self.tr("Create work order") if self._is_new else self.tr("Save")
        self.save_button = button(verb, "saveButton", verb="main", hint=self.tr("Ctrl+S"))
        self.discard_button.clicked.connect(self.discard_asked)
        self.save_button.clicked.connect(self._on_save)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.unsaved_label, 1)
        buttons.addWidget(self.discard_button)
        buttons.addWidget(self.save_button)
        layout = QVBoxLayout(bar)
        layout.setContentsMargins(0, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.changed_label)
        layout.addWidget(self.problem_label)
        layout.addLayout(buttons)
        bar.setVisible(self._is_new)
        self.unsaved_label.setText("" if self._is_new else self.unsaved_label.text())
        return bar

    def _facts(self, view: RecordView) -> str:
        now = self._workspace.clock()
        lines = []
        if view.fields.get("created_at"):
            who = self._references.name("person", view.fields.get("created_by")) or "–"
            when = times.relative_text(view.fields["created_at"], now)
            lines.append(fill(self.tr("Created %1 by %2"), when, who))
        if view.fields.get("completed_by"):
            who = self._references.name("person", view.fields["completed_by"])
            lines.append(fill(self.tr("Completed by %1"), who))
        if view.changed_at:
            when = times.relative_text(view.changed_at, now)
            who = view.changed_by_name or self.tr("somebody")
            lines.append(fill(self.tr("Last changed on the server %1 by %2"), when, who))
        return "\n".join(lines)

    @Slot(bool)
    def _on_dirty_changed(self, on: bool) -> None:
        self.save_bar.setVisible(on or self._is_new)
        self.dirty_changed.emit(on)

    @Slot()
    def _on_save(self) -> None:
        self.save()

    @Slot()
    def _on_asset_changed(self) -> None:
        """An asset stands somewhere: its location is offered, never put over one that was chosen."""
        asset, location = self.form.editors["asset_id"], self.form.editors["location_id"]
        record_id = asset.value()
        if isinstance(record_id, str) and not location.shown():
            view = self._workspace.reader.record("asset", record_id)
            if view is not None and view.fields.get("location_id"):
                location.show_value(view.fields["location_id"])
