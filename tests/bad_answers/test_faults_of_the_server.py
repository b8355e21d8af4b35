"""A server that breaks on one thing: everything else goes on, and that one thing is tried again."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.hub import calls
from maintenance_desktop.hub.people import add_person
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.services.status import Connection
from maintenance_desktop.storage.profiles import create_profile
from tests.bad_answers.hub_on_a_wire import PROBLEM, HubOnAWire, Said
from tests.person import Person
from tests.screenshots.world import hub_in_a_thread
from tests.services.fakes import account_of

FAULTS = [
    {"type": "about:blank", "title": "Internal Server Error", "status": 500},
    {"title": "Internal Server Error"},
    {"type": None, "detail": "Sorry."},
    {"type": "/problems/failed", "detail": "Sorry."},
]
PAGE = Said([], 500, "text/html")


def fault(body):
    return lambda said, request: Said([body], 500, PROBLEM).replied()


@pytest.fixture
def server():
    found = HubOnAWire("dana")
    yield found
    found.stop()


@pytest.fixture
def dana(server, tmp_path):
    create_profile(tmp_path / "dana", account_of(server.hub, "dana"))
    person = Person(HubBackend(server.url), tmp_path / "dana")
    yield person
    person.leaves()


@pytest.fixture
def orders(server, dana):
    found = [server.hub.has("work_order", title=f"Pump {number}") for number in range(20)]
    assert dana.syncs().connection is Connection.ONLINE
    for one in found:
        dana.changes(one, status="on_hold")
    server.requests.clear()
    return found


def statuses(server, orders):
    return [server.hub.record(one)["status"] for one in orders]


def test_one_edit_that_the_server_breaks_on_holds_up_none_of_the_others(server, dana, orders):
    server.breaks_on = {orders[7]}
    result = dana.syncs()
    assert (result.connection, result.applied, result.put_off) == (Connection.ONLINE, 19, 1)
    assert statuses(server, orders).count("on_hold") == 19
    assert [edit.record_id for edit in dana.profile.outbox.pending()] == [orders[7]]
    assert dana.syncs().put_off == 1
    server.breaks_on = set()
    assert dana.syncs().applied == 1
    assert statuses(server, orders) == ["on_hold"] * 20
    assert dana.endings() == ["applied"] * 20


@pytest.mark.parametrize("body", FAULTS)
def test_a_fault_of_the_servers_own_halves_the_batch(server, dana, orders, body):
    server.bends = {"edits": [fault(body)]}
    assert dana.syncs().connection is Connection.ONLINE
    sent = [len(request.json["edits"]) for request in server.requests if request.method == "POST"]
    assert sent == [20, 10, 10]
    assert statuses(server, orders) == ["on_hold"] * 20


def test_a_page_of_somebody_else_halves_nothing(server, dana, orders):
    server.bends = {"edits": [lambda said, request: PAGE.replied()]}
    assert dana.syncs().connection is Connection.OFFLINE
    assert [request.method for request in server.requests].count("POST") == 1
    assert dana.reader.tally().waiting == 20


@pytest.mark.parametrize("body", FAULTS)
def test_a_fault_in_the_list_of_changes_comes_after_everything_was_sent(server, dana, orders, body):
    server.bends = {"changes": [fault(body)]}
    result = dana.syncs()
    assert (result.connection, result.applied) == (Connection.OFFLINE, 20)
    assert result.problem == body.get("detail", "The server could not do it because of a fault of its own.")
    assert dana.syncs().connection is Connection.ONLINE


@pytest.mark.parametrize("body", FAULTS)
def test_a_server_that_cannot_say_who_it_is_gets_nothing(server, dana, orders, body):
    dana.round.forget_server()
    server.bends = {"info": [fault(body)]}
    result = dana.syncs()
    assert result.connection is Connection.OFFLINE
    assert result.problem == body.get("detail", "The server cannot answer at the moment.")
    assert [request.path for request in server.requests] == ["/v1/info"]
    assert dana.syncs().applied == 20


def test_a_hub_with_a_bug_holds_up_one_edit_only(tmp_path, monkeypatch):
    """The same through the real hub, which has applied some of the batch when it breaks."""
    with contextlib.closing(HubStore.open(tmp_path / "hub")) as store:
        add_person(store, "dana", name="Dana Ortiz", role="technician", password="correct horse")
    apply_edit, broken = calls.apply_edit, []

    def breaks(store, person_id, edit, sent_at):
        if edit["record_id"] in broken:
            raise ZeroDivisionError("a bug")
        return apply_edit(store, person_id, edit, sent_at)

    monkeypatch.setattr(calls, "apply_edit", breaks)
    with hub_in_a_thread(tmp_path / "hub", lambda: datetime.now(UTC)) as url:
        dana = Person.signs_in(url, "dana", tmp_path)
        try:
            made = [dana.records.create("work_order", {"title": f"Pump {number}"}) for number in range(20)]
            broken.append(made[7])
            result = dana.syncs()
            assert (result.connection, result.applied, result.put_off) == (Connection.ONLINE, 19, 1)
            broken.clear()
            assert dana.syncs().applied == 1
            assert dana.endings() == ["applied"] * 20
            assert {dana.sees(one).fields["number"] for one in made} == {f"WO-{1001 + n}" for n in range(20)}
        finally:
            dana.leaves()
