"""What a finished run left behind, put in order for the judge."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from maintenance_desktop.domain.edits import Ending
from maintenance_desktop.domain.views import HistoryEntry
from tests.soak.hub_room import LogEntry
from tests.soak.journal import Act, Content, Journal, Save, Told


@dataclass(frozen=True)
class Final_:
    """What a computer has in the end: its history, what still waits and why, and its copy of the server."""

    seat: str
    person_id: str
    history: Sequence[HistoryEntry]
    waiting: Mapping[str, str]
    cache: Sequence[tuple[Any, ...]]


@dataclass
class Applied:
    """An edit that the hub did: the versions that came of it."""

    edit_id: str
    person_id: str
    versions: list[LogEntry] = field(default_factory=list)
    version: int = 0


class Evidence:
    """The journal, the hub's log by edit and by version, and every computer's history as claims."""

    def __init__(self, journal: Journal, log: Sequence[LogEntry], finals: Sequence[Final_]) -> None:
        self.journal = journal
        self.finals = finals
        self.applied: dict[str, list[Applied]] = defaultdict(list)
        self.versions: dict[str, dict[int, LogEntry]] = defaultdict(dict)
        self.maker: dict[tuple[str, int], str] = {}
        """Which edit made a version of a record."""
        self.endings: dict[str, tuple[str, HistoryEntry]] = {}
        self.waiting = {edit_id for final in finals for edit_id in final.waiting}
        self.overwrites = {
            choice.new_id: choice for choice in journal.choices if choice.act in (Act.OVERWRITE, Act.COMBINE)
        }
        self.resends = {c.new_id: c for c in journal.choices if c.act is Act.RESEND}
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self._read(log)
        for final in finals:
            self._collect(final)
        self.overwriting = {self.ending_of_chain(edit_id) for edit_id in self.overwrites}
        """The edits that carry out an Overwrite or a Combine, also where that was folded into a deletion."""
        for choice in self.resends.values():
            if self.ending_of_chain(choice.edit_id) in self.overwriting:
                self.overwriting.add(self.ending_of_chain(choice.new_id))
        self._by_edit: dict[str, list[Save]] = defaultdict(list)
        for save in journal.saves.values():
            if save.told is Told.DONE or save.edit_id in self.endings:
                self._by_edit[self.ending_of_chain(save.edit_id)].append(save)

    def person(self, seat: str) -> str:
        return next(final.person_id for final in self.finals if final.seat == seat)

    def ending_of_chain(self, edit_id: str) -> str:
        """Under which id the content of an edit went on, if it was folded."""
        seen = set()
        while edit_id in self.endings and edit_id not in seen:
            seen.add(edit_id)
            entry = self.endings[edit_id][1]
            if entry.ending is not Ending.FOLDED:
                break
            edit_id = entry.replaced_by
        return edit_id

    def saves_in(self, edit_id: str) -> list[Save]:
        """Everything that was typed into an edit, in order."""
        return self._by_edit.get(edit_id, [])

    def about(self, edit_id: str) -> tuple[str, str]:
        save = self.journal.saves.get(edit_id)
        if save is not None:
            return save.record_id, save.type
        choice = self.overwrites.get(edit_id)
        return self.about(choice.ended[0]) if choice else ("", "")

    def base_of(self, edit_id: str) -> Content | None:
        """The record when the person started; None where it was created here."""
        earlier = self.overwrites.get(edit_id)
        if earlier is not None:
            return earlier.mine
        sent = self.journal.sent.get(edit_id)
        if not sent or sent[0].base_version is None:
            return None
        for choice in self.overwrites.values():
            # Where overwriting a deletion was refused, what was typed after it is asked about it too
            is_same = choice.seat == sent[0].seat and self.about(choice.edit_id)[0] == sent[0].record_id
            ending = self.endings.get(choice.new_id)
            was_refused = ending is not None and ending[1].ending is Ending.ACKNOWLEDGED
            deletion = self.versions[sent[0].record_id].get(choice.version)
            stands_below = deletion and deletion.deleted and choice.version == sent[0].base_version + 1
            if is_same and was_refused and stands_below and edit_id not in choice.ended:
                return self.base_of(choice.ended[0])
        stood_on = self.versions[sent[0].record_id].get(sent[0].base_version)
        return stood_on.content if stood_on else None

    def ground_of(self, edit_id: str) -> Content | None:
        """The record that a conflict about this edit compares with; None where there was none yet."""
        earlier = self.overwrites.get(edit_id)
        if earlier is None:
            return self.base_of(edit_id)
        if earlier.act is Act.COMBINE:
            there = self.versions[self.about(edit_id)[0]].get(earlier.version)
            return there.content if there else None
        return self.ground_of(earlier.ended[0])

    def _read(self, log: Sequence[LogEntry]) -> None:
        now: dict[int, Applied] = {}
        for entry in log:
            if entry.what == "claimed":
                now[entry.transaction] = Applied(entry.edit_id, entry.person_id)
                self.applied[entry.edit_id].append(now[entry.transaction])
            elif entry.what == "remembered":
                now.pop(entry.transaction).version = entry.version
            else:
                self.versions[entry.record_id][entry.version] = entry
                if entry.transaction in now:
                    now[entry.transaction].versions.append(entry)
                    self.maker[entry.record_id, entry.version] = now[entry.transaction].edit_id

    def _collect(self, final: Final_) -> None:
        for entry in final.history:
            if entry.edit.id in self.endings:
                self.problems.append(f"{entry.edit.id} has two endings")
            self.endings[entry.edit.id] = final.seat, entry
            self.counts[entry.ending.value] += 1
        for edit_id, reason in final.waiting.items():
            self.counts["still waiting"] += 1
            if edit_id in self.endings:
                self.problems.append(f"{edit_id} waits and has ended")
            if not reason:
                self.problems.append(f"{edit_id} waits and nothing says why")
