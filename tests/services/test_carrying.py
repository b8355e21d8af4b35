"""The queue is carried to another computer of the same person: everything once, whoever sends it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from maintenance_desktop.domain.carried import UnusableFile
from maintenance_desktop.domain.edits import EditState
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.services.status import Connection
from maintenance_desktop.services.whole_file import NotWritten
from maintenance_desktop.storage.carrying import QueueCarrier
from tests.hub_process import HubProcess
from tests.person import Person


@pytest.fixture
def first(signs_in, order):
    """Dana at the computer that work is exported from."""
    return signs_in("dana", "-first")


@pytest.fixture
def second(signs_in, order):
    """Dana at the other one."""
    return signs_in("dana", "-second")


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "waiting.json"


def imports(person, file):
    return person.carrying.bring(person.carrying.read(file))


def hours_on(person, order):
    person.syncs()
    return sorted(view.fields["hours"] for view in person.reader.children("labor", order))


def a_days_work(person, order) -> str:
    """Hours, two changes of one work order with something in between, and a new work order with hours."""
    person.changes(order, status="in_progress")
    person.logs_hours(order, Decimal("1.5"))
    person.changes(order, description="Seal is worn")
    new = person.records.create("work_order", {"title": "Order a seal"})
    person.logs_hours(new, 2)
    person.records.create("comment", {"work_order_id": new, "text": "urgent"})
    person.changes(order, status="completed")
    return new


def everything_is_there_once(pia, order, new):
    assert hours_on(pia, order) == [Decimal("1.5")]
    assert hours_on(pia, new) == [2]
    fields = pia.sees(order).fields
    assert (fields["status"], fields["description"]) == ("completed", "Seal is worn")
    assert [view.fields["text"] for view in pia.reader.children("comment", new)] == ["urgent"]


@pytest.mark.parametrize("senders", [("first", "second"), ("second", "first"), ("second",)])
def test_a_days_work_is_there_once_whoever_sends_it(request, pia, first, second, order, file, senders):
    new = a_days_work(first, order)
    first.carrying.export(file)
    brought = imports(second, file)
    assert (len(brought.edits), brought.known, list(brought.left_out)) == (len(first.reader.queue()), 0, [])
    for name in senders:
        sender = request.getfixturevalue(name)
        result = sender.syncs()
        assert (result.connection, result.needs_you) == (Connection.ONLINE, ())
        assert sender.reader.queue() == []
        assert set(sender.endings()) == {"applied"}
    everything_is_there_once(pia, order, new)


def test_both_send_a_part_each(pia, first, second, order, file):
    new = a_days_work(first, order)
    first.carrying.export(file)
    imports(second, file)
    for person in (first, second):
        person.round.should_stop = iter([False] * 7 + [True] * 50).__next__  # in the middle of the push
        person.syncs()
    for person in (second, first):
        person.round.should_stop = lambda: False
        assert person.syncs().needs_you == ()
        assert person.reader.queue() == []
    everything_is_there_once(pia, order, new)


def test_importing_twice_changes_nothing(first, second, order, file):
    a_days_work(first, order)
    first.carrying.export(file)
    imports(second, file)
    before = second.profile.outbox.pending()
    again = imports(second, file)
    assert (again.edits, again.known) == ((), len(before))
    assert second.profile.outbox.pending() == before
    second.syncs()
    assert imports(second, file).edits == ()
    assert imports(first, file).edits == ()
    assert second.reader.queue() == []


def test_what_is_exported_can_be_changed_and_undone_no_more(first, second, order, file, pia):
    first.changes(order, description="Seal is worn")
    (edit,) = first.profile.outbox.pending()
    first.carrying.export(file)
    assert first.records.undo(edit.id) == []
    first.changes(order, description="Seal and bearing are worn")
    waiting = first.profile.outbox.pending()
    assert [one.mine["description"] for one in waiting] == ["Seal is worn", "Seal and bearing are worn"]
    imports(second, file)
    (brought,) = second.profile.outbox.pending()
    assert second.records.undo(brought.id) == []
    second.syncs()
    first.syncs()
    pia.syncs()
    assert pia.sees(order).fields["description"] == "Seal and bearing are worn"
    assert first.reader.queue() == []


def test_it_is_marked_before_the_file_is_written(first, order, file, monkeypatch):
    """The power goes between the two: without the mark, what is in the file could still be changed."""
    first.changes(order, description="Seal is worn")

    def cut(self, data):
        raise KeyboardInterrupt

    monkeypatch.setattr("maintenance_desktop.services.whole_file.WholeFile.finish", cut)
    with pytest.raises(KeyboardInterrupt):
        first.carrying.export(file)
    assert not file.exists()
    assert all(one.is_frozen for one in first.profile.outbox.pending())


def test_an_import_that_is_cut_is_none_at_all(first, second, order, file, monkeypatch):
    a_days_work(first, order)
    first.carrying.export(file)
    chosen = second.carrying.read(file)
    with monkeypatch.context() as patch:
        patch.setattr(
            "maintenance_desktop.storage.carrying._Bringing.keep_order",
            lambda self: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            second.carrying.bring(chosen)
    assert second.reader.queue() == []
    assert len(second.carrying.bring(chosen).edits) == len(first.reader.queue())


def test_a_folder_that_cannot_be_written_marks_nothing(first, order, tmp_path):
    first.changes(order, description="Seal is worn")
    with pytest.raises(NotWritten, match="Choose another folder"):
        first.carrying.export(tmp_path / "gone" / "waiting.json")
    assert not first.profile.outbox.pending()[0].is_frozen


def test_where_nothing_waits_nothing_is_written(first, file):
    with pytest.raises(NotSaved, match="Nothing waits"):
        first.carrying.export(file)
    assert list(file.parent.glob("waiting*")) == []


def test_one_overwrites_while_the_other_has_the_same_conflict(pia, first, second, order, file):
    first.changes(order, description="Mine")
    pia.changes(order, description="Theirs", priority="high")
    pia.syncs()
    first.syncs()
    assert first.conflict().server.record["description"] == "Theirs"
    first.carrying.export(file)
    imports(second, file)
    assert second.conflict().id == first.conflict().id
    first.overwrites()
    first.syncs()
    second.syncs()
    theirs = second.conflict().server
    assert (theirs.record["description"], theirs.changed_by_name) == ("Mine", "Dana Ortiz")
    second.discards()
    second.syncs()
    pia.syncs()
    assert (pia.sees(order).fields["description"], pia.sees(order).version) == ("Mine", 3)


def test_hours_that_were_refused_are_sent_once_by_either(pia, first, second, order, file):
    first.logs_hours(order, 3)
    pia.changes(order, status="completed")
    pia.syncs()
    first.syncs()
    first.carrying.export(file)
    imports(second, file)
    pia.changes(order, status="open")
    pia.syncs()
    for person in (first, second):
        person.syncs()
        (item,) = person.reader.notifications()
        person.recovery.resend(person.reader.refusal(item.edit.id), {})
        assert person.syncs().needs_you == ()
    assert hours_on(pia, order) == [3]


def test_a_provisional_number_that_is_taken_there_is_given_anew(first, second, order, file, pia):
    mine = second.records.create("work_order", {"title": "Here already"})
    carried = first.records.create("work_order", {"title": "From the other"})
    first.carrying.export(file)
    first.changes(carried, title="From the other computer")
    first.carrying.export(file)
    imports(second, file)
    assert second.sees(mine).fields["number"] == "New-1"
    assert second.sees(carried).fields["number"] == "New-2"
    assert second.sees(carried).fields["title"] == "From the other computer"
    assert second.syncs().needs_you == ()
    assert first.syncs().needs_you == ()
    pia.syncs()
    assert pia.sees(carried).fields["title"] == "From the other computer"


def test_a_computer_that_has_seen_nothing_yet_can_send_it(signs_in, pia, first, order, file):
    new = a_days_work(first, order)
    first.carrying.export(file)
    third = signs_in("dana", "-third", syncs=False)
    imports(third, file)
    assert len(third.reader.queue()) == len(first.reader.queue())
    assert third.syncs().needs_you == ()
    first.syncs()
    everything_is_there_once(pia, order, new)


def test_a_newer_file_goes_on_from_what_was_sent_of_the_older(pia, first, second, order, file):
    first.changes(order, description="One")
    first.carrying.export(file)
    imports(second, file)
    second.syncs()
    first.changes(order, description="Two")
    first.carrying.export(file)
    brought = imports(second, file)
    assert (len(brought.edits), brought.known) == (1, 1)
    for person in (second, first):
        assert person.syncs().needs_you == ()
        assert person.reader.queue() == []
    pia.syncs()
    assert (pia.sees(order).fields["description"], pia.sees(order).version) == ("Two", 3)


def test_what_was_changed_on_both_is_asked_about_and_never_mixed(pia, first, second, order, file):
    first.changes(order, description="On the first")
    second.changes(order, title="Pump leaks badly", description="On the second")
    second.changes(order, priority="high")
    first.carrying.export(file)
    imports(second, file)
    second.syncs()
    asked = second.conflict()
    assert asked.chain[0].mine["description"] == "On the first"
    assert asked.server.record["description"] == "On the second"
    assert first.syncs().needs_you
    second.overwrites()
    second.syncs()
    pia.syncs()
    assert pia.sees(order).fields["description"] == "On the first"
    first.syncs()
    first.discards()
    assert first.reader.queue() == second.reader.queue() == []


def test_a_conflict_here_does_not_swallow_what_is_brought(pia, first, second, order, file):
    second.changes(order, description="On the second")
    pia.changes(order, description="Pia's")
    pia.syncs()
    second.syncs()
    first.changes(order, title="Carried title")
    first.carrying.export(file)
    imports(second, file)
    assert [one.mine["description"] for one in second.conflict().chain] == ["On the second"]
    second.overwrites()
    second.syncs()
    asked = second.conflict()
    assert asked.chain[0].mine["title"] == "Carried title"
    assert asked.server.record["description"] == "On the second"


def test_a_newer_change_that_has_no_place_yet_is_left_out_and_comes_later(pia, first, second, order, file):
    first.changes(order, description="One")
    first.carrying.export(file)
    imports(second, file)
    second.changes(order, priority="high")
    first.changes(order, description="Two")
    first.carrying.export(file)
    (left,) = imports(second, file).left_out
    assert "import again" in left.reason
    second.syncs()
    assert len(imports(second, file).edits) == 1
    second.syncs()
    asked = second.conflict()  # both go on from “One”, and the second sent its own change first
    assert asked.chain[0].mine["description"] == "Two"


def test_hours_that_are_brought_go_before_the_completion_that_waits_here(pia, first, second, order, file):
    second.changes(order, status="completed")
    first.logs_hours(order, 4)
    first.carrying.export(file)
    imports(second, file)
    assert second.syncs().needs_you == ()
    assert hours_on(pia, order) == [4]
    assert pia.sees(order).fields["status"] == "completed"


def test_held_work_is_carried_with_its_question(first, second, order, file, monkeypatch):
    from maintenance_desktop.domain.edits import Doubt

    first.logs_hours(order, 2)
    (edit,) = first.profile.outbox.pending()
    first.profile.outbox.hold({edit.id: [Doubt("overlapping_hours", "labor", order, "WO-1")]})
    first.carrying.export(file)
    imports(second, file)
    (held,) = second.profile.outbox.pending()
    assert (held.state, held.doubts[0].code) == (EditState.HELD, "overlapping_hours")
    second.syncs()
    assert len(second.reader.queue()) == 1
    for person in (second, first):
        person.decisions.send_anyway(edit.id)
        assert person.syncs().needs_you == ()
    assert hours_on(second, order) == [2]


def test_after_a_restored_backup_what_is_brought_asks_first(
    real_hub, signs_in, pia, first, order, file, tmp_path
):
    assert real_hub.run("backup", str(tmp_path / "hub.backup")).returncode == 0
    first.changes(order, description="Mine")
    first.carrying.export(file)
    real_hub.stop()
    assert real_hub.run("restore", str(tmp_path / "hub.backup")).returncode == 0
    real_hub.start_again()
    fresh = signs_in("dana", "-fresh")
    imports(fresh, file)
    assert fresh.syncs().needs_you
    assert fresh.conflict().chain[0].mine["description"] == "Mine"
    assert imports(fresh, file).edits == ()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda data: data[: len(data) // 2], "damaged or was cut off"),
        (lambda data: data.replace(b"Seal is worn", b"Seal is torn"), "damaged or was cut off"),
        (lambda data: data.replace(b'"version":1', b'"version":2', 1), "newer version"),
        (lambda data: b"", "not a file of exported"),
        (lambda data: b"\xff\xfe\x00", "not a file of exported"),
        (lambda data: b'{"format":"something else"}', "not a file of exported"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_and_changes_nothing(first, second, order, file, spoil, sentence):
    first.changes(order, description="Seal is worn")
    first.carrying.export(file)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(UnusableFile, match=sentence):
        second.carrying.read(file)
    assert second.reader.queue() == []


def test_it_may_be_laid_out_anew_and_is_still_the_same(first, second, order, file):
    first.logs_hours(order, Decimal("1.25"))
    first.carrying.export(file)
    file.write_text(json.dumps(json.loads(file.read_text()), indent=2, sort_keys=True))
    assert imports(second, file).edits[0].mine["hours"] == Decimal("1.25")


def test_work_of_somebody_else_is_refused(signs_in, first, order, file, tmp_path):
    first.changes(order, description="Seal is worn")
    first.carrying.export(file)
    bob = signs_in("bob")
    with pytest.raises(
        UnusableFile, match="This is the work of Dana Ortiz, and you are signed in as Bob Lee"
    ):
        bob.carrying.read(file)
    with HubProcess.start(tmp_path / "other hub") as other:
        other.add_person("dana", "Dana Ortiz")
        elsewhere = Person.signs_in(other.url, "dana", tmp_path / "elsewhere")
        with pytest.raises(UnusableFile, match="another server"):
            elsewhere.carrying.read(file)
        assert elsewhere.reader.queue() == []
        elsewhere.leaves()


def test_whatever_is_read_from_it_is_what_was_exported(first, order, file):
    a_days_work(first, order)
    before = [(item.edit, item.subject) for item in first.reader.queue()]
    first.carrying.export(file)
    read = [(item.edit, item.subject) for item in first.carrying.read(file).carried.edits]
    assert [subject for _, subject in read] == [subject for _, subject in before]
    assert [edit.outgoing() for edit, _ in read] == [edit.outgoing() for edit, _ in before]
    assert [edit.after for edit, _ in read] == [edit.after for edit, _ in before]
    assert isinstance(first.profile.carrier, QueueCarrier)
