"""The sync history in words: how each edit ended, and all four sides of its content."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from maintenance_desktop.domain.edits import Ending, Way
from maintenance_desktop.domain.records import SPECS, Fields
from maintenance_desktop.domain.views import HistoryEntry, RefusalView
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.error_texts import ErrorTexts
from maintenance_desktop.ui.value_grid import GridCell, GridRow
from maintenance_desktop.ui.values import ValueTexts, fill


class HistoryTexts(QObject):
    """Puts entries of the history into words."""

    def __init__(self, values: ValueTexts) -> None:
        super().__init__()
        self._values = values
        self._edits = EditTexts(values)

    def what(self, entry: HistoryEntry) -> str:
        """What the person did."""
        return self._edits.edit(entry.edit, entry.subject)

    def when(self, entry: HistoryEntry) -> str:
        """When it ended."""
        return self._values.when(entry.ended_at)

    def ending(self, entry: HistoryEntry) -> str:
        """How it ended, in a few words behind a sign."""
        match entry.ending:
            case Ending.APPLIED:
                return self.tr("✓ On the server")
            case Ending.OVERWROTE:
                return self.tr("✓ Overwrote the server's version")
            case Ending.COMBINED if entry.edit.origin and entry.edit.origin.way is Way.COMBINE_BY_ITSELF:
                return self.tr("✓ Combined by itself")
            case Ending.COMBINED:
                return self.tr("✓ Combined by you")
            case Ending.DISCARDED:
                return self.tr("– Discarded by you")
            case Ending.ACKNOWLEDGED:
                return self.tr("✕ Refused by the server")
            case Ending.UNDONE:
                return self.tr("– Undone before it was sent")
            case Ending.FOLDED:
                return self.tr("→ Joined with a later change")
            case Ending.REPLACED:
                return self._replaced(entry.became)
            case Ending.ENDED_WITH_PARENT:
                return self.tr("– Ended with what it depended on")
        return str(entry.ending)

    def sentence(self, entry: HistoryEntry) -> str:
        """How it ended and when, who stood against it, why, what it came of and what became of it."""
        parts = [fill(self.tr("You saved this %1."), self._values.when(entry.edit.made_at))]
        if entry.edit.origin is not None:
            parts.append(self._came_of(entry.edit.origin.way))
        parts.append(f"{self.ending(entry)[2:]}: {self.when(entry)}.")
        theirs = entry.theirs
        if theirs is not None and theirs.changed_by_name:
            template = (
                self.tr("%1 changed it %2.") if theirs.record is not None else self.tr("%1 deleted it %2.")
            )
            parts.append(fill(template, theirs.changed_by_name, self._values.when(theirs.changed_at)))
        if entry.edit.refusal is not None:
            view = RefusalView(entry.edit.id, entry.subject, entry.edit, entry.message)
            parts.append(ErrorTexts(view, self._values).sentence())
        elif entry.message:
            parts.append(entry.message)
        if entry.became is Way.RESTORE:
            parts.append(self.tr("You restored this later."))
        return " ".join(parts)

    def headers(self, entry: HistoryEntry) -> list[str]:
        """What stands above the columns of `rows`."""
        return [title for title, _ in self._sides(entry)]

    def rows(self, entry: HistoryEntry) -> list[GridRow]:
        """Every field that has a value on any side."""
        record_type = entry.edit.type
        sides = [fields for _, fields in self._sides(entry)]
        rows = []
        for name in _names(record_type, sides):
            cells = tuple(GridCell(self._values.text(record_type, name, side.get(name))) for side in sides)
            rows.append(GridRow(self._values.label(record_type, name), cells))
        return rows

    def as_text(self, entry: HistoryEntry) -> str:
        """The whole entry as plain text, to be pasted into a mail."""
        lines = [self.what(entry), self.sentence(entry), ""]
        headers = self.headers(entry)
        for row in self.rows(entry):
            lines.append(row.label)
            lines += [f"  {title}: {cell.text}" for title, cell in zip(headers, row.cells, strict=True)]
        return "\n".join(lines)

    def _replaced(self, way: Way | None) -> str:
        """What an edit was sent as instead."""
        match way:
            case Way.OVERWRITE:
                return self.tr("→ Sent again as an overwrite")
            case Way.COMBINE | Way.COMBINE_BY_ITSELF:
                return self.tr("→ Sent again combined")
            case Way.RESEND:
                return self.tr("→ Refused, then sent again")
            case Way.FOLLOW_UP:
                return self.tr("→ Moved to a follow-up work order")
        return self.tr("→ Sent again")

    def _came_of(self, way: Way) -> str:
        match way:
            case Way.OVERWRITE:
                return self.tr("You chose Overwrite.")
            case Way.COMBINE:
                return self.tr("You chose Combine.")
            case Way.COMBINE_BY_ITSELF:
                return self.tr("Combined by itself: nothing overlapped (a setting of this site).")
            case Way.RESEND:
                return self.tr("You sent it again after it was refused.")
            case Way.FOLLOW_UP:
                return self.tr("It is on a follow-up work order, because the first one was finished.")
            case Way.RESTORE:
                return self.tr("You restored it from the sync history.")
        return ""

    def _sides(self, entry: HistoryEntry) -> list[tuple[str, Fields]]:
        sides: list[tuple[str, Fields]] = []
        if entry.edit.base is not None:
            sides.append((self.tr("When you started"), entry.edit.base))
        sides.append((self.tr("Yours"), entry.edit.mine))
        if entry.theirs is not None:
            did_overwrite = entry.ending is Ending.OVERWROTE
            title = self.tr("Overwritten") if did_overwrite else self.tr("On the server then")
            if entry.theirs.record is None:
                title = self.tr("Deleted on the server")
            sides.append((title, entry.theirs.record or {}))
        if entry.result is not None:
            sides.append((self.tr("What the server made of it"), entry.result))
        return sides


def _names(record_type: str, sides: Iterable[Fields]) -> list[str]:
    """All fields with a value: the known ones in their order, then those of a newer server."""
    used = {name: None for side in sides for name, value in side.items() if value not in (None, "")}
    known = [field.name for field in SPECS[record_type].fields] if record_type in SPECS else []
    return [name for name in known if name in used] + [name for name in used if name not in known]
