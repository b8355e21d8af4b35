"""The ledger and the notice to who was overwritten, over the real `requests` and a real hub."""

from __future__ import annotations

from decimal import Decimal

import pytest

from maintenance_desktop.domain.outcomes import BatchRefused, Unreachable
from maintenance_desktop.domain.recovery import Side
from maintenance_desktop.services.status import Connection
from tests.hub_process import HubProcess
from tests.person import Person


def started(folder, *options):
    hub = HubProcess(folder / "data", None)
    hub.start_again(0, *options)
    hub.add_person("dana", "Dana Ortiz")
    hub.add_person("bob", "Bob Lee")
    hub.add_person("pia", "Pia Plan", "planner")
    return hub


@pytest.fixture(scope="module")
def real_hub(tmp_path_factory):
    with started(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture(scope="module")
def combining_hub(tmp_path_factory):
    with started(tmp_path_factory.mktemp("combining"), "--combine", "when-nothing-overlaps") as hub:
        yield hub


@pytest.fixture
def signs_in(tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = []

    def join(hub, username):
        person = Person.signs_in(hub.url, username, tmp_path / username)
        made.append(person)
        assert person.syncs().connection is Connection.ONLINE
        return person

    yield join
    for person in made:
        person.leaves()


@pytest.fixture
def people(signs_in, real_hub):
    return [signs_in(real_hub, username) for username in ("dana", "bob", "pia")]


def meets(dana, bob, pia, **mine):
    """A work order of Pia's that Bob has changed, and Dana too."""
    order = pia.records.create("work_order", {"title": "Pump leaks", "description": "As found"})
    for one in (pia, dana, bob):
        one.syncs()
    dana.changes(order, **(mine or {"status": "in_progress"}))
    bob.changes(order, description="Bob was here")
    bob.syncs()
    dana.syncs()
    return order


def told_of(person, order):
    """What this person is told about a record, by kind and choice."""
    page = person.backend.ledger(record_id=order)
    return [(one.kind, one.choice, one.lost) for one in page.entries]


def test_who_was_overwritten_is_told_and_can_restore_it(people):
    dana, bob, pia = people
    order = meets(*people)
    dana.overwrites()
    dana.syncs()
    bob.syncs()
    (notice,) = bob.notices.unanswered()
    assert (notice.who, notice.choice, notice.fields) == ("Dana Ortiz", "overwrite", ("description",))
    assert (notice.mine, notice.theirs) == ({"description": "Bob was here"}, {"description": "As found"})
    bob.recovery.restore(bob.notices.entry_of(notice), Side.MINE)
    bob.notices.okay(notice)
    bob.syncs()
    pia.syncs()
    assert pia.sees(order).fields["description"] == "Bob was here"
    assert pia.sees(order).fields["status"] == "in_progress"
    assert bob.notices.unanswered() == []


def test_the_notice_is_there_once_and_after_a_restart_too(people):
    dana, bob, _ = people
    order = meets(*people)
    dana.overwrites()
    dana.syncs()
    bob.syncs()
    dana.changes(order, description="Once more")
    dana.syncs()
    bob.syncs()
    assert len(bob.notices.unanswered()) == 1
    assert dana.notices.unanswered() == []


def test_an_ordinary_change_tells_nobody_anything(people):
    dana, bob, _ = people
    order = meets(*people)
    dana.discards()
    dana.syncs()
    dana.changes(order, description="Knowing what Bob wrote")
    dana.syncs()
    bob.syncs()
    assert bob.sees(order).fields["description"] == "Knowing what Bob wrote"
    assert bob.notices.unanswered() == []


def test_planners_see_the_conflict_and_the_choice_with_what_was_lost(people):
    dana, _, pia = people
    order = meets(*people)
    dana.discards()
    dana.syncs()
    assert told_of(pia, order) == [("conflict", "discard", ("status",))]
    assert told_of(dana, order) == []


def test_an_overwrite_and_the_conflict_before_it_are_both_there(people):
    dana, _, pia = people
    order = meets(*people)
    dana.overwrites()
    dana.syncs()
    assert told_of(pia, order) == [
        ("overwrite", "overwrite", ("description",)),
        ("conflict", "overwrite", ()),
    ]
    assert told_of(dana, order) == [("overwrite", "overwrite", ("description",))]


def test_of_a_combination_only_what_was_dropped_is_lost(people):
    dana, bob, pia = people
    order = meets(*people, status="in_progress", description="Dana was here")
    dana.decisions.combine(dana.conflict(), {"description": "Dana was here"})
    dana.syncs()
    assert told_of(pia, order)[0] == ("combine", "combine", ("description",))
    bob.syncs()
    (notice,) = bob.notices.unanswered()
    assert (notice.choice, notice.fields) == ("combine", ("description",))


def test_an_acknowledged_refusal_keeps_the_hours_in_the_ledger(people):
    dana, _, pia = people
    order = pia.records.create("work_order", {"title": "Pump leaks"})
    pia.syncs()
    dana.syncs()
    hours = dana.logs_hours(order, Decimal("2.5"))
    pia.changes(order, status="completed")
    pia.syncs()
    dana.syncs()
    (item,) = dana.reader.notifications()
    dana.decisions.acknowledge(item.edit.id)
    dana.syncs()
    (entry,) = pia.backend.ledger(record_id=hours).entries
    assert (entry.kind, entry.choice, entry.code) == ("refusal", "acknowledge", "work_order_finished")
    assert entry.mine["hours"] == Decimal("2.5")
    assert "hours" in entry.lost


def test_a_quiet_round_asks_nothing_about_it(people, monkeypatch):
    dana, bob, _ = people
    meets(*people)
    dana.overwrites()
    dana.syncs()
    asked = []
    for name in ("tell_choices", "ledger"):
        monkeypatch.setattr(dana.backend, name, lambda *_, **__: asked.append(1))
    dana.syncs()
    assert asked == []
    bob.syncs()
    assert len(bob.notices.unanswered()) == 1


def test_a_server_without_a_ledger_is_asked_once_and_the_round_goes_on(people, monkeypatch):
    dana, _, _ = people
    meets(*people)
    monkeypatch.setattr("maintenance_desktop.backends.ledger._PATH", "/v1/nothing-here")
    told = []
    tell = dana.backend.tell_choices
    monkeypatch.setattr(dana.backend, "tell_choices", lambda *sent: told.append(1) or tell(*sent))
    dana.discards()
    for _ in range(2):
        assert dana.syncs().connection is Connection.ONLINE
    assert told == [1]


def test_what_could_not_be_told_is_told_in_the_next_round(people, monkeypatch):
    dana, _, pia = people
    order = meets(*people)
    dana.discards()

    def breaks(choices, sent_at):
        raise Unreachable("The connection broke.")

    with monkeypatch.context() as broken:
        broken.setattr(dana.backend, "tell_choices", breaks)
        assert dana.syncs().connection is Connection.ONLINE
    assert told_of(pia, order) == [("conflict", "", ())]
    dana.syncs()
    assert told_of(pia, order) == [("conflict", "discard", ("status",))]


def test_what_the_server_cannot_read_holds_up_no_other_choice(people, monkeypatch):
    dana, _, pia = people
    orders = [meets(*people) for _ in range(3)]
    for item in dana.reader.notifications():
        dana.decisions.discard(item.edit.id)
    poisoned, tell, sizes = orders[1], dana.backend.tell_choices, []

    def refuses(choices, sent_at):
        sizes.append(len(choices))
        if any(one.record_id == poisoned for one in choices):
            raise BatchRefused("The server cannot read this.")
        tell(choices, sent_at)

    monkeypatch.setattr(dana.backend, "tell_choices", refuses)
    assert dana.syncs().connection is Connection.ONLINE
    assert [told_of(pia, order)[0][1] for order in orders] == ["discard", "", "discard"]
    assert sizes[0] == 3
    told = len(sizes)
    dana.syncs()
    assert len(sizes) == told


def test_a_hundred_edits_that_were_replaced_unasked_hold_up_no_choice(people):
    dana, _, pia = people
    orders = [pia.records.create("work_order", {"title": f"Pump {number} leaks"}) for number in range(101)]
    pia.syncs()
    dana.syncs()
    for order in orders:
        dana.changes(order, priority="high")
    outbox = dana.profile.outbox
    outbox.freeze([one.id for one in outbox.pending()], dana.clock())
    outbox.lose_ground()  # a backup was restored: each that was sent becomes another one
    dana.syncs()
    last = dana.reader.notifications()[-1].edit
    dana.decisions.discard(last.id)
    dana.syncs()
    assert told_of(pia, last.record_id)[0][:2] == ("conflict", "discard")


def test_an_overwrite_that_is_sent_again_is_still_one(people):
    dana, _, pia = people
    order = pia.records.create("work_order", {"title": "Pump leaks"})
    pia.syncs()
    dana.syncs()
    hours = dana.logs_hours(order, 2)
    dana.syncs()
    pia.syncs()
    pia.changes(hours, "labor", note="Pia knows better")
    pia.syncs()
    dana.changes(hours, "labor", note="Dana was there")
    dana.syncs()
    dana.overwrites()
    pia.changes(order, status="completed")
    pia.syncs()
    dana.syncs()
    pia.changes(order, status="in_progress")
    pia.syncs()
    dana.syncs()
    (item,) = dana.reader.notifications()
    dana.recovery.resend(dana.reader.refusal(item.edit.id), {})
    dana.syncs()
    assert dana.endings()[0] == "applied_by_overwrite"
    assert ("overwrite", "overwrite", ("note",)) in told_of(pia, hours)
    assert ("refusal", "resend", ()) in told_of(pia, hours)
    pia.syncs()
    assert [one.who for one in pia.notices.unanswered()] == ["Dana Ortiz"]
    dana.recovery.restore(dana.reader.history()[0], Side.THEIRS)
    assert dana.sees(hours, "labor").fields["note"] == "Pia knows better"


def test_a_round_that_is_to_stop_neither_tells_nor_asks(people, monkeypatch):
    dana, _, _ = people
    meets(*people)
    dana.discards()
    asked = []
    for name in ("tell_choices", "ledger"):
        monkeypatch.setattr(dana.backend, name, lambda *_, **__: asked.append(1))
    dana.round.should_stop = lambda: True
    dana.syncs()
    assert asked == []


def test_where_the_site_wants_it_nothing_overlapping_is_combined_in_the_same_round(signs_in, combining_hub):
    people = [signs_in(combining_hub, username) for username in ("dana", "bob", "pia")]
    dana, bob, pia = people
    order = meets(*people)
    assert dana.reader.notifications() == []
    assert dana.endings() == ["applied_by_combine", "replaced"]
    pia.syncs()
    record = pia.sees(order).fields
    assert (record["status"], record["description"]) == ("in_progress", "Bob was here")
    assert told_of(pia, order) == [
        ("combine", "combine_by_itself", ()),
        ("conflict", "combine_by_itself", ()),
    ]
    bob.syncs()
    assert bob.notices.unanswered() == []


def test_what_overlaps_or_was_deleted_is_asked_all_the_same(signs_in, combining_hub):
    people = [signs_in(combining_hub, username) for username in ("dana", "bob", "pia")]
    dana, _, pia = people
    meets(*people, description="Dana was here")
    assert len(dana.reader.notifications()) == 1
    dana.discards()
    order = meets(*people, title="Mine")
    assert dana.reader.notifications() == []
    pia.syncs()
    dana.changes(order, title="Mine again")
    pia.records.delete(pia.sees(order))
    pia.syncs()
    assert len(dana.syncs().needs_you) == 1


def test_without_the_setting_the_person_is_asked(people):
    dana, _, _ = people
    meets(*people)
    assert len(dana.reader.notifications()) == 1
