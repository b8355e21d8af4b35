"""Entries of the ledger in words: what happened, what was chosen, and what was lost."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from maintenance_desktop.domain.ledger import Choice, DecisionKind, LedgerEntry
from maintenance_desktop.domain.records import SPECS, Fields
from maintenance_desktop.ui.plain import one_line
from maintenance_desktop.ui.value_grid import GridCell, GridRow
from maintenance_desktop.ui.values import ValueTexts, fill

_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry as a row."""

    id: str
    entry: LedgerEntry
    when: str
    who: str
    what: str
    choice: str
    about: str
    lost: str

    @property
    def searched(self) -> str:
        """Where a typed text is looked for."""
        entry = self.entry
        contents = (entry.base, entry.mine, entry.theirs, entry.result)
        values = " ".join(str(value) for one in contents if one for value in one.values() if value)
        whose = f"{entry.changed_by_name} {entry.message} {values}"
        return f"{self.who} {self.what} {self.choice} {self.about} {self.lost} {whose}".casefold()


class LedgerTexts(QObject):
    """Puts entries into words; the values come from `values`."""

    def __init__(self, values: ValueTexts) -> None:
        super().__init__()
        self._values = values

    def row(self, entry: LedgerEntry) -> LedgerRow:
        return LedgerRow(
            id=f"{entry.person_id} {entry.edit_id}",
            entry=entry,
            when=self._values.when(entry.happened_at),
            who=entry.person_name,
            what=self.kind(entry.kind),
            choice=self.choice(entry.choice),
            about=one_line(f"{entry.number} {entry.title}", _LONGEST_NAME) or self.tr("(without a name)"),
            lost=self.lost(entry),
        )

    def kind(self, kind: str) -> str:
        """What happened."""
        names = {
            DecisionKind.CONFLICT: self.tr("Conflict"),
            DecisionKind.REFUSAL: self.tr("Refused"),
            DecisionKind.OVERWRITE: self.tr("Overwrote"),
            DecisionKind.COMBINE: self.tr("Combined"),
        }
        return names[DecisionKind(kind)] if kind in list(DecisionKind) else kind

    def choice(self, choice: str) -> str:
        """What was chosen; a dash while nothing is."""
        names = {
            Choice.OVERWRITE: self.tr("Overwrite"),
            Choice.COMBINE: self.tr("Combine"),
            Choice.COMBINE_BY_ITSELF: self.tr("By itself"),
            Choice.DISCARD: self.tr("Discard"),
            Choice.ACKNOWLEDGE: self.tr("Okay"),
            Choice.RESEND: self.tr("Edit and resend"),
            Choice.FOLLOW_UP: self.tr("Follow-up work order"),
        }
        if not choice:
            return self.tr("Not answered yet")
        return names[Choice(choice)] if choice in list(Choice) else choice

    def lost(self, entry: LedgerEntry) -> str:
        """The fields that lost a value, in a line."""
        if entry.result is None and entry.is_change_of_record and entry.theirs is not None:
            return self.tr("The whole record")
        return ", ".join(self._values.label(entry.type, name) for name in entry.lost) or self.tr("–")

    def sentence(self, entry: LedgerEntry) -> str:
        """What happened, when, and between whom."""
        when, who, theirs = self._values.when(entry.happened_at), entry.person_name, entry.changed_by_name
        match entry.kind:
            case DecisionKind.CONFLICT:
                said = fill(
                    self.tr("%1 and %2 both changed it (%3)."), who, theirs or self.tr("someone"), when
                )
            case DecisionKind.REFUSAL:
                said = fill(self.tr("The server refused a change by %1 %2: %3"), who, when, entry.message)
            case DecisionKind.OVERWRITE:
                said = fill(
                    self.tr("%1 overwrote the version of %2 %3."), who, theirs or self.tr("someone"), when
                )
            case _:
                said = fill(
                    self.tr("%1 combined with the version of %2 %3."), who, theirs or self.tr("someone"), when
                )
        chosen = fill(self.tr("Chosen: %1."), self.choice(entry.choice))
        return f"{said} {chosen} {fill(self.tr('Lost: %1.'), self.lost(entry))}"

    def headers(self, entry: LedgerEntry) -> list[str]:
        """What stands above the columns of `rows`."""
        return [title for title, _ in self._sides(entry)]

    def rows(self, entry: LedgerEntry) -> list[GridRow]:
        """Every field that has a value on any side; what was lost is marked."""
        sides = self._sides(entry)
        used = {name: None for _, side in sides for name, one in side.items() if one not in (None, "")}
        known = [field.name for field in SPECS[entry.type].fields] if entry.type in SPECS else []
        names = [name for name in known if name in used] + [name for name in used if name not in known]
        lost = set(entry.lost)
        rows = []
        for name in sorted(names, key=lambda one: one not in lost):
            cells = tuple(
                GridCell(
                    self._values.text(entry.type, name, side.get(name)),
                    self.tr("lost") if name in lost and side is entry.dropped else "",
                )
                for _, side in sides
            )
            rows.append(GridRow(self._values.label(entry.type, name), cells))
        return rows

    def as_text(self, entry: LedgerEntry) -> str:
        """The whole entry as plain text."""
        lines = [self.row(entry).about, self.sentence(entry), ""]
        headers = self.headers(entry)
        for row in self.rows(entry):
            lines.append(row.label)
            lines += [f"  {title}: {cell.text}" for title, cell in zip(headers, row.cells, strict=True)]
        return "\n".join(lines)

    def titles(self) -> list[str]:
        """The columns of a file."""
        return [
            self.tr("When"), self.tr("Who"), self.tr("What"), self.tr("Choice"), self.tr("Chosen at"),
            self.tr("Number"), self.tr("Title"), self.tr("Type"), self.tr("Whose version"),
            self.tr("Fields lost"), self.tr("What was lost"), self.tr("Message"),
        ]  # fmt: skip

    def cells(self, row: LedgerRow) -> list[str]:
        """One line of a file: times as they travel, so that a spreadsheet can sort them."""
        entry = row.entry
        dropped = entry.dropped or {}
        lost = "; ".join(
            f"{self._values.label(entry.type, name)}: "
            f"{self._values.text(entry.type, name, dropped.get(name))}"
            for name in entry.lost
        )
        return [
            entry.happened_at, row.who, row.what, row.choice, entry.chosen_at, entry.number, entry.title,
            entry.type, entry.changed_by_name, row.lost, lost, entry.message,
        ]  # fmt: skip

    def _sides(self, entry: LedgerEntry) -> list[tuple[str, Fields]]:
        titles = (
            (self.tr("When they started"), entry.base),
            (fill(self.tr("Sent by %1"), entry.person_name), entry.mine),
            (fill(self.tr("By %1"), entry.changed_by_name), entry.theirs),
            (self.tr("What was left"), entry.result),
        )
        return [(title, side) for title, side in titles if side is not None]
