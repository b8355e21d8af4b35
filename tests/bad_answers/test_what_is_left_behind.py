"""Answers that once left something behind, or never came to an end."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from maintenance_desktop.backends import stream as stream_module
from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.outcomes import Change, Unreachable
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services import pull
from maintenance_desktop.services.status import Connection
from maintenance_desktop.storage.profiles import create_profile
from tests.backends.samples import END, INFO, NOW, SESSION, change, edit, lines
from tests.bad_answers.bends import Dress, Endless, NoLastPage
from tests.bad_answers.hub_on_a_wire import LINES, HubOnAWire
from tests.bad_server import Reply
from tests.person import Person
from tests.services.fakes import account_of, cached

TOO_DEEP = msgspec.Raw(b'{"a":' * 600 + b"1" + b"}" * 600)


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
def order(server, dana):
    found = server.hub.has("work_order", title="Pump leaks")
    assert dana.syncs().connection is Connection.ONLINE
    return found


def says(**more):
    """Every result and every record's line says this, too, and what has such a member has this one."""

    def bent(part):
        if "results" in part:
            return {"results": [one | more for one in part["results"]]}
        return part | more if "id" in part or more.keys() <= part.keys() else part

    return lambda said, request: replace(said, parts=[bent(part) for part in said.parts]).replied()


@pytest.mark.parametrize("name", ["record", "current", "unknown"])
@pytest.mark.parametrize("call", ["edits", "changes"])
def test_what_is_nested_deeper_than_can_be_copied_is_no_answer(server, dana, order, call, name):
    """Such a record could be read once, but neither kept with a conflict nor shown from a deeper stack."""
    outcomes = {"record": "applied", "current": "conflict", "unknown": "rejected"}
    dana.changes(order, status="on_hold")
    server.hub.changes(order, title="Pump drips") if name == "current" else None
    value = TOO_DEEP if name == "unknown" else {"unknown": TOO_DEEP}
    more = {"outcome": outcomes[name], "code": "x", "message": "x", "version": 7} if call == "edits" else {}
    server.bends = {call: [says(**more, **{name: value})]}
    result = dana.syncs()
    if call == "edits" or name == "record":
        assert result.connection is Connection.OFFLINE
    assert dana.reader.tally().needs_you == (call == "changes" and name == "current")
    assert dana.syncs().connection is Connection.ONLINE


@pytest.mark.parametrize("version", [2**53 - 1, 2**53, 2**63 - 1])
@pytest.mark.parametrize("call", ["edits", "changes"])
def test_a_version_that_no_record_reaches_hides_no_later_one(server, dana, order, call, version):
    dana.changes(order, status="on_hold")
    server.hub.has("asset", tag="P-1")
    server.bends = {call: [says(version=version)]}
    assert dana.syncs().connection is Connection.OFFLINE
    server.hub.changes(order, title="Pump drips")
    dana.syncs()
    assert cached(dana) == server.hub.content()


def test_a_cursor_that_no_server_could_read_is_not_kept(server, dana, order):
    server.bends = {"changes": [says(cursor="c" * 5_000)]}
    assert dana.syncs().connection is Connection.OFFLINE
    assert len(dana.profile.cache.cursor()) < 100


@pytest.mark.parametrize("block", [b"\n" * 4096, b" \r\n" * 1000, b"{}\n" * 1000, b'{"total": 7}\n' * 300])
def test_a_list_of_changes_that_tells_of_none_comes_to_an_end(server, dana, order, block, monkeypatch):
    monkeypatch.setattr(stream_module, "_LONGEST_LINE", 500_000)
    flood = Endless(Dress(media=LINES, body=b"", length=10**15, again=block))
    server.bends = {"changes": [flood, flood]}
    assert dana.syncs().connection is Connection.OFFLINE
    with pytest.raises(Unreachable):
        dana.backend.wait_for_change("c1", 1)
    assert dana.syncs().connection is Connection.ONLINE


