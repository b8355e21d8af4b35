"""Whatever comes over the wire: nothing is falsely taken for applied, and only known errors are raised."""

from __future__ import annotations

import contextlib
import json
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintenance_desktop.backends.answers import Malformed, outcomes
from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.backends.stream import read_changes, something_changed
from maintenance_desktop.domain.outcomes import Applied, RemoteError, Unreachable
from tests.backends.samples import (
    END,
    INFO,
    NOW,
    SESSION,
    applied,
    change,
    conflict,
    edit,
    lines,
    results,
    stream,
)
from tests.bad_server import BadServer, Reply, reply

ONE, TWO = edit(1), edit(2)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
known = st.sampled_from([ONE.id, TWO.id, "applied", "conflict", "rejected", 5, {}])
names = st.sampled_from(["id", "outcome", "version", "record", "current", "code", "message", "changes", "x"])
near_results = st.dictionaries(names, json_values | known, max_size=6)


@given(st.lists(near_results | json_values, max_size=3) | json_values)
def test_answers_that_look_almost_right_are_whole_or_nothing(found):
    try:
        read = outcomes([ONE, TWO], {"results": found})
    except Malformed:
        return
    assert [one.get("id") for one in found] == [ONE.id, TWO.id]
    for told, outcome in zip(found, read, strict=True):
        assert isinstance(outcome, Applied) == (told["outcome"] == "applied")


def split_anywhere(data, cuts):
    places = sorted({min(cut, len(data)) for cut in cuts})
    return [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]


@given(st.lists(st.integers(0, 700)), st.integers(0, 700))
def test_pieces_of_any_size_are_the_same_stream(cuts, end):
    whole = lines({"total": 2}, change(1), change(2, record={"tag": "Ü"}), END)
    expected = list(read_changes([whole]))
    assert list(read_changes(split_anywhere(whole, cuts))) == expected
    assert something_changed(split_anywhere(whole, cuts), "c1")
    found, cursor = [], None
    try:
        for piece in read_changes(split_anywhere(whole[:end], cuts)):
            found += piece.changes
            cursor = piece.cursor
    except Unreachable:
        assert cursor is None
    assert tuple(found) == expected[0].changes[: len(found)]


lines_of_nonsense = st.lists(
    st.binary(max_size=30)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([lines(change(1)), lines(END), lines({"total": 1})]),
    max_size=6,
).map(b"\n".join)


@given(lines_of_nonsense)
def test_a_stream_of_nonsense_ends_in_a_cursor_or_in_a_sentence(data):
    for read in (lambda: list(read_changes([data])), lambda: something_changed([data], "c1")):
        with contextlib.suppress(Unreachable):
            read()


@pytest.fixture(scope="module")
def shared_server():
    server = BadServer()
    yield server
    server.stop()


good_answers = st.sampled_from(
    [
        reply(body=results(applied(ONE), conflict(TWO))),
        reply(body=results(applied(ONE), applied(TWO)), compressed=True),
        reply(body=results(applied(ONE), applied(TWO)), chunked=True),
        reply(body=INFO),
        reply(201, SESSION),
        stream({"total": 1}, change(1), END),
        stream({"total": 1}, change(1), END, chunked=True, compressed=True),
    ]
)


@st.composite
def bent(draw):
    """A good answer with some bytes changed, taken out or put in."""
    data = bytearray(draw(good_answers).data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 6))] = draw(st.binary(max_size=6))
    return bytes(data)


heads = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200\r\n",
        b"HTTP/1.1 401 No\r\nContent-Type: application/problem+json\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1, 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip, gzip, deflate\r\n\r\n",
        b"",
    ]
)
answers = st.binary(max_size=60) | st.builds(bytes.__add__, heads, st.binary(max_size=60)) | bent()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(answers)
def test_bytes_of_nonsense_are_offline(shared_server, data):
    shared_server.will(Reply(data))
    backend = HubBackend(shared_server.url, read_seconds=2)
    calls = (
        backend.info,
        lambda: backend.sign_in("dana", "x"),
        backend.sign_out,
        lambda: list(backend.changes("c1")),
        lambda: backend.wait_for_change("c1", 1),
    )
    try:
        for call in calls:
            with contextlib.suppress(RemoteError):
                call()
        try:
            found = backend.push([ONE, TWO], NOW)
        except RemoteError:
            return
        _, _, body = data.partition(b"\r\n\r\n")
        if body.startswith(b"\x1f\x8b"):
            body = zlib.decompressobj(31).decompress(body)
        assert all(one.id.encode() in body for one in (ONE, TWO))
        assert sum(isinstance(one, Applied) for one in found) <= body.count(b"applied")
    finally:
        backend.close()
