"""A person's edits in words: what each is about, and everything that is in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from maintenance_desktop.domain.edits import Edit, EditKind, readable_patch
from maintenance_desktop.domain.records import SPECS, Fields, Value
from maintenance_desktop.domain.views import QueueItem, Subject
from maintenance_desktop.ui.plain import one_line
from maintenance_desktop.ui.value_grid import GridCell, GridRow
from maintenance_desktop.ui.values import ValueTexts, fill

_LONGEST_NAME = 90
_MOST_NAMED = 5


class EditTexts(QObject):
    """Puts edits into words; the values come from `values`."""

    def __init__(self, values: ValueTexts) -> None:
        super().__init__()
        self._values = values

    def subject(self, subject: Subject) -> str:
        """The work order's number and title, or the asset's tag and name, on one line."""
        name = one_line(f"{subject.number} {subject.title}", _LONGEST_NAME)
        return name or self.tr("(without a name)")

    def items(self, items: Sequence[QueueItem]) -> str:
        """Several edits in a sentence: the first few, and how many more."""
        named = [self.item(item) for item in items[:_MOST_NAMED]]
        if len(items) > _MOST_NAMED:
            named.append(fill(self.tr("and %1 more"), str(len(items) - _MOST_NAMED)))
        return "; ".join(named)

    def item(self, item: QueueItem) -> str:
        """One line of the queue."""
        return self.edit(item.edit, item.subject)

    def edit(self, edit: Edit, subject: Subject) -> str:
        """What the person did, in a line: "2.5 h on WO-1042 Replace DE bearing"."""
        name = self.subject(subject)
        match edit.type, edit.kind:
            case "labor", EditKind.DELETE:
                return fill(self.tr("Removed hours on %1"), name)
            case "labor", kind:
                hours = self._values.hours(edit.mine.get("hours"))
                template = (
                    self.tr("%1 on %2") if kind is EditKind.CREATE else self.tr("Hours changed to %1 on %2")
                )
                return fill(template, hours, name)
            case "comment", kind:
                templates = {
                    EditKind.CREATE: self.tr("Comment on %1"),
                    EditKind.UPDATE: self.tr("Changed comment on %1"),
                    EditKind.DELETE: self.tr("Removed comment on %1"),
                }
                return fill(templates[kind], name)
            case record_type, EditKind.CREATE:
                new = {
                    "work_order": self.tr("New work order %1"),
                    "asset": self.tr("New asset %1"),
                    "location": self.tr("New location %1"),
                    "person": self.tr("New person %1"),
                }
                return fill(new.get(record_type, self.tr("New: %1")), name)
            case _, EditKind.DELETE:
                return fill(self.tr("Deleted %1"), name)
        names = ", ".join(self._values.label(edit.type, field) for field in edit.patch)
        return f"{name}: {names}" if names else name

    def headers(self, edit: Edit) -> tuple[str, ...]:
        """What stands above the columns of `rows`."""
        if edit.kind is EditKind.UPDATE:
            return self.tr("Before"), self.tr("Yours")
        return ()

    def rows(self, edit: Edit) -> list[GridRow]:
        """Everything that is in the edit, nothing hidden: for a change before and after, else all fields."""
        if edit.kind is EditKind.UPDATE:
            return [
                self._row(edit.type, name, before, after)
                for name, (before, after) in readable_patch(edit).items()
            ]
        return self.record_rows(edit.type, edit.mine or edit.base or {})

    def record_rows(self, record_type: str, fields: Fields) -> list[GridRow]:
        """A whole record: its known fields in their order, then what a newer server added."""
        known = [field.name for field in SPECS[record_type].fields] if record_type in SPECS else []
        names = [name for name in known if name in fields] + [name for name in fields if name not in known]
        return [
            self._row(record_type, name, fields[name]) for name in names if fields[name] not in (None, "")
        ]

    def as_text(self, rows: list[GridRow]) -> str:
        """The same rows as lines of plain text."""
        lines = []
        for row in rows:
            arrow = " → ".join(cell.text for cell in row.cells)
            lines.append(f"{row.label}: {arrow}")
        return "\n".join(lines)

    def _row(self, record_type: str, name: str, *values: Value) -> GridRow:
        cells = tuple(GridCell(self._values.text(record_type, name, value)) for value in values)
        return GridRow(self._values.label(record_type, name), cells)
