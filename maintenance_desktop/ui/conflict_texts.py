"""A conflict in sentences: who changed what and when, and what each answer leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from maintenance_desktop.domain.conflicts import FieldConflict
from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.records import SPECS, FieldKind, Fields, Value
from maintenance_desktop.domain.views import ConflictView, Problem
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.value_grid import GridCell, GridRow
from maintenance_desktop.ui.values import ValueTexts, fill, quoted
from maintenance_desktop.ui.word_differences import Mark, Piece, differences

_MOST_FIELDS = 6
_MOST_TOLD = 12


class ConflictTexts(QObject):
    """The sentences of one conflict. They never say which of the two clocks was first."""

    def __init__(self, view: ConflictView, values: ValueTexts) -> None:
        super().__init__()
        self._view = view
        self._values = values
        self._edits = EditTexts(values)
        self._type = view.chain[0].type
        self._last = view.chain[-1]
        self._is_gone = view.server.record is None
        self._is_deletion = self._last.kind is EditKind.DELETE

    def heading(self) -> str:
        """What happened to which record."""
        templates = {
            "work_order": self.tr("Work order conflict: %1"),
            "asset": self.tr("Asset conflict: %1"),
            "labor": self.tr("Hours conflict: %1"),
            "comment": self.tr("Comment conflict: %1"),
            "location": self.tr("Location conflict: %1"),
            "person": self.tr("Person conflict: %1"),
        }
        return fill(
            templates.get(self._type, self.tr("Conflict: %1")), self._edits.subject(self._view.subject)
        )

    def sentence(self) -> str:
        """Who changed it and when, and when you changed your copy."""
        return f"{self._theirs_sentence()} {self._mine_sentence()}"

    def headers(self) -> tuple[str, str, str]:
        """What stands above the three columns."""
        return self.tr("When you started"), self.tr("Yours"), self.tr("Now on the server")

    def my_note(self) -> str:
        """What stands below a value that the person changed."""
        return self.tr("changed by you")

    def their_note(self) -> str:
        """What stands below a value that is different on the server."""
        who = self._view.server.changed_by_name
        return (
            fill(self.tr("changed by %1"), who)
            if who and self._view.server.changes == 1
            else self.tr("changed on the server")
        )

    def overwrite_leaves(self) -> str:
        """What is on the server after *Overwrite*, and whose work that undoes."""
        if self._is_deletion:
            return self.tr("Nothing: it is deleted with what changed on the server.")
        values = self._summary([(field, field.mine) for field in self._view.fields])
        if self._is_gone:
            text = fill(self.tr("It is restored, with your changes: %1."), values)
            if self._type == "work_order":
                text += " " + self.tr("Its deleted hours and comments do not come back.")
            return text
        undone = [one for one in self._view.fields if one.changed_by_them and one.mine != one.theirs]
        return self._leaves(
            f"{values}.",
            fill(self.tr("This undoes what %1 changed: %2."), self._who(), self._names(undone))
            if undone
            else "",
        )

    def discard_leaves(self) -> str:
        """What is on the server after *Discard*, and what of yours is lost."""
        mine = [one for one in self._view.fields if one.changed_by_me and one.mine != one.theirs]
        undoes = fill(self.tr("This undoes what you changed: %1."), self._names(mine)) if mine else ""
        if self._is_gone:
            return self._leaves(self.tr("Nothing: it stays deleted."), undoes)
        values = self._summary([(field, field.theirs) for field in self._view.fields])
        if self._is_deletion:
            undoes = self.tr("This undoes that you deleted it.")
        return self._leaves(f"{values}.", undoes)

    def combine_leaves(self, record: Fields) -> str:
        """What is on the server after *Combine*, and whose work that undoes; `record` is what it leaves."""
        fields = self._view.fields
        edited = [
            one for one in fields if one.overlaps and record.get(one.name) not in (one.mine, one.theirs)
        ]
        whole = [one for one in fields if one not in edited]
        mine = [one for one in whole if one.changed_by_me and record.get(one.name) != one.mine]
        theirs = [one for one in whole if one.changed_by_them and record.get(one.name) != one.theirs]
        undoes = []
        if theirs:
            undoes.append(fill(self.tr("This undoes what %1 changed: %2."), self._who(), self._names(theirs)))
        if mine:
            undoes.append(fill(self.tr("This undoes what you changed: %1."), self._names(mine)))
        if edited:
            undoes.append(fill(self.tr("As you edited it: %1."), self._names(edited)))
        values = self._summary([(one, record.get(one.name)) for one in fields])
        return self._leaves(f"{values}.", " ".join(undoes) or self.tr("Nothing is undone."))

    def undecided(self, names: Sequence[str]) -> str:
        """What has to be picked before *Combine*."""
        labels = ", ".join(self._values.label(self._type, name) for name in names)
        return fill(self.tr("Both of you changed %1. Pick above what stays."), labels)

    def overlap(self, names: Sequence[str]) -> str:
        """Why it cannot be combined without anybody picking."""
        labels = ", ".join(self._values.label(self._type, name) for name in names)
        return fill(self.tr("Both of you changed %1: answer it on its own."), labels)

    def problems(self, found: Sequence[Problem]) -> str:
        """Why *Combine* is not possible."""
        return " ".join(
            f"{self._values.label(self._type, one.field)}: {one.message}" if one.field else one.message
            for one in found
        )

    def groups(self) -> list[tuple[str, list[FieldConflict]]]:
        """The fields by who changed them; one group without a title where one side is deleted."""
        fields = self._view.fields
        if self._is_gone or self._is_deletion:
            return [("", list(fields))]
        server = self._view.server
        who = server.changed_by_name if server.changes == 1 else ""
        found = (
            (self.tr("Both changed: pick what Combine keeps"), [one for one in fields if one.overlaps]),
            (
                fill(self.tr("Only %1 changed: Combine keeps theirs"), who)
                if who
                else self.tr("Only changed on the server: Combine keeps theirs"),
                [one for one in fields if not one.changed_by_me],
            ),
            (
                self.tr("Only you changed: Combine keeps yours"),
                [one for one in fields if not one.changed_by_them],
            ),
            (
                self.tr("Both changed to the same"),
                [one for one in fields if one.changed_by_me and one.changed_by_them and not one.overlaps],
            ),
        )
        return [(title, group) for title, group in found if group]

    def cells(self, field: FieldConflict) -> tuple[GridCell, GridCell, GridCell]:
        """A field on the three sides, with its differences marked."""
        base = GridCell(self._values.text(self._type, field.name, field.base))
        gone = GridCell(self.tr("✕ deleted"))
        mine = self._cell(field, field.mine, self.my_note() if field.changed_by_me else "")
        theirs = self._cell(field, field.theirs, self.their_note() if field.changed_by_them else "")
        return base, gone if self._is_deletion else mine, gone if self._is_gone else theirs

    def rows(self, picks: Mapping[str, QWidget]) -> list[GridRow]:
        """All of them by groups, with the picks below the fields that both changed."""
        rows = []
        for title, fields in self.groups():
            if title:
                rows.append(GridRow(title))
            rows += [
                GridRow(self._values.label(self._type, one.name), self.cells(one), picks.get(one.name))
                for one in fields
            ]
        return rows

    def _cell(self, field: FieldConflict, value: Value, note: str) -> GridCell:
        text = self._values.text(self._type, field.name, value)
        spec = SPECS[self._type].field(field.name) if note else None
        pieces: tuple[Piece, ...] = ()
        if spec is not None and spec.kind is FieldKind.TEXT:
            pieces = differences(str(field.base or ""), str(value or ""))
        return GridCell(text, note, pieces, self._told(pieces))

    def _told(self, pieces: Sequence[Piece]) -> str:
        """The marked differences for who hears them."""
        templates = {Mark.REMOVED: self.tr("Removed: %1."), Mark.ADDED: self.tr("Added: %1.")}
        told = [
            fill(templates[piece.mark], quoted(piece.text)) for piece in pieces if piece.mark in templates
        ]
        return " ".join(told[:_MOST_TOLD])

    def dependants(self) -> str:
        """What else ends with *Discard*; empty when nothing does."""
        items = self._view.dependants
        if not items:
            return ""
        return fill(self.tr("Discard also ends what depends on it: %1."), self._edits.items(items))

    def _theirs_sentence(self) -> str:
        server = self._view.server
        who, when = self._who(), self._values.when(server.changed_at)
        what = {
            "work_order": self.tr("this work order"),
            "asset": self.tr("this asset"),
            "labor": self.tr("these hours"),
            "comment": self.tr("this comment"),
            "location": self.tr("this location"),
            "person": self.tr("this person"),
        }.get(self._type, self.tr("this"))
        if self._is_gone:
            template = self.tr("%1 deleted %2 %3.")
        elif server.changes > 1:
            template = self.tr("%2 was last changed by %1 %3 (%4 changes).")
            what = what[:1].upper() + what[1:]
        else:
            template = self.tr("%1 changed %2 %3.")
        return fill(template, who, what, when, str(server.changes)).replace(" .", ".").replace("  ", " ")

    def _mine_sentence(self) -> str:
        when = self._values.when(self._last.made_at)
        if self._is_deletion:
            return fill(self.tr("You deleted your copy %1."), when)
        if len(self._view.chain) > 1:
            return fill(
                self.tr("You changed your copy %1 times, most recently %2."), str(len(self._view.chain)), when
            )
        return fill(self.tr("You changed your copy %1."), when)

    def _summary(self, values: list[tuple[FieldConflict, Value]]) -> str:
        parts = [self._values.short(self._type, one.name, value) for one, value in values[:_MOST_FIELDS]]
        if len(values) > _MOST_FIELDS:
            parts.append(fill(self.tr("and %1 more"), str(len(values) - _MOST_FIELDS)))
        return " · ".join(parts)

    def _names(self, fields: list[FieldConflict]) -> str:
        return ", ".join(self._values.label(self._type, one.name) for one in fields)

    def _who(self) -> str:
        return self._view.server.changed_by_name or self.tr("Somebody")

    @staticmethod
    def _leaves(what: str, undoes: str) -> str:
        return f"{what} {undoes}".strip()