@pytest.mark.parametrize("media", ["application/json", LINES])
@pytest.mark.parametrize(
    ("start", "block"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 500),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 4096),
        (b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nTransfer-Encoding: chunked\r\n\r\n", b"0" * 4096),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
            b"X: y\r\n" * 500,
        ),
    ],
)
def test_an_answer_whose_frame_has_no_end_is_given_up(server, media, start, block):
    data = start.replace(b"%b", media.encode())
    backend = HubBackend(server.url, read_seconds=2)
    server.bends = {
        call: [lambda said, request: Reply(data, again=block)] for call in ("info", "edits", "changes")
    }
    try:
        for call in (backend.info, lambda: backend.push([edit()], NOW), lambda: list(backend.changes("c1"))):
            with pytest.raises(Unreachable):
                call()
    finally:
        backend.close()


def test_empty_lines_are_no_sign_of_life(monkeypatch):
    monkeypatch.setattr(stream_module, "_LINE_SECONDS", -1.0)
    with pytest.raises(Unreachable):
        list(stream_module.read_changes([b"\n", b"\n", lines(change(1), END)]))
    assert len(list(stream_module.read_changes([lines(change(1), END)]))) == 1


@pytest.mark.parametrize("cursors", [1, 2, 10**9])
@pytest.mark.parametrize("has_records", [False, True])
def test_a_page_after_which_there_is_always_another_is_left(
    server, dana, order, cursors, has_records, monkeypatch
):
    monkeypatch.setattr(pull, "_IN_VAIN", 20)
    server.hub.changes(order, title="Pump drips")
    server.bends = {"changes": [NoLastPage(cursors, has_records)] * 100}
    result = dana.syncs()
    assert (result.connection, "same page" in result.problem) == (Connection.OFFLINE, True)
    server.is_honest_again()
    dana.syncs()
    assert cached(dana) == server.hub.content()


def test_a_total_beyond_all_measure_is_a_large_one(server, dana):
    """A progress bar counts to two thousand million."""
    told = []
    dana.round.on_progress = told.append
    server.bends = {"changes": [says(total=10**30)]}
    assert dana.syncs().connection is Connection.ONLINE
    assert max(progress.total for progress in told) < 2**31


def test_an_older_copy_behind_a_newer_one_is_not_what_is_found(dana):
    copies = [
        Change("work_order", "a", version, {"title": title}) for version, title in ((2, "New"), (1, "Old"))
    ]
    assert dana.profile.cache.put(copies) == {"a"}
    assert [row.title for row in dana.reader.work_orders(WorkOrderQuery(text="new"))] == ["New"]
    assert dana.reader.work_orders(WorkOrderQuery(text="old")) == []


def test_an_older_copy_behind_a_newer_one_is_not_what_is_asked_about(server, dana, order):
    dana.changes(order, title="Mine")
    server.hub.changes(order, title="Theirs")
    dana.syncs()
    copies = [Change("work_order", order, version, {"title": f"Theirs {version}"}) for version in (4, 3)]
    strangers = [Change("asset", order, 9, {"tag": "P-1"})]
    dana.profile.outbox.renew_conflicts([*copies, *strangers])
    assert dana.conflict().server.record == {"title": "Theirs 4"}


@pytest.mark.parametrize("odd", ["../../x", "/x", "x\0y", "x" * 300, "con", " "])
@pytest.mark.parametrize("name", ["instance", "epoch", "id"])
def test_only_a_uuid_names_a_folder(server, odd, name):
    session = (
        {**SESSION, name: odd} if name != "id" else {**SESSION, "person": {**SESSION["person"], "id": odd}}
    )
    backend = HubBackend(server.url)
    server.bends = {
        "sessions": [lambda said, request: replace(said, parts=[session]).replied()],
        "info": [lambda said, request: replace(said, parts=[{**INFO, name: odd}]).replied()],
    }
    try:
        with pytest.raises(Unreachable):
            backend.sign_in("dana", "correct horse")
        if name != "id":
            with pytest.raises(Unreachable):
                backend.info()
    finally:
        backend.close()
