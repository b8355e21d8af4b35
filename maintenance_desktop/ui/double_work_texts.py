"""Doubts in words: what a change looks like, who did the other one, and when."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from maintenance_desktop.domain.double_work import Question
from maintenance_desktop.domain.edits import Doubt
from maintenance_desktop.domain.views import RecordView
from maintenance_desktop.ui.plain import one_line
from maintenance_desktop.ui.values import ValueTexts, fill

_LONGEST_NAME = 90


class DoubleWorkTexts(QObject):
    """Puts doubts into words; the values come from `values`."""

    def __init__(self, values: ValueTexts) -> None:
        super().__init__()
        self._values = values

    def heading(self, doubts: Sequence[Doubt]) -> str:
        """What it looks like, by the first doubt."""
        match doubts[0].code if doubts else "":
            case Question.SAME_JOB:
                return self.tr("Somebody else did this job already")
            case Question.OVERLAPPING_HOURS:
                return self.tr("These hours overlap hours that are booked")
            case Question.SIMILAR_WORK_ORDER:
                return self.tr("There is a work order like this one")
        return self.tr("This may be done or planned already")

    def sentence(self, doubts: Sequence[Doubt]) -> str:
        """Why that is asked."""
        match doubts[0].code if doubts else "":
            case Question.SAME_JOB:
                return self.tr("The same planned job on this asset was completed. It may be the same work.")
            case Question.OVERLAPPING_HOURS:
                return self.tr(
                    "One person cannot work twice at the same time. Perhaps they are booked twice."
                )
        return self.tr("It is on the same asset and not finished. Perhaps both are about the same.")

    def name(self, doubt: Doubt) -> str:
        """The other record's work order, on one line."""
        return one_line(f"{doubt.number} {doubt.title}", _LONGEST_NAME) or self.tr("(without a name)")

    def line(self, doubt: Doubt, other: RecordView | None) -> str:
        """The other record: which, who and when."""
        when = self._values.when(doubt.at)
        who = doubt.who or self.tr("somebody")
        match doubt.code:
            case Question.SAME_JOB:
                return fill(self.tr("%1\nCompleted %2 by %3"), self.name(doubt), when, who)
            case Question.OVERLAPPING_HOURS:
                hours = self._values.hours(other.fields.get("hours")) if other else self.tr("Hours")
                return fill(self.tr("%1\n%2 of %3, from %4"), self.name(doubt), hours, who, when)
        if not when:
            return fill(self.tr("%1\nSaved on this computer, not sent yet"), self.name(doubt))
        return fill(self.tr("%1\nCreated %2 by %3"), self.name(doubt), when, who)
