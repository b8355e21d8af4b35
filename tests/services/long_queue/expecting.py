"""What has to be true after three days offline have reached the hub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from maintenance_desktop.domain.edits import Edit, EditKind, EditState
from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.views import HistoryEntry, Tally
from tests.person import Person
from tests.services.fakes import cached
from tests.services.long_queue.plant import Plant

_EVERYTHING = 1_000_000


def history(person: Person) -> list[HistoryEntry]:
    return person.reader.history("", 0, _EVERYTHING)


def assert_nothing_is_lost(person: Person, saved: Sequence[Edit]) -> None:
    """Every edit that was saved waits or has ended, once."""
    pending = [edit.id for edit in person.profile.outbox.pending()]
    ended = [entry.edit.id for entry in history(person)]
    assert sorted([*pending, *ended]) == sorted(edit.id for edit in saved)


def assert_what_was_sent_is_what_was_saved(person: Person, saved: Sequence[Edit]) -> None:
    """Nobody but the server's answer to its predecessor changes an edit that waits."""
    as_saved = {edit.id: edit for edit in saved}
    for entry in history(person):
        before = as_saved[entry.edit.id]
        assert (entry.edit.kind, entry.edit.patch) == (before.kind, before.patch)
        assert entry.edit.made_at == before.made_at


def assert_each_is_explained(person: Person, plant: Plant) -> None:
    """Each doomed edit has a question with a sentence, or a reason to wait and what it waits for."""
    queue = {item.edit.id: item for item in person.reader.queue()}
    asked = {item.edit.id for item in person.reader.notifications()}
    role = person.profile.account.role
    assert set(queue) == set(plant.doomed)
    for edit_id, fate in plant.doomed.items():
        item = queue[edit_id]
        match fate.how:
            case "refused":
                view = person.reader.refusal(edit_id)
                assert (view.edit.refusal.code, view.message != "") == (fate.code, True)
                assert edit_id in asked
            case "conflict":
                conflict = person.reader.conflict(edit_id, role)
                assert (conflict.id, conflict.server.changed_by_name) == (edit_id, "Pia Plan")
                assert edit_id in asked
            case "joined":
                conflict = person.reader.conflict(edit_id, role)
                assert [edit.id for edit in conflict.chain] == [fate.waits_for, edit_id]
                assert edit_id not in asked
            case "held":
                assert (item.waiting, item.waits_for) == (Waiting.UNANSWERED_EDIT, fate.waits_for)
            case "follows":
                assert (item.waiting, item.waits_for) == (Waiting.EARLIER_EDIT, fate.waits_for)
            case "put off":
                assert item.waiting is Waiting.SERVER
                assert "fault of its own" in item.edit.refusal.message
            case other:
                raise AssertionError(other)


def assert_the_counts_add_up(person: Person, plant: Plant) -> None:
    """Tally, questions and queue tell the same."""
    fates = Counter(fate.how for fate in plant.doomed.values())
    waiting = fates["held"] + fates["follows"] + fates["put off"]
    tally = person.reader.tally()
    assert tally == Tally(waiting, conflicts=fates["conflict"], refusals=fates["refused"])
    assert tally.needs_you == len(person.reader.notifications())
    assert tally.waiting + tally.needs_you + fates["joined"] == len(person.reader.queue())


def assert_the_hub_did_each_once(
    person: Person, saved: Sequence[Edit], url: str, folder: Path, versions: dict[str, int]
) -> None:
    """Somebody who downloads everything anew finds each edit done once: a version counts the changes.

    `versions` are those that the records had on this computer before.
    """
    applied = {entry.edit.id for entry in history(person) if entry.ending.value.startswith("applied")}
    done = Counter(edit.record_id for edit in saved if edit.id in applied)
    made = {edit.record_id for edit in saved if edit.id in applied and edit.kind is EditKind.CREATE}
    auditor = Person.signs_in(url, "pia", folder)
    auditor.syncs()
    found = cached(auditor)
    auditor.leaves()
    for record_id, times in done.items():
        assert found[record_id][0] == times + (0 if record_id in made else versions[record_id])
    never = {
        edit.record_id
        for edit in saved
        if edit.kind is EditKind.CREATE and edit.id not in applied and not _is_known_otherwise(person, edit)
    }
    assert never.isdisjoint(found)


def _is_known_otherwise(person: Person, edit: Edit) -> bool:
    """Whether the server has something else under the id of this edit."""
    refusal = next((one.refusal for one in person.sees(edit.record_id, edit.type).edits if one.refusal), None)
    return refusal is not None and refusal.code == "id_reused"


def versions_here(person: Person) -> dict[str, int]:
    return {record_id: version for record_id, (version, _) in cached(person).items()}


def answers_everything(person: Person) -> None:
    """*Okay* and *Discard*, until nothing needs an answer."""
    while asked := person.reader.notifications():
        for item in asked:
            if item.edit.state is EditState.REFUSED:
                person.decisions.acknowledge(item.edit.id)
            else:
                person.decisions.discard(item.edit.id)
        person.syncs()
