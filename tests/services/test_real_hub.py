"""The mission once more, over the real `requests` and a real hub in a process of its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from maintenance_desktop.domain.outcomes import Changes, Unreachable
from maintenance_desktop.services.sessions import sign_in
from maintenance_desktop.services.status import Connection
from tests.person import TokensInMemory


@pytest.fixture
def conflicted(signs_in, order):
    dana, bob = signs_in("dana"), signs_in("bob")
    dana.changes(order, status="in_progress")
    bob.changes(order, description="Bob was here")
    bob.syncs()
    assert len(dana.syncs().needs_you) == 1
    return dana


def as_it_is(pia, order) -> dict:
    pia.syncs()
    return dict(pia.sees(order).server)


def test_overwrite_keeps_my_status_and_the_description_from_before(conflicted, pia, order):
    assert conflicted.conflict().server.changed_by_name == "Bob Lee"
    conflicted.overwrites()
    conflicted.syncs()
    record = as_it_is(pia, order)
    assert (record["status"], record["description"]) == ("in_progress", "As found")
    assert conflicted.endings() == ["applied_by_overwrite", "replaced"]


def test_discard_keeps_the_status_and_the_others_description(conflicted, pia, order):
    conflicted.discards()
    conflicted.syncs()
    record = as_it_is(pia, order)
    assert (record["status"], record["description"]) == ("open", "Bob was here")
    assert conflicted.sees(order).fields == record


def test_overwriting_twice_in_a_race_asks_again(conflicted, pia, order):
    conflicted.overwrites()
    pia.syncs()
    pia.changes(order, description="Pia too")
    pia.syncs()
    conflicted.syncs()
    assert conflicted.conflict().server.record["description"] == "Pia too"
    conflicted.overwrites()
    conflicted.syncs()
    assert as_it_is(pia, order)["description"] == "As found"


def test_hours_on_a_completed_work_order_are_refused_and_okay_ends_it(signs_in, pia, order):
    dana = signs_in("dana")
    dana.logs_hours(order, Decimal("2.5"))
    pia.changes(order, status="completed")
    pia.syncs()
    dana.syncs()
    (item,) = dana.reader.notifications()
    number = pia.sees(order).fields["number"]
    assert f"Pia Plan completed {number}" in dana.reader.refusal(item.edit.id).message
    dana.decisions.acknowledge(item.edit.id)
    dana.syncs()
    pia.syncs()
    assert dana.endings() == ["acknowledged"]
    assert pia.reader.children("labor", order) == []


@pytest.mark.parametrize("answer", ["overwrites", "discards"])
def test_deleted_by_another_while_edited_offline(signs_in, pia, order, answer):
    dana = signs_in("dana")
    dana.changes(order, status="in_progress")
    number = pia.sees(order).fields["number"]
    pia.records.delete(pia.sees(order))
    pia.syncs()
    dana.syncs()
    assert dana.conflict().server.record is None
    getattr(dana, answer)()
    dana.syncs()
    pia.syncs()
    if answer == "overwrites":
        fields = pia.sees(order).fields
        assert (fields["status"], fields["number"]) == ("in_progress", number)
    else:
        assert pia.reader.record("work_order", order) is None
        assert dana.reader.record("work_order", order) is None


def test_a_whole_day_offline_arrives_in_order(signs_in, pia, order):
    dana = signs_in("dana")
    new = dana.records.create("work_order", {"title": "🔧 Second pump"})
    for hours in (1, 2):
        dana.logs_hours(order, hours)
    dana.logs_hours(new, 3)
    dana.records.create("comment", {"work_order_id": order, "text": "Done"})
    dana.changes(order, status="completed", completion_notes="Sealed")
    assert dana.syncs().applied == 6
    assert dana.reader.queue() == []
    pia.syncs()
    assert pia.sees(order).fields["status"] == "completed"
    assert len(pia.reader.children("labor", order)) == 2
    assert pia.reader.find_work_order(str(dana.sees(new).fields["number"])) == new


def test_a_hub_that_is_gone_is_offline_and_comes_back(real_hub, signs_in, order):
    dana = signs_in("dana")
    dana.changes(order, status="on_hold")
    real_hub.kill()
    assert dana.syncs().connection is Connection.OFFLINE
    assert dana.reader.tally().waiting == 1
    real_hub.start_again()
    assert dana.syncs().connection is Connection.ONLINE
    assert dana.reader.queue() == []


def test_after_a_restored_backup_nothing_is_overwritten_unasked(real_hub, signs_in, pia, order, tmp_path):
    dana = signs_in("dana")
    backup = tmp_path / "hub.backup"
    made = real_hub.run("backup", str(backup))
    assert made.returncode == 0, made.stderr
    pia.changes(order, title="Lost with the disk")
    pia.syncs()
    dana.syncs()
    dana.changes(order, status="on_hold")
    real_hub.stop()
    restored = real_hub.run("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    real_hub.start_again()
    for person in (pia, dana):
        assert person.syncs().connection is Connection.SIGN_IN_REQUIRED
        url, username = real_hub.url, person.profile.account.username
        sign_in(person.backend, TokensInMemory(), url, username, "correct horse")
    pia.syncs()
    pia.changes(order, title="Another history")
    pia.syncs()
    dana.syncs()
    assert dana.conflict().server.record["title"] == "Another history"
    assert as_it_is(pia, order)["status"] == "open"


def loses_the_answer(person, monkeypatch, *, arrives: bool) -> None:
    """One round whose push is not answered, whether or not it arrives."""
    push = person.backend.push

    def lost(edits, sent_at):
        if arrives:
            push(edits, sent_at)
        raise Unreachable("No answer.", maybe_applied=True)

    with monkeypatch.context() as broken:
        broken.setattr(person.backend, "push", lost)
        person.syncs()


def test_what_was_deleted_before_the_first_download_is_not_shown_for_ever(signs_in, pia, monkeypatch):
    dana = signs_in("dana", syncs=False)
    order = dana.records.create("work_order", {"title": "Made and deleted"})
    loses_the_answer(dana, monkeypatch, arrives=True)
    pia.syncs()
    pia.records.delete(pia.sees(order))
    pia.syncs()
    dana.syncs()
    assert dana.reader.queue() == []
    assert dana.reader.record("work_order", order) is None


def test_what_was_deleted_after_a_download_broke_off_at_once_is_not_shown_for_ever(
    signs_in, pia, order, monkeypatch
):
    bob = signs_in("bob", syncs=False)
    changes = bob.backend.changes

    def broken(cursor, **limit):
        for piece in changes(cursor, **limit):
            yield Changes(piece.changes, piece.total)
        raise Unreachable("The connection broke.")

    with monkeypatch.context() as line:
        line.setattr(bob.backend, "changes", broken)
        bob.syncs()
    assert bob.reader.record("work_order", order) is not None  # what came can be used at once
    pia.records.delete(pia.sees(order))
    pia.syncs()
    assert bob.syncs().connection is Connection.ONLINE
    assert bob.profile.cache.is_complete()
    assert bob.reader.record("work_order", order) is None


def test_a_value_typed_back_is_sent_when_the_edit_before_it_is_refused(pia, monkeypatch):
    pia.records.create("asset", {"tag": "T-1", "name": "Other", "status": "running"})
    asset = pia.records.create("asset", {"tag": "T-2", "name": "A", "status": "running"})
    pia.syncs()
    pia.changes(asset, "asset", tag="T-1", name="B")  # will be refused: the tag is taken
    loses_the_answer(pia, monkeypatch, arrives=False)
    pia.changes(asset, "asset", name="C")
    pia.changes(asset, "asset", name="B")
    pia.syncs()
    (asked,) = pia.reader.notifications()
    pia.decisions.acknowledge(asked.edit.id)
    pia.syncs()
    assert pia.sees(asset, "asset").server["name"] == "B"
