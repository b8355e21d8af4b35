from __future__ import annotations

from contextlib import nullcontext
from decimal import Decimal
from itertools import count

import pytest

from maintenance_desktop.backends import stream as stream_module
from maintenance_desktop.domain.outcomes import (
    Change,
    Changes,
    CursorExpired,
    ServerFailed,
    SignInRequired,
    Unreachable,
)
from tests.backends.samples import END, NDJSON, change, lines, stream
from tests.bad_server import Reply, problem, reply


def read(backend, cursor="c1"):
    """All whole changes, the last cursor (None: none came), and what stopped the stream."""
    found, last = [], None
    try:
        for piece in backend.changes(cursor):
            found += piece.changes
            last = piece.cursor
    except Unreachable as error:
        return found, last, error
    return found, last, None


def test_a_first_download(server, backend):
    server.will(stream({"total": 2}, change(1), change(2), END))
    assert list(backend.changes(None)) == [
        Changes(
            tuple(
                Change(
                    "asset",
                    f"0190c000-0000-7000-8000-{number:012x}",
                    number,
                    {"tag": f"P-{number}", "name": "Pump"},
                    "2026-11-22T10:30:00.000Z",
                    "0190a000-0000-7000-8000-00000000000a",
                )
                for number in (1, 2)
            ),
            total=2,
            cursor="c2",
        )
    ]
    assert server.requests[0].path == "/v1/changes?limit=5000"
    assert server.requests[0].headers["authorization"] == "Bearer secret-token"


def test_going_on_from_a_cursor(server, backend):
    server.will(stream({"total": 0}, {"cursor": "c&2=ü", "more": True}))
    assert list(backend.changes("c 1/+&", limit=7)) == [Changes(total=0, cursor="c&2=ü", more=True)]
    assert server.requests[0].path == "/v1/changes?limit=7&since=c+1%2F%2B%26"


def test_a_deleted_record(server, backend):
    server.will(stream({"total": 1}, change(1, record=None, deleted=True), END))
    ((found,), _, _) = read(backend)
    assert found.record is None


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400, 401])
def test_pieces_are_small_and_only_the_first_has_the_total(server, backend, count):
    server.will(stream({"total": count}, *(change(number + 1) for number in range(count)), END))
    pieces = list(backend.changes("c1"))
    assert sum(len(piece.changes) for piece in pieces) == count
    assert max(len(piece.changes) for piece in pieces) <= 200
    assert [piece.total for piece in pieces] == [count] + [None] * (len(pieces) - 1)
    assert [piece.cursor for piece in pieces] == [None] * (len(pieces) - 1) + ["c2"]


def test_what_a_newer_server_adds_is_kept_or_passed_over(server, backend):
    server.will(
        stream(
            {"total": 3, "estimate": True},
            {"hint": "be patient"},
            change(1, colour="red", record={"tag": "P", "status": "sleeping", "tags": [1, {"a": 2}]}),
            change(2, type="work_permit", record={"title": {"en": "x"}}),
            change(3, changed_at=None, changed_by=None, record={}),
            {**END, "hint": 1},
        )
    )
    found, cursor, error = read(backend)
    assert [one.type for one in found] == ["asset", "work_permit", "asset"]
    assert found[0].record == {"tag": "P", "status": "sleeping", "tags": [1, {"a": 2}]}
    assert found[2].changed_at == ""
    assert (cursor, error) == ("c2", None)


def test_numbers_are_exact(server, backend):
    text = lines(change(1, type="labor", record={"hours": 77})).replace(b"77", b"0.10")
    server.will(reply(body=text + lines(END), media=NDJSON))
    ((found,), _, _) = read(backend)
    assert str(found.record["hours"]) == "0.10"
    assert isinstance(found.record["hours"], Decimal)


def test_blank_lines_and_a_missing_last_newline_do_no_harm(server, backend):
    body = b"\n\r\n" + lines({"total": 1}) + b" \n" + lines(change(1)) + lines(END).rstrip()
    server.will(reply(body=body, media=NDJSON, chunked=True))
    found, cursor, error = read(backend)
    assert (len(found), cursor, error) == (1, "c2", None)


def test_what_comes_after_the_cursor_is_not_waited_for(server, backend):
    server.will(stream({"total": 1}, change(1), END, change(2)))
    assert len(read(backend)[0]) == 1
    server.will(stream({"total": 1}, change(1), END, length=10_000))
    assert read(backend)[1:] == ("c2", None)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_stream_cut_at_any_byte_gives_whole_lines_and_no_false_cursor(server, backend, compressed, chunked):
    sent = ({"total": 3}, change(1), change(2, record={"tag": "Ü–2"}), change(3), END)
    whole = stream(*sent, compressed=compressed, chunked=chunked)
    server.will(whole)
    complete, *_ = read(backend)
    reached = set()
    for at in range(len(whole.data)):
        server.will(whole.cut(at))
        found, cursor, error = read(backend)
        assert found == complete[: len(found)]
        if error is None:
            assert (found, cursor) == (complete, "c2"), at
        else:
            assert cursor is None, at
        reached.add((len(found), cursor))
    # every state was met on the way, and the whole is there as soon as its last line is
    assert {count for count, cursor in reached if cursor is None} >= ({3} if compressed else {0, 1, 2, 3})


def test_a_stream_without_its_last_line_was_cut_short(server, backend):
    server.will(stream({"total": 300}, *(change(number) for number in range(1, 301))))
    found, cursor, error = read(backend)
    assert (len(found), cursor) == (300, None)
    assert isinstance(error, Unreachable)


