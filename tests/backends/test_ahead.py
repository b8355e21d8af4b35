from __future__ import annotations

import threading
from itertools import islice

import pytest

from maintenance_desktop.backends import ahead as ahead_module
from maintenance_desktop.backends.stream import next_cursor
from maintenance_desktop.domain.outcomes import CursorExpired, SignInRequired, Unreachable
from tests.backends.samples import END, NDJSON, change, lines, stream
from tests.bad_server import problem, reply


def page(number, *, more=True):
    """A page with one change, behind which the cursor is `c1`, `c2`, …"""
    end = {"cursor": f"c{number}", "more": more}
    return stream({"total": 3}, change(number), end).kept_open()


def read(backend, cursor):
    """The versions on one page, and where the next one is."""
    pieces = list(backend.lines(cursor))
    return [line.version for piece in pieces for line in piece.lines], pieces[-1].cursor, pieces[-1].more


def readers():
    return [thread for thread in threading.enumerate() if thread.name == "pages ahead"]


def joined():
    """Wait until nothing is read any more."""
    for thread in readers():
        thread.join(10)
    assert not readers()


def paths(server):
    return [request.path.partition("limit=5000")[2] for request in server.requests]


def test_pages_come_in_order_and_each_is_asked_for_once_on_one_connection(server, backend):
    server.will(page(1), page(2), page(3, more=False))
    assert read(backend, None) == ([1], "c1", True)
    assert read(backend, "c1") == ([2], "c2", True)
    assert read(backend, "c2") == ([3], "c3", False)
    assert paths(server) == ["", "&since=c1", "&since=c2"]
    assert server.connections == 1
    joined()


def test_the_next_page_is_asked_for_while_this_one_is_worked_on(server, backend):
    server.will(page(1), page(2).stalling())
    assert read(backend, None)[0] == [1]
    assert server.stalled.wait(10)
    assert paths(server) == ["", "&since=c1"]
    assert read(backend, "c1") == ([2], "c2", True)


def test_what_failed_ahead_is_asked_for_once_more(server, backend):
    server.will(page(1), page(2).cut(-20), page(2), page(3))
    assert read(backend, None)[0] == [1]
    joined()
    assert read(backend, "c1")[0] == [2]
    assert paths(server)[:3] == ["", "&since=c1", "&since=c1"]


def test_what_fails_where_it_is_read_breaks_off_after_the_whole_lines(server, backend):
    server.will(page(1), stream({"total": 2}, change(2), change(3), END).cut(-100))
    assert read(backend, None)[0] == [1]
    found = []

    def reads():
        for piece in backend.lines("c1"):
            found.extend(line.version for line in piece.lines)
            assert piece.cursor is None

    with pytest.raises(Unreachable):
        reads()
    assert found[:1] == [2]
    joined()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (problem(410, "cursor-expired"), CursorExpired),
        (problem(401, "unauthorized"), SignInRequired),
        (reply(502, "nobody", "text/html"), Unreachable),
    ],
)
def test_refusals_of_a_page_are_told_when_it_is_asked_for(server, backend, answer, error):
    server.will(page(1), answer)
    assert read(backend, None)[0] == [1]
    with pytest.raises(error):
        read(backend, "c1")
    joined()


def test_another_place_than_the_next_page_begins_anew(server, backend):
    server.will(page(1), page(2), page(3, more=False))
    assert read(backend, None)[0] == [1]
    joined()
    server.will(page(7, more=False))
    assert read(backend, "c6") == ([7], "c7", False)
    assert paths(server)[-1] == "&since=c6"
    joined()


@pytest.mark.parametrize(
    ("behind", "length"),
    [((), 10_000), (({"cursor": ""},), None), ((change(9),), None), ((change(8), change(9)), None)],
    ids=["a broken end", "a remark", "a change", "changes"],
)
def test_whatever_stands_behind_the_last_line_of_a_page_the_next_one_comes(server, backend, behind, length):
    first = stream({"total": 1}, change(1), {"cursor": "c1", "more": True}, *behind, length=length)
    server.will(first, page(2, more=False))
    assert read(backend, None) == ([1], "c1", True)
    assert read(backend, "c1") == ([2], "c2", False)
    assert paths(server) == ["", "&since=c1"]
    joined()


def test_no_more_than_a_few_megabytes_wait(server, backend, monkeypatch):
    monkeypatch.setattr(ahead_module, "_MOST_BYTES", 1_000_000)
    text = lines(change(1, record={"tag": "x" * 10_000}))
    endless = reply(body=lines({"total": 1}), media=NDJSON, length=1_000_000_000)
    server.will(type(endless)(endless.data, endless.then, again=text))
    pieces = backend.lines(None)
    assert len(next(pieces).lines) == 2_500
    reading = backend._pages._reading
    with reading._changed:
        assert reading._changed.wait_for(lambda: reading._size >= 1_000_000, 10)
        # whoever was about to add more would have done it by now: the lock was given back in between
        assert reading._size < 1_000_000 + ahead_module._PIECE
    pieces.close()
    assert not readers()


def test_who_stops_in_the_middle_leaves_no_thread(server, backend):
    server.will(stream({"total": 5_000}, *(change(number + 1) for number in range(5_000)), END))
    pieces = backend.lines(None)
    assert len(list(islice(pieces, 1))) == 1
    pieces.close()
    assert not readers()


def test_closing_ends_a_page_that_stalls(server, backend):
    server.will(stream({"total": 1}, change(1)).stalling())
    ended = []

    def reads():
        with pytest.raises(Unreachable):
            list(backend.lines(None))
        ended.append(True)

    thread = threading.Thread(target=reads)
    thread.start()
    assert server.stalled.wait(10)
    backend.close()
    thread.join(10)
    assert ended == [True]
    assert not readers()


def test_after_another_sign_in_nothing_read_with_the_old_token_is_used(server, backend):
    server.will(page(1), page(2), page(3, more=False))
    assert read(backend, None)[0] == [1]
    backend.use_token("another-token")
    assert not readers()
    server.will(page(2, more=False))
    assert read(backend, "c1")[0] == [2]
    assert server.requests[-1].headers["authorization"] == "Bearer another-token"


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        (b'{"x":1}\n{"cursor":"c2","more":true}\n', "c2"),
        (b'{"cursor":"c2","more":true}', "c2"),
        (b'{"cursor":"c2","more":true}\r\n\n', "c2"),
        (b'{"cursor":"c2","more":false}\n', None),
        (b'ursor":"c2","more":true}\n', None),
        (b'{"cursor":"' + b"c" * 5_000 + b'","more":true}\n', None),
        (b"\xff\xfe\n", None),
        (b"[]", None),
        (b"", None),
    ],
)
def test_where_the_next_page_begins(tail, found):
    assert next_cursor(tail) == found
