"""The judge: from what people did and were told, and from the hub's own log, what must be true in the end.

It knows nothing of how the program works. What it compares with are the journal (beside the program), the
log that triggers wrote into the hub's database, and, as claims to be proved, each computer's history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from maintenance_desktop.domain.edits import EditKind, Ending
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.views import HistoryEntry
from tests.soak.evidence import Applied, Evidence, Final_
from tests.soak.hub_room import LogEntry
from tests.soak.journal import Act, Choice, Content, Journal, Save, Told

_HUB_MAY_SET: Final = frozenset({"completed_at", "written_at", "written_by", "active"})
_DONE: Final = frozenset({Ending.APPLIED, Ending.OVERWROTE, Ending.COMBINED})


class Judge:
    """Looks at one finished run. `problems` are sentences; none means that every promise was kept."""

    def __init__(
        self,
        journal: Journal,
        log: Sequence[LogEntry],
        records: Sequence[tuple[Any, ...]],
        finals: Sequence[Final_],
    ) -> None:
        self._seen = Evidence(journal, log, finals)
        self._records = records
        self.problems: list[str] = [*journal.problems, *self._seen.problems]
        self.endings = self._seen.counts

    def judges(self) -> list[str]:
        """All that is wrong."""
        for found in (
            self._fates(), self._endings_are_true(), self._answers_hold(), self._hub_did_what_was_saved(),
            self._same_id_same_content(), self._all_is_readable(), self._caches_equal_hub(),
        ):  # fmt: skip
            self.problems += found
        return self.problems

    def _fates(self) -> Iterator[str]:
        """Every edit that was saved ends exactly once, and nothing else is ever applied."""
        for save in self._seen.journal.saves.values():
            is_there = save.edit_id in self._seen.endings or save.edit_id in self._seen.waiting
            if save.told is Told.DONE and not is_there:
                yield f"{save.seat}: the saved edit {save.edit_id} ({save.kind} {save.type}) is gone"
            if save.told is Told.REFUSED and is_there:
                yield f"{save.seat}: {save.edit_id} was not saved, and there it is"
        for edit_id, (seat, _) in self._seen.endings.items():
            if edit_id not in self._seen.journal.saves and edit_id not in self._seen.overwrites:
                yield f"{seat}: nobody made {edit_id}"
        for edit_id, times in self._seen.applied.items():
            maker = self._seen.journal.saves.get(edit_id) or self._seen.overwrites.get(edit_id)
            if maker is None:
                yield f"the hub did {edit_id}, which nobody made"
            elif len(times) > 1:
                yield f"the hub did {edit_id} {len(times)} times"
            elif times[0].person_id != self._seen.person(maker.seat):
                yield f"{edit_id} of {maker.seat} was done under another name"

    def _endings_are_true(self) -> Iterator[str]:
        """What the history says happened is what happened, at the hub and by the person's choice."""
        for edit_id, (seat, entry) in self._seen.endings.items():
            is_done = edit_id in self._seen.applied and not self._was_done_by_others(edit_id, entry)
            if (entry.ending in _DONE) != is_done:
                not_done = "" if is_done else "not "
                yield f"{seat}: {edit_id} ended as {entry.ending}, the hub has {not_done}done it"
            if not self._is_justified(seat, entry):
                yield f"{seat}: nobody chose that {edit_id} ends as {entry.ending}"
            was_sent = edit_id in self._seen.journal.sent
            if was_sent and entry.ending in (Ending.UNDONE, Ending.FOLDED):
                yield f"{seat}: {edit_id} ended as {entry.ending} after it had been sent"
        for edit_id in self._seen.applied:
            if edit_id not in self._seen.endings:
                yield f"the hub did {edit_id}, and no history knows"

    def _was_done_by_others(self, edit_id: str, entry: HistoryEntry) -> bool:
        """A late copy of a deletion that had ended otherwise finds its record deleted, and changes nothing.

        The hub has to call that *applied*; no computer may have heard of it.
        """
        done = self._seen.applied[edit_id][0]
        there = self._seen.versions[entry.edit.record_id].get(done.version)
        changed_nothing = not done.versions and there is not None and there.deleted
        was_told = entry.ending in _DONE or edit_id in self._seen.journal.confirmed
        return entry.edit.kind is EditKind.DELETE and changed_nothing and not was_told

    def _is_justified(self, seat: str, entry: HistoryEntry) -> bool:
        edit_id = entry.edit.id
        match entry.ending:
            case Ending.APPLIED:
                return edit_id not in self._seen.overwrites
            case Ending.OVERWROTE:
                return edit_id in self._seen.overwriting
            case Ending.COMBINED:
                choice = self._seen.overwrites.get(edit_id)
                return choice is not None and choice.act is Act.COMBINE
            case Ending.FOLDED:
                return entry.replaced_by in self._seen.endings or any(
                    entry.replaced_by in final.waiting for final in self._seen.finals
                )
            case Ending.REPLACED:
                return edit_id in self._replacing(entry.replaced_by)
            case Ending.DISCARDED:
                return self._chose(seat, edit_id, Act.DISCARD)
            case Ending.ACKNOWLEDGED:
                return self._chose(seat, edit_id, Act.ACKNOWLEDGE)
            case Ending.UNDONE:
                return self._chose(seat, edit_id, Act.UNDO, Act.TAKE_BACK) or self._was_taken_back(entry)
            case Ending.ENDED_WITH_PARENT:
                return self._chose(seat, edit_id, Act.DISCARD, Act.ACKNOWLEDGE, Act.UNDO)
        return False

    def _replacing(self, new_id: str) -> list[str]:
        choice = self._seen.overwrites.get(new_id) or self._seen.resends.get(new_id)
        return choice.ended if choice else []

    def _chose(self, seat: str, edit_id: str, *acts: Act) -> bool:
        """Whether the person chose it, or was choosing when the program died."""
        return any(
            choice.seat == seat
            and choice.act in acts
            and (edit_id in choice.ended or (choice.told is Told.NOTHING and self._belongs(edit_id, choice)))
            for choice in self._seen.journal.choices
        )

    def _belongs(self, edit_id: str, choice: Choice) -> bool:
        """Whether a choice about one edit may have ended this one with it."""
        entry = self._seen.endings[edit_id][1]
        record_id, _ = self._seen.about(choice.edit_id)
        return record_id in {entry.edit.record_id, *(str(value) for value in entry.edit.mine.values())}

    def _was_taken_back(self, entry: HistoryEntry) -> bool:
        """Deleting what nobody has seen ends its create and all that belongs to it."""
        deleted = {
            save.record_id
            for save in self._seen.journal.saves.values()
            if save.kind is EditKind.DELETE and save.told is Told.NOTHING
        }
        for choice in self._seen.journal.choices:
            if choice.act is Act.TAKE_BACK and choice.edit_id in self._seen.journal.saves:
                deleted.add(self._seen.journal.saves[choice.edit_id].record_id)
        return entry.edit.record_id in deleted or entry.edit.parent_id in deleted

    def _answers_hold(self) -> Iterator[str]:
        """An answer that the screen said is taken is not forgotten."""
        ends = {
            Act.DISCARD: (Ending.DISCARDED, Ending.ENDED_WITH_PARENT),
            Act.ACKNOWLEDGE: (Ending.ACKNOWLEDGED, Ending.ENDED_WITH_PARENT),
            Act.UNDO: (Ending.UNDONE, Ending.ENDED_WITH_PARENT),
            Act.TAKE_BACK: (Ending.UNDONE,),
            Act.OVERWRITE: (Ending.REPLACED,),
            Act.COMBINE: (Ending.REPLACED,),
            Act.RESEND: (Ending.REPLACED,),
        }
        for choice in self._seen.journal.choices:
            if choice.told is not Told.DONE:
                continue
            for edit_id in choice.ended:
                found = self._seen.endings.get(edit_id)
                if found is None or found[1].ending not in ends[choice.act]:
                    how = found[1].ending if found else "nothing"
                    yield f"{choice.seat}: {choice.act} of {edit_id} left it as {how}"
            new_id = choice.new_id
            if new_id and new_id not in self._seen.endings and new_id not in self._seen.waiting:
                yield f"{choice.seat}: what replaces {choice.edit_id} is gone"

    def _hub_did_what_was_saved(self) -> Iterator[str]:
        """Each edit changed what its person changed and nothing else, unless they chose *Overwrite*."""
        for edit_id, (done, *_) in self._seen.applied.items():
            choice = self._seen.overwrites.get(edit_id)
            save = self._seen.journal.saves.get(edit_id)
            if choice is not None:
                yield from self._overwrote_to_the_letter(choice, done)
            elif save is not None:
                yield from self._changed_only_its_own(save, done)

    def _changed_only_its_own(self, save: Save, done: Applied) -> Iterator[str]:
        saves = self._seen.saves_in(save.edit_id)
        typed: Content = {}
        for one in saves:
            typed |= one.patch
        who = f"{save.seat}: {save.edit_id}"
        own, *children = [*done.versions] or [None]
        if own is not None and save.kind is EditKind.DELETE:
            children = [one for one in done.versions if one.record_id != save.record_id]
            own = next((one for one in done.versions if one.record_id == save.record_id), None)
        if own is None:
            yield from self._changed_nothing(who, save, typed, done)
            return
        if own.record_id != save.record_id or (children and save.kind is not EditKind.DELETE):
            yield f"{who} changed other records than its own"
        if own.deleted != (save.kind is EditKind.DELETE):
            yield f"{who} ({save.kind}) left the record {'deleted' if own.deleted else 'living'}"
        if save.kind is EditKind.DELETE:
            if save.edit_id not in self._seen.overwriting:
                yield from self._stood_on_what_was_seen(who, saves, own.version - 1)
            return
        before = self._seen.versions[save.record_id].get(own.version - 1)
        if before is not None and before.deleted:
            yield f"{who} brought back what somebody had deleted"
        stored = before.content if before else {}
        allowed = set(typed) | (_HUB_MAY_SET if save.kind is EditKind.CREATE else set())
        if "status" in typed:
            allowed.add("completed_at")
        for name in _writable(save.type):
            is_changed = stored.get(name) != own.content.get(name)
            if is_changed and name not in allowed:
                yield f"{who} changed {name}, which its person had not touched"
            if name in typed and own.content.get(name) != typed[name] and name not in _HUB_MAY_SET:
                yield f"{who} left {name} as {own.content.get(name)!r}, not {typed[name]!r}"

    def _changed_nothing(self, who: str, save: Save, typed: Content, done: Applied) -> Iterator[str]:
        """Fine where the record said so already."""
        there = self._seen.versions[save.record_id].get(done.version)
        if there is None:
            yield f"{who} is said to have made version {done.version}, which does not exist"
        elif save.kind is EditKind.DELETE:
            if not there.deleted:
                yield f"{who} is said to have deleted what lives"
        elif any(
            there.content.get(name) != value for name, value in typed.items() if name not in _HUB_MAY_SET
        ):
            yield f"{who} is said to be done, and the record does not have it"

    def _stood_on_what_was_seen(self, who: str, saves: Sequence[Save], base: int) -> Iterator[str]:
        """Nothing that somebody else changed since was deleted unasked."""
        first = next((one for one in saves if one.seen is not None), None)
        stood_on = self._seen.versions[saves[0].record_id].get(base)
        if first is None or first.seen is None or stood_on is None:
            return
        mine = {
            name
            for one in self._seen.journal.saves.values()
            if one.seat == first.seat and one.record_id == first.record_id
            for name in one.patch
        }
        for name in _writable(first.type):
            if name in mine or (name == "completed_at" and "status" in mine):
                continue
            if first.seen.get(name) != stood_on.content.get(name):
                yield f"{who} deleted version {base}, whose {name} its person had never seen"

    def _overwrote_to_the_letter(self, choice: Choice, done: Applied) -> Iterator[str]:
        who = f"{choice.seat}: {choice.new_id} ({choice.act})"
        first = choice.ended[0]
        record_id, record_type = self._seen.about(first)
        if not record_id:
            return  # nobody made the first one, which is told elsewhere
        own = next((one for one in done.versions if one.record_id == record_id), None)
        if own is None:
            return  # the server had it already, or it was deleted already
        if own.version != choice.version + 1:
            was = own.version - 1
            yield f"{who} wrote over version {was}, but version {choice.version} was on the screen"
        if own.deleted != choice.deletes:
            yield f"{who} left the record {'deleted' if own.deleted else 'living'}"
        if own.deleted:
            return
        typed: Content = {}
        for edit_id in choice.ended:
            for one in self._seen.saves_in(edit_id):
                typed |= one.patch
        base = self._seen.base_of(first)
        mine = typed if base is None else {**base, **typed}
        wanted = self._combined(choice, record_id, mine) if choice.act is Act.COMBINE else mine
        sent = dict(choice.mine)
        for one in self._seen.saves_in(choice.new_id):  # typed after the answer, before it was sent
            sent |= one.patch
        for name in _writable(record_type):
            if name in sent and own.content.get(name) != sent[name] and name not in _HUB_MAY_SET:
                yield f"{who} left {name} as {own.content.get(name)!r}, not {sent[name]!r}"
            if base is None or name in _HUB_MAY_SET:
                continue
            if name not in choice.picked and choice.mine.get(name) != wanted.get(name):
                yield f"{who}: {name} on the screen was {choice.mine.get(name)!r}, not {wanted.get(name)!r}"
            if name in choice.picked and choice.act is not Act.COMBINE:
                yield f"{who} asked about {name}"

    def _combined(self, choice: Choice, record_id: str, mine: Content) -> Content:
        """Mine where I changed it and nobody else did, else theirs."""
        ground = self._seen.ground_of(choice.ended[0]) or {}
        there = self._seen.versions[record_id].get(choice.version)
        theirs = there.content if there else {}
        return {
            name: mine.get(name) if mine.get(name) != ground.get(name) else theirs.get(name)
            for name in {*mine, *theirs}
        }

    def _same_id_same_content(self) -> Iterator[str]:
        """An edit that may have been sent stands for one content for ever, and is one that somebody made."""
        for edit_id, times in self._seen.journal.sent.items():
            first = times[0]
            if edit_id not in self._seen.journal.saves and edit_id not in self._seen.overwrites:
                yield f"{first.seat} sent {edit_id}, which nobody made"
            for again in times[1:]:
                if (again.kind, again.record_id, again.base_version, again.record) != (
                    first.kind, first.record_id, first.base_version, first.record,
                ):  # fmt: skip
                    yield f"{first.seat} sent {edit_id} with two contents"
                    break

    def _all_is_readable(self) -> Iterator[str]:
        """What was overwritten, discarded or refused can be read; nobody conflicts with themselves."""
        for edit_id, (seat, entry) in self._seen.endings.items():
            for save in self._seen.saves_in(edit_id)[-1:]:
                if any(entry.edit.mine.get(name) != value for name, value in save.patch.items()):
                    yield f"{seat}: the history of {edit_id} does not have what was typed"
            if entry.ending is Ending.ACKNOWLEDGED and not entry.message:
                yield f"{seat}: the history of {edit_id} does not say why it was refused"
            is_resent = entry.ending is Ending.REPLACED and entry.replaced_by in self._seen.resends
            if entry.ending in (
                Ending.DISCARDED, Ending.OVERWROTE, Ending.COMBINED, Ending.REPLACED,
            ) and not is_resent:  # fmt: skip
                yield from self._theirs_is_readable(seat, entry)

    def _theirs_is_readable(self, seat: str, entry: HistoryEntry) -> Iterator[str]:
        edit_id, theirs = entry.edit.id, entry.theirs
        there = self._seen.versions[entry.edit.record_id].get(theirs.version) if theirs else None
        if theirs is None or there is None:
            yield f"{seat}: the history of {edit_id} does not have their side"
            return
        expected = None if there.deleted else there.content
        if (None if theirs.record is None else dict(theirs.record)) != expected:
            yield f"{seat}: the history of {edit_id} has another version {theirs.version} than the hub"
        sent, save = self._seen.journal.sent.get(edit_id), self._seen.journal.saves.get(edit_id)
        if (
            not sent
            or not save
            or entry.ending in (Ending.OVERWROTE, Ending.COMBINED)
            or sent[0].base_version is None
        ):
            return
        seen = {self._seen.ending_of_chain(one) for one in save.seen_edits}
        between = range(sent[0].base_version + 1, theirs.version + 1)
        makers = {self._seen.maker.get((entry.edit.record_id, version)) for version in between}
        if makers and makers <= seen:
            yield f"{seat}: {edit_id} was asked about although only its own person had changed the record"

    def _caches_equal_hub(self) -> Iterator[str]:
        """In the end everybody has the hub's records, byte for byte."""
        living = {row[0]: (*row[:5], row[6]) for row in self._records if not row[5]}
        for final in self._seen.finals:
            mine = {row[0]: row for row in final.cache if row[5] is not None}
            for record_id in sorted(living.keys() | mine.keys()):
                if living.get(record_id) != mine.get(record_id):
                    what = (living.get(record_id) or mine[record_id])[1]
                    how = "differs in"
                    if record_id not in mine or record_id not in living:
                        how = "lacks" if record_id in living else "still has"
                    yield f"{final.seat}: the copy of the server {how} {what} {record_id}"


def _writable(record_type: str) -> list[str]:
    return [one.name for one in SPECS[record_type].writable()]
