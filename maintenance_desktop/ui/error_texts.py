"""A refusal in sentences: what was refused and why."""

from __future__ import annotations

from PySide6.QtCore import QObject

from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.views import RefusalView
from maintenance_desktop.ui.edit_texts import EditTexts
from maintenance_desktop.ui.plain import one_line
from maintenance_desktop.ui.values import ValueTexts, fill


class ErrorTexts(QObject):
    """The sentences of one refused edit."""

    def __init__(self, view: RefusalView, values: ValueTexts) -> None:
        super().__init__()
        self._view = view
        self._edit = view.edit
        self._values = values
        self._edits = EditTexts(values)

    def heading(self) -> str:
        """What did not happen, and to which record."""
        templates = {
            ("labor", EditKind.CREATE): self.tr("Hours not added: %1"),
            ("labor", EditKind.UPDATE): self.tr("Hours not changed: %1"),
            ("labor", EditKind.DELETE): self.tr("Hours not removed: %1"),
            ("comment", EditKind.CREATE): self.tr("Comment not added: %1"),
            ("comment", EditKind.UPDATE): self.tr("Comment not changed: %1"),
            ("comment", EditKind.DELETE): self.tr("Comment not removed: %1"),
            ("work_order", EditKind.CREATE): self.tr("Work order not created: %1"),
            ("work_order", EditKind.UPDATE): self.tr("Work order not changed: %1"),
            ("work_order", EditKind.DELETE): self.tr("Work order not deleted: %1"),
            ("asset", EditKind.UPDATE): self.tr("Asset not changed: %1"),
        }
        template = templates.get((self._edit.type, self._edit.kind), self.tr("Change refused: %1"))
        return fill(template, self._edits.subject(self._view.subject))

    def sentence(self) -> str:
        """Why: "Dana Ortiz completed WO-1042 at 10:30, so 2.5 h were not added."."""
        refusal = self._edit.refusal
        details = refusal.details if refusal else {}
        who, status = details.get("finished_by_name"), str(details.get("status") or "completed")
        is_finished = refusal is not None and refusal.code == "work_order_finished"
        if not (is_finished and who and self._edit.type == "labor" and status in _FINISHED):
            return self._view.message
        did = {
            "completed": self.tr("%1 completed %2 %3"),
            "closed": self.tr("%1 closed %2 %3"),
            "cancelled": self.tr("%1 cancelled %2 %3"),
        }[status]
        number = str(details.get("number") or self._view.subject.number)
        reason = fill(did, str(who), number, self._values.at(str(details.get("finished_at") or ""))).strip()
        hours = self._values.hours(self._edit.mine.get("hours"))
        so = {
            EditKind.CREATE: self.tr("%1, so %2 were not added."),
            EditKind.UPDATE: self.tr("%1, so the hours were not changed to %2."),
            EditKind.DELETE: self.tr("%1, so %2 were not removed."),
        }[self._edit.kind]
        return fill(so, reason, hours)

    def explanation(self) -> str:
        """What *Okay* does."""
        return self.tr("Okay takes this out of the queue. Its content stays in the sync history under More.")

    def made(self) -> str:
        """The caption above the content of the edit."""
        return fill(self.tr("What you saved %1:"), self._values.when(self._edit.made_at))

    def dependants(self) -> str:
        """What else ends with *Okay*; empty when nothing does."""
        items = self._view.dependants
        if not items:
            return ""
        return fill(self.tr("Okay also ends what depends on it: %1."), self._edits.items(items))

    def as_text(self) -> str:
        """All of it as plain text."""
        rows = self._edits.as_text(self._edits.rows(self._edit))
        return "\n".join([self.heading(), self.sentence(), "", self.made(), rows])

    def follow_up_title(self) -> str:
        """What the follow-up work order could be called."""
        title = fill(self.tr("Follow-up: %1"), self._view.subject.title or self._view.subject.number)
        return one_line(title, _LONGEST_TITLE)

    def follow_up_description(self) -> str:
        """What stands in it, naming the old work order."""
        template = self.tr("Follow-up of %1. %2\n\n%3")
        return fill(template, self._edits.subject(self._view.subject), self.sentence(), self.work())

    def follow_up_link(self, title: str) -> str:
        """The comment on the old work order."""
        return fill(self.tr("Continued in a follow-up work order: “%1”."), title)

    def follow_up_about(self) -> str:
        """What else happens."""
        template = self.tr("What was refused is put on the new work order, and a comment on %1 names it.")
        return fill(template, self._view.subject.number)

    def reopen_request(self) -> str:
        """The comment that asks for it, with everything in it that is to be booked."""
        template = self.tr("To the planner: please reopen %1. %2\n\nStill to be booked: %3")
        return fill(template, self._view.subject.number, self.sentence(), self.work())

    def work(self) -> str:
        """The refused hours in a line: "2.5 h, Sam Okafor, 14 March 2026 08:00, Regular: Pulled coupling"."""
        mine, kind = self._edit.mine, self._edit.type
        if kind != "labor":
            return self._edits.edit(self._edit, self._view.subject)
        names = ("hours", "person_id", "started_at", "labor_type")
        line = ", ".join(self._values.text(kind, name, mine[name]) for name in names if mine.get(name))
        note = mine.get("note")
        return f"{line}: {note}" if note else line


_LONGEST_TITLE = 200
_FINISHED = ("completed", "closed", "cancelled")
