"""Combine to the letter: changes to different fields both stay; where both changed one, the person picks."""

from __future__ import annotations

import pytest

from maintenance_desktop.domain.conflicts import Undecided
from maintenance_desktop.domain.edits import Way
from maintenance_desktop.domain.trouble import InvalidInput, Outdated
from tests.services.fakes import cached


@pytest.fixture
def order(hub):
    return hub.has("work_order", title="Pump leaks", description="As found", cause="", status="open")


@pytest.fixture
def met(hub, order, people):
    """Dana and Bob changed the same work order; Dana, who was offline, comes back second."""

    def meets(mine: dict, theirs: dict):
        dana, bob = people("dana"), people("bob")
        dana.changes(order, **mine)
        bob.changes(order, **theirs)
        bob.syncs()
        dana.syncs()
        return dana

    return meets


def values(record, *names):
    return tuple(record[name] for name in names)


def test_combine_keeps_my_status_and_the_others_description(met, hub, order):
    dana = met({"status": "in_progress"}, {"description": "Bob was here"})
    dana.decisions.combine(dana.conflict(), {})
    assert values(dana.sees(order).fields, "status", "description") == ("in_progress", "Bob was here")
    dana.syncs()
    assert values(hub.record(order), "status", "description") == ("in_progress", "Bob was here")
    assert dana.endings() == ["applied_by_combine", "replaced"]
    assert cached(dana) == hub.content()


def test_the_history_has_all_three_sides_afterwards(met, order):
    dana = met({"status": "in_progress"}, {"description": "Bob was here"})
    dana.decisions.combine(dana.conflict(), {})
    dana.syncs()
    combined, replaced = dana.reader.history()
    assert combined.edit.origin.way is Way.COMBINE
    assert combined.edit.origin.edit_id == replaced.edit.id
    assert replaced.edit.base["description"] == "As found"
    assert values(replaced.edit.mine, "status", "description") == ("in_progress", "As found")
    assert combined.theirs.record["description"] == "Bob was here"


@pytest.mark.parametrize("pick", ["mine", "theirs", "words of both"])
def test_where_both_changed_a_field_the_person_says_what_stays(met, hub, order, pick):
    dana = met(
        {"description": "mine", "cause": "wear"}, {"description": "theirs", "title": "Pump P-204 leaks"}
    )
    asked = dana.conflict()
    with pytest.raises(Undecided) as told:
        dana.decisions.combine(asked, {})
    assert told.value.names == ("description",)
    dana.decisions.combine(asked, {"description": pick})
    dana.syncs()
    assert values(hub.record(order), "title", "description", "cause") == ("Pump P-204 leaks", pick, "wear")


def test_what_i_typed_after_i_looked_is_not_combined_away(met, hub, order):
    dana = met({"status": "in_progress"}, {"description": "Bob was here"})
    asked = dana.conflict()
    dana.changes(order, cause="wear")
    with pytest.raises(Outdated):
        dana.decisions.combine(asked, {})
    dana.decisions.combine(dana.conflict(), {})
    dana.syncs()
    record = hub.record(order)
    assert values(record, "status", "description", "cause") == ("in_progress", "Bob was here", "wear")


def test_a_combination_of_what_is_out_of_date_is_not_taken(met, hub, order):
    dana = met({"status": "in_progress"}, {"description": "Bob was here"})
    asked = dana.conflict()
    hub.changes(order, title="Bob again")
    dana.syncs()
    with pytest.raises(Outdated):
        dana.decisions.combine(asked, {})
    dana.decisions.combine(dana.conflict(), {})
    dana.syncs()
    wanted = ("Bob again", "Bob was here", "in_progress")
    assert values(hub.record(order), "title", "description", "status") == wanted


def test_a_change_between_answer_and_sending_is_asked_about_against_what_was_seen(met, hub, order):
    dana = met({"status": "in_progress"}, {"description": "Bob was here"})
    dana.decisions.combine(dana.conflict(), {})
    hub.changes(order, title="Bob again")
    dana.syncs()
    sides = {field.name: (field.base, field.mine, field.theirs) for field in dana.conflict().fields}
    assert sides == {
        "title": ("Pump leaks", "Pump leaks", "Bob again"),
        "status": ("open", "in_progress", "open"),
    }


def test_what_was_typed_after_the_first_change_is_combined_with_it(met, hub, order):
    dana = met({"status": "in_progress"}, {"description": "Bob was here"})
    dana.changes(order, cause="wear")
    dana.decisions.combine(dana.conflict(), {})
    assert len(dana.reader.queue()) == 1
    dana.syncs()
    wanted = ("in_progress", "Bob was here", "wear")
    assert values(hub.record(order), "status", "description", "cause") == wanted


def test_what_the_server_would_refuse_is_said_before_it_is_queued(met):
    dana = met({"status": "in_progress"}, {"status": "completed"})
    asked = dana.conflict()
    with pytest.raises(InvalidInput, match="planner"):
        dana.decisions.combine(asked, {"status": "in_progress"})
    assert dana.conflict() == asked
    dana.decisions.combine(asked, {"status": "completed"})


def test_a_value_that_cannot_be_is_refused(met):
    dana = met({"title": "mine"}, {"title": "theirs"})
    with pytest.raises(InvalidInput):
        dana.decisions.combine(dana.conflict(), {"title": ""})


def test_what_somebody_deleted_cannot_be_combined(hub, order, people):
    dana, pia = people("dana"), people("pia")
    dana.changes(order, status="in_progress")
    pia.records.delete(pia.sees(order))
    pia.syncs()
    dana.syncs()
    with pytest.raises(InvalidInput, match="deleted"):
        dana.decisions.combine(dana.conflict(), {})