@pytest.mark.parametrize(
    "line",
    [
        b"<html>",
        b"null",
        b"[]",
        b"7",
        b'"cursor"',
        b'{"type": "asset"}',
        b'{"type": "asset", "id": "a", "version": 1}',
        b'{"type": "asset", "id": "a", "version": "1", "record": {}}',
        b'{"type": "asset", "id": "a", "version": 1.5, "record": {}}',
        b'{"type": "asset", "id": "a", "version": 0, "record": {}}',
        b'{"type": "asset", "id": "a", "version": 99999999999999999999, "record": {}}',
        b'{"type": "asset", "id": "", "version": 1, "record": {}}',
        b'{"type": "asset", "id": 7, "version": 1, "record": {}}',
        b'{"id": "a", "version": 1, "record": {}}',
        b'{"record": {}}',
        b'{"type": "asset", "id": "a", "version": 1, "record": []}',
        b'{"type": "asset", "id": "a", "version": 1, "record": {"tag": []}}',
        b'{"type": "labor", "id": "a", "version": 1, "record": {"hours": 1e99999999999999999999}}',
        b'{"type": "asset", "id": "a", "version": 1, "record": {"tag": "\xff"}}',
        b'{"type": "asset", "id": "a", "version": 1, "record": {"tag": "\\ud800"}}',
        b'{"cursor": 7}',
        b'{"cursor": "c2", "more": "no"}',
        b'{"total": "many"}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_not_readable_ends_the_stream_there(server, backend, line):
    server.will(
        reply(body=lines({"total": 2}, change(1)) + line + b"\n" + lines(change(2), END), media=NDJSON)
    )
    found, cursor, error = read(backend)
    assert (len(found), cursor) == (1, None)
    assert str(error).endswith(".")


@pytest.mark.parametrize("body", [b"", b"\n\n", lines({"total": 0}), lines({"cursor": "", "more": False})])
def test_an_empty_answer_is_no_answer(server, backend, body):
    server.will(reply(body=body, media=NDJSON))
    assert read(backend)[:2] == ([], None)
    assert isinstance(read(backend)[2], Unreachable)


def test_a_line_without_end_is_given_up(server, backend, monkeypatch):
    monkeypatch.setattr(stream_module, "_LONGEST_LINE", 100_000)
    long_one = change(1, record={"notes": "x" * 300_000})
    server.will(stream({"total": 1}, long_one, END))
    assert isinstance(read(backend)[2], Unreachable)
    monkeypatch.undo()
    assert read(backend)[1:] == ("c2", None)


def test_a_server_that_trickles_is_given_up(server, backend, monkeypatch):
    monkeypatch.setattr(stream_module, "_LINE_SECONDS", -1.0)
    server.will(stream({"total": 1}, change(1, record={"notes": "x" * 300_000}), END))
    assert isinstance(read(backend)[2], Unreachable)


@pytest.mark.parametrize(("within", "is_whole"), [(None, True), (100_000, True), (150, False)])
def test_who_waits_only_so_long_has_what_came_until_then(server, backend, monkeypatch, within, is_whole):
    ticks = count(0, 10)
    monkeypatch.setattr("maintenance_desktop.backends.transport.time.monotonic", lambda: next(ticks))
    server.will(stream(*(change(number, record={"notes": "x" * 300}) for number in range(1, 901)), END))
    found = []
    with nullcontext() if is_whole else pytest.raises(Unreachable, match="too long"):
        for piece in backend.changes("c1", within=within):
            found += piece.changes
    assert len(found) == 900 if is_whole else 0 < len(found) < 900


def test_a_damaged_compressed_stream_is_cut_there(server, backend):
    whole = stream({"total": 2}, *(change(number) for number in range(1, 500)), END, compressed=True).data
    for at in range(len(whole) - 700, len(whole), 50):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        server.will(Reply(damaged))
        found, cursor, error = read(backend)
        assert error is not None or (len(found), cursor) == (499, "c2")


@pytest.mark.parametrize("media", ["text/html", "application/json", "text/plain", ""])
def test_another_media_type_is_somebody_elses_answer(server, backend, media):
    server.will(reply(body=lines({"total": 0}, END), media=media))
    assert isinstance(read(backend)[2], Unreachable)


def test_a_cursor_that_the_server_does_not_know_any_more(server, backend):
    server.will(problem(410, "cursor-expired", "Please download again."))
    with pytest.raises(CursorExpired, match="download again"):
        list(backend.changes("old"))


def test_a_dead_token_and_a_broken_server(server, backend):
    server.will(problem(401, "not-signed-in"), problem(500, "failed"))
    with pytest.raises(SignInRequired):
        list(backend.changes("c1"))
    with pytest.raises(ServerFailed):
        list(backend.changes("c1"))


@pytest.mark.parametrize("status", [410, 401, 500, 502, 503, 302, 404])
def test_what_others_answer_is_offline(server, backend, status):
    server.will(reply(status, "<html>", "text/html", headers=[("Retry-After", "5")]))
    error = read(backend)[2]
    assert error.retry_after == 5.0
    assert not error.maybe_applied


def test_a_reader_that_stops_early_leaves_nothing_open(server, backend):
    server.will(stream({"total": 600}, *(change(number) for number in range(1, 600)), END))
    changes = backend.changes(None)
    next(changes)
    changes.close()
    assert read(backend)[1] == "c2"
